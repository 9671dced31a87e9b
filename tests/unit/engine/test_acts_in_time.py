"""More time, time that does not count, another unit: the acts that move a limit or a duty."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from alertd.core.timing import Duration, Extension, TimeUnit
from alertd.engine.deadlines import closing
from alertd.engine.deadlines.closing import Completion
from alertd.engine.deadlines.replay import known_at
from alertd.engine.operations import acts, more_time, moving
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor
from alertd.store import audit, chains, deadlines
from tests.support.play import Play
from tests.support.register import at, with_obligation

INCIDENT = "incident-information@fire/town-a"
REVIEW = "draft-review@rules/town-a"
ANN, CAI, DAN, GAO = Actor("ann"), Actor("cai"), Actor("dan"), Actor("gao")


@pytest.fixture
def draft(begin: Any) -> Play:
    """5 to 15 working days from Tuesday 2026-12-01: earliest 12-09, last day 12-22."""
    play: Play = begin("2026-12-01T10:00")
    play.report("draft", "rules", received="2026-12-01T10:00")
    play.go("2026-12-01T10:00")
    return play


@pytest.fixture
def incident(begin: Any) -> Play:
    """Five hours from 2026-12-05T02:00."""
    play: Play = begin("2026-12-05T02:00")
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.go("2026-12-05T02:00")
    return play


def do(play: Play, work: Any, name: str, *args: Any, **more: Any) -> Any:
    return play.do(work, play.row(name).number, *args, **more)


def why(play: Play, name: str) -> list[str]:
    with play.store.read() as tx:
        return [line["why"] for line in deadlines.trace_of(tx, play_row(play, name, tx).trace)]


def play_row(play: Play, name: str, tx: Any) -> Any:
    return deadlines.find(tx, name)


# ---------------------------------------------------------------- more time


def test_an_extension_is_asked_of_the_leader_in_charge_and_moves_nothing_yet(draft: Play) -> None:
    due = draft.row(REVIEW).due
    do(draft, more_time.ask_extension, REVIEW, date(2026, 12, 31), "experts", ANN)
    assert draft.row(REVIEW).due == due
    heard = draft.go("2026-12-01T12:00")
    assert [(who, steps) for _, who, steps in heard if "requested" in steps] == [("cai", ("requested",))]


def test_a_granted_extension_moves_the_limit_and_says_by_whom(draft: Play) -> None:
    do(draft, more_time.ask_extension, REVIEW, date(2026, 12, 31), "experts", ANN)
    do(draft, more_time.grant_extension, REVIEW, CAI)
    row = draft.row(REVIEW)
    assert (row.last_day, row.due, row.earliest) == (
        date(2026, 12, 31), at("2027-01-01"), at("2026-12-09"),
    )  # fmt: skip
    assert "extended-until" in why(draft, REVIEW)
    assert any("extended" in steps for _, who, steps in draft.go("2026-12-01T12:00") if who == "ann")


def test_nobody_grants_what_they_asked_for_themselves(draft: Play) -> None:
    do(draft, more_time.ask_extension, REVIEW, date(2026, 12, 31), "experts", CAI)
    with pytest.raises(Refused, match="own-request"):
        do(draft, more_time.grant_extension, REVIEW, CAI)
    with pytest.raises(Refused, match="not-allowed"):
        do(draft, more_time.grant_extension, REVIEW, ANN)
    do(draft, more_time.grant_extension, REVIEW, DAN)
    assert draft.row(REVIEW).last_day == date(2026, 12, 31)


def test_after_the_limit_nothing_is_asked_for_but_what_was_asked_in_time_is_granted(draft: Play) -> None:
    do(draft, more_time.ask_extension, REVIEW, date(2026, 12, 31), "experts", ANN)
    draft.go("2026-12-23T10:00")
    do(draft, more_time.grant_extension, REVIEW, CAI)
    assert draft.row(REVIEW).last_day == date(2026, 12, 31)
    draft.go("2027-01-04T10:00")
    with pytest.raises(Refused, match="extension-too-late"):
        do(draft, more_time.ask_extension, REVIEW, date(2026, 12, 31), "experts", ANN)


def test_an_extension_is_later_and_asked_once(draft: Play) -> None:
    with pytest.raises(Refused, match="not-later"):
        do(draft, more_time.ask_extension, REVIEW, date(2026, 12, 22), "experts", ANN)
    do(draft, more_time.ask_extension, REVIEW, date(2026, 12, 31), "experts", ANN)
    with pytest.raises(Refused, match="asked-already"):
        do(draft, more_time.ask_extension, REVIEW, date(2026, 12, 31), "experts", ANN)


def bounded(play: Play, **allowed: Any) -> None:
    register = with_obligation(play.world.register, "draft-review", extension=Extension(**allowed))
    play.world = replace(play.world, register=register)


def extend(play: Play, day: date) -> None:
    do(play, more_time.ask_extension, REVIEW, day, "experts", ANN)
    do(play, more_time.grant_extension, REVIEW, CAI)


def test_extensions_together_go_so_far_and_no_further(draft: Play) -> None:
    bounded(draft, most=Duration(5, TimeUnit.WORKING_DAY))
    extend(draft, date(2026, 12, 25))
    with pytest.raises(Refused, match="extension-past-most") as refused:
        do(draft, more_time.ask_extension, REVIEW, date(2026, 12, 30), "more", ANN)
    assert refused.value.values["until"].startswith("2026-12-30T00:00")
    extend(draft, date(2026, 12, 29))
    assert draft.row(REVIEW).last_day == date(2026, 12, 29)


def test_another_date_than_the_one_asked_for_is_bounded_too(draft: Play) -> None:
    bounded(draft, most=Duration(5, TimeUnit.WORKING_DAY))
    do(draft, more_time.ask_extension, REVIEW, date(2026, 12, 25), "experts", ANN)
    with pytest.raises(Refused, match="extension-past-most"):
        do(draft, more_time.grant_extension, REVIEW, CAI, "", date(2026, 12, 30))


def test_a_pause_moves_the_bound_with_the_limit(draft: Play) -> None:
    bounded(draft, most=Duration(5, TimeUnit.WORKING_DAY))
    extend(draft, date(2026, 12, 29))
    draft.go("2026-12-03T10:00")
    do(draft, more_time.suspend, REVIEW, draft.now, "wait", GAO)
    draft.go("2026-12-04T10:00")
    do(draft, more_time.resume, REVIEW, draft.now, "", ANN)
    assert draft.row(REVIEW).last_day == date(2026, 12, 30)
    with pytest.raises(Refused, match="extension-past-most"):
        do(draft, more_time.ask_extension, REVIEW, date(2026, 12, 31), "more", ANN)


def test_a_limit_is_extended_so_often_and_anew_after_a_restart(draft: Play) -> None:
    bounded(draft, times=1)
    extend(draft, date(2026, 12, 25))
    with pytest.raises(Refused, match="extended-already"):
        do(draft, more_time.ask_extension, REVIEW, date(2026, 12, 28), "more", ANN)
    draft.now = at("2026-12-08T10:00")
    do(draft, more_time.restart, REVIEW, draft.now, "handed in anew", GAO)
    extend(draft, date(2026, 12, 31))


def test_no_extension_goes_past_what_the_law_allows(draft: Play) -> None:
    bounded(draft, limit=Duration(30, TimeUnit.DAY))
    with pytest.raises(Refused, match="extension-past-limit"):
        extend(draft, date(2027, 1, 1))
    assert draft.row(REVIEW).last_day == date(2026, 12, 22)
    draft.do(more_time.ask_extension, draft.row(REVIEW).number, date(2026, 12, 31), "experts", actor=ANN)


# ---------------------------------------------------------------- time that does not count


def test_working_days_of_a_pause_move_both_bounds(draft: Play) -> None:
    draft.go("2026-12-03T10:00")
    do(draft, more_time.suspend, REVIEW, at("2026-12-03T10:00"), "file incomplete", GAO)
    row = draft.row(REVIEW)
    assert (row.state, row.next_action_at, row.waits) == ("suspended", None, "suspended")
    draft.go("2026-12-08T09:00")  # Thursday to Tuesday: Friday, Monday and Tuesday do not count
    do(draft, more_time.resume, REVIEW, at("2026-12-08T09:00"), "", ANN)
    row = draft.row(REVIEW)
    assert (row.state, row.earliest, row.last_day) == ("open", at("2026-12-12"), date(2026, 12, 25))
    assert "paused-days" in why(draft, REVIEW)
    assert row.next_action_at is not None


def test_a_pause_within_one_day_moves_nothing(draft: Play) -> None:
    before = draft.row(REVIEW)
    do(draft, more_time.suspend, REVIEW, at("2026-12-01T10:00"), "x", GAO)
    draft.now = at("2026-12-01T16:00")
    do(draft, more_time.resume, REVIEW, draft.now, "", GAO)
    assert (draft.row(REVIEW).due, draft.row(REVIEW).earliest) == (before.due, before.earliest)


def test_hours_are_excluded_exactly(incident: Play) -> None:
    incident.now = at("2026-12-05T03:00")
    do(incident, more_time.suspend, INCIDENT, at("2026-12-05T02:30"), "false lead", GAO)
    incident.now = at("2026-12-05T04:15")
    do(incident, more_time.resume, INCIDENT, incident.now, "", GAO)
    assert incident.row(INCIDENT).due == at("2026-12-05T08:45")
    assert incident.row(INCIDENT).office_due == at("2026-12-05T08:45")


def test_while_it_is_paused_nobody_is_reminded_and_it_cannot_be_handed_in(incident: Play) -> None:
    do(incident, more_time.suspend, INCIDENT, incident.now, "false lead", GAO)
    heard = incident.go("2026-12-06T02:00")
    assert {step for _, _, steps in heard for step in steps} <= {"suspended", "started"}
    with pytest.raises(Refused, match="paused"):
        incident.done(INCIDENT)
    with pytest.raises(Refused, match="paused"):  # nor by the rules themselves
        do(incident, closing.finish, INCIDENT, Completion(incident.now), Actor("clerk"))


def test_a_clock_that_has_run_out_is_not_paused_and_the_owner_pauses_none(draft: Play) -> None:
    with pytest.raises(Refused, match="not-allowed"):
        do(draft, more_time.suspend, REVIEW, draft.now, "x", ANN)
    draft.now = at("2026-12-23T10:00")
    with pytest.raises(Refused, match="limit-passed"):
        do(draft, more_time.suspend, REVIEW, draft.now, "x", GAO)


def test_a_restart_counts_by_the_same_rule_from_its_instant(draft: Play) -> None:
    draft.now = at("2026-12-08T10:00")
    do(draft, more_time.restart, REVIEW, draft.now, "handed in anew", GAO)
    row = draft.row(REVIEW)
    assert (row.start, row.earliest, row.last_day) == (draft.now, at("2026-12-16"), date(2026, 12, 29))
    assert "runs-anew" in why(draft, REVIEW)


def test_what_was_returned_and_paused_goes_on_as_returned(draft: Play) -> None:
    register = with_obligation(draft.world.register, "draft-review", closes="verify", receiver="office")
    draft.world = replace(draft.world, register=register)
    draft.now = at("2026-12-10T10:00")
    draft.done(REVIEW, by="ann")
    do(draft, acts.send_back, REVIEW, "no seal", GAO)
    do(draft, more_time.suspend, REVIEW, draft.now, "the seal is away", GAO)
    draft.now = at("2026-12-11T10:00")
    do(draft, more_time.resume, REVIEW, draft.now, "", ANN)
    assert draft.row(REVIEW).state == "returned"
    with draft.store.read() as tx:
        row = play_row(draft, REVIEW, tx)
        known = known_at(row, audit.of_deadline(tx, row.number), draft.now)
    assert known is not None
    assert known.state == "returned"
    draft.done(REVIEW, by="ann")
    do(draft, acts.send_back, REVIEW, "wrong seal", GAO)
    do(draft, more_time.restart, REVIEW, draft.now, "anew", GAO)
    do(draft, more_time.suspend, REVIEW, draft.now, "wait", GAO)
    do(draft, more_time.resume, REVIEW, draft.now, "", ANN)
    assert draft.row(REVIEW).state == "open"


# ---------------------------------------------------------------- another unit's


def test_the_new_unit_is_asked_the_old_one_told_and_then_left_in_peace(draft: Play) -> None:
    do(draft, moving.reassign, REVIEW, "town-b", "its draft", GAO)
    heard = draft.go("2026-12-01T12:00")
    assert {(who, steps) for _, who, steps in heard} >= {("ann", ("reassigned",)), ("eve", ("assigned",))}
    assert draft.row(REVIEW).unit == "town-b"
    draft.now = at("2026-12-10T10:00")
    draft.done(REVIEW, by="eve")
    assert not [who for _, who, _ in draft.go("2026-12-11T10:00") if who == "ann"]


def test_who_owes_it_is_the_new_unit(draft: Play) -> None:
    do(draft, moving.reassign, REVIEW, "town-b", "its draft", GAO)
    with pytest.raises(Refused, match="not-allowed"):
        do(draft, more_time.ask_extension, REVIEW, date(2026, 12, 31), "x", ANN)
    do(draft, more_time.ask_extension, REVIEW, date(2026, 12, 31), "x", Actor("eve"))


def test_a_unit_declines_within_three_working_days_of_getting_it(draft: Play) -> None:
    draft.now = at("2026-12-04T23:00")
    do(draft, moving.decline, REVIEW, "not ours", ANN, "town-b")
    assert any("requested" in steps for _, who, steps in draft.go("2026-12-07T09:00") if who == "gao")
    assert do(draft, moving.accept_decline, REVIEW, GAO) == "town-b"
    assert draft.row(REVIEW).unit == "town-b"
    draft.now = at("2026-12-11T00:01")  # three working days after Monday are over
    with pytest.raises(Refused, match="decline-too-late"):
        do(draft, moving.decline, REVIEW, "not ours either", Actor("eve"))


def test_a_declined_duty_belongs_to_somebody_all_the_time(draft: Play) -> None:
    do(draft, moving.decline, REVIEW, "not ours", ANN)
    with pytest.raises(Refused, match="unit-needed"):
        do(draft, moving.accept_decline, REVIEW, GAO)
    do(draft, moving.refuse_decline, REVIEW, "it is yours", GAO)
    assert draft.row(REVIEW).unit == "town-a"
    with draft.store.read() as tx:
        assert chains.verify(tx) == []
