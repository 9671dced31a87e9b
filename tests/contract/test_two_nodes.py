"""Two nodes on one store at the same moment: what must happen once happens once."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from alertd.store import idempotency, migrating, settings
from alertd.store.database import Store
from tests.support.rows import NOON
from tests.support.side_by_side import at_once


def test_nodes_that_start_together_make_the_tables_once(empty_url: str) -> None:
    stores = [Store(empty_url) for _ in range(3)]
    if stores[0].embedded:
        stores[0].make_file()
    found = at_once(*(lambda s=store: migrating.upgrade(s) for store in stores))
    assert sorted(map(str, found)) == ["", migrating.NEWEST, migrating.NEWEST]
    for store in stores:
        migrating.require_current(store)
        store.close()


def test_who_holds_a_setting_is_waited_for(store: Store) -> None:
    def count(_: object = None) -> None:
        for _ in range(20):
            store.transact(lambda tx: settings.put(tx, "n", settings.hold(tx, "n", 0) + 1))

    assert at_once(count, count) == [None, None]
    with store.read() as tx:
        assert settings.get(tx, "n") == 40


def test_a_request_that_two_nodes_get_is_done_once(store: Store) -> None:
    def work(tx: Connection) -> str:
        known = idempotency.answered(tx, "q")
        if known is None:
            settings.put(tx, "n", (settings.get(tx, "n") or 0) + 1)
            idempotency.keep(tx, "q", known := "done", NOON)
        return known

    def ask() -> str:
        return store.transact(work)

    assert at_once(ask, ask) == ["done", "done"]
    with store.read() as tx:
        assert settings.get(tx, "n") == 1


@pytest.mark.needs("postgres")
def test_a_node_that_vanishes_in_a_transaction_gives_its_rows_back_soon(postgres_url: str) -> None:
    store = Store(postgres_url)
    with store.read() as tx:
        assert tx.exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar_one() == "1min"
    store.close()
