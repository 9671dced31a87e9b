"""Shifts from elsewhere, a CSV sheet or a calendar (RFC 5545), as `[[shift]]` tables of duty.toml.

People are named by their ids, or by their names where only one person is called so. What is imported takes
the place of the shifts written for the same post and time; turns, overrides and everything else stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from alertd.config.blocks import joined, parts_of, read
from alertd.config.checking import Table, check
from alertd.config.csv_tables import Columns, WrongCell, as_line, read_table
from alertd.config.faults import Fault, nearest, shown
from alertd.config.roster_shapes import ShiftShape
from alertd.config.toml_positions import Path
from alertd.config.toml_write import table as written
from alertd.core.model import Register

_REQUIRED = ("people", "from", "to")
_MOMENT = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[ T]+(\d{1,2})[:：](\d{2})(?:[:：]00)?")
_SEPARATOR = re.compile("[;；、,，/\n]")


@dataclass(frozen=True, slots=True)
class Row:
    """One shift: ids of the unit and the people, local times."""

    unit: str
    position: str
    people: tuple[str, ...]
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Merged:
    """duty.toml with the shifts, and how many are new in it, went, and stood there already."""

    text: str
    new: int
    gone: int
    same: int


@dataclass(slots=True)
class _Calendar:
    """The events of a calendar as tables to point into: at the line where each begins."""

    file: str
    lines: tuple[int, ...]

    def excuses(self, path: Path) -> bool:
        return False

    def value_fault(self, path: Path, code: str, args: Mapping[str, str], index: int | None = None) -> Fault:
        return Fault(self.file, self.line(path), 1, code, args)

    def key_fault(self, path: Path, code: str, args: Mapping[str, str]) -> Fault:
        return self.value_fault(path, code, args)

    def place(self, path: Path) -> str:
        return f"{self.file}:{self.line(path)}"

    def line(self, path: Path) -> int:
        number = path[0] if path and isinstance(path[0], int) else 0
        return self.lines[number] if number < len(self.lines) else 1


def rows_of(
    file: str, text: str, register: Register, zone: ZoneInfo, unit: str, position: str
) -> tuple[list[Row], list[Fault]]:
    """The shifts of a text, and its faults. `unit` and `position` serve where a shift names none."""
    if file.lower().endswith(".ics"):
        tables, faults = _events(file, text, zone)
    else:
        readers: dict[str, Callable[[str], Any]] = {"unit": as_line, "position": as_line, "people": _parts}
        readers |= {"from": _moment, "to": _moment}
        sheet, faults = read_table(file, text, Columns(readers, _REQUIRED))
        tables = [Table(sheet, (number,), row) for number, row in enumerate(sheet.rows)]
        tables = [table for table in tables if table.path[0] not in sheet.damaged]
    rows = []
    for table in tables:
        plain = {"position": position, **({"unit": unit} if unit else {}), **table.raw}
        shift, found = check(ShiftShape, replace(table, raw=plain))
        faults += found
        if shift is not None:
            row = _row(shift, table, register, faults)
            rows += [row] if row is not None else []
    return rows, sorted(faults)


def _row(shift: ShiftShape, table: Table, register: Register, faults: list[Fault]) -> Row | None:
    """The shift with ids; None where somebody or something is not known, which is a fault."""
    before = len(faults)
    unit = _unit(shift.unit, register)
    if unit is None:
        args = {"found": shown(shift.unit), **nearest(shift.unit, register.units)}
        faults.append(table.fault(("unit",), "unknown-unit", args))
    people = []
    for number, name in enumerate(shift.people):
        called = [each.id for each in register.people.values() if name in (each.id, each.name)]
        if len(called) > 1:
            own = [each for each in called if register.people[each].unit == unit]
            called = own if len(own) == 1 else called
        if len(called) == 1:
            people.append(called[0])
        elif called:
            args = {"found": shown(name), "ids": ", ".join(called)}
            faults.append(table.fault(("people", number), "several-people-called", args))
        else:
            known = [word for each in register.people.values() for word in (each.id, each.name)]
            args = {"found": shown(name), **nearest(name, known)}
            faults.append(table.fault(("people", number), "unknown-person", args))
    if len(faults) > before or unit is None:
        return None
    return Row(unit, shift.position, tuple(dict.fromkeys(people)), shift.from_, shift.to)


def _unit(name: str, register: Register) -> str | None:
    if name in register.units:
        return name
    for unit in register.units.values():
        if name in (*unit.name.values(), *unit.aliases):
            return unit.id
    return None


def _parts(text: str) -> list[str]:
    return [part.strip() for part in _SEPARATOR.split(text) if part.strip()]


def _moment(text: str) -> datetime:
    """A day with a time as Excel shows one: 2026-10-01 08:00, 2026/10/1 8:00."""
    found = _MOMENT.fullmatch(text.strip())
    try:
        if found is not None:
            year, month, day, hour, minute = map(int, found.groups())
            whole = (hour, minute) == (24, 0)
            moment = datetime.combine(date(year, month, day), time(0 if whole else hour, minute))
            return moment + timedelta(days=1) if whole else moment
    except (ValueError, OverflowError):
        pass
    raise WrongCell("csv-moment")


# ---------------------------------------------------------------- a calendar


def _events(file: str, text: str, zone: ZoneInfo) -> tuple[list[Table], list[Fault]]:
    """Each event as a table; its summary says who. Those that are cancelled are none."""
    from icalendar import Calendar  # a tenth of the time that a command takes to start

    lines = [n for n, line in enumerate(text.splitlines(), 1) if line.strip().upper() == "BEGIN:VEVENT"]
    origin = _Calendar(file, tuple(lines))
    try:
        events = Calendar.from_ical(text).walk("VEVENT")
    except (ValueError, KeyError, IndexError):
        return [], [Fault(file, 1, 1, "ics-unreadable")]
    tables, faults = [], [] if events else [Fault(file, 1, 1, "ics-unreadable")]
    for number, event in enumerate(events):
        if str(event.get("status", "")).upper() == "CANCELLED":
            continue
        if event.get("rrule") or event.get("rdate"):
            faults.append(origin.value_fault((number,), "ics-recurs", {}))
            continue
        times = _times(event, zone)
        if times is None:
            faults.append(origin.value_fault((number,), "ics-no-times", {}))
            continue
        raw = {"people": _parts(str(event.get("summary", ""))), "from": times[0], "to": times[1]}
        tables.append(Table(origin, (number,), raw))
    return tables, faults


def _times(event: Any, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """When an event begins and ends, in local time; of a day without a time from midnight to midnight."""
    try:
        found = [event.decoded(name) for name in ("dtstart", "dtend") if name in event]
        if len(found) == 1 and "duration" in event:
            found.append(found[0] + event.decoded("duration"))
        if len(found) == 1 and not isinstance(found[0], datetime):
            found.append(found[0] + timedelta(days=1))
        start, end = (_local(each, zone) for each in found)
    except (ValueError, TypeError, KeyError, OverflowError):
        return None
    return start, end


def _local(at: date | datetime, zone: ZoneInfo) -> datetime:
    if not isinstance(at, datetime):
        return datetime.combine(at, time())
    return (at.astimezone(zone) if at.tzinfo is not None else at).replace(tzinfo=None, microsecond=0)


# ---------------------------------------------------------------- into the file


def with_shifts(text: str, rows: Sequence[Row], register: Register) -> Merged | None:
    """duty.toml with these shifts; None where it is written so unusually that it is better left alone."""
    parts = parts_of(text)
    if parts is None:
        return None
    wanted = dict.fromkeys(rows)
    same, kept, gone = set(), [], 0
    for block in parts.blocks:
        old = _old(block.raw, register) if block.kind == "shift" else None
        if old is not None and old in wanted:
            same.add(old)
        elif old is not None and any(_meet(old, row) for row in wanted):
            gone += 1
            continue
        kept.append(block.text)
    new = [row for row in wanted if row not in same]
    if not new and not gone:
        return Merged(text, 0, 0, len(same))
    changed = joined(parts.top, [*kept, *_texts(new)])
    return Merged(changed, len(new), gone, len(same)) if read(changed) is not None else None


def _texts(rows: Sequence[Row]) -> Iterator[str]:
    for row in sorted(rows, key=lambda each: (each.start, each.unit, each.position)):
        raw = {"unit": row.unit, "position": row.position, "people": list(row.people)}
        yield written("shift", {**raw, "from": row.start, "to": row.end})


def _old(raw: Mapping[str, Any], register: Register) -> Row | None:
    shift = ShiftShape.model_validate(dict(raw))
    unit = _unit(shift.unit, register)
    return Row(unit, shift.position, tuple(shift.people), shift.from_, shift.to) if unit else None


def _meet(old: Row, row: Row) -> bool:
    post = (old.unit, old.position) == (row.unit, row.position)
    return post and old.start < row.end and row.start < old.end
