"""What nodes say of their channels, and in which order what waits leaves them, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from alertd.store import illness, leasing, nodes, outbox, settings
from alertd.store.database import Store
from alertd.store.illness import Illness
from alertd.store.tables import deliveries
from tests.support.rows import NOON, add_deadlines, add_delivery, add_notice, deadline_row, link

MINUTE = timedelta(minutes=1)
SILENT = Illness(NOON, "no answer")


def say(store: Store, node: str, *channels: str, said: Illness = SILENT) -> illness.Turn:
    return store.transact(lambda tx: illness.say(tx, node, dict.fromkeys(channels, said)))


def ill(store: Store) -> frozenset[str]:
    with store.read() as tx:
        return illness.ill(tx)


def lives(store: Store, *names: str) -> None:
    with store.write() as tx:
        for name in names:
            nodes.beat(tx, name, "1", NOON, NOON, {})


def test_a_channel_is_ill_for_everybody_when_every_node_that_runs_says_so(store: Store) -> None:
    lives(store, "one", "two")
    assert say(store, "one", "email").ill == {}
    assert ill(store) == frozenset()
    assert say(store, "two", "email").ill == {"email": SILENT}
    assert ill(store) == {"email"}
    assert say(store, "one").well == {"email": SILENT}
    assert ill(store) == frozenset()
    assert say(store, "one", "email").ill == {"email": SILENT}  # it fell ill once more


def test_the_only_daemon_of_a_store_speaks_before_its_first_heartbeat(store: Store) -> None:
    assert say(store, "one", "email").ill == {"email": SILENT}
    assert ill(store) == {"email"}


def test_what_a_node_said_ends_with_it(store: Store) -> None:
    lives(store, "one", "two")
    say(store, "one", "email")
    say(store, "two", "email")
    store.transact(lambda tx: nodes.ended(tx, ["one", "two"], NOON, ""))
    lives(store, "three")
    assert ill(store) == frozenset()
    say(store, "three")
    with store.read() as tx:
        assert illness.every(tx) == {}


def test_a_node_that_was_taken_for_dead_and_says_so_again_is_no_news(store: Store) -> None:
    lives(store, "one", "two")
    say(store, "one", "email")
    say(store, "two", "email")
    store.transact(lambda tx: nodes.ended(tx, ["one"], NOON, "two"))
    assert say(store, "two", "email") == illness.Turn({}, {})
    lives(store, "one")
    assert ill(store) == frozenset()
    assert say(store, "one", "email") == illness.Turn({}, {})
    assert ill(store) == {"email"}


def test_that_the_last_well_node_ended_is_news_to_the_next_one_that_says_so(store: Store) -> None:
    lives(store, "one", "two")
    say(store, "one", "email")
    store.transact(lambda tx: nodes.ended(tx, ["two"], NOON, "one"))
    assert ill(store) == {"email"}
    assert say(store, "one", "email").ill == {"email": SILENT}
    assert say(store, "one", "email").ill == {}
    assert say(store, "one").well == {"email": SILENT}


def test_a_node_that_goes_on_being_ill_keeps_since_when(store: Store) -> None:
    say(store, "one", "email")
    later = Illness(NOON + MINUTE, "something else")
    turn = say(store, "one", "email", "telegram", said=later)
    assert list(turn.ill) == ["telegram"]
    with store.read() as tx:
        assert illness.every(tx)["email"]["one"] == SILENT


def test_where_it_cannot_be_read_every_channel_counts_as_well(store: Store) -> None:
    say(store, "one", "email")
    with store.write() as tx:
        tx.execute(text("update settings set value = '{' where name = :name"), {"name": settings.ILL})
    assert ill(store) == frozenset()


# ---------------------------------------------------------------- the order in which messages leave


def claimed(store: Store, limit: int = 10, **more: Any) -> list[int]:
    until = NOON + MINUTE
    with store.write() as tx:
        return [row.id for row in leasing.claim(tx, "inbox", NOON, until, "one", limit, **more).rows]


@pytest.fixture
def four(store: Store) -> tuple[int, int, int, int]:
    """A retry of an hour clock, a first try of a day clock, one of an hour clock, a retry of a day clock."""
    with store.write() as tx:
        return (
            add_delivery(tx, attempts=1, by_the_hour=True, not_before=NOON - 9 * MINUTE),
            add_delivery(tx, not_before=NOON - 8 * MINUTE),
            add_delivery(tx, by_the_hour=True, not_before=NOON - 2 * MINUTE),
            add_delivery(tx, attempts=2, not_before=NOON - 7 * MINUTE),
        )


def test_first_tries_go_before_retries_and_hours_before_days(
    store: Store, four: tuple[int, int, int, int]
) -> None:
    hour_again, day, hour, day_again = four
    assert [claimed(store, limit=1) for _ in range(5)] == [[hour], [day], [hour_again], [day_again], []]


def test_only_so_many_retries_are_leased(store: Store, four: tuple[int, int, int, int]) -> None:
    hour_again, day, hour, day_again = four
    assert set(claimed(store, retries=1)) == {hour, day, hour_again}
    assert claimed(store, retries=0) == []
    assert claimed(store, retries=9) == [day_again]


def test_a_probe_is_a_retry_where_there_is_one(store: Store, four: tuple[int, int, int, int]) -> None:
    assert [claimed(store, limit=1, again=True) for _ in range(4)] == [
        [four[0]], [four[3]], [four[1]], [four[2]],
    ]  # fmt: skip


def test_drills_are_probed_with_where_nothing_else_may_leave(store: Store) -> None:
    with store.write() as tx:
        add_delivery(tx, attempts=1)
        drill = add_delivery(tx, drill=True)
    assert claimed(store, limit=1, drills_only=True, again=True) == [drill]


# ---------------------------------------------------------------- what becomes of them


def test_what_was_refused_can_leave_once_more(store: Store) -> None:
    with store.write() as tx:
        refused, accepted = (add_delivery(tx, state=s, not_before=None) for s in ("refused", "accepted"))
        assert leasing.resume(tx, (refused, accepted), NOON) == 1
    with store.read() as tx:
        rows = {row.id: row for row in tx.execute(select(deliveries))}
    assert (rows[refused].state, rows[refused].not_before, rows[refused].last_resort) == (
        "waiting", NOON, True,
    )  # fmt: skip
    assert rows[accepted].state == "accepted"


@pytest.mark.parametrize(("state", "said"), [("accepted", True), ("handed-over", True), ("refused", False)])
def test_a_notice_that_another_message_carried_was_said(store: Store, state: str, said: bool) -> None:
    with store.write() as tx:
        (deadline,) = add_deadlines(tx, deadline_row("one"))
        notice = add_notice(tx, deadline.number)
        ours, theirs = add_delivery(tx), add_delivery(tx, state=state)
        for delivery in (ours, theirs):
            link(tx, delivery, notice)
        assert outbox.said_elsewhere(tx, ours) == ({notice} if said else set())
