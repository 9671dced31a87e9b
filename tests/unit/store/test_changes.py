"""A daemon learns that a command changed the store."""

from pathlib import Path

from alertd.store import migrating, settings
from alertd.store.changes import SqliteChanges
from alertd.store.database import Store


def test_another_connections_commit_is_seen_once(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'alertd.db'}")
    migrating.upgrade(store)
    changes = SqliteChanges(store)
    assert not changes.poll()
    store.transact(lambda tx: settings.put(tx, "name", "value"))
    assert changes.poll()
    assert not changes.poll()
    with store.read() as tx:
        settings.get(tx, "name")
    assert not changes.poll()
    changes.close()
    store.close()
