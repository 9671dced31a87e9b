"""What stands in a calendar: the deadlines of a person, a unit or a case, and how often each has moved.

How often follows from the audit of each deadline, which only grows; no counter of its own could be lost.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select

from alertd.core.standing import UNFINISHED
from alertd.engine.deadlines.replay import STATE_AFTER, changes_in
from alertd.engine.notify import guard
from alertd.engine.notify.guard import Slip
from alertd.engine.ruling.scope import Scope
from alertd.store import reading, reports
from alertd.store.calendars import Subject
from alertd.store.rows import DeadlineRow
from alertd.store.tables import deadlines, notices

#: what is closed stays so long, for whoever wonders where it went
KEPT = timedelta(days=90)
#: columns that say when something is due, and for whom
_SAID = frozenset({"due", "last_day", "earliest", "office_due", "provisional", "by_the_hour", "unit"})
#: RFC 9562: names within this space are ids of calendar entries
_SPACE = uuid.UUID("5f0c9e0e-1e8d-5d0e-9b1e-5f7a3f6f2a11")


@dataclass(frozen=True, slots=True)
class Entry:
    """One deadline, or one duty of `count` officers of a unit, of whom `row` is the one due next.

    `uid` is the same for ever; `sequence` grows with each act that moved or closed it, `changed_at` is when
    the last of them was entered.
    """

    uid: str
    row: DeadlineRow
    sequence: int
    changed_at: datetime
    count: int = 1


@dataclass(frozen=True, slots=True)
class Feed:
    """The entries of a calendar, the next due first. `lost` is what is missing, for it cannot be read."""

    entries: tuple[Entry, ...]
    lost: tuple[Slip, ...] = ()


def feed_of(scope: Scope, subject: Subject) -> Feed:
    """What stands in a calendar. What is closed is left out after `KEPT`."""
    since = scope.world.calendar.midnight_after(scope.today - KEPT)
    lasting = or_(
        deadlines.c.state.in_(UNFINISHED), deadlines.c.closed_at.is_(None), deadlines.c.closed_at >= since
    )
    query = select(deadlines).where(_concerned(scope, subject), lasting)
    rows: list[DeadlineRow] = []
    histories: dict[int, Any] = {}

    def read(some: Sequence[DeadlineRow]) -> None:
        histories.update(reports.numbered(scope.tx, {row.number for row in some})[1])
        rows.extend(row for row in some if row.due is not None or row.earliest)

    lost = guard.slips_of(scope, "calendar", reading.found(scope.tx, query), read)
    entries = [_entry(row, histories.get(row.number, ())) for row in rows if not _is_officers(scope, row)]
    entries += _officers(rows, scope, histories)
    entries.sort(key=lambda entry: (entry.row.due or entry.row.earliest, entry.row.number))
    return Feed(tuple(entries), tuple(lost))


def lost_uid(subject: Subject) -> str:
    """The id of the entry that says what is missing in a calendar."""
    return _uid(f"lost {subject.about} {subject.name}")


def _concerned(scope: Scope, subject: Subject) -> ColumnElement[bool]:
    if subject.about == "case":
        return deadlines.c.case_id == subject.name
    if subject.about == "unit":
        return _of_unit(scope, subject.name)
    asked = exists().where(
        notices.c.deadline == deadlines.c.number,
        notices.c.person == subject.name,
        notices.c.ask.is_(True),
    )
    return or_(_of_unit(scope, scope.world.register.people[subject.name].unit), asked)


def _of_unit(scope: Scope, unit: str) -> ColumnElement[bool]:
    units = {unit, scope.world.directory.current_unit(unit, scope.today)}
    return or_(deadlines.c.unit.in_(units), deadlines.c.party.in_(units))


def _is_officers(scope: Scope, row: DeadlineRow) -> bool:
    return row.party in scope.world.register.roster


def _entry(row: DeadlineRow, history: Sequence[Any]) -> Entry:
    said = [act for act in history if _says_anew(act)]
    changed = max((act.at for act in said), default=row.since)
    return Entry(_uid(f"{row.number} {row.since.isoformat()}"), row, len(said), changed)


def _officers(rows: Iterable[DeadlineRow], scope: Scope, histories: Any) -> Iterable[Entry]:
    """One entry for what many officers of a unit owe alike: nobody reads forty on one day."""
    alike: dict[tuple[str, str, str], list[DeadlineRow]] = {}
    for row in rows:
        if _is_officers(scope, row):
            alike.setdefault((row.obligation, row.occurrence, row.unit), []).append(row)
    for key, several in alike.items():
        each = [_entry(row, histories.get(row.number, ())) for row in several]
        running = [entry for entry in each if entry.row.state in UNFINISHED]
        first = min(running or each, key=lambda entry: (entry.row.due or entry.row.since, entry.row.number))
        yield Entry(
            uid=_uid(" ".join(key)),
            row=first.row,
            sequence=sum(entry.sequence for entry in each),
            changed_at=max(entry.changed_at for entry in each),
            count=len(running),
        )


def _says_anew(act: Any) -> bool:
    moved = _SAID.intersection(changes_in(act))
    return bool(moved or act.detail.get("state") or act.action in STATE_AFTER)


def _uid(name: str) -> str:
    return str(uuid.uuid5(_SPACE, name))
