"""The store where there is one: looking must not make a database, least of all one that root owns."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alertd.cli.context import Session
    from alertd.engine.ruling.world import World
    from alertd.store.database import Store


def existing_store(session: Session) -> Store | None:
    """The store of this node, None where nothing was ever stored. Raises StoreError."""
    from alertd.store import migrating
    from alertd.store.database import Store

    probe = Store(session.node.store_url.reveal())
    try:
        found = probe.path.is_file() if probe.path else bool(migrating.version_of(probe))
    finally:
        probe.close()
    return session.store if found else None


def ruling_or_written(session: Session, store: Store | None) -> World:
    """What rules, or the files as they lie there while nothing rules yet. Raises StoreError, NoRegister."""
    from alertd.store import revisions

    if store is not None:
        with store.read() as tx:
            applied = bool(revisions.applied(tx))
        if applied:
            return session.world
    return session.installation.written()


def files_differ(session: Session, store: Store | None) -> bool:
    """Whether something else rules than what lies in the folder."""
    from alertd.store import revisions

    if store is None:
        return False
    with store.read() as tx:
        good = revisions.applied(tx)
    return bool(good) and dict(session.installation.files().texts) != good
