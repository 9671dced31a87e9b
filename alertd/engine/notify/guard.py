"""The blast radius of one row is that row.

Whatever the engine works through, it works through here: all rows at once, because one statement for many
costs a tenth of many statements; where that slips, in ever smaller parts, until the row that slips is alone.
What that row began is undone, it is put off, logged with its traceback and told to the admin; the others are
done. A row that cannot be read (alertd.store.reading) slips before any work is begun. What is wrong with the
store itself is no row's fault: it is raised, and the whole round comes again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError

from alertd.engine.notify.admin import tell_admin
from alertd.engine.notify.topics import RowPutOff
from alertd.engine.ruling.scope import Scope
from alertd.store.database import savepoint
from alertd.store.errors import StoreError
from alertd.store.plainly import is_collision, is_rows_fault
from alertd.store.reading import Found
from alertd.store.types import Unreadable

R = TypeVar("R")
#: a row's deadline by its id and number
Named = Callable[[R], tuple[str, int | None]]
#: when a row that slipped is tried again: a day clock, and one on which an hour may be a fifth of the time
PUT_OFF, PUT_OFF_BY_THE_HOUR = timedelta(hours=1), timedelta(minutes=5)
_LONGEST_DETAIL = 300


@dataclass(frozen=True, slots=True)
class Slip:
    """One row that could not be worked through: its `name` for people, and its deadline's number, if any."""

    name: str
    number: int | None
    detail: str


def put_off(now: datetime, by_the_hour: bool) -> datetime:
    """When a row that slipped is looked at again."""
    return now + (PUT_OFF_BY_THE_HOUR if by_the_hour else PUT_OFF)


def _named(row: Any) -> tuple[str, int | None]:
    return str(row.id), getattr(row, "number", None)


def each(
    scope: Scope,
    what: str,
    rows: Sequence[R] | Found[R],
    work: Callable[[Sequence[R]], object],
    slipped: Callable[[R], object] = lambda row: None,
    name: Named[R] = _named,
) -> int:
    """Do `work` on all rows, each in a savepoint at the narrowest; returns how many were done.

    `work` gets some of the rows and writes all that it decides before it returns. A row it slips on is given
    to `slipped`, which puts it off, and so is one that cannot be read: None stands in those of its columns.
    `what` names the work in the log and to the admin, `name` the row's deadline by its id and number. Raises
    what is wrong with the store itself.
    """
    slips = slips_of(scope, what, rows, work, slipped, name)
    tell(scope, what, slips)
    return len(rows) - len(slips)


def slips_of(
    scope: Scope,
    what: str,
    rows: Sequence[R] | Found[R],
    work: Callable[[Sequence[R]], object],
    slipped: Callable[[R], object] = lambda row: None,
    name: Named[R] = _named,
) -> list[Slip]:
    """The same for who must not write to the admin yet; `work` may be all reading. Tell them by `tell`."""
    slips: list[Slip] = []
    if isinstance(rows, Found):
        rows = _readable(what, rows, slipped, name, slips)
    _narrowed(scope.tx, what, rows, work, slipped, name, slips)
    return slips


def readable(
    scope: Scope,
    what: str,
    found: Found[R],
    slipped: Callable[[R], object] = lambda row: None,
    name: Named[R] = _named,
) -> Sequence[R]:
    """The rows that can be read, for work that is guarded otherwise; the others slip as they do in `each`."""
    slips: list[Slip] = []
    rows = _readable(what, found, slipped, name, slips)
    tell(scope, what, slips)
    return rows


def _readable(
    what: str,
    found: Found[R],
    slipped: Callable[[R], object],
    name: Named[R],
    slips: list[Slip],
) -> Sequence[R]:
    for each in found.unread:
        slips.append(slip(what, *name(each.row), each.fault))
        slipped(each.row)
    return found.rows


def _narrowed(
    tx: Connection,
    what: str,
    rows: Sequence[R],
    work: Callable[[Sequence[R]], object],
    slipped: Callable[[R], object],
    name: Named[R],
    slips: list[Slip],
) -> None:
    if not rows:
        return
    try:
        with savepoint(tx):
            work(rows)
        return
    except Exception as fault:
        if not is_slip(tx, fault):
            raise
        if len(rows) == 1:
            row_name, number = name(rows[0])
            slips.append(slip(what, row_name, number, fault))
            slipped(rows[0])
            return
    half = len(rows) // 2
    for part in (rows[:half], rows[half:]):
        _narrowed(tx, what, part, work, slipped, name, slips)


def slip(what: str, name: str, number: int | None, fault: BaseException) -> Slip:
    """What one row slipped on, logged with its traceback where there is a log; a command has none."""
    import structlog  # a tenth of the time that a command takes to start, and most never slip

    if isinstance(fault, Unreadable):  # its cause is the driver's, which may quote the value
        fault.__cause__, fault.__suppress_context__ = None, True
    if structlog.is_configured():  # else it would stand amid what the command prints
        structlog.get_logger("alertd.guard").error("row-put-off", what=what, row=name, exc_info=fault)
    return Slip(name, number, described(fault))


def is_slip(tx: Connection, fault: Exception) -> bool:
    """Whether a fault is one row's own. Nodes that met on a row first make the whole transaction again."""
    if isinstance(fault, (StoreError, MemoryError)):
        return False
    if isinstance(fault, IntegrityError) and is_collision(fault):
        return bool(tx.get_execution_options().get("alertd_last_try", False))
    return is_rows_fault(fault) if isinstance(fault, DBAPIError) else True


def described(fault: BaseException) -> str:
    """A fault in one line without the values of a statement, which may be somebody's message."""
    if isinstance(fault, DBAPIError):
        said = str(fault.orig).strip().splitlines()
        return f"{type(fault.orig).__name__}: {said[0] if said else ''}"[:_LONGEST_DETAIL]
    said = str(fault).strip().splitlines()
    return f"{type(fault).__name__}: {said[0] if said else ''}"[:_LONGEST_DETAIL]


def tell(scope: Scope, what: str, slips: Sequence[Slip]) -> None:
    """Tell the admin of rows that were put off."""
    tell_admin(
        scope,
        *(RowPutOff(what=what, id=slip.name, number=slip.number or 0, detail=slip.detail) for slip in slips),
    )
