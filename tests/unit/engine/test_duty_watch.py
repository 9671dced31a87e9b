"""What the roster of duty lacks in the days ahead: told once, until it changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from alertd.core.shifts import DutyPlan, Hours, Rotation, Written
from alertd.engine.notify.duty_watch import look_ahead
from tests.support.play import Play, told_in
from tests.support.register import tiny_register

WHOLE_DAY = (Hours(time(8), time(8)),)
TURNS = Rotation("desk", "office", "duty", (("han",), ("ian",)), WHOLE_DAY, date(2026, 11, 1))


def shift(first: str, last: str, *people: str, position: str = "duty") -> Written:
    edges = [datetime.fromisoformat(each) for each in (first, last)]
    start, end = ((each.date(), each.time()) for each in edges)
    return Written("office", position, people, start, end, file="schedules/duty.toml", line=9)


@pytest.fixture
def look(begin: Callable[..., Play]) -> Callable[..., list[tuple[str, dict[str, Any]]]]:
    """What the admin is told in all, once this is the roster; time goes on by so many days before."""
    play = begin("2026-12-01T10:00")

    def looked(*plan: Rotation | Written, later: int = 0) -> list[tuple[str, dict[str, Any]]]:
        turns = tuple(each for each in plan if isinstance(each, Rotation))
        written = tuple(each for each in plan if isinstance(each, Written))
        play.now += timedelta(days=later)
        play.world = replace(play.world, register=tiny_register(duty=DutyPlan(turns, written)))
        play.do(look_ahead)
        return told_in(row.payload for row in play.deliveries_to("admin") if row.state != "dropped")

    return looked


def test_a_roster_without_a_hole_says_nothing(look: Any) -> None:
    assert look(TURNS) == []


def test_without_a_roster_nothing_is_said(look: Any) -> None:
    assert look() == []


def test_a_roster_that_runs_out_is_told_fourteen_days_ahead_and_once(look: Any) -> None:
    ending = replace(TURNS, until=date(2026, 12, 20))
    assert look(ending) == []
    ((topic, said),) = look(ending, later=8)
    assert (topic, said["position"], said["time"]) == ("duty-gap", "duty officer", "from Mon 21 Dec 08:00 on")
    assert len(look(ending, later=1)) == 1
    assert len(look(ending, later=20)) == 1, "it goes on, and is no news"


def test_a_gap_in_the_midst_has_both_its_ends(look: Any) -> None:
    before = replace(TURNS, until=date(2026, 12, 5))
    after = replace(TURNS, id="after", since=date(2026, 12, 7))
    ((_, said),) = look(before, after)
    assert said["time"] == "Sun 6 Dec 08:00 to Mon 7 Dec 08:00"


def test_a_gap_that_is_filled_before_the_message_left_is_taken_back(look: Any) -> None:
    assert len(look(replace(TURNS, until=date(2026, 12, 5)))) == 1
    assert look(TURNS) == []


def test_a_gap_that_is_filled_and_comes_again_is_told_again(look: Any) -> None:
    ending = replace(TURNS, until=date(2026, 12, 5))
    first = look(ending)
    look(TURNS)
    assert look(ending) == first


def test_two_entries_for_one_post_name_both_and_where_they_stand(look: Any) -> None:
    two = (
        shift("2026-12-03T08:00", "2026-12-03T20:00", "han"),
        shift("2026-12-03T18:00", "2026-12-04T08:00", "ian"),
    )
    ((topic, said),) = look(TURNS, *two)
    assert (topic, said["who"], said["places"]) == ("duty-twice", "Han, Ian", "schedules/duty.toml:9")
    assert said["time"] == "Thu 3 Dec 18:00 to Thu 3 Dec 20:00"


def test_somebody_at_two_posts_at_once_is_told(look: Any) -> None:
    leader = replace(TURNS, id="leader", position="duty-leader", crews=(("ian",),))
    officers = replace(TURNS, crews=(("han",),))
    assert look(officers, leader) == []
    clashing = shift("2026-12-03T08:00", "2026-12-04T08:00", "ian")
    ((topic, said),) = look(officers, leader, clashing)
    assert (topic, said["person"]) == ("duty-clash", "Ian")
    assert said["posts"] == "duty officer, office, duty leader, office"
