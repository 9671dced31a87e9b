"""A row that holds what its column cannot is put off and told; in the same look the others are done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
from sqlalchemy import select, text, update
from structlog.testing import capture_logs

from alertd.engine.notify import guard
from alertd.engine.running import dispatcher, housekeeping
from alertd.engine.sending.delivering import Attempt, follow_failures, record
from alertd.store import deadlines, failures, leasing, nodes, outbox, settings, tables
from alertd.store.errors import StoreUnreadable
from alertd.store.types import Unreadable
from alertd.transports.base import Outcome, Result
from tests.support.play import Play
from tests.support.spoiling import FIRE, FLOOD, put, spoil, told, two_incidents

REFUSED = Outcome(Result.REFUSED, "550", "no")
MINUTES, HOUR = timedelta(minutes=5), timedelta(hours=1)


@pytest.fixture
def play(begin: Callable[..., Play]) -> Play:
    return two_incidents(begin)


def spoken_to(play: Play) -> set[str]:
    with play.store.read() as tx:
        numbers = dict(tx.execute(select(tables.deadlines.c.number, tables.deadlines.c.id)).all())
    return {numbers[row.deadline] for row in play.all(tables.alerts)}


@pytest.mark.parametrize(
    ("column", "value", "kind"),
    [
        ("last_day", "2026-13-99", "ValueError"),
        ("due", 10**18, "OverflowError"),
        ("office_due", "soon", "TypeError"),
        ("rule", b"\xff\xfe", "UnicodeDecodeError"),
    ],
)
def test_a_deadline_is_put_off_told_and_spoken_once_it_is_mended(
    play: Play, column: str, value: Any, kind: str
) -> None:
    before = spoil(play, "deadlines", column, FIRE, value)
    play.fire()
    assert told(play) == [("fire", FIRE, f"Unreadable: deadlines.{column} cannot be read ({kind})")]
    put(play, "deadlines", column, FIRE, before)
    assert spoken_to(play) == {FLOOD}
    assert play.row(FIRE).next_action_at == play.now + MINUTES
    play.now += MINUTES
    play.fire()
    assert spoken_to(play) == {FIRE, FLOOD}
    assert len(told(play)) == 1


def test_a_deadline_that_stays_so_is_told_once_a_day_and_looked_at_every_five_minutes(play: Play) -> None:
    spoil(play, "deadlines", "last_day", FIRE)
    for _ in range(4):
        play.fire()
        play.now += MINUTES
    assert len(told(play)) == 1
    assert spoken_to(play) == {FLOOD}


def test_the_log_has_the_traceback_and_not_the_value(play: Play) -> None:
    with play.store.write() as tx:
        tx.execute(
            text("update deadlines set rule = cast(x'736563726574ff' as text) where id = :k"), {"k": FIRE}
        )
    with capture_logs(processors=[structlog.processors.format_exc_info]) as lines:
        play.fire()
    (line,) = [each for each in lines if each["event"] == "row-put-off"]
    assert "Traceback" in line["exception"]
    assert "secret" not in str(line)


def test_nor_has_it_what_the_driver_quotes(play: Play) -> None:
    put(play, "deadlines", "rule", FIRE, b"secret\xff")
    with capture_logs(processors=[structlog.processors.format_exc_info]) as lines, play.store.read() as tx:
        with pytest.raises(Unreadable) as caught:
            tx.execute(select(tables.deadlines.c.rule)).fetchall()
        assert "secret" in str(caught.value.__cause__)
        guard.slip("fire", FIRE, None, caught.value)
    assert "secret" not in str(lines)
    assert "UnicodeDecodeError" in str(lines)


def test_an_instant_before_all_instants_is_due_and_put_off(play: Play) -> None:
    spoil(play, "deadlines", "next_action_at", FIRE, -(10**18))
    with play.store.read() as tx:
        assert deadlines.next_action(tx) == datetime.min.replace(tzinfo=UTC)
    play.fire()
    assert [what for what, *_ in told(play)] == ["fire"]
    assert play.row(FIRE).next_action_at == play.now + MINUTES


@pytest.mark.parametrize("value", [10**18, "soon"])
def test_what_waits_for_an_instant_beyond_all_instants_is_found_hourly(play: Play, value: Any) -> None:
    spoil(play, "deadlines", "next_action_at", FIRE, value)
    play.fire()
    assert spoken_to(play) == {FLOOD}
    keeper = housekeeper(play)
    with play.store.write() as tx:
        assert deadlines.next_action(tx) is not None
        keeper._replan(tx)
    assert [each[:2] for each in told(play)] == [("wait", FIRE)]
    play.fire()
    assert spoken_to(play) == {FIRE, FLOOD}


def test_a_repeat_is_put_off_and_the_other_said(play: Play) -> None:
    play.go("2026-12-05T02:05")
    mine = [row for row in play.all(tables.notices) if row.deadline == play.row(FIRE).number and row.ask]
    before = spoil(play, "notices", "acknowledged_at", mine[0].id, "soon")
    play.now = play.now.replace(minute=10)
    play.fire()
    assert [each[:2] for each in told(play)] == [("repeat", FIRE)]
    put(play, "notices", "acknowledged_at", mine[0].id, before)
    rows = {row.id: row for row in play.all(tables.notices) if row.ask}
    assert rows[mine[0].id].next_at == play.now + MINUTES
    assert {row.repeat_no for key, row in rows.items() if key != mine[0].id} == {1}
    play.now += MINUTES
    play.fire()
    rows = {row.id: row for row in play.all(tables.notices) if row.ask}
    assert {row.repeat_no for row in rows.values()} == {1}


def test_an_unconfirmed_event_is_put_off_and_the_other_escalated(play: Play) -> None:
    with play.store.write() as tx:
        tx.execute(update(tables.events).values(state="unconfirmed", confirm_by=play.now))
    first = play.all(tables.events)[0].id
    before = spoil(play, "events", "instants", first, "{broken")
    play.fire()
    assert ("escalate", first, "Unreadable: events.instants cannot be read (JSONDecodeError)") in told(play)
    put(play, "events", "instants", first, before)
    waits = {row.id: row.confirm_by for row in play.all(tables.events)}
    assert waits.pop(first) == play.now + MINUTES
    assert set(waits.values()) == {None}
    play.now += MINUTES
    play.fire()
    assert {row.confirm_by for row in play.all(tables.events)} == {None}


def test_a_delivery_is_put_off_and_the_others_leave(play: Play) -> None:
    play.fire()
    waiting = [row for row in play.all(tables.deliveries) if row.channel == "telegram"]
    before = spoil(play, "deliveries", "payload", waiting[0].id, "{broken")
    assert {parcel.row.id for parcel in play.lease("telegram")} == {row.id for row in waiting[1:]}
    assert [each[:2] for each in told(play)] == [("lease", f"{waiting[0].id:x}")]
    assert play.lease("telegram") == []
    put(play, "deliveries", "payload", waiting[0].id, before)
    row = next(row for row in play.all(tables.deliveries) if row.id == waiting[0].id)
    assert (row.state, row.attempts, row.not_before) == ("waiting", 0, play.now + MINUTES)
    play.now += MINUTES
    assert [parcel.row.id for parcel in play.lease("telegram") if parcel.row.id == row.id] == [row.id]


@pytest.mark.parametrize(("value", "found"), [(-(10**18), datetime.min.replace(tzinfo=UTC)), ("soon", None)])
def test_a_delivery_whose_time_is_none_hides_no_other(play: Play, value: Any, found: Any) -> None:
    play.fire()
    waiting = [row for row in play.all(tables.deliveries) if row.channel == "telegram"]
    spoil(play, "deliveries", "not_before", waiting[0].id, value)
    with play.store.read() as tx:
        assert leasing.next_on(tx, "telegram", "one") == (found or waiting[1].not_before)
    assert {parcel.row.id for parcel in play.lease("telegram")} == {row.id for row in waiting[1:]}
    with play.store.write() as tx:
        housekeeper(play)._replan(tx)
    play.now += MINUTES
    assert waiting[0].id in {parcel.row.id for parcel in play.lease("telegram")}


def test_a_message_does_not_join_one_that_cannot_be_read(play: Play) -> None:
    play.fire()
    first = play.deliveries_to("eve")[0]
    spoil(play, "deliveries", "due", first.id, 10**18)
    with play.store.write() as tx:
        assert outbox.waiting_bundles(tx, [first.bundle]) == {}


def test_a_failure_is_put_off_and_the_other_followed(play: Play) -> None:
    play.fire()
    parcels = play.lease("telegram")
    play.do(record, [Attempt(parcel, REFUSED, 0.1) for parcel in parcels])
    first = parcels[0].row.id
    before = spoil(play, "deliveries", "payload", first, "{broken")
    assert play.do(follow_failures, 100) == len(parcels)
    assert [each[:2] for each in told(play) if each[0] == "follow"] == [("follow", f"{first:x}")]
    assert [(row.delivery, row.next_at) for row in play.all(tables.failures)] == [(first, play.now + MINUTES)]
    put(play, "deliveries", "payload", first, before)
    play.now += MINUTES
    assert play.do(follow_failures, 100) == 1
    with play.store.read() as tx:
        assert failures.next_at(tx) is None


def test_a_lost_deadline_is_looked_at_later_and_the_other_now(play: Play) -> None:
    with play.store.write() as tx:
        tx.execute(update(tables.deadlines).values(next_action_at=None, waits=""))
    before = spoil(play, "deadlines", "last_day", FIRE)
    with play.store.write() as tx:
        housekeeper(play)._replan(tx)
    assert [each[:2] for each in told(play)] == [("replan", FIRE)]
    put(play, "deadlines", "last_day", FIRE, before)
    assert play.row(FIRE).next_action_at == play.now + MINUTES
    assert play.row(FLOOD).next_action_at is not None


def test_a_count_of_changes_that_cannot_be_read_stops_no_round(play: Play) -> None:
    with play.store.write() as tx:
        settings.put(tx, settings.APPLIED, 7)
        settings.lock(tx, settings.TELLING)
    for name in (settings.APPLIED, settings.TELLING):
        with play.store.write() as tx:
            tx.execute(text("update settings set value = '{broken' where name = :k"), {"k": name})
    with play.store.read() as tx:
        assert dispatcher._applied(tx) == -1
    spoil(play, "deadlines", "last_day", FIRE)
    play.fire()  # tells the admin, which locks the other
    assert len(told(play)) == 1


def test_a_node_whose_row_cannot_be_read_is_not_taken_for_dead(play: Play) -> None:
    with play.store.write() as tx:
        nodes.beat(tx, "one", "1", play.now, play.now, {})
        nodes.beat(tx, "two", "1", play.now, play.now, {})
    spoil(play, "nodes", "seen_at", "one", 10**18)
    with play.store.write() as tx:
        assert nodes.running(tx) == {"two": play.now}
        nodes.beat(tx, "one", "1", play.now, play.now, {})
        assert nodes.running(tx) == {"one": play.now, "two": play.now}


def test_whoever_needs_that_row_itself_hears_which_it_is(play: Play) -> None:
    spoil(play, "deadlines", "last_day", FIRE)
    with pytest.raises(StoreUnreadable, match=r"deadlines\.last_day cannot be read") as refused:
        play.row(FIRE)
    assert refused.value.values["row"] == FIRE


def housekeeper(play: Play) -> housekeeping.Housekeeping:
    keeper = housekeeping.Housekeeping.__new__(housekeeping.Housekeeping)
    keeper._dispatcher = type("Loop", (), {"world": play.world})()
    keeper._clock = type("Clock", (), {"now": lambda self: play.now})()
    return keeper
