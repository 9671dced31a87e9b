"""What the drivers raise, turned into errors that say what to do."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, ProgrammingError

from alertd.store.errors import StoreBusy, StoreCorrupt, StoreError, StoreFull, StoreUnreadable
from alertd.store.types import Unreadable


class Placed(Protocol):
    """A store, as far as an error says where it is."""

    embedded: bool
    url: URL

    @property
    def path(self) -> Path | None: ...


class Collision(StoreError):
    """Two nodes wrote the same thing at once; the transaction was rolled back and can be made again."""

    code = "store.collision"


def is_collision(fault: IntegrityError) -> bool:
    """Whether another writer was there first: the same transaction again may well succeed."""
    return "UNIQUE" in str(fault.orig) or getattr(fault.orig, "sqlstate", None) == "23505"


def is_rows_fault(fault: DBAPIError) -> bool:
    """Whether the database refused what it was given, rather than being unable to serve."""
    if fault.connection_invalidated:
        return False
    state = getattr(fault.orig, "sqlstate", None)
    if state is not None:  # PostgreSQL, appendix A: 22 data exceptions, 23 violated constraints
        return str(state)[:2] in ("22", "23")
    return isinstance(fault, (DataError, IntegrityError, InterfaceError, ProgrammingError))


@contextlib.contextmanager
def speaking_plainly(store: Placed) -> Iterator[None]:
    """Turn the drivers' exceptions into ours."""
    try:
        yield
    except IntegrityError as fault:
        if is_collision(fault):
            raise Collision("two writers met on the same row") from fault
        raise
    except DBAPIError as fault:
        raise _translate(store, fault) from fault
    except Unreadable as fault:
        # Without its cause, in which the driver may quote the value.
        where = str(store.path or store.url.render_as_string(hide_password=True))
        raise StoreUnreadable(
            f"{where}: {fault}", path=where, row=fault.row or "?", said=fault.where
        ) from None


def _translate(store: Placed, fault: DBAPIError) -> StoreError:
    where = str(store.path or store.url.render_as_string(hide_password=True))
    said = str(fault.orig).strip().splitlines()[0] if str(fault.orig).strip() else type(fault.orig).__name__
    lower = said.lower()
    if getattr(fault.orig, "sqlstate", None) in ("40001", "40P01"):
        return Collision("two writers met on the same row")
    if "locked" in lower or "busy" in lower:
        return StoreBusy(f"{where} is locked by another program; try again", path=where)
    if "malformed" in lower or "not a database" in lower:
        return StoreCorrupt(
            f"{where} is not a usable database ({said}); restore the last backup "
            "(alertd db backup makes them) and start again",
            path=where,
            said=said,
        )
    if "disk is full" in lower or "disk i/o" in lower or "readonly" in lower or "unable to open" in lower:
        return StoreFull(
            f"{where} cannot be written ({said}); free space on the disk, "
            "or give the alertd user the right to write",
            path=where,
            said=said,
        )
    if not store.embedded and (fault.connection_invalidated or "connect" in lower):
        return StoreBusy(f"{where} cannot be reached ({said})", path=where)
    return StoreError(f"{where}: {said}", path=where, said=said)
