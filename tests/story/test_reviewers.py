"""Two reviewers on each reconsideration case (§26): counted while the case is open, judged when it closes."""

from __future__ import annotations

from datetime import date

import pytest

from alertd.engine.operations import acts, progress
from alertd.engine.reporting.bulletin import Bulletin
from alertd.engine.ruling.refusal import Refused
from tests.story.city import City, at

UNIT = "justice-bureau"
DECISION = f"reconsideration-decision@case-9/{UNIT}"
REVIEWERS = f"reconsideration-reviewers@case-9/{UNIT}"


@pytest.fixture
def city() -> City:
    """A case taken on in June, to be decided within two months."""
    city = City("2026-06-01 09:00")
    city.report("reconsideration-accepted", "case-9", UNIT, date(2026, 7, 31), received="2026-06-01 09:00")
    return city


def enter(city: City, reviewers: int, on: str) -> progress.Added:
    entry = progress.Entry(UNIT, reviewers, date.fromisoformat(on), case="case-9")
    added = city._do(lambda tx: progress.add(city.scope(tx, "clerk"), "reconsideration-reviewers", [entry]))
    assert isinstance(added, progress.Added)
    return added


def outcomes(made: Bulletin) -> list[str]:
    return [str(known.outcome) for known in made.late if known.row.id == REVIEWERS]


def decide(city: City, issued: str) -> None:
    city.report("reconsideration-decided", "case-9", UNIT, issued=issued)


def test_it_has_no_limit_while_the_case_is_open(city: City) -> None:
    row = city.row(REVIEWERS)
    assert (row.due, row.state) == (None, "open")
    assert city.board("unit")[UNIT].red == 0


def test_who_has_not_entered_them_is_reminded_and_who_has_is_left_in_peace(city: City) -> None:
    told = [m for m in city.until("2026-06-20 00:00") if REVIEWERS in m.deadlines]
    assert [message.at[:10] for message in told] == ["2026-06-08"]
    city.until("2026-06-22 09:00")
    assert enter(city, 2, "2026-06-22").met == (REVIEWERS,)
    later = [m for m in city.until("2026-07-20 00:00") if REVIEWERS in m.deadlines]
    assert [message.steps for message in later] == [("done",)]


def test_two_reviewers_are_enough_whenever_the_case_closes(city: City) -> None:
    enter(city, 2, "2026-06-01")
    city.until("2026-06-20 09:00")
    decide(city, "2026-06-20 09:00")
    assert city.row(REVIEWERS).state == "done"
    assert city.breaches() == []
    assert city.case("case-9").closed_at is not None


@pytest.mark.parametrize("entered", [0, 1])
def test_a_case_closed_with_fewer_is_a_breach_that_is_told_and_seen(city: City, entered: int) -> None:
    if entered:
        enter(city, entered, "2026-06-01")
    city.until("2026-06-30 09:00")
    decide(city, "2026-06-30 08:50")
    row = city.row(REVIEWERS)
    assert (row.state, row.breach, row.due) == ("open", "shortfall", at("2026-06-30 08:50"))
    (breach,) = city.breaches()
    assert (breach.kind, breach.at, breach.detail["owed"]) == ("shortfall", at("2026-06-30 08:50"), 2)
    assert breach.detail["counted"] == (entered or None)
    assert city.case("case-9").closed_at is not None  # the count keeps no case open
    assert city.board("unit")[UNIT].red == 1
    told = [m for m in city.until("2026-06-30 10:00") if REVIEWERS in m.deadlines]
    assert {step for m in told for step in m.steps} >= {"shortfall"}
    assert {position for m in told for position in m.positions} >= {"contact", "supervisor"}


def test_the_bulletin_counts_it_as_open_and_late_until_it_is_made_good(city: City) -> None:
    city.until("2026-06-30 09:00")
    decide(city, "2026-06-30 08:50")
    city.until("2026-07-02 09:00")
    made = city.bulletin("2026-06-01", "2026-06-30", "2026-07-02 08:00")
    assert outcomes(made) == ["open-late"]
    enter(city, 2, "2026-07-02")
    assert (city.row(REVIEWERS).state, city.row(REVIEWERS).breach) == ("done", "late")
    assert [breach.kind for breach in city.breaches()] == ["shortfall", "late"]
    city.until("2026-07-03 09:00")
    assert outcomes(city.bulletin("2026-06-01", "2026-06-30", "2026-07-03 09:00")) == ["closed-late"]
    again = city.bulletin("2026-06-01", "2026-06-30", "2026-07-02 08:00")
    assert again.units == made.units


def test_a_case_opened_again_has_no_limit_and_is_judged_anew(city: City) -> None:
    city.until("2026-06-30 09:00")
    decide(city, "2026-06-30 08:50")
    city.reopen(DECISION)
    row = city.row(REVIEWERS)
    assert (row.due, row.breach, row.state) == (None, "", "open")
    assert city.case("case-9").closed_at is None
    enter(city, 2, "2026-06-30")
    city.close(DECISION)
    assert city.row(REVIEWERS).state == "done"
    assert [breach.kind for breach in city.breaches()] == ["shortfall"]  # what was recorded stays


def test_entries_taken_back_after_the_case_closed_are_a_shortfall(city: City) -> None:
    enter(city, 2, "2026-06-01")
    city.until("2026-06-30 09:00")
    decide(city, "2026-06-30 08:50")
    enter(city, -1, "2026-06-01")
    assert city.row(REVIEWERS).breach == "shortfall"


def test_nothing_is_judged_of_a_case_entered_by_mistake(city: City) -> None:
    city.cancel(city.event_of(DECISION))
    assert city.row(REVIEWERS).state == "cancelled"
    assert city.breaches() == []


def test_it_is_not_handed_in_by_hand(city: City) -> None:
    number = city.row(REVIEWERS).number
    with pytest.raises(Refused, match="counted"):
        city._do(lambda tx: acts.hand_in(city.scope(tx, "clerk"), number, acts.HandIn(city.now)))
