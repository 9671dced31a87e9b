"""The keys that this installation signs with: in the store, so that all nodes know each other's signs.

Two are valid at a time, so that no message that is out loses its links at a change: a new key signs from now
on, and the one before is known until the next change.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from sqlalchemy import Connection

from alertd.core.signing import KEY_BYTES
from alertd.store import settings


def keys_of(tx: Connection) -> tuple[bytes, ...]:
    """The keys that are known, the one that signs first; none before anything was signed."""
    return _read(settings.get(tx, settings.SIGNING_KEYS) or [])


def signing_key(tx: Connection) -> bytes:
    """The key that signs, made where there was none. Needs a transaction that writes."""
    known = keys_of(tx)
    if not known:
        known = _read(settings.hold(tx, settings.SIGNING_KEYS, [_new()]))
    return known[0]


def change_keys(tx: Connection) -> None:
    """Sign with a new key from now on; what was signed before the last change is known no more."""
    known: list[str] = settings.hold(tx, settings.SIGNING_KEYS, [])
    settings.put(tx, settings.SIGNING_KEYS, [_new(), *known[:1]])


def _new() -> str:
    return secrets.token_hex(KEY_BYTES)


def _read(stored: Sequence[str]) -> tuple[bytes, ...]:
    return tuple(map(bytes.fromhex, stored))
