"""`alertd nodes`: what each daemon's row says, on a real PostgreSQL that several share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from alertd.engine.reporting.nodes import state_of
from alertd.store import migrating, nodes, settings
from alertd.store.database import Store
from alertd.store.ids import new_id
from alertd.store.tables import deliveries
from tests.support.program import Program
from tests.support.register import at

NOW = at("2026-12-01T10:00")


@pytest.mark.parametrize(
    ("seconds", "shared", "stopped", "about", "state"),
    [
        (10, True, False, None, "running"),
        (40, True, False, None, "silent"),
        (40, False, False, None, "running"),
        (200, False, False, None, "silent"),
        (40, True, True, {"taken_over_by": ""}, "stopped"),
        (40, True, True, {"taken_over_by": "two"}, "taken-over"),
    ],
)
def test_the_state_of_a_node(
    seconds: int, shared: bool, stopped: bool, about: dict[str, str] | None, state: str
) -> None:
    seen = NOW - timedelta(seconds=seconds)
    row = SimpleNamespace(seen_at=seen, stopped_at=seen if stopped else None, about=about)
    assert state_of(row, NOW, shared) == state


@pytest.fixture
def shared(alertd: Program, postgres_url: str) -> Iterator[tuple[Program, Store]]:
    """A city whose store is on PostgreSQL, and that store."""
    alertd.replace("config.toml", '[store]\nurl = ""', f'[store]\nurl = "{postgres_url}"')
    store = Store(postgres_url)
    migrating.upgrade(store)
    yield alertd, store
    store.close()


def beat(store: Store, node: str, now: datetime, mode: str = "live", behind: tuple[str, ...] = ()) -> None:
    about = {"mode": mode, "behind": list(behind)}
    store.transact(lambda tx: nodes.beat(tx, node, "1.0", now, now, about))


def lease(store: Store, node: str, until: datetime) -> None:
    """One message that `node` is sending."""
    row = {
        "id": new_id(),
        "person": "p",
        "channel": "email",
        "address": "a@b.example",
        "template": "message",
        "bundle": "d",
        "state": "leased",
        "drill": False,
        "created_at": until,
        "not_before": until,
        "lease_owner": node,
        "message_id": "m",
    }
    store.transact(lambda tx: tx.execute(deliveries.insert().values(**row)))


@pytest.mark.needs("postgres")
def test_the_nodes_of_a_store_are_shown_with_what_each_does(shared: tuple[Program, Store]) -> None:
    alertd, store = shared
    now = alertd.clock.now()
    beat(store, "one:11", now)
    beat(store, "two:22", now - timedelta(seconds=40), "hold", ("schedules/policies.toml",))
    beat(store, "dead:33", now - timedelta(minutes=9))
    beat(store, "gone:44", now - timedelta(hours=2))
    beat(store, "old:55", now - timedelta(days=2))
    lease(store, "one:11", now)
    store.transact(lambda tx: nodes.ended(tx, ["dead:33"], now, "one:11"))
    store.transact(lambda tx: nodes.ended(tx, ["gone:44"], now - timedelta(hours=2), ""))
    store.transact(lambda tx: nodes.ended(tx, ["old:55"], now - timedelta(days=2), ""))
    store.transact(lambda tx: settings.put(tx, "listener.telegram", "one:11"))

    found = {each["node"]: each for each in alertd("nodes", "--json").json}
    assert {name: each["state"] for name, each in found.items()} == {
        "one:11": "running",
        "two:22": "silent",
        "dead:33": "taken-over",
        "gone:44": "stopped",
    }
    one, two = found["one:11"], found["two:22"]
    assert (one["mode"], one["leased"], one["listens"]) == ("live", 1, ["telegram"])
    assert (two["mode"], two["leased"], two["older_files"]) == ("hold", 0, ["schedules/policies.toml"])
    assert found["dead:33"]["taken_over_by"] == "one:11"

    out = alertd("nodes").out
    assert "listens to telegram" in out
    assert "older files here: schedules/policies.toml" in out
    assert "taken over by one:11" in out


@pytest.mark.needs("postgres")
def test_the_doctor_calls_nodes_of_different_modes_a_fault(shared: tuple[Program, Store]) -> None:
    alertd, store = shared
    beat(store, "one:11", alertd.clock.now(), "live")
    beat(store, "two:22", alertd.clock.now(), "rehearsal")
    ran = alertd("doctor", "--json")
    (modes,) = [check for check in ran.json["checks"] if check["check"] == "modes"]
    assert (ran.code, modes["level"], modes["code"]) == (1, "bad", "differ")
    assert modes["items"] == ["one:11: live", "two:22: rehearsal"]
    assert "on every node" in modes["todo"]


def test_a_store_no_daemon_has_run_on_is_said_so(alertd: Program) -> None:
    assert alertd("nodes").out == "No daemon has run on this store yet.\n"
    assert alertd("nodes", "--json").json == []
