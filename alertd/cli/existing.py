"""The store where there is one: looking must not make a database, least of all one that root owns."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alertd.cli.context import Session
    from alertd.engine.ruling.world import World
    from alertd.installation import Store


def existing_store(session: Session) -> Store | None:
    """The store of this node, None where nothing was ever stored. Raises StoreError."""
    return session.store if session.installation.has_store() else None


def ruling_or_written(session: Session, store: Store | None) -> World:
    """What rules, or the files as they lie there while nothing rules yet. Raises StoreError, NoRegister."""
    here = session.installation
    return session.world if store is not None and here.rules_in(store) else here.written()


def files_differ(session: Session, store: Store | None) -> bool:
    """Whether something else rules than what lies in the folder."""
    return store is not None and session.installation.differs_from(store)
