"""What rules over the files for a time, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text, update

from alertd.store import lost, overrides
from alertd.store.database import Store
from alertd.store.overrides import DEADLINE, UNIT
from alertd.store.tables import overrides as table
from alertd.store.types import LAST_INSTANT, Unreadable
from tests.support.rows import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOWN = (UNIT, "town-a")


def enter(store: Store, kind: str = "silence", about: tuple[str, str] = TOWN, **more) -> int:
    given = {"ends_at": NOON + DAY, **more}
    return store.transact(lambda tx: overrides.add(tx, kind, about, "gao (root)", "why", NOON, **given))


def test_it_rules_from_its_beginning_to_its_end(store: Store) -> None:
    one = enter(store, begins_at=NOON + HOUR, what={"with": "ben"})
    with store.read() as tx:
        assert not overrides.standing(tx, "silence", NOON + HOUR - timedelta(seconds=1))
        (row,) = overrides.standing(tx, "silence", NOON + HOUR)
        assert not overrides.standing(tx, "swap", NOON + HOUR)
        assert overrides.standing(tx, "silence", NOON + DAY - timedelta(seconds=1))
        assert not overrides.standing(tx, "silence", NOON + DAY)
    assert (row.id, row.kind, row.about, row.name) == (one, "silence", UNIT, "town-a")
    assert (row.author, row.reason, row.what) == ("gao (root)", "why", {"with": "ben"})
    assert (row.made_at, row.begins_at, row.ends_at) == (NOON, NOON + HOUR, NOON + DAY)
    assert (row.ended_at, row.ended_by, row.next_at) == (None, "", None)


def test_without_an_end_it_rules_until_somebody_ends_it_once(store: Store) -> None:
    one = enter(store, ends_at=None, next_at=NOON + HOUR)
    at = NOON + 100 * DAY
    with store.write() as tx:
        assert overrides.standing(tx, "silence", at)
        assert overrides.end(tx, one, at, "ann")
        assert not overrides.end(tx, one, at + HOUR, "ben")
        assert not overrides.end(tx, 5, at, "ben")
    with store.read() as tx:
        assert not overrides.standing(tx, "silence", at)
        row = overrides.find(tx, one)
    assert row is not None
    assert (row.ended_at, row.ended_by, row.next_at) == (at, "ann", None)


def test_what_is_over_is_not_ended_once_more_and_stays_on_record(store: Store) -> None:
    one = enter(store)
    with store.write() as tx:
        assert not overrides.end(tx, one, NOON + DAY, "ann")
        assert [row.id for row in overrides.ever_about(tx, "silence", TOWN)] == [one]
        assert not overrides.open_about(tx, "silence", TOWN, NOON + DAY)


def test_they_are_found_by_what_they_are_about(store: Store) -> None:
    one, ahead = enter(store), enter(store, begins_at=NOON + HOUR)
    enter(store, about=(DEADLINE, "town-a"))
    with store.read() as tx:
        assert [row.id for row in overrides.open_about(tx, "silence", TOWN, NOON)] == [one, ahead]
        assert [row.id for row in overrides.not_over(tx, NOON)][:2] == [one, ahead]
        assert len(overrides.not_over(tx, NOON, ["swap"])) == 0
        assert len(overrides.not_over(tx, NOON, ["silence"])) == 3
        assert overrides.find(tx, 5) is None


def test_those_come_up_about_which_something_is_to_be_done(store: Store) -> None:
    later, sooner = enter(store, next_at=NOON + 2 * HOUR), enter(store, next_at=NOON + HOUR)
    enter(store), enter(store, "swap", next_at=NOON)
    with store.write() as tx:
        assert [row.id for row in overrides.due(tx, "silence", NOON + HOUR, 9).rows] == [sooner]
        assert [row.id for row in overrides.due(tx, "silence", NOON + DAY, 9).rows] == [sooner, later]
        assert [row.id for row in overrides.due(tx, "silence", NOON + DAY, 1).rows] == [sooner]
        overrides.look_again(tx, sooner, None)
        assert [row.id for row in overrides.due(tx, "silence", NOON + DAY, 9).rows] == [later]


def test_two_nodes_do_not_take_the_same(store: Store) -> None:
    if store.embedded:
        pytest.skip("one writer at a time")
    enter(store, next_at=NOON)
    with store.write() as tx, store.write() as other:
        assert len(overrides.due(tx, "silence", NOON, 9).rows) == 1
        assert len(overrides.due(other, "silence", NOON, 9).rows) == 0


def test_one_that_cannot_be_read_rules_nothing_and_keeps_no_other(store: Store) -> None:
    broken, whole = enter(store), enter(store)
    with store.write() as tx:
        tx.execute(text("UPDATE overrides SET what = 'no json' WHERE id = :id"), {"id": broken})
    with store.read() as tx:
        assert [row.id for row in overrides.standing(tx, "silence", NOON)] == [whole]
        with pytest.raises(Unreadable, match=r"overrides\.what"):
            overrides.not_over(tx, NOON)


def test_a_time_that_can_never_come_is_found(store: Store) -> None:
    one = enter(store, next_at=NOON)
    beyond = int(LAST_INSTANT.timestamp() * 1e6) + 1
    with store.write() as tx:
        tx.execute(text("UPDATE overrides SET next_at = :at"), {"at": beyond})
        assert [name for name, _ in lost.due_again(tx, NOON)] == [str(one)]
        assert [row.id for row in overrides.due(tx, "silence", NOON, 9).rows] == [one]
        tx.execute(update(table).values(next_at=None))
