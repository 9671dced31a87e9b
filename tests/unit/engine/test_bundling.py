"""Few messages: what one person is to hear together is one message."""

from dataclasses import replace

import pytest

from alertd.core.model import Register
from alertd.core.ways import plain
from alertd.engine.cases.events import report
from alertd.engine.cases.reported import Reported
from alertd.store import outbox, tables
from alertd.store.outbox import contents
from tests.support.play import CLERK, Play
from tests.support.register import (
    HOUR_CLOCK,
    at,
    live_channels,
    obligation,
    only,
    step,
    tiny_register,
    with_obligation,
)
from tests.support.rows import add_delivery

INCIDENT = "incident-information@fire/town-a"


def _two_reports() -> Register:
    other = obligation("second-report", "yearly by 12-30", "yearly", "unit:town-a", receiver="office")
    register = only(tiny_register(), "yearly-report")
    return replace(register, obligations={**register.obligations, other.id: other})


def _notices(play: Play) -> list[int]:
    ids = [row.id for row in play.all(tables.deliveries)]
    with play.store.read() as tx:
        return [len(found) for found in contents(tx, ids).values()]


def test_what_a_person_is_told_of_day_clocks_on_one_day_is_one_message(begin) -> None:
    play = begin("2026-12-01T10:00", _two_reports())
    play.plan()
    heard = play.go("2026-12-16T12:00")
    assert heard == [("12-16T08:30", "ann", ("near",)), ("12-16T08:30", "eve", ("near",))]
    assert sorted(_notices(play)) == [1, 2]


def test_a_watcher_gets_one_message_for_all_the_units(begin) -> None:
    play = begin("2026-12-01T10:00", _two_reports())
    play.plan()
    play.go("2026-12-23T12:00")
    (message,) = play.deliveries_to("gao")
    assert message.state == "accepted"
    for title in ("Yearly report", "Second report"):
        assert message.body.count(title) == 1
    assert "town-b" in message.body


def test_what_is_decided_later_joins_a_message_that_still_waits(begin) -> None:
    play = begin("2026-12-15T20:00")
    play.report("draft", "one", received="2026-12-15T19:00")
    play.fire()
    play.report("draft", "two", received="2026-12-15T19:30")
    play.fire()
    (message,) = play.all(tables.deliveries)
    assert (message.person, message.not_before) == ("ann", at("2026-12-16T08:30"))
    assert _notices(play) == [2]
    assert [who for _, who, _ in play.go("2026-12-16T09:00")] == ["ann"]


def test_a_message_that_has_left_is_not_joined(begin) -> None:
    play = begin("2026-12-15T10:00")
    play.report("draft", "one", received="2026-12-15T09:00")
    play.go("2026-12-15T10:00")
    play.report("draft", "two", received="2026-12-15T09:30")
    play.go("2026-12-15T10:00")
    assert _notices(play) == [1, 1]


def test_hour_clocks_of_one_case_and_instant_are_one_message(begin) -> None:
    play = begin("2026-12-05T02:00")
    play.report("incident", "fire", "town-a town-b", published="2026-12-05T02:00")
    heard = play.go("2026-12-05T02:00")
    assert [who for _, who, _ in heard] == ["han", "ann", "eve"]
    assert sorted(_notices(play)) == [1, 1, 2]  # the duty desk hears of both towns at once


def test_two_cases_are_two_messages(begin) -> None:
    play = begin("2026-12-05T02:00")
    for case in ("fire", "flood"):
        play.report("incident", case, published="2026-12-05T02:00")
    assert [who for _, who, _ in play.go("2026-12-05T02:00")] == ["han", "ann", "han", "ann"]


def test_after_downtime_the_steps_missed_are_one_message(begin) -> None:
    play = begin("2026-12-05T06:30")
    play.report("incident", "fire", published="2026-12-05T02:00")
    heard = play.go("2026-12-05T06:30")
    assert sorted(who for _, who, _ in heard) == ["ann", "cai", "dan", "han"]
    (alert,) = play.all(tables.alerts)
    assert (alert.step, alert.merged, alert.reached_at) == (
        "most",
        ("started", "half"),
        at("2026-12-05T06:00"),
    )
    assert play.row(INCIDENT).fired == ("started", "half", "most")


def test_officers_of_one_unit_are_one_message_with_their_names(begin) -> None:
    play = begin("2026-06-15T10:00", only(tiny_register(), "training"))
    play.plan()
    heard = play.go("2026-07-01T12:00")
    assert heard == [("07-01T08:30", "ann", ("behind.2026-07",))]
    (message,) = play.all(tables.deliveries)
    assert "Officer One" in message.body
    assert "Officer Two" in message.body


def test_a_person_in_two_positions_is_told_once_and_asked_if_either_is(begin) -> None:
    register = tiny_register()
    fay = replace(register.people["fay"], positions=("contact", "leader-in-charge", "principal"))
    people = {**register.people, "fay": fay}
    del people["eve"]
    play = begin("2026-12-05T02:00", replace(register, people=people))
    play.report("incident", "fire", "town-b", published="2026-12-05T02:00")
    play.go("2026-12-05T04:30")
    notices = [n for n in play.all(tables.notices) if n.person == "fay"]
    assert [(n.position, n.ask) for n in notices] == [("contact", True), ("contact", True)]


def test_a_person_in_two_positions_is_asked_though_the_one_informed_comes_first(begin) -> None:
    register = tiny_register()
    fay = replace(register.people["fay"], positions=("contact", "leader-in-charge", "principal"))
    people = {**register.people, "fay": fay}
    del people["eve"]
    first = step("started", "start", "leader-in-charge contact", "contact")
    policies = {**register.policies, "hour-clock": replace(HOUR_CLOCK, steps=(first,))}
    play = begin("2026-12-05T02:00", replace(register, people=people, policies=policies))
    play.report("incident", "fire", "town-b", published="2026-12-05T02:00")
    assert play.go("2026-12-05T02:00") == [("12-05T02:00", "fay", ("started",))]
    assert [(n.person, n.position, n.ask) for n in play.all(tables.notices)] == [("fay", "contact", True)]


@pytest.mark.parametrize("cases", ["early late", "late early"])
def test_a_message_about_several_is_due_when_the_first_of_them_is(begin, cases: str) -> None:
    play = begin("2026-12-15T20:00")
    received = {"early": "2026-12-11T09:00", "late": "2026-12-15T09:00"}
    for case in cases.split():
        play.report("draft", case, received=received[case])
    play.fire()
    (message,) = play.all(tables.deliveries)
    assert message.due == play.row("draft-review@early/town-a").due
    assert message.due < play.row("draft-review@late/town-a").due


def test_a_message_is_due_with_what_is_due_first_though_that_was_reached_last(begin) -> None:
    play = begin("2026-12-15T20:00", with_obligation(tiny_register(), "hearing", rule="5 to 8 working days"))
    play.report("draft", "long", received="2026-12-11T09:00")
    play.report("hearing", "short", assigned="2026-12-15T09:00")
    play.fire()
    (message,) = play.all(tables.deliveries)
    assert message.due == play.row("hearing@short/town-a").due
    assert message.due < play.row("draft-review@long/town-a").due


def test_what_joins_a_waiting_message_makes_it_due_as_soon_as_itself(begin) -> None:
    play = begin("2026-12-15T20:00")
    play.report("draft", "late", received="2026-12-15T09:00")
    play.fire()
    play.report("draft", "early", received="2026-12-11T09:00")
    play.fire()
    (message,) = play.all(tables.deliveries)
    assert message.due == play.row("draft-review@early/town-a").due


def test_two_channels_are_never_mixed_in_one_message(begin) -> None:
    register = tiny_register()
    people = {**register.people, "ann": replace(register.people["ann"], channels=plain("email"))}
    play = begin("2026-12-05T02:00", replace(register, people=people), **live_channels())
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.go("2026-12-05T02:00")
    routes = {row.person: (row.channel, row.address) for row in play.all(tables.deliveries)}
    assert routes == {"ann": ("email", "ann@example.org"), "han": ("telegram", "8")}


def test_the_same_event_told_twice_starts_one_clock(begin) -> None:
    play = begin("2026-12-05T02:00")
    first = play.report("incident", "fire", published="2026-12-05T02:00")
    again = play.report("incident", "fire", published="2026-12-05T02:00")
    assert (again.id, again.known, again.started) == (first.id, True, ())
    other = Reported("incident", "fire", ("town-a",), {"occurred": at("2026-12-05T01:00")})
    assert play.do(report, other, actor=CLERK).running == [INCIDENT]
    assert len(play.all(tables.deadlines)) == 1


def test_a_waiting_message_that_is_joined_is_due_when_the_sooner_of_both_is(begin) -> None:
    play: Play = begin("2026-12-05T03:00")
    with play.store.write() as tx:
        add_delivery(tx, "ann", bundle="day", due=at("2027-01-05T00:00"), not_before=at("2026-12-07T09:00"))
        for due, leaves in (
            (at("2027-01-01T00:00"), at("2026-12-07T08:30")),
            (at("2027-01-09T00:00"), at("2026-12-07T10:00")),
            (None, at("2026-12-07T10:00")),
        ):
            outbox.bring_forward(tx, outbox.waiting_bundles(tx, ["day"])["day"], due, leaves)
    row = play.deliveries_to("ann")[0]
    assert (row.due, row.not_before) == (at("2027-01-01T00:00"), at("2026-12-07T08:30"))
