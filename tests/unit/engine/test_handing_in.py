"""Handing in, late, early and again."""

from datetime import timedelta

import pytest

from alertd.engine.deadlines import closing
from alertd.engine.deadlines.closing import Completion
from alertd.engine.operations import acts
from alertd.engine.operations.acts import HandIn, hand_in
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor
from alertd.store import audit, tables
from tests.support.play import CLERK, Play
from tests.support.register import at, only, tiny_register, with_obligation

INCIDENT = "incident-information@fire/town-a"
REPORT = "yearly-report@2026/town-a"
REVIEW = "draft-review@rules/town-a"
HEARING = "hearing@rules/town-a"


@pytest.fixture
def incident(begin) -> Play:
    play: Play = begin("2026-12-05T02:00")
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.go("2026-12-05T02:00")
    return play


@pytest.fixture
def draft(begin) -> Play:
    """A soft and a hard window, both with the earliest moment 2026-12-09T00:00 and due 2026-12-23T00:00."""
    play: Play = begin("2026-12-01T10:00")
    play.report("draft", "rules", received="2026-12-01T10:00")
    play.report("hearing", "rules", assigned="2026-12-01T10:00")
    play.go("2026-12-01T10:00")
    return play


def _actions(play: Play, name: str) -> list[tuple[str, dict[str, object]]]:
    number = play.row(name).number
    with play.store.read() as tx:
        return [(row.action, row.detail) for row in audit.of_deadline(tx, number)]


def test_at_the_very_end_it_is_still_in_time(incident: Play) -> None:
    incident.now = at("2026-12-05T09:00")
    assert incident.done(INCIDENT, "2026-12-05T07:00") == ""
    row = incident.row(INCIDENT)
    assert (row.done_at, row.closed_at, row.breach) == (at("2026-12-05T07:00"), at("2026-12-05T09:00"), "")


def test_on_time_is_judged_by_when_it_happened_not_when_it_was_entered(incident: Play) -> None:
    incident.go("2026-12-08T12:00")
    assert incident.done(INCIDENT, "2026-12-05T06:59") == ""


@pytest.mark.parametrize(("entered", "late"), [("2026-12-05T04:00", None), ("2026-12-05T04:01", True)])
def test_on_an_hour_clock_what_is_entered_more_than_an_hour_later_is_a_late_entry(
    incident: Play, entered: str, late: bool | None
) -> None:
    incident.now = at(entered)
    incident.done(INCIDENT, "2026-12-05T03:00")
    assert _actions(incident, INCIDENT)[-1][1].get("entered_late") is late


def test_late_is_a_breach_that_stays(incident: Play) -> None:
    incident.now = at("2026-12-05T09:00")
    assert incident.done(INCIDENT, "2026-12-05T07:01") == "late"
    assert incident.row(INCIDENT).breach == "late"
    assert _actions(incident, INCIDENT)[-1][1]["breach"] == "late"


def test_late_against_a_soft_limit_is_marked_as_such(begin) -> None:
    register = with_obligation(
        only(tiny_register(), "yearly-report"), "yearly-report", soft=frozenset({"due"})
    )
    play = begin("2026-12-01T10:00", register)
    play.plan()
    play.now = at("2027-01-05T10:00")
    assert play.done(REPORT) == "late-soft"


def test_too_early_for_a_hard_bound_is_refused_and_changes_nothing(draft: Play) -> None:
    with pytest.raises(Refused) as refused:
        draft.done(HEARING, "2026-12-08T23:59", reason="we are quick")
    assert refused.value.code == "too-early"
    assert draft.row(HEARING).state == "open"
    assert draft.done(HEARING, "2026-12-09") == ""


def test_too_early_for_a_soft_bound_wants_a_reason_and_keeps_it(draft: Play) -> None:
    with pytest.raises(Refused, match="reason-needed"):
        draft.done(REVIEW, "2026-12-05")
    assert draft.done(REVIEW, "2026-12-05", reason="urgent by order") == "early-soft"
    assert _actions(draft, REVIEW)[-1][1]["reason"] == "urgent by order"


def test_a_fact_reported_too_early_is_a_breach_and_told_at_once(begin) -> None:
    register = with_obligation(tiny_register(), "hearing", closed_by=("information-published",))
    play = begin("2026-12-01T10:00", register)
    play.report("hearing", "rules", assigned="2026-12-01T10:00")
    play.go("2026-12-01T10:00")
    play.now = at("2026-12-04T10:00")
    outcome = play.report("information-published", "rules", published="2026-12-03T10:00")
    assert outcome.breaches == (f"{HEARING} early",)
    assert play.go("2026-12-04T10:00") == [("12-04T10:00", "ann", ("breach",))]


def test_what_is_closed_cannot_be_handed_in_again(incident: Play) -> None:
    incident.done(INCIDENT)
    with pytest.raises(Refused, match="closed") as refused:
        incident.done(INCIDENT)
    assert refused.value.values == {"deadline": INCIDENT, "state": "done", "act": "hand-in"}


def test_nor_do_the_rules_close_it_again(incident: Play) -> None:
    incident.done(INCIDENT)
    again = Completion(incident.now)
    with pytest.raises(Refused, match="closed") as refused:
        incident.do(closing.finish, incident.row(INCIDENT).number, again, actor=CLERK)
    assert refused.value.values == {"deadline": INCIDENT, "state": "done"}


def test_those_told_hear_who_handed_it_in_but_not_who_did_it(incident: Play) -> None:
    incident.now += timedelta(minutes=5)
    incident.done(INCIDENT, by="ann")
    assert incident.go("2026-12-05T02:05") == [("12-05T02:05", "han", ("done",))]
    (message,) = [row for row in incident.deliveries_to("han") if "Ann" in row.body]
    assert message.state == "accepted"


def test_nobody_hears_the_end_of_what_they_never_heard_of(begin) -> None:
    play = begin("2026-12-01T10:00", only(tiny_register(), "yearly-report"))
    play.plan()
    play.done(REPORT)
    assert play.go("2026-12-15T10:00") == []


def test_handing_in_starts_what_waits_for_it(incident: Play) -> None:
    what = HandIn(at("2026-12-05T02:00"))
    outcome = incident.do(hand_in, incident.row(INCIDENT).number, what, actor=CLERK)
    assert (outcome.id, outcome.started) == (INCIDENT, ("incident-review@fire/town-a",))
    review = incident.row("incident-review@fire/town-a")
    assert (review.start, review.last_day.isoformat()) == (at("2026-12-05T02:00"), "2026-12-15")


def _reopen(play: Play, name: str, reason: str, by: str = "clerk") -> object:
    return play.do(acts.reopen, play.row(name).number, reason, actor=Actor(by))


def test_reopening_wants_a_reason_and_something_closed(incident: Play) -> None:
    with pytest.raises(Refused, match="not-closed"):
        _reopen(incident, INCIDENT, "a mistake")
    incident.done(INCIDENT)
    with pytest.raises(Refused, match="reopen-reason"):
        _reopen(incident, INCIDENT, "")
    assert incident.row(INCIDENT).state == "done"


def test_what_is_reopened_keeps_its_limit_and_goes_on_with_its_steps(incident: Play) -> None:
    due = incident.row(INCIDENT).due
    incident.done(INCIDENT, by="ann")
    incident.go("2026-12-05T03:00")
    assert _reopen(incident, INCIDENT, "the wrong text") == at("2026-12-05T04:30")
    row = incident.row(INCIDENT)
    assert (row.state, row.due, row.done_at, row.breach, row.waits) == ("open", due, None, "", "")
    heard = incident.go("2026-12-05T04:30")
    assert heard == [
        ("12-05T03:00", "han", ("reopened",)),
        ("12-05T03:00", "ann", ("reopened",)),
        ("12-05T04:30", "ann", ("half",)),
        ("12-05T04:30", "cai", ("half",)),
    ]


def test_steps_missed_while_it_was_closed_are_one_message(incident: Play) -> None:
    incident.done(INCIDENT)
    incident.go("2026-12-05T06:30")
    _reopen(incident, INCIDENT, "the wrong text")
    incident.fire()
    alert = incident.all(tables.alerts)[-1]
    assert (alert.step, alert.merged) == ("most", ("half",))


def test_steps_missed_while_one_was_closed_are_not_said_again_to_another_on_the_same_clock(begin) -> None:
    play: Play = begin("2026-12-01T10:00", only(tiny_register(), "yearly-report"))
    play.plan()
    play.done(REPORT)
    play.go("2026-12-23T08:29")
    _reopen(play, REPORT, "the wrong text")
    play.now = at("2026-12-23T08:30")
    play.fire()
    last = {alert.deadline: (alert.step, alert.merged) for alert in play.all(tables.alerts)}
    assert last == {
        play.row(REPORT).number: ("nearer", ("near",)),
        play.row("yearly-report@2026/town-b").number: ("nearer", ()),
    }


def test_a_deadline_nobody_knows_is_refused_by_name(incident: Play) -> None:
    with pytest.raises(Refused, match="no-deadline") as refused, incident.store.read() as tx:
        acts.find(tx, "unheard@of/it")
    assert refused.value.values == {"deadline": "unheard@of/it"}
