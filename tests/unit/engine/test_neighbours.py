"""A node that shows no sign of life is dead for the others; a store that is away is not death."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from alertd.engine.running.neighbours import LOOKS, Neighbours
from alertd.store import nodes
from alertd.store.database import Store, memory_store
from tests.support.register import at

NOW = at("2026-12-01T10:00")


@pytest.fixture
def store() -> Iterator[Store]:
    opened = memory_store()
    yield opened
    opened.close()


def node(name: str, *bots: str) -> Neighbours:
    return Neighbours(name, NOW, dict, lambda: bots)


def beat(store: Store, one: Neighbours, now: datetime) -> list[str]:
    return store.transact(lambda tx: one.beat(tx, now))


def test_a_node_is_dead_when_its_heartbeat_stood_still_for_some_looks(store: Store) -> None:
    one, two = node("one"), node("two")
    beat(store, two, NOW)
    found = [beat(store, one, NOW + timedelta(seconds=5 * look)) for look in range(LOOKS + 1)]
    assert found == [[]] * LOOKS + [["two"]]


def test_a_clock_that_is_hours_behind_is_no_death(store: Store) -> None:
    one, two = node("one"), node("two")
    for look in range(3 * LOOKS):
        assert beat(store, two, NOW - timedelta(hours=9, seconds=-look)) == []
        assert beat(store, one, NOW + timedelta(seconds=look)) == []


def test_a_node_whose_own_clock_stands_still_is_not_dead_to_itself(store: Store) -> None:
    one = node("one")
    assert [beat(store, one, NOW) for _ in range(LOOKS + 2)] == [[]] * (LOOKS + 2)


def test_who_was_taken_over_is_looked_at_no_more_until_it_shows_itself(store: Store) -> None:
    one, two = node("one"), node("two")
    beat(store, two, NOW)
    dead: list[str] = []
    for look in range(LOOKS + 1):
        dead = beat(store, one, NOW + timedelta(seconds=5 * look))
    store.transact(lambda tx: one.take_over(tx, NOW, dead))
    assert beat(store, one, NOW + timedelta(minutes=1)) == []
    beat(store, two, NOW + timedelta(minutes=2))
    with store.read() as tx:
        assert set(nodes.running(tx)) == {"one", "two"}


def test_one_node_listens_to_a_bot_and_the_next_when_it_leaves(store: Store) -> None:
    one, two = node("one", "telegram"), node("two", "telegram")
    beat(store, one, NOW)
    beat(store, two, NOW)
    assert (one.listens, two.listens) == (frozenset({"telegram"}), frozenset())
    store.transact(lambda tx: one.leave(tx, NOW))
    beat(store, two, NOW + timedelta(seconds=5))
    assert two.listens == {"telegram"}


def test_what_a_node_does_no_more_another_one_does(store: Store) -> None:
    posts = ["mail-in a", "telegram"]
    one, two = Neighbours("one", NOW, dict, lambda: posts), node("two", "mail-in a")
    beat(store, one, NOW)
    beat(store, two, NOW)
    assert (one.listens, two.listens) == (frozenset(posts), frozenset())
    posts.remove("mail-in a")
    beat(store, one, NOW)
    beat(store, two, NOW)
    assert (one.listens, two.listens) == (frozenset({"telegram"}), frozenset({"mail-in a"}))


def test_a_node_that_gets_nowhere_lets_another_try_if_there_is_one(store: Store) -> None:
    tired = ["mail-in a"]
    one, two = Neighbours("one", NOW, dict, lambda: ["mail-in a"], lambda: tired), node("two", "mail-in a")
    beat(store, one, NOW)
    assert one.listens == {"mail-in a"}, "nobody else is there"
    beat(store, two, NOW)
    beat(store, one, NOW)
    beat(store, two, NOW)
    assert (one.listens, two.listens) == (frozenset(), frozenset({"mail-in a"}))
    tired.clear()
    beat(store, one, NOW)
    assert one.listens == frozenset()


def test_nodes_that_send_in_different_modes_say_so_once(store: Store) -> None:
    modes = {"one": "live", "two": "hold"}
    looks = itertools.count()

    def telling(name: str) -> Neighbours:
        return Neighbours(name, NOW, lambda: {"mode": modes[name]}, tuple)

    one, two = telling("one"), telling("two")

    def both() -> None:
        for each in (one, two, one):
            beat(store, each, NOW + timedelta(seconds=next(looks)))

    with capture_logs() as lines:
        both()
        both()
        assert [(line["event"], line["modes"]) for line in lines] == [("modes-differ", modes)] * 2
        modes["two"] = "live"
        both()
        assert len(lines) == 2
        modes["two"] = "hold"
        both()
        assert len(lines) == 4
        store.transact(lambda tx: two.leave(tx, NOW))
        beat(store, one, NOW + timedelta(minutes=1))
        assert len(lines) == 4
