"""What is written must survive a power cut, but for leases, which a power cut ends anyway."""

from __future__ import annotations

from sqlalchemy import Connection, text

from alertd.store.database import Store


def survives(tx: Connection) -> bool:
    """Whether the commit of this transaction waits for the disk."""
    if tx.dialect.name == "sqlite":
        return bool(tx.execute(text("PRAGMA synchronous")).scalar_one() == 2)  # FULL
    return bool(tx.execute(text("SHOW synchronous_commit")).scalar_one() == "on")


def test_a_write_waits_for_the_disk_unless_it_says_otherwise(store: Store) -> None:
    with store.write() as tx:
        assert survives(tx)
    with store.write(durable=False) as tx:
        assert not survives(tx)
    with store.write() as tx:
        assert survives(tx)
