"""The bulletin as a mail: what it comes to is in the subject, and its length is bounded."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alertd.messages.bulletin_mail import MOST, mail_of
from alertd.messages.catalogue import LANGUAGES
from tests.unit.messages.test_bulletin import COMPARED, LATE, VIEW
from tests.unit.messages.test_catalogue import avoided_in


def test_the_subject_says_what_the_period_comes_to() -> None:
    assert mail_of(VIEW, "zh-Hant", "2026-12", False)["subject"] == (
        "[通報] 2026年12月：應辦3件，按期率33.3%，逾期未辦結2件"
    )
    assert mail_of(VIEW, "en", "2026-12-01..2026-12-15", False)["subject"].startswith(
        "[bulletin] Tue 1 Dec 2026 to Thu 31 Dec 2026: 3 owed"
    )


def test_of_an_annex_only_the_first_lines_are_in_it_and_how_many_are_left_out() -> None:
    many = replace(VIEW, late=(LATE,) * (MOST + 7))
    made = mail_of(many, "zh-Hant", "2026-12", False)
    for body in (made["text"], made["html"]):
        assert body.count("年度報告（2026年度）") == MOST + 1  # one is a correction
        assert "另有7條未列" in body
    assert "未列" not in mail_of(VIEW, "zh-Hant", "2026-12", False)["text"]


def test_a_line_names_what_is_not_nought_and_whom_to_call() -> None:
    lines = mail_of(COMPARED, "zh-Hant", "2026-12", False)["text"].splitlines()
    assert "衞生健康委：應辦3，按期辦結1，逾期辦結1，逾期未辦結1，退回2，按期率33.3%" in lines
    assert "衞生健康委：名次3，按期率33.3%，按期辦結1，考核件數3" in lines
    assert "司法局：上期按期率100.0%，上期逾期未辦結2，本期逾期未辦結1" in lines
    (late,) = [line for line in lines if "朱雁南 0571-88000001" in line]
    assert late.startswith("- 衞生健康委：年度報告（2026年度），依據§31，辦理時限2026年12月30日")
    (corrected,) = [line for line in lines if "更正為" in line]
    assert "原報逾期未辦結，更正為按期辦結" in corrected


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_drill_says_so_in_its_subject_its_text_and_on_its_page(language: str) -> None:
    real, drill = (mail_of(VIEW, language, "2026-12", each) for each in (False, True))
    assert all(drill[part] != real[part] for part in ("subject", "text", "html"))
    for part in ("subject", "text", "html"):
        assert "DRILL" in drill[part].upper() or "演" in drill[part]
    if language != "en":
        assert avoided_in(drill["text"]) == avoided_in(real["text"]) == []
