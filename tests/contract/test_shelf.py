"""What the nodes know in common of a channel: one finds it out, all use it, on both databases."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from alertd.store import shelf
from alertd.store.database import Store
from tests.support.rows import NOON

LEASE = timedelta(seconds=15)


def look(store: Store, owner: str, seconds: float = 0, name: str = "token") -> shelf.OnShelf:
    at = NOON + timedelta(seconds=seconds)
    return store.transact(lambda tx: shelf.look(tx, "chat", name, at, owner, LEASE))


def keep(store: Store, value: str, seconds: float | None) -> None:
    until = None if seconds is None else NOON + timedelta(seconds=seconds)
    store.transact(lambda tx: shelf.keep(tx, "chat", "token", value, until))


def test_who_looks_first_finds_out_and_the_others_wait(store: Store) -> None:
    assert look(store, "a").yours
    assert look(store, "b") == shelf.OnShelf(None)
    assert look(store, "a").yours, "who found nothing out yet may try again"
    keep(store, "abc", 60)
    assert look(store, "b").value == look(store, "a").value == "abc"


def test_another_one_finds_out_what_the_first_did_not_in_its_time(store: Store) -> None:
    assert look(store, "a").yours
    assert not look(store, "b", 14).yours
    assert look(store, "b", 15).yours
    assert not look(store, "a", 16).yours


def test_what_holds_no_longer_is_found_out_anew_and_what_holds_for_ever_is_not(store: Store) -> None:
    keep(store, "abc", 60)
    assert look(store, "a", 59).value == "abc"
    assert look(store, "a", 60) == shelf.OnShelf(None, yours=True)
    keep(store, "", None)
    assert look(store, "a", 10**8).value == ""


def test_what_is_forgotten_is_found_out_anew_unless_another_node_did(store: Store) -> None:
    keep(store, "old", 60)
    store.transact(lambda tx: shelf.forget(tx, "chat", "token", "old"))
    assert look(store, "a").yours
    keep(store, "new", 60)
    store.transact(lambda tx: shelf.forget(tx, "chat", "token", "old"))
    assert look(store, "b").value == "new"


def test_things_of_other_names_and_channels_stand_apart(store: Store) -> None:
    keep(store, "abc", 60)
    assert look(store, "a", name="other").value is None
    assert store.transact(lambda tx: shelf.look(tx, "bot", "token", NOON, "a", LEASE)).value is None


@pytest.mark.parametrize("known", [False, True])
def test_of_many_that_look_at_once_one_finds_out(store: Store, known: bool) -> None:
    if known:
        keep(store, "abc", -1)
    found: list[shelf.OnShelf] = []
    nodes = [threading.Thread(target=lambda n=n: found.append(look(store, f"node-{n}"))) for n in range(6)]
    for node in nodes:
        node.start()
    for node in nodes:
        node.join()
    assert sorted(each.yours for each in found) == [False] * 5 + [True]
