"""The chains of the audit hold, and whoever changes a row is found out, on both databases."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, delete, insert, select, text, update

from alertd.store import audit, chains, seals
from alertd.store.audit import REGISTER, Author, Broken
from alertd.store.database import Store
from alertd.store.seals import BrokenSeal
from alertd.store.tables import audit as audit_table
from alertd.store.tables import deadlines
from alertd.store.tables import seals as seals_table
from tests.support.rows import NOON, add_deadlines, deadline_row

CLERK = Author("clerk", "root", "node")


def _chains(tx: Connection) -> list[int]:
    """Two deadlines with three rows each, and one row of the register; returns the deadlines' numbers."""
    numbers = [row.number for row in add_deadlines(tx, deadline_row("a"), deadline_row("b"))]
    for turn in range(3):
        for number in numbers:
            detail = {"turn": turn, "who": "王芳", "at": NOON.isoformat(), "of": [1.5, None]}
            audit.append(tx, number, NOON + timedelta(seconds=turn), CLERK, "alert", detail)
    audit.append(tx, REGISTER, NOON, CLERK, "revision-applied", {})
    return numbers


def test_each_deadline_has_a_chain_of_its_own_and_knows_its_head(store: Store) -> None:
    with store.write() as tx:
        first, second = _chains(tx)
    with store.read() as tx:
        rows = audit.of_deadline(tx, second)
        heads = {row.number: row.audit_head for row in tx.execute(select(deadlines))}
        assert chains.verify(tx) == []
    assert [row.seq for row in rows] == [1, 2, 3]
    assert [row.prev_hash for row in rows] == ["", rows[0].hash, rows[1].hash]
    assert heads[second] == rows[-1].hash != heads[first]
    assert rows[0].detail["who"] == "王芳"


@pytest.mark.parametrize(("column", "value"), [("at", 10**18), ("detail", "{broken")])
def test_a_row_that_cannot_be_read_breaks_its_own_chain(store: Store, column: str, value: object) -> None:
    with store.write() as tx:
        first, _ = _chains(tx)
        where = {"v": value, "k": first}
        tx.execute(text(f"update audit set {column} = :v where deadline = :k and seq = 2"), where)
    with store.read() as tx:
        assert chains.verify(tx) == [Broken(first, 2, "unreadable")]


TAMPERED: dict[str, Callable[[int], object]] = {
    "other words": lambda number: (
        update(audit_table)
        .where(audit_table.c.deadline == number, audit_table.c.seq == 2)
        .values(detail={"turn": 9})
    ),
    "another actor": lambda number: (
        update(audit_table)
        .where(audit_table.c.deadline == number, audit_table.c.seq == 2)
        .values(actor="somebody")
    ),
    "another time": lambda number: (
        update(audit_table).where(audit_table.c.deadline == number, audit_table.c.seq == 2).values(at=NOON)
    ),
    "a row taken out": lambda number: delete(audit_table).where(
        audit_table.c.deadline == number, audit_table.c.seq == 2
    ),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_a_row_that_was_changed_is_found_with_its_place(store: Store, how: str) -> None:
    with store.write() as tx:
        number = _chains(tx)[0]
        tx.execute(TAMPERED[how](number))  # type: ignore[call-overload]
        found = chains.verify(tx)
    assert found == [Broken(number, 3 if how == "a row taken out" else 2, "unlinked")]


def test_a_row_forged_with_a_hash_of_its_own_breaks_the_row_after_it(store: Store) -> None:
    with store.write() as tx:
        number = _chains(tx)[0]
        old = audit.of_deadline(tx, number)[0]
        forged = audit.row(number, 1, "", old.at, CLERK, old.action, {**old.detail, "who": "nobody"})
        place = (audit_table.c.deadline == number, audit_table.c.seq == 1)
        tx.execute(update(audit_table).where(*place).values(detail=forged["detail"], hash=forged["hash"]))
        second = (audit_table.c.deadline == number, audit_table.c.seq == 2)
        tx.execute(update(audit_table).where(*second).values(prev_hash=forged["hash"]))
        assert chains.verify(tx) == [Broken(number, 2, "unlinked")]


def test_the_last_row_cannot_be_taken_away_unseen(store: Store) -> None:
    with store.write() as tx:
        number = _chains(tx)[0]
        tx.execute(delete(audit_table).where(audit_table.c.deadline == number, audit_table.c.seq == 3))
        assert chains.verify(tx) == [Broken(number, 3, "cut-short")]


def test_a_whole_chain_cannot_be_taken_away_unseen(store: Store) -> None:
    with store.write() as tx:
        number = _chains(tx)[1]
        tx.execute(delete(audit_table).where(audit_table.c.deadline == number))
        assert chains.verify(tx) == [Broken(number, 3, "cut-short")]


def test_a_seal_covers_every_new_row_once(store: Store) -> None:
    with store.write() as tx:
        first, _ = _chains(tx)
        assert seals.unsealed(tx) == 7
        assert seals.seal(tx, NOON) == 7
        assert seals.seal(tx, NOON) == 0
        audit.append(tx, first, NOON, CLERK, "done", {})
        assert seals.seal(tx, NOON) == 1
        rows = tx.execute(select(seals_table).order_by(seals_table.c.seq)).fetchall()
        assert [(row.seq, row.heads) for row in rows] == [(1, 7), (2, 1)]
        assert rows[1].prev_hash == rows[0].hash
        assert (seals.unsealed(tx), chains.verify(tx)) == (0, [])


def test_many_rows_are_sealed_a_part_at_a_time(store: Store) -> None:
    with store.write() as tx:
        _chains(tx)
        assert [seals.seal(tx, NOON, most=3) for _ in range(4)] == [3, 3, 1, 0]
        assert chains.verify(tx) == []


def test_a_chain_written_anew_from_a_changed_row_breaks_its_seal(store: Store) -> None:
    with store.write() as tx:
        number = _chains(tx)[0]
        seals.seal(tx, NOON)
        tx.execute(delete(audit_table).where(audit_table.c.deadline == number))
        tx.execute(update(deadlines).where(deadlines.c.number == number).values(audit_seq=0, audit_head=""))
        for turn in range(3):
            audit.append(tx, number, NOON, CLERK, "alert", {"turn": turn, "who": "nobody"})
        tx.execute(update(audit_table).values(sealed=1))
        assert chains.verify(tx) == [BrokenSeal(1, "other-rows")]


def test_a_seal_taken_out_is_found_by_the_next(store: Store) -> None:
    with store.write() as tx:
        number = _chains(tx)[0]
        seals.seal(tx, NOON)
        audit.append(tx, number, NOON, CLERK, "done", {})
        seals.seal(tx, NOON)
        tx.execute(delete(seals_table).where(seals_table.c.seq == 1))
        assert chains.verify(tx) == [BrokenSeal(1, "missing")]


def test_the_first_seal_cannot_be_taken_away_with_everything_it_covers(store: Store) -> None:
    with store.write() as tx:
        gone, kept = (row.number for row in add_deadlines(tx, deadline_row("a"), deadline_row("b")))
        for number in (gone, kept):
            audit.append(tx, number, NOON, CLERK, "done", {})
            seals.seal(tx, NOON)
        tx.execute(delete(audit_table).where(audit_table.c.deadline == gone))
        tx.execute(update(deadlines).where(deadlines.c.number == gone).values(audit_seq=0, audit_head=""))
        tx.execute(delete(seals_table).where(seals_table.c.seq == 1))
        tx.execute(update(seals_table).values(seq=1, prev_hash=""))
        tx.execute(update(audit_table).values(sealed=1))
        assert BrokenSeal(1, "other-rows") in chains.verify(tx)


def test_rows_made_in_bulk_continue_the_chain(store: Store) -> None:
    with store.write() as tx:
        number = _chains(tx)[0]
        head = audit.of_deadline(tx, number)[-1].hash
        new = audit.row(number, 4, head, NOON, Author("alertd"), "alert", {"people": ("ann",)})
        audit.insert_rows(tx, [new])
        tx.execute(
            update(deadlines).where(deadlines.c.number == number).values(audit_seq=4, audit_head=new["hash"])
        )
        assert chains.verify(tx) == []
        tx.execute(insert(audit_table), [{**new, "seq": 5}])
        assert chains.verify(tx) == [Broken(number, 5, "unlinked")]
