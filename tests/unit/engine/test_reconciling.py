"""Files and store are brought together: the last good text rules, large changes wait for release."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import time, timedelta

import pytest

from alertd.config.faults import Fault
from alertd.config.register import CalendarInput
from alertd.core.model import Register
from alertd.core.timing import OfficeHours
from alertd.engine.planning.reconciler import Files, NoRegister, Reconciled, WorldMaker, reconcile, release
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.world import World
from alertd.store import audit, chains, revisions, settings, tables
from tests.support.play import CLERK, Play
from tests.support.register import at
from tests.unit.engine.register_texts import (
    CALENDAR,
    DIRECTORY,
    DUTIES,
    POLICIES,
    TEXTS,
    changed,
    let_go,
    look,
    make_world,
    times,
    with_2027,
)

REPORT = "report@2026/town-a"
REVIEW = "review@rules/town-a"
BROKEN = changed(TEXTS, DUTIES, ('rule = "yearly by 12-30"', 'rule = "yearly by 13-30"'))
SOONER = changed(TEXTS, DUTIES, ("yearly by 12-30", "yearly by 12-20"))
SLOWER = changed(TEXTS, POLICIES, ("due - 10 working days", "due - 5 working days"))


@pytest.fixture
def play(begin) -> Play:
    begun: Play = begin("2026-12-01T10:00")
    look(begun, TEXTS)
    return begun


def _ruling(play: Play) -> dict[str, str]:
    with play.store.read() as tx:
        return revisions.applied(tx)


def test_the_first_files_are_applied_whatever_their_size(play: Play) -> None:
    assert [row.id for row in play.all(tables.deadlines)] == [
        f"report@{year}/{town}" for year in (2026, 2027) for town in ("town-a", "town-b")
    ]
    assert _ruling(play) == TEXTS
    assert play.admin_topics() == []


def test_looking_again_at_the_same_files_changes_nothing(play: Play) -> None:
    before = [play.all(table) for table in tables.metadata.sorted_tables]
    found = look(play, TEXTS)
    assert (found.applied, found.held, found.changed_files) == (None, None, ())
    assert [play.all(table) for table in tables.metadata.sorted_tables] == before


def test_a_broken_file_keeps_its_last_good_text_and_the_admin_is_told_once(play: Play) -> None:
    for _ in range(3):
        found = look(play, BROKEN)
        assert [fault.file for fault in found.faults] == [DUTIES]
    assert _ruling(play) == TEXTS
    assert play.world.register.obligations["report"].rule.text == "yearly by 12-30"
    assert play.admin_topics() == ["files-faulty"]
    assert play.admin_told()[0][1]["fault"].startswith(f"{DUTIES}:6:")


def test_a_file_mended_again_is_told_too(play: Play) -> None:
    look(play, BROKEN)
    play.now += timedelta(minutes=2)
    play.deliver()
    look(play, TEXTS)
    assert play.admin_topics() == ["files-faulty", "files-restored"]


def test_a_fault_that_is_mended_before_anybody_was_told_is_not_told(play: Play) -> None:
    look(play, BROKEN)
    look(play, TEXTS)
    assert {row.state for row in play.deliveries_to("admin")} == {"dropped"}
    look(play, BROKEN)
    assert [row.state for row in play.deliveries_to("admin")] == ["dropped", "waiting"]


def test_a_broken_file_takes_no_other_down(play: Play) -> None:
    both = changed(BROKEN, POLICIES, ("due - 10 working days", "due - 5 working days"))
    found = look(play, both)
    assert found.changed_files == (POLICIES,)
    assert _ruling(play) == SLOWER
    assert times(play, REPORT)[1] == at("2026-12-23T08:30")


def test_files_that_never_were_any_good_rule_nothing(begin) -> None:
    play = begin("2026-12-01T10:00")
    with pytest.raises(NoRegister) as none:
        look(play, BROKEN)
    assert [fault.file for fault in none.value.faults] == [DUTIES]
    assert play.all(tables.revisions) == []


def test_a_file_that_vanished_keeps_ruling(play: Play) -> None:
    fewer = {file: text for file, text in TEXTS.items() if file != DUTIES}
    found = look(play, fewer)
    assert found.gone_files == (DUTIES,)
    assert (found.changed_files, _ruling(play)) == ((), TEXTS)
    assert "report" in play.world.register.obligations
    assert play.row(REPORT).state == "open"


def test_a_vanished_file_is_withdrawn_when_that_is_released(play: Play) -> None:
    play.go("2026-12-16T09:00")
    fewer = {**TEXTS, DUTIES: TEXTS[DUTIES][TEXTS[DUTIES].index('[[obligation]]\nid = "review"') :]}
    found = look(play, fewer)
    assert play.row(REPORT).state == "open"
    assert found.held is not None
    assert len(found.held.vanished) == 4
    let_go(play, fewer, "no longer asked for")
    assert {row.state for row in play.all(tables.deadlines)} == {"withdrawn"}
    assert [heard for heard in play.go("2026-12-20T09:00") if heard[1] != "admin"] == [
        ("12-16T09:00", "ann", ("withdrawn",)),
        ("12-16T09:00", "eve", ("withdrawn",)),
    ]


def test_a_small_change_applies_by_itself_and_tells_those_told(begin) -> None:
    play = begin("2026-12-16T09:00")
    one = changed(TEXTS, DIRECTORY, ('members = ["town-a", "town-b"]', 'members = ["town-a"]'))
    look(play, one)
    play.go("2026-12-16T09:00")
    sooner = changed(one, DUTIES, ("yearly by 12-30", "yearly by 12-20"))
    found = look(play, sooner)
    assert found.applied is not None
    assert [move.row.id for move in found.applied.moved] == [REPORT, "report@2027/town-a"]
    assert times(play, REPORT)[0] == "2026-12-20"
    assert play.go("2026-12-16T09:00") == [("12-16T09:00", "ann", ("moved",))]


def test_a_date_that_is_moved_is_on_record_with_what_it_was(begin) -> None:
    play = begin("2026-12-16T09:00")
    one = changed(TEXTS, DIRECTORY, ('members = ["town-a", "town-b"]', 'members = ["town-a"]'))
    look(play, one)
    look(play, changed(one, DUTIES, ("yearly by 12-30", "yearly by 12-20")))
    number = play.row(REPORT).number
    with play.store.read() as tx:
        entry = audit.of_deadline(tx, number)[-1]
    assert (entry.action, entry.actor, entry.detail["reason"]) == ("moved", "alertd", "saved file")
    assert entry.detail["changes"]["last_day"] == {"old": "2026-12-30", "new": "2026-12-20"}


def test_a_large_change_waits_and_the_admin_gets_the_difference_once(play: Play) -> None:
    for _ in range(2):
        found = look(play, SOONER)
        assert found.held is not None
        assert len(found.held.moved) == 4
        assert found.applied is None
    assert times(play, REPORT)[0] == "2026-12-30"
    assert _ruling(play) == TEXTS
    assert play.world.register.obligations["report"].rule.text == "yearly by 12-30"
    assert play.admin_topics() == ["revision-held"]
    (told,) = play.deliveries_to("admin")
    assert (told.payload["args"]["deadlines"], told.payload["args"]["file"]) == (4, DUTIES)
    assert told.payload["items"][0].startswith(f"~ {REPORT}")


def test_a_large_change_applies_when_it_is_released(play: Play) -> None:
    look(play, SOONER)
    with pytest.raises(Refused, match="reason-missing"):
        let_go(play, SOONER, "")
    let_go(play, SOONER)
    assert times(play, REPORT)[0] == "2026-12-20"
    assert _ruling(play) == SOONER
    assert look(play, SOONER).held is None
    with play.store.read() as tx:
        assert not settings.get(tx, settings.HELD)
        assert audit.of_deadline(tx, audit.REGISTER)[-1].detail["reason"] == "as decided"
        assert chains.verify(tx) == []


def test_files_with_faults_are_not_released(play: Play) -> None:
    with pytest.raises(NoRegister):
        let_go(play, BROKEN)
    assert _ruling(play) == TEXTS


def test_a_change_taken_back_and_made_again_is_held_and_told_again(play: Play) -> None:
    look(play, SOONER)
    look(play, TEXTS)
    with play.store.read() as tx:
        assert not settings.get(tx, settings.HELD)
    play.now += timedelta(days=1)
    look(play, SOONER)
    assert play.admin_topics() == ["revision-held", "revision-held"]


def test_a_changed_policy_retimes_what_runs(play: Play) -> None:
    assert times(play, REPORT)[1] == at("2026-12-16T08:30")
    found = look(play, SLOWER)
    assert found.applied is not None
    assert found.applied.empty
    assert times(play, REPORT)[1] == at("2026-12-23T08:30")
    play.go("2026-12-20T10:00")
    assert play.all(tables.deliveries) == []


def test_a_new_step_whose_time_has_passed_stays_unsaid(play: Play) -> None:
    earlier = '[[policy.step]]\nid = "early"\nat = "due - 60 working days"\nto = ["contact"]\nlevel = 1\n'
    look(play, {**TEXTS, POLICIES: TEXTS[POLICIES] + earlier})
    play.go("2026-12-10T10:00")
    assert play.all(tables.deliveries) == []
    assert "early" in play.row(REPORT).fired


def test_a_new_step_that_lies_ahead_is_said_at_its_time(play: Play) -> None:
    later = '[[policy.step]]\nid = "later"\nat = "due - 2 working days"\nto = ["contact"]\nlevel = 2\n'
    look(play, {**TEXTS, POLICIES: TEXTS[POLICIES] + later})
    assert "later" not in play.row(REPORT).fired
    heard = play.go("2026-12-29T10:00")
    assert [(when, steps) for when, who, steps in heard if who == "ann"] == [
        ("12-16T08:30", ("near",)),
        ("12-28T08:30", ("later",)),
    ]


def test_a_new_step_whose_time_is_this_very_moment_stays_unsaid(play: Play) -> None:
    play.now = at("2026-12-10T08:30")
    reached = '[[policy.step]]\nid = "reached"\nat = "due - 14 working days"\nto = ["contact"]\nlevel = 1\n'
    look(play, {**TEXTS, POLICIES: TEXTS[POLICIES] + reached})
    assert play.go("2026-12-10T10:00") == []
    assert "reached" in play.row(REPORT).fired


def test_a_known_step_that_is_reached_as_its_policy_changes_is_still_said(play: Play) -> None:
    play.now = at("2026-12-16T08:30")
    later = '[[policy.step]]\nid = "later"\nat = "due - 2 working days"\nto = ["contact"]\nlevel = 2\n'
    look(play, {**TEXTS, POLICIES: TEXTS[POLICIES] + later})
    assert [(who, steps) for _, who, steps in play.go("2026-12-16T08:30")] == [
        ("ann", ("near",)),
        ("eve", ("near",)),
    ]


def test_a_policy_that_loses_its_last_step_leaves_nothing_to_wait_for_but_the_hand_in(play: Play) -> None:
    play.go("2026-12-16T09:00")
    later = '[[policy.step]]\nid = "later"\nat = "due - 2 working days"\nto = ["contact"]\nlevel = 2\n'
    look(play, {**TEXTS, POLICIES: TEXTS[POLICIES] + later})
    assert (times(play, REPORT)[1], play.row(REPORT).waits) == (at("2026-12-28T08:30"), "")
    look(play, {**TEXTS, POLICIES: TEXTS[POLICIES] + "# later is asked by telephone\n"})
    assert (times(play, REPORT)[1], play.row(REPORT).waits) == (None, "completion")


def test_each_new_year_is_planned_without_any_file_changing(play: Play) -> None:
    play.now = at("2027-01-01T00:01")
    look(play, TEXTS)
    assert "report@2028/town-b" in {row.id for row in play.all(tables.deadlines)}


def test_an_unchanged_day_plans_nothing_again(play: Play) -> None:
    play.now = at("2026-12-01T23:00")
    assert look(play, TEXTS).applied is None


def test_an_official_calendar_moves_what_was_estimated_and_tells_those_told(begin) -> None:
    play = begin("2026-12-29T10:00")
    look(play, TEXTS)
    play.report("draft", "rules", received="2026-12-21T09:00")
    play.go("2026-12-29T10:00")
    assert play.row(REVIEW).provisional
    assert times(play, REVIEW)[0] == "2027-01-12"
    look(play, with_2027(TEXTS))
    let_go(play, with_2027(TEXTS))
    assert times(play, REVIEW)[0] == "2027-01-19"
    assert not play.row(REVIEW).provisional
    assert ("12-29T10:00", "ann", ("moved",)) in play.go("2026-12-29T10:00")


def test_an_official_calendar_moves_the_steps_of_dates_that_stay(begin) -> None:
    play = begin("2026-12-01T10:00")
    printed = changed(TEXTS, DUTIES, ("yearly by 12-30", "yearly by 01-15 of the next year"))
    look(play, printed)
    assert times(play, REPORT) == ("2027-01-15", at("2026-12-31T08:30"))
    let_go(play, with_2027(printed))
    assert times(play, REPORT) == ("2027-01-15", at("2026-12-24T08:30"))


def test_an_official_calendar_that_is_changed_moves_the_steps_too(play: Play) -> None:
    assert times(play, REPORT)[1] == at("2026-12-16T08:30")
    longer = (
        '{ from = 2026-01-01, name = "new-year" }, { from = 2026-12-21, to = 2026-12-22, name = "flood" }'
    )
    look(play, changed(TEXTS, CALENDAR, ('{ from = 2026-01-01, name = "new-year" }', longer)))
    assert times(play, REPORT) == ("2026-12-30", at("2026-12-14T08:30"))


# ---------------------------------------------------------------- office hours, in no file of schedules/


def _closing_at(hour: int) -> WorldMaker:
    def making(register: Register, calendar: CalendarInput, live: bool) -> World:
        return replace(make_world(register, calendar, live), office=OfficeHours(closes=time(hour)))

    return making


def _look_with(play: Play, texts: Mapping[str, str], making: WorldMaker) -> Reconciled:
    found = reconcile(play.store, Files(texts), making, None, play.now, Fault.text)
    assert found.world is not None
    play.world = found.world
    return found


def test_office_hours_that_change_move_stored_limits_and_rule_no_other_revision(play: Play) -> None:
    small = {**TEXTS, DUTIES: TEXTS[DUTIES].replace("group:every-town", "unit:town-a")}
    begun = let_go(play, small)
    assert begun.world is not None
    before = _ruling(play)
    found = _look_with(play, small, _closing_at(16))
    assert found.applied is not None
    limits = [row.office_due.astimezone(play.world.zone) for row in play.all(tables.deadlines)]
    closing = {limit.hour for limit in limits}
    assert 16 in closing
    assert _ruling(play) == before
    again = _look_with(play, small, _closing_at(16))
    assert (again.applied, again.held) == (None, None)


def test_office_hours_that_move_many_limits_wait_for_release_and_are_told_once(play: Play) -> None:
    for _ in range(2):
        found = _look_with(play, TEXTS, _closing_at(16))
        assert found.held is not None
        assert len(found.held.moved) == 4
    assert play.admin_topics() == ["revision-held"]
    (told,) = play.deliveries_to("admin")
    assert told.payload["args"]["file"] == "config.toml"


def test_a_comment_after_office_hours_were_applied_is_no_large_change(play: Play) -> None:
    making = _closing_at(16)
    release(play.store, Files(TEXTS), making, None, play.now, CLERK, "summer hours")
    commented = {**TEXTS, DUTIES: "# a comment\n" + TEXTS[DUTIES]}
    found = _look_with(play, commented, making)
    assert (found.held, found.changed_files) == (None, (DUTIES,))
