"""A whole store moves to another database, and every row of it is compared."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import insert, update

from alertd.engine.cases import events
from alertd.engine.cases.reported import Reported
from alertd.store import chains, copying, deadlines, migrating, tables
from alertd.store.copying import CopyRefused
from alertd.store.database import Store
from tests.support.play import Play
from tests.support.register import at, tiny_register, world

pytestmark = pytest.mark.needs("postgres")


@pytest.fixture
def source(tmp_path: Path) -> Store:
    """A SQLite store of a node that has lived a month, Chinese and quotation marks included."""
    opened = Store(f"sqlite:///{tmp_path / 'alertd.db'}")
    migrating.upgrade(opened)
    play = Play(opened, world(tiny_register()), "2026-12-01T10:00")
    play.plan()
    # Below the door, which would not take such an id for a case.
    fire = Reported("incident", "化工廠'火災'", ("town-a",), {"published": at("2026-12-05T02:00")})
    play.do(events.report, fire)
    play.go("2026-12-20T09:00")
    return opened


def test_every_row_arrives_and_the_next_one_is_numbered_after_them(source: Store, postgres_url: str) -> None:
    target = Store(postgres_url)
    found = {each.table: each.rows for each in copying.copy(source, target)}
    assert found["deadlines"] > 0
    assert found["deliveries"] > 0
    assert found["audit"] > 0
    with source.read() as old, target.read() as new:
        for table in tables.metadata.sorted_tables:
            order = list(table.primary_key.columns)
            rows = [set(map(repr, tx.execute(table.select().order_by(*order)))) for tx in (old, new)]
            assert rows[0] == rows[1], table.name
        assert chains.verify(new) == []
        last = dict(deadlines.find(new, "1")._mapping)  # type: ignore[union-attr]
    fresh = {name: value for name, value in last.items() if name != "number"} | {"id": "yearly-report@x/y"}
    with target.write() as tx:
        tx.execute(insert(tables.deadlines).values(**fresh))
        made = deadlines.find(tx, "yearly-report@x/y")
    assert made is not None
    assert made.number == found["deadlines"] + 1
    source.close()
    target.close()


def test_a_database_with_rows_is_refused_and_left_alone(source: Store, postgres_url: str) -> None:
    target = Store(postgres_url)
    copying.copy(source, target)
    with pytest.raises(CopyRefused) as refused:
        copying.copy(source, target)
    assert refused.value.code == "not-empty"
    assert "deadlines" in refused.value.values["tables"]
    source.close()
    target.close()


def test_a_copy_that_differs_is_not_kept(
    source: Store, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = Store(postgres_url)
    compared = copying._compared

    def damaged(old: object, new: object, table: object) -> object:
        if table is tables.deadlines:
            new.execute(update(tables.deadlines).values(waits="?"))  # type: ignore[attr-defined]
        return compared(old, new, table)  # type: ignore[arg-type]

    monkeypatch.setattr(copying, "_compared", damaged)
    with pytest.raises(CopyRefused) as refused:
        copying.copy(source, target)
    assert (refused.value.code, refused.value.values["table"]) == ("differs", "deadlines")
    with target.read() as tx:
        assert tx.execute(tables.cases.select()).first() is None
    source.close()
    target.close()
