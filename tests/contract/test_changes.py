"""A node on PostgreSQL learns that another one changed the store."""

from __future__ import annotations

import threading

import pytest

from alertd.store import migrating, settings
from alertd.store.changes import PostgresChanges
from alertd.store.database import Store


@pytest.mark.needs("postgres")
def test_another_nodes_commit_is_heard(postgres_url: str) -> None:
    store = Store(postgres_url)
    migrating.upgrade(store)
    heard = threading.Event()
    changes = PostgresChanges(store, heard.set)
    assert heard.wait(10)  # what happened while nobody listened
    heard.clear()
    store.transact(lambda tx: settings.put(tx, "name", "value"))
    assert heard.wait(10)
    changes.close()
    store.close()
