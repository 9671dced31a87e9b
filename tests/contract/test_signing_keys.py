"""The keys that what is handed out is signed with, on both databases."""

from __future__ import annotations

from alertd.core.signing import sign, signed
from alertd.engine.ruling.signing_keys import change_keys, keys_of, signing_key
from alertd.store.database import Store


def test_there_is_no_key_until_something_is_signed_and_then_it_stays(store: Store) -> None:
    with store.read() as tx:
        assert keys_of(tx) == ()
    key = store.transact(signing_key)
    assert len(key) == 32
    assert store.transact(signing_key) == key
    with store.read() as tx:
        assert keys_of(tx) == (key,)


def test_a_sign_outlives_one_change_of_keys_and_not_two(store: Store) -> None:
    given = sign(store.transact(signing_key), "link", ["1"])
    for known in (True, False):
        store.transact(change_keys)
        with store.read() as tx:
            assert signed(keys_of(tx), "link", ["1"], given) is known


def test_keys_can_be_changed_before_anything_was_signed(store: Store) -> None:
    store.transact(change_keys)
    with store.read() as tx:
        (key,) = keys_of(tx)
    assert store.transact(signing_key) == key
