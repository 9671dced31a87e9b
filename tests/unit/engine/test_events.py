"""Events start, close, move and cancel clocks."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from alertd.engine.cases import corrections, events
from alertd.engine.cases.reported import Reported
from alertd.engine.operations.acts import HandIn, hand_in
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor
from alertd.store import tables
from tests.support.play import CLERK, Play
from tests.support.register import at

INCIDENT = "incident-information@fire/town-a"
REPLY = "proposal-reply@p-7/town-a"


@pytest.fixture
def incident(begin) -> Play:
    play: Play = begin("2026-12-05T03:00")
    play.report("incident", "fire", identity="e1", occurred="2026-12-05T02:00")
    play.go("2026-12-05T04:40")
    return play


def correct(
    play: Play, instants: Mapping[str, str], approver: str = "", due: Any = None, name: str = "e1"
) -> list[str]:
    when = {key: at(text) for key, text in instants.items()}
    found = play.do(corrections.correct, name, when, due, "a better clock", approver, actor=CLERK)
    return list(found.moved)


def test_a_clock_that_started_from_a_fallback_says_what_is_missing(incident: Play) -> None:
    row = incident.row(INCIDENT)
    assert (row.start, row.start_provisional) == (at("2026-12-05T02:00"), "published")
    assert correct(incident, {"published": "2026-12-05T01:30"}) == [INCIDENT]
    row = incident.row(INCIDENT)
    assert (row.due, row.start_provisional) == (at("2026-12-05T06:30"), "")


def test_the_missing_instant_at_the_same_moment_moves_nothing_but_is_no_longer_missing(
    incident: Play,
) -> None:
    correct(incident, {"published": "2026-12-05T02:00"})
    assert incident.row(INCIDENT).start_provisional == ""
    assert incident.go("2026-12-05T04:41") == []


def test_an_event_without_any_instant_the_clock_knows_is_refused(begin) -> None:
    play = begin("2026-12-05T03:00")
    unheard = Reported("incident", "fire", ("town-a",), {"received": at("2026-12-05T02:00")})
    with pytest.raises(Refused) as refused:
        play.do(events.report, unheard, actor=CLERK)
    assert refused.value.code == "instant-missing"
    assert refused.value.values["instants"] == "published, occurred"
    assert play.all(tables.events) == []


def test_an_event_needs_a_party_and_a_stated_date_where_the_rule_wants_one(begin) -> None:
    play = begin("2026-12-01T10:00")
    with pytest.raises(Refused, match="party-missing"):
        play.report("incident", "fire", "", published="2026-12-01T09:00")
    with pytest.raises(Refused, match="due-missing"):
        play.report("proposal", "p-7", received="2026-12-01T09:00")
    play.report("proposal", "p-7", due=date(2026, 12, 18), received="2026-12-01T09:00")
    assert play.row(REPLY).due == at("2026-12-19")


def test_the_same_id_with_other_content_is_refused(incident: Play) -> None:
    with pytest.raises(Refused, match="event-differs"):
        incident.report("incident", "fire", identity="e1", occurred="2026-12-05T02:01")
    assert incident.report("incident", "fire", identity="e1", occurred="2026-12-05T02:00").known


def test_a_closing_event_closes_each_partys_own_clock(begin) -> None:
    play = begin("2026-12-05T02:00")
    play.report("incident", "fire", "town-a town-b", published="2026-12-05T02:00")
    play.report("incident", "flood", "town-b", published="2026-12-05T02:00")
    outcome = play.report("information-published", "fire", "town-b", published="2026-12-05T02:00")
    assert outcome.closed == ("incident-information@fire/town-b",)
    assert outcome.started == ("incident-review@fire/town-b",)
    assert play.row(INCIDENT).state == "open"
    assert play.row("incident-information@flood/town-b").state == "open"


def test_a_correction_to_earlier_tells_those_told_and_rings_what_is_now_reached(incident: Play) -> None:
    assert correct(incident, {"occurred": "2026-12-05T00:30"}) == [INCIDENT]
    row = incident.row(INCIDENT)
    assert (row.due, row.fired) == (at("2026-12-05T05:30"), ("started", "half"))
    heard = incident.go("2026-12-05T04:40")
    assert ("12-05T04:40", "dan", ("most",)) in heard  # 80 % was at 04:30
    assert {who for _, who, steps in heard if "moved" in steps} == {"ann", "han", "cai"}


def test_a_correction_to_later_needs_an_approver(incident: Play) -> None:
    with pytest.raises(Refused, match="approver-needed") as refused:
        correct(incident, {"occurred": "2026-12-05T03:30"})
    assert refused.value.values == {"deadlines": INCIDENT}
    assert incident.row(INCIDENT).due == at("2026-12-05T07:00")


def test_a_correction_to_later_speaks_again_the_steps_that_lie_ahead_again(incident: Play) -> None:
    assert correct(incident, {"occurred": "2026-12-05T03:30"}, approver="dan") == [INCIDENT]
    row = incident.row(INCIDENT)
    assert (row.due, row.fired) == (at("2026-12-05T08:30"), ("started",))
    assert row.next_action_at == at("2026-12-05T06:00")
    incident.go("2026-12-05T05:59")
    assert ("12-05T06:00", "cai", ("half",)) in incident.go("2026-12-05T06:00")


def test_a_correction_keeps_the_rule_the_clock_started_with(begin) -> None:
    from tests.support.register import tiny_register, with_obligation, world

    play = begin("2026-12-05T03:00")
    play.report("incident", "fire", identity="e1", occurred="2026-12-05T02:00")
    play.world = world(with_obligation(tiny_register(), "incident-information", rule="24 hours"))
    correct(play, {"occurred": "2026-12-05T01:00"})
    row = play.row(INCIDENT)
    assert (row.rule, row.due) == ("5 hours", at("2026-12-05T06:00"))


def test_a_correction_leaves_what_is_closed_alone_and_what_followed_from_it(incident: Play) -> None:
    what = HandIn(at("2026-12-05T04:30"))
    incident.do(hand_in, incident.row(INCIDENT).number, what, actor=Actor("ann"))
    review = incident.row("incident-review@fire/town-a")
    assert correct(incident, {"occurred": "2026-12-05T01:00"}) == []
    assert incident.row(INCIDENT).due == at("2026-12-05T07:00")
    assert incident.row(review.id) == review


def test_every_version_of_an_event_is_kept(incident: Play) -> None:
    correct(incident, {"occurred": "2026-12-05T01:00"})
    correct(incident, {"occurred": "2026-12-05T00:30"})
    (event,) = incident.all(tables.events)
    assert event.version == 3
    assert [at("2026-12-05").fromisoformat(v["instants"]["occurred"]) for v in event.history] == [
        at("2026-12-05T02:00"),
        at("2026-12-05T01:00"),
    ]


def test_a_stated_date_can_be_corrected(begin) -> None:
    play = begin("2026-12-01T10:00")
    play.report("proposal", "p-7", due=date(2026, 12, 18), identity="p1", received="2026-12-01T09:00")
    assert correct(play, {}, due=date(2026, 12, 11), name="p1") == [REPLY]
    assert play.row(REPLY).last_day == date(2026, 12, 11)


def test_cancelling_stops_the_clocks_and_tells_those_told(incident: Play) -> None:
    assert incident.do(corrections.cancel, "e1", "a false alarm", actor=Actor("han")) == [INCIDENT]
    row = incident.row(INCIDENT)
    assert (row.state, row.next_action_at, row.waits) == ("cancelled", None, "closed")
    heard = incident.go("2026-12-06T12:00")
    assert sorted(heard) == [("12-05T04:40", who, ("cancelled",)) for who in ("ann", "cai")]


def test_a_cancelled_or_unknown_event_can_be_neither_corrected_nor_cancelled(incident: Play) -> None:
    with pytest.raises(Refused, match="no-event"):
        correct(incident, {}, name="e2")
    incident.do(corrections.cancel, "e1", "a false alarm", actor=CLERK)
    with pytest.raises(Refused, match="event-cancelled"):
        correct(incident, {"occurred": "2026-12-05T01:00"})
    with pytest.raises(Refused, match="event-cancelled"):
        incident.do(corrections.cancel, "e1", "again", actor=CLERK)


def test_what_an_event_would_start_can_be_read_back_before_it_counts(begin) -> None:
    play = begin("2026-12-05T03:00")
    event = Reported("incident", "fire", ("town-a", "town-b"), {"occurred": at("2026-12-05T02:00")})
    clocks = events.clocks_of(play.world, event, play.now)
    assert [(c.obligation.id, c.party, c.limits.due, c.missing) for c in clocks] == [
        ("incident-information", town, at("2026-12-05T07:00"), "published") for town in ("town-a", "town-b")
    ]
    assert play.all(tables.deadlines) == []
