"""A clock that is set back by an hour makes nothing an hour late that waits for no time of day."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from alertd.store import failures, leasing, set_back
from alertd.store import receipts as receipts_store
from alertd.store.database import Store
from alertd.store.ids import new_id
from alertd.store.tables import deliveries, notices
from alertd.store.tables import failures as failed
from tests.support.rows import NOON, add_deadlines, add_delivery, add_notice, deadline_row, link

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
#: what the clock said before it was set back to noon
THEN = NOON + HOUR


def _put_right(store: Store, **more: Any) -> int:
    """Twice, as by two nodes: the second finds nothing to do."""
    moved = store.transact(lambda tx: set_back.put_right(tx, NOON, **more))
    assert store.transact(lambda tx: set_back.put_right(tx, NOON, **more)) == 0
    return moved


def _not_before(store: Store, delivery: int) -> Any:
    with store.read() as tx:
        return tx.execute(select(deliveries.c.not_before).where(deliveries.c.id == delivery)).scalar_one()


def _tried(store: Store, delivery: int, at: Any) -> None:
    receipt = {"id": new_id(), "delivery": delivery, "attempt": 1, "at": at, "result": "retry"}
    receipt |= {"code": "", "detail": "", "node": "one", "seconds": 0.1}
    store.transact(lambda tx: receipts_store.add(tx, [receipt]))


def test_what_was_to_leave_at_once_leaves_at_once(store: Store) -> None:
    with store.write() as tx:
        delivery = add_delivery(tx, created_at=THEN, not_before=THEN)
    assert _put_right(store) == 1
    assert _not_before(store, delivery) == NOON


def test_what_is_held_until_the_office_opens_is_held(store: Store) -> None:
    with store.write() as tx:
        held = add_delivery(tx, created_at=THEN, not_before=THEN + 9 * HOUR)
        kept = add_delivery(tx, created_at=NOON - HOUR, not_before=THEN)
    assert _put_right(store) == 0
    assert (_not_before(store, held), _not_before(store, kept)) == (THEN + 9 * HOUR, THEN)


def test_a_retry_comes_now_and_not_an_hour_later(store: Store) -> None:
    with store.write() as tx:
        again = add_delivery(tx, created_at=NOON - HOUR, not_before=THEN + 2 * MINUTE, attempts=3)
        other = add_delivery(tx, created_at=NOON - HOUR, not_before=NOON + 2 * MINUTE, attempts=3)
    _tried(store, again, THEN)
    _tried(store, other, NOON)
    assert _put_right(store) == 1
    assert (_not_before(store, again), _not_before(store, other)) == (NOON, NOON + 2 * MINUTE)


def test_what_follows_from_a_failure_is_decided_now(store: Store) -> None:
    with store.write() as tx:
        refused = add_delivery(tx, state="refused", not_before=None, attempts=1)
        failures.add(tx, [failures.failed(refused, THEN, "refused", "no such user")])
    _tried(store, refused, THEN)
    assert _put_right(store) == 1
    with store.read() as tx:
        assert tx.execute(select(failed.c.next_at)).scalar_one() == NOON


def test_ones_own_lease_does_not_last_an_hour_longer_and_others_are_left_alone(store: Store) -> None:
    with store.write() as tx:
        mine, theirs = add_delivery(tx), add_delivery(tx)
        leasing.claim(tx, "inbox", THEN, THEN + 2 * MINUTE, "one", 1)
        leasing.claim(tx, "inbox", THEN, THEN + 2 * MINUTE, "two", 1)
    assert _put_right(store, owner="one", lease=3 * MINUTE) == 1
    assert (_not_before(store, mine), _not_before(store, theirs)) == (NOON + 3 * MINUTE, THEN + 2 * MINUTE)


def _notice(store: Store, said: Any, **more: Any) -> int:
    """A notice that repeats every ten minutes, last said at that instant."""
    with store.write() as tx:
        row = add_deadlines(tx, deadline_row("a", by_the_hour=True))[0]
        notice = add_notice(tx, row.number, repeats_left=2, repeat_every=600, **more)
        link(tx, add_delivery(tx, created_at=said, not_before=None, state="accepted"), notice)
    return notice


def _next_at(store: Store, notice: int) -> Any:
    with store.read() as tx:
        return tx.execute(select(notices.c.next_at).where(notices.c.id == notice)).scalar_one()


def test_a_repeat_keeps_its_pace(store: Store) -> None:
    notice = _notice(store, said=THEN, next_at=THEN + 10 * MINUTE)
    assert _put_right(store) == 1
    assert _next_at(store, notice) == NOON + 10 * MINUTE


def test_a_repeat_that_waits_for_a_time_of_day_waits_for_it(store: Store) -> None:
    notice = _notice(store, said=NOON - HOUR, next_at=THEN + 10 * MINUTE)
    assert _put_right(store) == 0
    assert _next_at(store, notice) == THEN + 10 * MINUTE


def test_an_acknowledgement_keeps_its_peace(store: Store) -> None:
    notice = _notice(store, said=THEN, next_at=THEN + HOUR, acknowledged_until=THEN + HOUR)
    assert _put_right(store) == 0
    assert _next_at(store, notice) == THEN + HOUR


def test_a_row_that_cannot_be_read_does_not_keep_the_others(store: Store) -> None:
    if not store.embedded:
        return  # PostgreSQL takes no such value in
    notice = _notice(store, said=THEN, next_at=THEN + 10 * MINUTE)
    other = _notice_of_another(store)
    with store.write() as tx:
        tx.exec_driver_sql("UPDATE notices SET next_at = 'soon' WHERE id = ?", (other,))
    assert _put_right(store) == 1
    assert _next_at(store, notice) == NOON + 10 * MINUTE


def _notice_of_another(store: Store) -> int:
    with store.write() as tx:
        row = add_deadlines(tx, deadline_row("b", by_the_hour=True))[0]
        notice = add_notice(tx, row.number, repeats_left=2, repeat_every=600)
        link(tx, add_delivery(tx, created_at=THEN, not_before=None, state="accepted"), notice)
    return notice
