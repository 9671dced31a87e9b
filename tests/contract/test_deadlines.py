"""Claiming, colliding and waking, on both databases."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from alertd.store import deadlines, leasing
from alertd.store.database import COLLISIONS, Store
from alertd.store.plainly import Collision
from tests.support.rows import NOON, add_deadlines, add_delivery, add_event, add_notice, deadline_row

HOUR = timedelta(hours=1)


def test_the_longest_due_are_claimed_first_and_no_more_than_asked_for(store: Store) -> None:
    due = {"d": -1, "b": -3, "later": 1, "a": -4, "now": 0, "c": -2}
    rows = [deadline_row(name, next_action_at=NOON + hours * HOUR) for name, hours in due.items()]
    with store.write() as tx:
        add_deadlines(tx, *rows, deadline_row("never"))
        first = deadlines.claim_due(tx, NOON, 3).rows
        everything = deadlines.claim_due(tx, NOON, 100).rows
    assert [row.occurrence for row in first] == ["a", "b", "c"]
    assert [row.occurrence for row in everything] == ["a", "b", "c", "d", "now"]


def test_writers_at_the_same_time_share_the_due_rows_without_a_row_in_common(store: Store) -> None:
    with store.write() as tx:
        add_deadlines(tx, *(deadline_row(f"n{n}", next_action_at=NOON) for n in range(60)))
    claimed: list[list[int]] = [[], [], []]
    barrier = threading.Barrier(len(claimed))

    def claim(tx: Connection) -> list[int]:
        rows = deadlines.claim_due(tx, NOON, 7).rows
        for row in rows:
            deadlines.change(tx, row.number, next_action_at=None)
        return [row.number for row in rows]

    def work(mine: list[int]) -> None:
        barrier.wait()
        while found := store.transact(claim):
            mine += found

    threads = [threading.Thread(target=work, args=(mine,)) for mine in claimed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    everything = [number for mine in claimed for number in mine]
    assert sorted(everything) == list(range(1, 61))


def test_a_claim_that_is_rolled_back_leaves_the_row_to_the_next(store: Store) -> None:
    with store.write() as tx:
        add_deadlines(tx, deadline_row("a", next_action_at=NOON))

    def cut_short(tx: Connection) -> None:
        row = deadlines.claim_due(tx, NOON, 1).rows[0]
        deadlines.change(tx, row.number, next_action_at=None, state="done")
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        store.transact(cut_short)
    with store.write() as tx:
        assert [row.state for row in deadlines.claim_due(tx, NOON, 1).rows] == ["open"]


def test_a_second_deadline_of_the_same_id_is_a_collision(store: Store) -> None:
    with store.write() as tx:
        add_deadlines(tx, deadline_row("a"))
    with pytest.raises(Collision, match="two writers"), store.write() as tx:
        deadlines.insert_many(tx, [deadline_row("b"), deadline_row("a")])
    with store.read() as tx:
        assert deadlines.find(tx, "report@b/town-a") is None


def test_a_collision_is_made_again_until_it_succeeds(store: Store) -> None:
    with store.write() as tx:
        add_deadlines(tx, deadline_row("a"))
    tries: list[str] = []

    def work(tx: Connection) -> str:
        name = "a" if len(tries) < 2 else "b"
        tries.append(name)
        deadlines.insert_many(tx, [deadline_row(name)])
        return name

    assert store.transact(work) == "b"
    assert tries == ["a", "a", "b"]


def test_a_collision_that_never_ends_is_reported_in_the_end(store: Store) -> None:
    with store.write() as tx:
        add_deadlines(tx, deadline_row("a"))
    tries = []

    def work(tx: Connection) -> None:
        tries.append(1)
        deadlines.insert_many(tx, [deadline_row("a")])

    with pytest.raises(Collision):
        store.transact(work)
    assert len(tries) == COLLISIONS


def test_a_deadline_is_found_by_id_and_by_number(store: Store) -> None:
    with store.write() as tx:
        row = add_deadlines(tx, deadline_row("a"))[0]
        for name in (row.id, str(row.number), f"#{row.number}"):
            found = deadlines.find(tx, name)
            assert found is not None
            assert found.id == "report@a/town-a"


def test_what_names_no_deadline_finds_none(store: Store) -> None:
    with store.read() as tx:
        for name in ("", "#", "7", "report", "9" * 40, "²", "a\nb"):
            assert deadlines.find(tx, name) is None, name


def test_the_next_action_is_the_smaller_of_a_step_and_a_repeat(store: Store) -> None:
    with store.write() as tx:
        assert deadlines.next_action(tx) is None
        row = add_deadlines(tx, deadline_row("a", next_action_at=NOON + 3 * HOUR))[0]
        assert deadlines.next_action(tx) == NOON + 3 * HOUR
        add_notice(tx, row.number, next_at=NOON + HOUR)
        assert deadlines.next_action(tx) == NOON + HOUR


def test_an_event_nobody_has_confirmed_wakes_before_any_step(store: Store) -> None:
    with store.write() as tx:
        add_deadlines(tx, deadline_row("a", next_action_at=NOON + 3 * HOUR))
        add_event(tx, "unconfirmed", confirm_by=NOON + HOUR)
        add_event(tx, "confirmed")
        assert deadlines.next_action(tx) == NOON + HOUR


def test_a_delivery_wakes_for_its_own_channel_only(store: Store) -> None:
    with store.write() as tx:
        add_delivery(tx, channel="email", not_before=NOON + HOUR)
        add_delivery(tx, channel="email", not_before=NOON + 2 * HOUR)
        assert leasing.next_on(tx, "inbox", "one") is None
        assert leasing.next_on(tx, "email", "one") == NOON + HOUR


def test_the_same_explanation_is_stored_once(store: Store) -> None:
    with store.write() as tx:
        deadlines.insert_traces(tx, {"x": [1], "y": [2]})
        deadlines.insert_traces(tx, {"y": ["changed"], "z": [3]})
        assert [deadlines.trace_of(tx, name) for name in "xyz?"] == [[1], [2], [3], None]


def test_every_obligation_that_has_deadlines_is_met_once(store: Store) -> None:
    with store.read() as tx:
        assert deadlines.obligations_met(tx) == set()
    with store.write() as tx:
        rows = [deadline_row(f"n{n}", obligation=f"duty-{n % 3}") for n in range(7)]
        add_deadlines(tx, *rows, deadline_row("closed", obligation="another", state="done"))
    with store.read() as tx:
        assert deadlines.obligations_met(tx) == {"duty-0", "duty-1", "duty-2", "another"}
