"""The blast radius of one row is that row: it is put off, loud, and the rest goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text, update

from alertd.engine.cases import confirming, turns
from alertd.engine.firing import fire as firing
from alertd.engine.notify import guard
from alertd.engine.notify.admin import GATHERING
from alertd.engine.notify.drafts import Drafts
from alertd.engine.planning import plan as planning
from alertd.engine.running import housekeeping
from alertd.engine.sending import delivering
from alertd.engine.sending.composing import Composer
from alertd.engine.sending.delivering import Attempt, follow_failures, record
from alertd.store import deadlines, failures, leasing, outbox, tables
from alertd.transports.base import Outcome, Result
from tests.support.play import ACCEPTED, RENDERER, Play
from tests.support.register import live_channels

REFUSED = Outcome(Result.REFUSED, "550", "no")
FIRE, FLOOD = "incident-information@fire/town-a", "incident-information@flood/town-b"


@pytest.fixture
def play(begin) -> Play:
    """Two incidents in two towns, both due at once."""
    begun: Play = begin("2026-12-05T02:00", **live_channels())
    begun.report("incident", "fire", "town-a", published="2026-12-05T02:00")
    begun.report("incident", "flood", "town-b", published="2026-12-05T02:00")
    return begun


def slips_on(monkeypatch: pytest.MonkeyPatch, room: Any, name: str, wanted: Any) -> None:
    """Let a function of the engine raise KeyError for the arguments that `wanted` picks."""
    real = getattr(room, name)

    def slipping(*args: Any, **more: Any) -> Any:
        if any(wanted(arg) for arg in args):
            raise KeyError("a slip")
        return real(*args, **more)

    monkeypatch.setattr(room, name, slipping)


def is_row(name: str) -> Any:
    return lambda arg: getattr(arg, "id", None) == name or getattr(arg, "d_id", None) == name


def told_of(play: Play, topic: str = "row-put-off") -> list[tuple[str, str]]:
    return [(args["what"], args["id"]) for told, args in play.admin_told() if told == topic]


def test_a_deadline_that_cannot_be_decided_leaves_the_others_to_speak(play: Play, monkeypatch) -> None:
    slips_on(monkeypatch, firing, "_decide_one", is_row(FIRE))
    play.fire()
    assert {row.d_party for row in _notices(play)} == {"town-b"}
    assert told_of(play) == [("fire", FIRE)]
    assert play.row(FIRE).next_action_at == play.now + timedelta(minutes=5)


def test_a_deadline_that_is_put_off_leaves_no_half_of_its_drafts_behind(play: Play, monkeypatch) -> None:
    real = Drafts.alert_people

    def half(self: Any, row: Any, *args: Any) -> None:
        real(self, row, *args)
        if row.id == FIRE:
            raise KeyError("after its notices were drafted")

    monkeypatch.setattr(Drafts, "alert_people", half)
    play.fire()
    assert {row.deadline for row in play.all(tables.alerts)} == {play.row(FLOOD).number}
    assert {row.deadline for row in play.all(tables.notices)} == {play.row(FLOOD).number}
    monkeypatch.undo()
    play.now += timedelta(minutes=5)
    play.fire()
    steps = [row.step for row in play.all(tables.alerts) if row.deadline == play.row(FIRE).number]
    assert steps == ["started"]


def test_what_a_row_wrote_before_it_slipped_is_undone(play: Play, monkeypatch) -> None:
    real, number = Drafts.write, play.row(FIRE).number

    def half(self: Any) -> None:
        real(self)
        if number in {alert["deadline"] for alert in self.intent.alerts}:
            raise KeyError("after everything was written")

    monkeypatch.setattr(Drafts, "write", half)
    play.fire()
    assert play.row(FIRE).fired == ()
    assert {row.deadline for row in play.all(tables.alerts)} == {play.row(FLOOD).number}
    assert len(play.deliveries_to("eve")) == 1


def test_a_day_clock_that_is_put_off_is_looked_at_again_within_the_hour(play: Play) -> None:
    assert guard.put_off(play.now, by_the_hour=False) == play.now + timedelta(hours=1)
    assert guard.put_off(play.now, by_the_hour=True) == play.now + timedelta(minutes=5)


def test_a_repeat_that_slips_keeps_no_new_incident_from_its_alert(play: Play, monkeypatch) -> None:
    play.go("2026-12-05T02:05")
    slips_on(monkeypatch, firing, "_say_again", is_row(FIRE))
    play.now = play.now.replace(minute=10)
    play.report("incident", "quake", "town-a", published="2026-12-05T02:00")
    play.fire()
    assert ("repeat", FIRE) in told_of(play)
    again = [row for row in play.all(tables.notices) if row.deadline == play.row(FLOOD).number]
    assert {row.repeat_no for row in again if row.ask} == {1}
    quake = play.row("incident-information@quake/town-a").number
    assert quake in {row.deadline for row in play.all(tables.alerts)}


def test_a_repeat_that_slips_is_not_used_up(play: Play, monkeypatch) -> None:
    play.go("2026-12-05T02:05")
    before = {row.id: row.repeats_left for row in play.all(tables.notices)}
    slips_on(monkeypatch, firing, "_say_again", is_row(FIRE))
    play.now = play.now.replace(minute=10)
    play.fire()
    mine = [row for row in play.all(tables.notices) if row.deadline == play.row(FIRE).number and row.ask]
    assert [row.repeats_left for row in mine] == [before[row.id] for row in mine]
    assert {row.next_at for row in mine} == {play.now + timedelta(minutes=5)}


def test_a_slip_after_one_failed_attempt_keeps_every_receipt(play: Play, monkeypatch) -> None:
    play.fire()
    parcels = play.lease("telegram") + play.lease("email")
    refused = parcels[0]
    slips_on(
        monkeypatch, delivering, "_after_failure", lambda arg: getattr(arg, "delivery", 0) == refused.row.id
    )
    answers = [Attempt(parcel, REFUSED if parcel is refused else ACCEPTED, 0.1) for parcel in parcels]
    play.do(record, answers)
    play.do(follow_failures, 100)
    assert len(play.all(tables.receipts)) == len(parcels)
    states = {row.id: row.state for row in play.all(tables.deliveries)}
    assert states[refused.row.id] == "refused"
    assert all(states[parcel.row.id] == "accepted" for parcel in parcels[1:])
    assert told_of(play) == [("follow", f"{refused.row.id:x}")]


def test_what_follows_from_a_failed_attempt_survives_a_crash_after_its_receipt(play: Play) -> None:
    play.fire()
    parcels = play.lease("telegram")
    play.do(record, [Attempt(parcel, REFUSED, 0.1) for parcel in parcels])
    assert [row.next_at for row in play.all(tables.failures)] == [play.now] * len(parcels)
    with play.store.read() as tx:
        assert failures.next_at(tx) == play.now
    assert play.do(follow_failures, 100) == len(parcels)
    assert play.all(tables.failures) == []
    assert [parcel.row.person for parcel in play.lease("email")]


def test_an_attempt_counts_before_it_is_made(play: Play) -> None:
    play.fire()
    parcels = play.lease("telegram")
    assert [parcel.row.attempts for parcel in parcels] == [0] * len(parcels)
    ids = [parcel.row.id for parcel in parcels]
    counted = [row for row in play.all(tables.deliveries) if row.id in ids]
    assert [(row.attempts, row.first_attempt_at) for row in counted] == [(1, play.now)] * len(ids)


def test_what_was_leased_and_not_tried_does_not_count_once_it_is_handed_back(play: Play) -> None:
    play.fire()
    ids = [parcel.row.id for parcel in play.lease("telegram")]
    with play.store.write() as tx:
        assert leasing.hand_back(tx, "somebody-else", ids) == 0
        assert leasing.hand_back(tx, play.world.node, ids) == len(ids)
    back = [row for row in play.all(tables.deliveries) if row.id in ids]
    assert [(row.state, row.attempts) for row in back] == [("waiting", 0)] * len(ids)
    assert len(play.lease("telegram")) == len(ids)


def test_a_message_that_cannot_be_read_has_a_fault_and_the_others_leave(play: Play, monkeypatch) -> None:
    play.fire()
    broken = play.deliveries_to("ann")[0]
    assert broken.channel == "telegram"
    with play.store.write() as tx:
        linked = outbox.contents(tx, [broken.id])[broken.id][0]
        tx.execute(text("update alerts set detail = '{broken' where id = :k"), {"k": linked.alert})
    with play.store.read() as tx:
        rows = leasing.claim.__globals__["_DUE"]
        about = {"now": play.now, "channel": broken.channel, "most": 100, "owner": play.world.node}
        found = tx.execute(rows, about).fetchall()
        parcels = Composer(tx, play.world, RENDERER, play.now).parcels(found)
    faults = {parcel.row.person: parcel.fault for parcel in parcels}
    assert faults["ann"] == "Unreadable: alerts.detail cannot be read (JSONDecodeError)"
    assert faults["eve"] == ""


def test_a_message_that_found_no_words_comes_again(play: Play) -> None:
    play.fire()
    parcels = play.lease("telegram")
    wordless = [replace(parcel, message=None, rendered=None, fault="KeyError: x") for parcel in parcels]
    play.do(record, [Attempt(parcel, Outcome(Result.RETRY, "words"), 0.0) for parcel in wordless])
    left = [row for row in play.all(tables.deliveries) if row.channel == "telegram"]
    assert [row.state for row in left] == ["waiting"] * len(parcels)
    soonest, latest = play.now + timedelta(seconds=2), play.now + timedelta(seconds=3)
    assert all(soonest <= row.not_before <= latest for row in left)


def test_an_unconfirmed_event_that_slips_is_escalated_later_and_the_other_now(
    play: Play, monkeypatch
) -> None:
    with play.store.write() as tx:
        tx.execute(update(tables.events).values(state="unconfirmed", confirm_by=play.now))
    first = play.all(tables.events)[0].id
    slips_on(monkeypatch, confirming, "_tell_leaders", is_row(first))
    play.fire()
    assert told_of(play) == [("escalate", first)]
    waits = {row.id: row.confirm_by for row in play.all(tables.events)}
    assert waits.pop(first) == play.now + timedelta(minutes=5)
    assert set(waits.values()) == {None}


def test_a_lost_deadline_that_slips_is_looked_at_later(play: Play, monkeypatch) -> None:
    with play.store.write() as tx:
        tx.execute(update(tables.deadlines).values(next_action_at=None, waits=""))
    slips_on(monkeypatch, housekeeping, "next_look", is_row(FIRE))
    keeper = housekeeping.Housekeeping.__new__(housekeeping.Housekeeping)
    keeper._dispatcher = type("Loop", (), {"world": play.world})()
    keeper._clock = type("Clock", (), {"now": lambda self: play.now})()
    with play.store.write() as tx:
        keeper._replan(tx)
    assert ("replan", FIRE) in told_of(play)
    assert play.row(FIRE).next_action_at == play.now + timedelta(minutes=5)
    assert play.row(FLOOD).next_action_at is not None


def test_a_changed_policy_looks_anew_at_all_but_the_one_that_slips(play: Play, monkeypatch) -> None:
    with play.store.write() as tx:
        tx.execute(update(tables.deadlines).values(next_action_at=None))
    slips_on(monkeypatch, planning, "next_look", is_row(FIRE))
    assert play.do(planning.retime, play.world, [play.row(FIRE).policy]) == 1
    assert told_of(play) == [("retime", FIRE)]
    assert play.row(FIRE).next_action_at == play.now + timedelta(minutes=5)


def test_what_is_wrong_with_the_store_is_no_rows_fault(play: Play, monkeypatch) -> None:
    from sqlalchemy.exc import OperationalError

    def full(*_: Any) -> None:
        raise OperationalError("insert", None, Exception("database or disk is full"))

    monkeypatch.setattr(deadlines, "save_decisions", full)
    with pytest.raises(Exception, match="disk is full"):
        play.fire()
    assert play.all(tables.deliveries) == []


def test_many_rows_that_slip_at_once_are_one_message(play: Play, monkeypatch) -> None:
    for case in "abcdef":
        play.report("incident", f"case-{case}", "town-a", published="2026-12-05T02:00")
    slips_on(monkeypatch, firing, "_decide_one", lambda arg: getattr(arg, "party", "") == "town-a")
    play.fire()
    assert len(play.deliveries_to("admin")) == 1
    assert play.admin_topics() == ["row-put-off"] * 7
    assert {row.d_party for row in _notices(play)} == {"town-b"}


def test_the_admin_reads_what_was_put_off_in_words(play: Play, monkeypatch) -> None:
    slips_on(monkeypatch, firing, "_decide_one", is_row(FIRE))
    play.fire()
    play.now += GATHERING
    bodies = [
        parcel.message.text for parcel in play.deliver() if parcel.message and parcel.row.person == "admin"
    ]
    assert len(bodies) == 1
    assert "the\nnext step" in bodies[0]
    assert "KeyError" in bodies[0]


def test_a_turn_that_cannot_be_planned_leaves_the_others_to_speak(play: Play, monkeypatch) -> None:
    slips_on(monkeypatch, turns, "follow", lambda arg: isinstance(arg, list) and FIRE in {r.id for r in arg})
    play.fire()
    assert {row.d_party for row in _notices(play)} == {"town-b"}


def _notices(play: Play) -> list[Any]:
    ids = [row.id for row in play.all(tables.deliveries) if row.template == "message"]
    with play.store.read() as tx:
        return [notice for found in outbox.contents(tx, ids).values() for notice in found]
