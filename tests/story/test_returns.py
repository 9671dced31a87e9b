"""A draft sent back once and handed in again: what `on_return` makes of the clock, and how it says so."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest

from alertd.core.timing import TraceLine
from alertd.messages.trace import trace_text
from tests.story.city import ZONE, City, at, shipped

DRAFTER = "finance-bureau"
REVIEW = "legality-review@draft-7/justice-bureau"
Way = Literal["restart", "suspend", "continue"]


def on_its_way(way: Way) -> City:
    """Received on Friday 2026-09-18; the Sunday after is a working day, 25 to 27 September are not."""
    world, _ = shipped()
    duties = world.register.obligations
    review = replace(duties["legality-review"], on_return=way)
    register = replace(world.register, obligations={**duties, review.id: review})
    city = City("2026-09-18 10:00", replace(world, register=register))
    city.report("review-requested", "draft-7", DRAFTER, received="2026-09-18 10:00")
    return city


def sent_back(way: Way) -> City:
    city = on_its_way(way)
    city.until("2026-09-22 15:00")
    city.report("draft-returned", "draft-7", DRAFTER, issued="2026-09-22 15:00")
    return city


def come_again(way: Way) -> City:
    city = sent_back(way)
    city.until("2026-09-24 09:00")
    city.report("draft-resubmitted", "draft-7", DRAFTER, received="2026-09-24 09:00")
    return city


def bounds(city: City) -> tuple[str, str]:
    """The last day the review may not end yet, and its last day."""
    row = city.row(REVIEW)
    ends = row.earliest.astimezone(ZONE)
    assert (ends.hour, ends.minute) == (0, 0)
    return (ends.date().fromordinal(ends.date().toordinal() - 1)).isoformat(), row.last_day.isoformat()


def explained(city: City, language: str) -> list[str]:
    """The trace as `alertd explain` says it."""
    found = []
    for line in city.trace(REVIEW):
        moment = at(line["at"]) if len(line["at"]) == 10 else at("2026-01-01").fromisoformat(line["at"])
        when = moment if len(line["at"]) > 10 else moment.date()
        text = trace_text(TraceLine(when, line["what"], line["why"], line["args"]), ZONE, language)
        found.append(f"{text.at} {text.why}")
    return found


def test_received_it_may_end_after_24_september_and_is_due_on_15_october() -> None:
    assert bounds(on_its_way("restart")) == ("2026-09-24", "2026-10-15")


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ("restart", ("2026-10-09", "2026-10-22")),  # counted anew from 24 September
        ("suspend", ("2026-09-29", "2026-10-19")),  # 23 and 24 September do not count
        ("continue", ("2026-09-24", "2026-10-15")),  # as before
    ],
)
def test_handed_in_again_the_bounds_are(way: Way, expected: tuple[str, str]) -> None:
    city = come_again(way)
    assert bounds(city) == expected
    assert (city.row(REVIEW).state, city.row(REVIEW).case_version) == ("open", 2)


@pytest.mark.parametrize(
    ("way", "state"), [("restart", "suspended"), ("suspend", "suspended"), ("continue", "open")]
)
def test_meanwhile_the_clock_stands_still_or_runs_on(way: Way, state: str) -> None:
    assert sent_back(way).row(REVIEW).state == state


@pytest.mark.parametrize(
    ("way", "language", "said"),
    [
        ("restart", "zh-Hant", "9月24日(星期四)09:00 重新計算；此前自9月18日(星期五)起算"),
        ("restart", "en", "Thu 24 Sep 09:00 the clock was started anew; before, it ran from Fri 18 Sep"),
        ("suspend", "zh-Hant", "暫停計時，2個工作日不計入（首日不計，末日計入）"),
        ("suspend", "en", "2 working days do not count (the first day is not counted, the last is)"),
        ("continue", "zh-Hant", "9月22日(星期二)15:00 退回補正，時限照常計算"),
        ("continue", "zh-Hant", "9月24日(星期四)09:00 重新提交，時限照原計算"),
        ("continue", "en", "Tue 22 Sep 15:00 sent back for correction; the clock runs on all the same"),
        ("continue", "en", "Thu 24 Sep 09:00 handed in again; counted on as before"),
    ],
)
def test_the_trace_says_what_was_done_in_both_languages(way: Way, language: str, said: str) -> None:
    lines = explained(come_again(way), language)
    assert any(said in line.replace("2026年", "").replace(" 2026", "") for line in lines), lines


def test_those_told_hear_that_it_stands_still_and_of_the_new_limit_but_nothing_where_it_runs_on() -> None:
    heard: dict[str, set[str]] = {}
    ways: tuple[Way, ...] = ("restart", "suspend", "continue")
    for way in ways:
        city = on_its_way(way)
        city.until("2026-09-22 15:00")
        city.report("draft-returned", "draft-7", DRAFTER, issued="2026-09-22 15:00")
        news = city.until("2026-09-24 09:00")
        city.report("draft-resubmitted", "draft-7", DRAFTER, received="2026-09-24 09:00")
        news += city.until("2026-09-24 12:00")
        kinds = {"suspended", "resumed", "restarted"}
        heard[way] = {step for message in news for step in message.steps} & kinds
    assert heard == {
        "restart": {"suspended", "restarted"},
        "suspend": {"suspended", "resumed"},
        "continue": set(),
    }
