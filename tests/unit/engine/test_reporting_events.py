"""Events at somebody's word: what may be reported and corrected, whoever asks, and what is answered."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from alertd.core.limits import AHEAD
from alertd.core.model import Gate, Source
from alertd.engine.operations import events, proposals, reading_back
from alertd.engine.operations.events import Cancel, Confirm, Correct, Report, Upgrade
from alertd.engine.operations.proposals import Proposal
from alertd.engine.ruling.refusal import Refused
from alertd.store import tables
from tests.support.play import Play
from tests.support.register import at, tiny_register, with_obligation

NIGHT = at("2026-12-05T02:00")
FIRE = Report("incident", "fire", ("town-a",), {"published": NIGHT})
INFORMATION = "incident-information@fire/town-a"


@pytest.fixture
def play(begin) -> Play:
    begun: Play = begin("2026-12-05T02:10")
    return begun


def _refused(play: Play, work, asked) -> Refused:
    with pytest.raises(Refused) as refusal:
        play.do(work, asked)
    return refusal.value


def test_a_report_is_answered_with_what_it_started(play: Play) -> None:
    happened = play.do(events.report, FIRE)
    assert (happened.known, happened.started, happened.closed) == (False, (INFORMATION,), ())
    again = play.do(events.report, FIRE)
    assert (again.id, again.known, again.started) == (happened.id, True, ())


def test_a_report_is_answered_with_what_it_closed_and_how_late(play: Play) -> None:
    play.do(events.report, FIRE)
    play.now = at("2026-12-05T09:00")
    late = {"published": at("2026-12-05T08:00")}
    happened = play.do(events.report, Report("information-published", "fire", ("town-a",), late))
    assert (happened.closed, happened.breaches) == ((INFORMATION,), (f"{INFORMATION} late",))
    assert happened.started == ("incident-review@fire/town-a",)


@pytest.mark.parametrize(
    ("changes", "code", "value"),
    [
        ({"type": "incidnt"}, "no-event-type", "incidnt"),
        ({"parties": ()}, "party-missing", "incident"),
        ({"parties": ("town-a", "nowhere")}, "no-unit", "nowhere"),
        ({"case": "Fire No 1! /x"}, "bad-id", "fire-no-1-x"),
        ({"case": "火災"}, "bad-id", "incident-20261205"),
        ({"id": "a b"}, "bad-id", "a-b"),
        ({"instants": {"received": NIGHT}}, "no-instant", "occurred, published"),
        ({"instants": {"published": NIGHT + timedelta(days=4)}}, "ahead", "2026-12-09T02:00:00+08:00"),
        ({"instants": {"published": date(2026, 12, 5)}}, "bare-date", "2026-12-05"),
        ({"instants": {"published": at("0002-01-01T00:00")}}, "far-year", "0002-01-01T00:00:00+08:05:43"),
        ({"due": date(2026, 12, 30)}, "due-unread", "2026-12-30"),
        ({"due": date(9999, 12, 30)}, "far-year", "9999-12-30"),
        ({"severity": "grave"}, "no-severity", "grave"),
        ({"result": "perhaps"}, "no-result", "perhaps"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_stored(play: Play, changes, code, value) -> None:
    refusal = _refused(play, events.report, replace(FIRE, **changes))
    assert refusal.code == code
    assert value in refusal.values.values()
    assert (play.all(tables.events), play.all(tables.cases), play.all(tables.deadlines)) == ([], [], [])
    with pytest.raises(Refused, match=code), play.store.read() as tx:
        reading_back.report_read_back(play.scope(tx), replace(FIRE, **changes))


def test_five_minutes_ahead_are_forgiven_and_what_is_planned_may_lie_ahead(play: Play) -> None:
    play.do(events.report, replace(FIRE, instants={"published": play.now + AHEAD}))
    later = {"published": play.now + timedelta(days=4)}
    assert play.do(events.report, replace(FIRE, case="flood", instants=later, planned=True)).started


def test_without_an_instant_it_happened_now(play: Play) -> None:
    play.now += timedelta(microseconds=5)
    play.do(events.report, replace(FIRE, instants={}))
    assert play.row(INFORMATION).start == at("2026-12-05T02:10")


def test_a_case_is_called_in_lower_case(play: Play) -> None:
    happened = play.do(events.report, replace(FIRE, case=" Fire "))
    assert happened.started == (INFORMATION,)


def test_a_day_without_a_time_is_its_beginning_where_days_are_counted(play: Play) -> None:
    play.do(events.report, Report("draft", "rules", ("town-a",), {"received": date(2026, 12, 4)}))
    assert play.row("draft-review@rules/town-a").start == at("2026-12-04")


def test_a_date_is_taken_where_a_clock_reads_it(play: Play) -> None:
    asked = Report("proposal", "p-1", ("town-a",), {"received": NIGHT}, due=date(2026, 12, 30))
    assert play.do(events.report, asked).started == ("proposal-reply@p-1/town-a",)


def _with_gate(begin) -> Play:
    gate = Gate("g", {"en": "To deliberation"}, Source("§9"), "hearing", ("draft-review",), ("contact",))
    play: Play = begin("2026-12-05T02:10", replace(tiny_register(), gates={"g": gate}))
    return play


def test_the_gates_a_report_went_past_are_answered(begin) -> None:
    play = _with_gate(begin)
    play.do(events.report, Report("draft", "rules", ("town-a",), {"received": NIGHT}))
    asked = Report("hearing", "rules", ("town-a",), {"assigned": NIGHT})
    with play.store.read() as tx:
        back = reading_back.report_read_back(play.scope(tx), asked)
    assert [verdict.gate.id for verdict in back.shut] == ["g"]
    happened = play.do(events.report, asked)
    assert ([each.gate.id for each in happened.shut], happened.passed) == (["g"], ())


def test_the_gates_a_report_found_open_are_answered(begin) -> None:
    play = _with_gate(begin)
    play.do(events.report, Report("draft", "rules", ("town-a",), {"received": at("2026-11-20T10:00")}))
    play.done("draft-review@rules/town-a", "2026-12-04T10:00")
    happened = play.do(events.report, Report("hearing", "rules", ("town-a",), {"assigned": NIGHT}))
    assert (happened.shut, [gate.id for gate in happened.passed]) == ((), ["g"])


def test_what_a_report_would_do_is_read_back_and_nothing_is_changed(play: Play) -> None:
    with play.store.read() as tx:
        back = reading_back.report_read_back(play.scope(tx), FIRE)
    assert [(clock.obligation.id, clock.party) for clock in back.clocks] == [
        ("incident-information", "town-a")
    ]
    assert (back.closing, back.shut, back.more) == ((), (), False)
    assert play.all(tables.events) == []


def test_a_slip_of_the_hand_is_doubted(play: Play) -> None:
    given = {"occurred": NIGHT, "published": NIGHT - timedelta(days=400)}
    found = reading_back.doubts(play.world, play.now, replace(FIRE, instants=given))
    assert [(doubt.kind, doubt.name) for doubt in found] == [
        ("long-ago", "published"),
        ("before", "published"),
    ]
    assert reading_back.doubts(play.world, play.now, FIRE) == ()


# ---------------------------------------------------------------- what was reported was wrong


def test_a_correction_is_answered_with_what_moved(play: Play) -> None:
    name = play.do(events.report, FIRE).id
    asked = Correct(name, {"published": at("2026-12-05T01:00")}, reason="the clock was wrong")
    assert play.do(events.correct, asked).moved == (INFORMATION,)
    assert play.row(INFORMATION).due == at("2026-12-05T06:00")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reason": " "}, "reason-missing"),
        ({"instants": {}}, "nothing-to-correct"),
        ({"event": "e9"}, "no-event"),
        ({"instants": {"received": NIGHT}}, "no-instant"),
        ({"instants": {"published": NIGHT + timedelta(days=4)}}, "ahead"),
        ({"instants": {"published": date(2026, 12, 5)}}, "bare-date"),
        ({"due": date(2026, 12, 30)}, "due-unread"),
        ({"instants": {"published": NIGHT + timedelta(minutes=5)}}, "approver-needed"),
        ({"instants": {"published": NIGHT + timedelta(minutes=5)}, "approver": " "}, "approver-needed"),
    ],
)
def test_a_correction_that_makes_no_sense_is_refused(play: Play, changes, code) -> None:
    name = play.do(events.report, FIRE).id
    asked = replace(Correct(name, {"published": NIGHT - timedelta(hours=1)}, reason="x"), **changes)
    assert _refused(play, events.correct, asked).code == code
    assert play.row(INFORMATION).due == at("2026-12-05T07:00")
    with pytest.raises(Refused, match=code), play.store.read() as tx:
        reading_back.correct_read_back(play.scope(tx), asked)


def test_a_false_alarm_needs_a_reason_and_is_answered_with_what_it_cancelled(play: Play) -> None:
    name = play.do(events.report, FIRE).id
    assert _refused(play, events.cancel, Cancel(name, "")).code == "reason-missing"
    with play.store.read() as tx:
        running = reading_back.cancel_read_back(play.scope(tx), Cancel(name, "x"))
    assert [row.id for row in running] == [INFORMATION]
    assert play.do(events.cancel, Cancel(name, "a false alarm")).cancelled == (INFORMATION,)


def test_an_event_is_confirmed_once(play: Play) -> None:
    name = play.do(events.report, replace(FIRE, unconfirmed=True)).id
    assert play.do(events.confirm, Confirm(name)).shut == ()
    assert _refused(play, events.confirm, Confirm(name)).code == "event-confirmed"


def test_a_graver_event_starts_what_it_owes_now(begin) -> None:
    register = with_obligation(tiny_register(), "incident-information", severity=("major",))
    kind = replace(register.event_types["incident"], severities=("minor", "major"))
    register = replace(register, event_types={**register.event_types, "incident": kind})
    play = begin("2026-12-05T02:10", register)
    name = play.do(events.report, replace(FIRE, severity="minor")).id
    ahead = Upgrade(name, "major", at("2026-12-05T02:16"))
    assert _refused(play, events.upgrade, ahead).code == "ahead"
    done = play.do(events.upgrade, Upgrade(name, "major"))
    assert (done.severity, done.started) == ("major", (INFORMATION,))


# ---------------------------------------------------------------- a sheet of proposals


PROPOSAL = Proposal("P-1", ("town-a",), ("town-b",), date(2026, 12, 30), "Buses")


@pytest.fixture
def council(begin) -> Play:
    """A register that knows proposals: one event for the lead unit, one for those beside it."""
    register = with_obligation(tiny_register(), "proposal-reply", starts_on=("proposal-assigned.assigned",))
    shared = replace(
        register.obligations["proposal-reply"], id="shared", starts_on=("proposal-shared.assigned",)
    )
    kinds = {
        name: replace(register.event_types["hearing"], id=name) for name in (proposals.LEAD, proposals.CO)
    }
    begun: Play = begin(
        "2026-12-05T10:00",
        replace(
            register,
            event_types={**register.event_types, **kinds},
            obligations={**register.obligations, "shared": shared},
        ),
    )
    return begun


def test_a_sheet_is_imported_once(council: Play) -> None:
    done = council.do(proposals.import_proposals, [PROPOSAL])
    assert done.events == ("proposal-assigned.p-1", "proposal-shared.p-1")
    assert done.started == ("proposal-reply@p-1/town-a", "shared@p-1/town-b")
    council.now += timedelta(days=1)
    again = council.do(proposals.import_proposals, [PROPOSAL])
    assert (again.events, again.known, again.started) == ((), 2, ())


def test_every_row_of_a_sheet_that_is_wrong_is_named_and_none_is_imported(council: Play) -> None:
    sheet = [
        PROPOSAL,
        replace(PROPOSAL, case="p-1 "),
        replace(PROPOSAL, case="p-2", reply_due=date(2026, 12, 4)),
        replace(PROPOSAL, case="p 3"),
        replace(PROPOSAL, case="p-4", lead=("nowhere",)),
    ]
    found = [each and each.code for each in proposals.faults(council.world, council.now, sheet)]
    assert found == [None, "case-twice", "reply-past", "bad-id", "no-unit"]
    assert _refused(council, proposals.import_proposals, sheet).code == "case-twice"
    assert council.all(tables.events) == []


def test_a_sheet_names_the_severity_where_the_events_have_severities(council: Play) -> None:
    kinds = council.world.register.event_types
    graded = replace(kinds[proposals.LEAD], severities=("plain", "key"))
    register = replace(council.world.register, event_types={**kinds, proposals.LEAD: graded})
    world = replace(council.world, register=register)
    sheet = [
        PROPOSAL,
        replace(PROPOSAL, case="p-2", severity="huge"),
        replace(PROPOSAL, case="p-3", severity="key"),
    ]
    found = [each and each.code for each in proposals.faults(world, council.now, sheet)]
    assert found == ["severity-missing", "no-severity", None]
    ungraded = [each and each.code for each in proposals.faults(council.world, council.now, sheet)]
    assert ungraded == [None, "no-severity", "no-severity"]
