"""A message in so few words that it is one text message."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.core.text_messages import counted, signed
from alertd.messages import short as module
from alertd.messages.catalogue import LANGUAGES, Catalogue
from alertd.messages.short import KINDS, LONGEST, mark_of, short_of, templates
from alertd.messages.view import AdminView, NoticeKind
from tests.unit.messages.views import DONE, HOURS, REPORT, ROLL, TRAINING, at, message

SIGNATURE = "珠海市政府"
NIGHT, DAY = at(2026, 10, 1, 3, 0), at(2026, 12, 29, 9, 0)
ASKED = replace(REPORT, ask=True)


def short(*notices, now=DAY, known=frozenset(), heard=True, **more):
    return short_of(message(*notices, now=now, **more), SIGNATURE, heard, known)


def test_who_is_asked_reads_by_when_and_how_to_answer():
    assert short(ASKED).text == (
        "臨期：年度法治政府建設情況報告，明日下班前，還有1天。編號31，回1簽收，2已報。"
    )


def test_a_repeat_says_which_one_it_is_and_how_long_is_left():
    first, second = (short(replace(HOURS, repeat_no=n), now=NIGHT).text for n in (1, 2))
    assert "還有4小時10分" in first
    assert ("第2次" in first, "第3次" in second) == (True, True)


def test_nobody_is_told_to_answer_where_answers_are_not_heard():
    assert short(ASKED, heard=False).text.endswith("編號31。")
    assert "回1" not in short(replace(DONE, ask=True)).text


def test_several_at_once_give_the_numbers_to_answer_by():
    found = short(ASKED, replace(TRAINING, ask=True), replace(HOURS, ask=True), now=NIGHT)
    assert found.kind == "several"
    assert found.values["count"] == "3"
    assert found.values["number"] == "31、55、12"
    assert found.text.endswith("回1或2加編號。")


def test_a_roll_and_several_pieces_of_news_are_their_subject():
    assert short(ROLL).text.startswith("辦理時限：[臨期] 年度法治政府建設情況報告：已報43")
    assert short(DONE, replace(DONE, number=13)).kind == "news"


def test_a_case_gives_way_before_the_title_and_the_title_before_anything_else():
    long = replace(HOURS, case_title="城東化工廠火災及其後續環境監測工作" * 2, repeat_no=0)
    assert "城東" not in short(long, now=NIGHT).text
    longer = replace(long, obligation_title={"zh-Hant": "向社會公眾發佈權威信息和處置進展情況" * 3})
    found = short(longer, now=NIGHT).text
    assert "…，今日07:10屆滿，還有4小時10分。編號12，回1簽收，2已報。" in found


def test_a_drill_and_what_is_unconfirmed_say_so():
    assert short(replace(ASKED, unconfirmed=True), drill=True).text.startswith("演練、待核實、臨期：")


def test_words_that_the_reader_has_from_another_message_get_the_time():
    first = short(ASKED)
    again = short(ASKED, known={mark_of(first.text)})
    third = short(ASKED, known={mark_of(first.text), mark_of(again.text)})
    assert again.text.startswith("09:00 臨期：")
    assert third.text.startswith("09:00:00 臨期：")
    assert len({first.text, again.text, third.text}) == 3


def test_a_code_is_a_text_of_its_own():
    args: dict[str, str | int] = {"code": "123456", "minutes": 10, "link": "https://x", "place": "https://x"}
    found = module.short_word("登錄碼", AdminView("sign-in", args), SIGNATURE)
    assert (found.kind, found.text) == ("code", "登錄碼123456，10分鐘內有效，請勿轉告他人。")
    assert "https" not in found.text


def word(said, language="zh-Hant"):
    return module.short_word(said, AdminView("other", language=language), SIGNATURE).text


def test_what_the_admin_is_told_is_its_subject():
    assert word("審計發現問題") == "辦理時限：審計發現問題。"


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_template_has_its_values_and_nothing_in_it_is_a_link(language):
    texts = templates(language)
    assert tuple(texts) == KINDS
    assert all("http" not in text and "www" not in text for text in texts.values())
    assert "{number}" in texts["asked"]


text_of_people = st.text(min_size=1, max_size=60)


@given(
    title=text_of_people,
    case=st.text(max_size=40),
    kind=st.sampled_from(NoticeKind),
    number=st.integers(1, 999_999),
    repeat=st.integers(0, 40),
    language=st.sampled_from(LANGUAGES),
    several=st.integers(0, 40),
    heard=st.booleans(),
    drill=st.booleans(),
    signature=st.text(alphabet="珠海市政府督查室", min_size=2, max_size=10),
)
def test_whatever_it_says_it_is_one_text_of_at_most_seventy(
    title, case, kind, number, repeat, language, several, heard, drill, signature
):
    titled = {"obligation_title": {"zh-Hant": title}, "case_title": case, "kind": kind, "repeat_no": repeat}
    one = replace(HOURS, number=number, **titled)
    notices = (one, *(replace(ASKED, number=number + more) for more in range(1, several + 1)))
    view = replace(message(*notices, now=NIGHT), language=language, drill=drill)
    known: set[str] = set()
    for _ in range(3):
        found = short_of(view, signature, heard, known)
        whole = counted(signed(signature, found.text))
        assert (whole.parts, whole.length <= LONGEST) == (1, True)
        assert mark_of(found.text) not in known
        assert found.text == Catalogue(language).say(f"short.{found.kind}", **found.values)
        if found.kind == "asked":
            assert found.values["number"] == str(number)
        known.add(mark_of(found.text))


@given(st.text(max_size=200), st.sampled_from(["zh-Hant", "en"]))
def test_nothing_that_people_see_as_one_is_cut_apart(said, language):
    found = word(said, language)
    if "…" in found and "…" not in said:
        cut, after = found[: found.index("…")], unicodedata.normalize("NFC", " ".join(said.split()))
        kept = cut[len(word("", language).rstrip("。")) :]
        assert counted(found).length <= LONGEST
        assert not unicodedata.category(after[len(kept) : len(kept) + 1] or "x").startswith("M") or not kept


def test_a_family_of_four_is_not_cut_into_three():
    family = "👨\u200d👩\u200d👧\u200d👦"
    found = word("事" * 50 + family * 3)
    assert found.count("👨") == found.count("👦")
