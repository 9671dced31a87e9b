"""Messages about no single deadline: the lines made of facts, in each language."""

import pytest

from alertd.messages.catalogue import Catalogue
from alertd.messages.told import severity_text, upgrade_lines
from tests.unit.messages.views import ZONE, at

NOW = at(2026, 10, 1, 6, 15)
HOURS = {
    "new": False,
    "number": 12,
    "title": {"zh-Hant": "發佈權威信息", "en": "Publish authoritative information"},
    "party": {"zh-Hant": "東河鎮", "en": "Donghe Town"},
    "by_the_hour": True,
    "start": "2026-09-30T18:10:00+00:00",
    "earliest": None,
    "due": "2026-09-30T23:10:00+00:00",
    "office_due": "2026-09-30T23:10:00+00:00",
    "last_day": None,
}
GRAVE = {**HOURS, "new": True, "number": 14, "due": "2026-09-30T20:10:00+00:00"}
PERIOD = {**HOURS, "by_the_hour": False, "due": None, "earliest": "2026-10-31T16:00:00+00:00", "number": 13}
FACTS = {"clocks": [HOURS, PERIOD, GRAVE], "asked": [["王建國", "principal"], ["李芳", "duty"]]}


def test_new_limits_come_first_counted_from_the_original_start() -> None:
    assert upgrade_lines(FACTS, "zh-Hant", ZONE, NOW) == [
        "新增：發佈權威信息（東河鎮），編號14，10月1日(星期四)02:10起算，時限10月1日(星期四)04:10。已超時限2小時5分",
        "不變：發佈權威信息（東河鎮），編號12，時限10月1日(星期四)07:10。還有55分鐘",
        "不變：發佈權威信息（東河鎮），編號13，時限10月31日(星期六)24時",
        "現增請辦理：王建國（主要負責人）、李芳（值班員）",
    ]


def test_in_english() -> None:
    lines = upgrade_lines(FACTS, "en", ZONE, NOW)
    assert lines[0] == (
        "New: Publish authoritative information (Donghe Town), No. 14, from Thu 1 Oct 02:10, "
        "due Thu 1 Oct 04:10. 2 h 5 min overdue"
    )
    assert lines[-1] == "Now asked besides: 王建國 (principal), 李芳 (duty officer)"


def test_nobody_asked_besides_is_not_said() -> None:
    assert len(upgrade_lines({**FACTS, "asked": []}, "zh-Hant", ZONE, NOW)) == 3


@pytest.mark.parametrize(
    ("code", "said"), [("", "未定級"), ("major", "重大"), ("class-2", "class-2"), ("red", "紅色")]
)
def test_a_severity_is_said_by_its_title_or_in_words_and_a_made_up_one_as_it_is(code, said) -> None:
    titles = {"red": {"zh-Hant": "紅色", "en": "red alert"}}
    assert severity_text(code, Catalogue("zh-Hant"), titles) == said


def test_a_limit_that_another_rule_moves_is_said_with_the_one_it_was() -> None:
    old = {name: HOURS[name] for name in ("due", "earliest", "office_due", "last_day")}
    moved = {
        **HOURS,
        "due": "2026-09-30T20:10:00+00:00",
        "office_due": "2026-09-30T20:10:00+00:00",
        "old": old,
    }
    first, *_ = upgrade_lines({**FACTS, "clocks": [PERIOD, moved]}, "zh-Hant", ZONE, NOW)
    assert first == (
        "調整：發佈權威信息（東河鎮），編號12，10月1日(星期四)02:10起算，"
        "時限由10月1日(星期四)07:10改為10月1日(星期四)04:10。已超時限2小時5分"
    )
