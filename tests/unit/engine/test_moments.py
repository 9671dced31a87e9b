"""Days and instants that somebody gives are judged alike, by whatever way they come in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from alertd.engine.operations import acts, more_time
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor
from tests.support.play import Play
from tests.support.register import at, only, tiny_register

INCIDENT, REVIEW = "incident-information@fire/town-a", "draft-review@rules/town-a"
GAO = Actor("gao")  # of the unit it is handed in to
When = date | datetime | None
Act = Callable[[Play, str, When], Any]


def _hand_in(play: Play, name: str, when: When) -> Any:
    return play.do(acts.hand_in, play.row(name).number, acts.HandIn(when, reason="agreed"))


def _suspend(play: Play, name: str, when: When) -> Any:
    return play.do(more_time.suspend, play.row(name).number, when, "wait", GAO)


def _resume(play: Play, name: str, when: When) -> Any:
    if play.row(name).suspended_at is None:
        play.do(more_time.suspend, play.row(name).number, play.row(name).start, "wait", GAO)
    return play.do(more_time.resume, play.row(name).number, when, "", GAO)


def _restart(play: Play, name: str, when: When) -> Any:
    return play.do(more_time.restart, play.row(name).number, when, "anew", "Li", GAO)


ANY = pytest.mark.parametrize("act", [_hand_in, _suspend, _resume, _restart])


@pytest.fixture
def play(begin: Any) -> Play:
    """A clock that counts hours and one that counts days; five hours have begun, and eight days are over."""
    begun: Play = begin("2026-12-01T10:00", only(tiny_register(), "incident-information", "draft-review"))
    begun.report("draft", "rules", received="2026-12-01T10:00")
    begun.go("2026-12-09T09:00")
    begun.report("incident", "fire", occurred="2026-12-09T08:00")
    return begun


def _refusal(play: Play, act: Act, name: str, when: When) -> str:
    before = play.row(name).state
    with pytest.raises(Refused) as refused:
        act(play, name, when)
    assert before == play.row(name).state or act is _resume
    return refused.value.code


@ANY
def test_a_day_is_no_instant_where_hours_are_counted(play: Play, act: Act) -> None:
    assert _refusal(play, act, INCIDENT, date(2026, 12, 9)) == "bare-date"


@ANY
@pytest.mark.parametrize("name", [INCIDENT, REVIEW])
def test_what_has_not_happened_yet_is_not_recorded(play: Play, act: Act, name: str) -> None:
    assert _refusal(play, act, name, play.now + timedelta(minutes=6)) == "not-yet"


@ANY
def test_nor_is_what_happens_on_a_day_that_comes(play: Play, act: Act) -> None:
    assert _refusal(play, act, REVIEW, date(2026, 12, 10)) == "not-yet"


@ANY
def test_clocks_may_differ_by_minutes(play: Play, act: Act) -> None:
    act(play, INCIDENT, play.now + timedelta(minutes=5))


@ANY
def test_years_that_cannot_be_counted_are_slips(play: Play, act: Act) -> None:
    assert _refusal(play, act, REVIEW, date(226, 12, 9)) == "far-year"


def test_without_a_word_it_is_now(play: Play) -> None:
    _hand_in(play, INCIDENT, None)
    assert play.row(INCIDENT).done_at == play.now
    assert _suspend(play, REVIEW, None) == play.now


def test_a_pause_on_a_day_began_with_that_day(play: Play) -> None:
    assert _suspend(play, REVIEW, date(2026, 12, 4)) == at("2026-12-04T00:00")
    assert play.row(REVIEW).suspended_at == at("2026-12-04T00:00")


def test_a_result_that_is_none_is_refused_whoever_gives_it(play: Play) -> None:
    with pytest.raises(Refused, match="no-result"):
        play.do(acts.hand_in, play.row(INCIDENT).number, acts.HandIn(result="perfect"))
