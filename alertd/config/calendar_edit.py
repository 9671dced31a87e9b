"""Entering whole years in calendar.toml; comments, order and every other year stay as they were typed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from alertd.config.edit import Edit
from alertd.config.toml_positions import line_and_column, scan
from alertd.core.calendar import CalendarYear

_KEYS = ("status", "source", "checked", "off", "work")
#: longest line written
_WIDTH = 100
_TOKEN = re.compile(r'"(?:\\.|[^"\\\n])*"|' + r"'[^'\n]*'|#[^\n]*|[\[\]]")
_SCALAR = re.compile(r'"(?:\\.|[^"\\\n])*"|' + r"'[^'\n]*'|[^\s#,]+")


def with_years(text: str, years: Mapping[int, CalendarYear]) -> Edit:
    """calendar.toml with these years entered, in place or at its end. `text` must be TOML without faults.

    Comments inside the lists of days are kept above the days. The text is None where the file is written so
    unusually that it could not be changed safely.
    """
    plain = text.replace("\r\n", "\n")
    found, data = scan(plain).values, tomllib.loads(plain)
    places = {table.get("year"): number for number, table in enumerate(data.get("year", ()))}
    pieces: list[tuple[int, int, str]] = []
    added, line = "", 1
    for year in years.values():
        number = places.get(year.year)
        if number is None:
            added += f"\n[[year]]\nyear = {year.year}\n" + "".join(f"{k} = {v}\n" for k, v in _said(year))
            line = plain.count("\n") + 2
        else:
            at = {key: found.get(("year", number, key)) for key in (*_KEYS, "year")}
            pieces += _changes(plain, at, year)
            line = line_and_column(plain, found.get(("year", number), 0))[0]
    changed = plain
    for start, end, new in sorted(pieces, reverse=True):
        changed = changed[:start] + new + changed[end:]
    changed = (changed.rstrip("\n") + "\n" + added) if added else changed
    ends = "\r\n" if "\r\n" in text else "\n"
    return Edit(changed.replace("\n", ends) if _means(data, changed, years) else None, line)


def year_text(year: CalendarYear) -> str:
    """A year as it is written in calendar.toml, for somebody who must enter it by hand."""
    return f"[[year]]\nyear = {year.year}\n" + "".join(f"{key} = {value}\n" for key, value in _said(year))


def _changes(text: str, at: Mapping[str, int | None], year: CalendarYear) -> Iterator[tuple[int, int, str]]:
    """Start, end and new text of each value of a year that is there; those missing follow the one before."""
    said = dict(_said(year))
    missing: dict[int, str] = {}
    anchor = at["year"] or 0
    for key in _KEYS:
        start = at[key]
        if start is not None:
            anchor, end = start, _end_of_value(text, start)
            if key in said:
                yield start, end, _with_comments(text[start:end], said[key])
        elif key in said:
            missing[anchor] = missing.get(anchor, "") + f"\n{key} = {said[key]}"
    for start, lines in missing.items():
        line_end = text.find("\n", _end_of_value(text, start))
        place = line_end if line_end >= 0 else len(text)
        yield place, place, lines


def _end_of_value(text: str, start: int) -> int:
    if not text.startswith("[", start):
        found = _SCALAR.match(text, start)
        return found.end() if found else start
    depth = 0
    for token in _TOKEN.finditer(text, start):
        depth += {"[": 1, "]": -1}.get(token[0], 0)
        if depth == 0:
            return token.end()
    return start


def _with_comments(old: str, new: str) -> str:
    """A list of days anew, with the comments that stood in the old one."""
    comments = [token[0] for token in _TOKEN.finditer(old) if token[0].startswith("#")]
    if not (comments and new.startswith("[")):
        return new
    inside = new.removeprefix("[").removesuffix("]").strip("\n")
    indented = inside if inside.startswith("  ") else f"  {inside}," if inside else ""
    lines = [f"  {comment}" for comment in comments] + ([indented] if indented else [])
    return "[\n" + "\n".join(lines) + "\n]"


# ---------------------------------------------------------------- a year as text


def _said(year: CalendarYear) -> Iterator[tuple[str, str]]:
    yield "status", f'"{year.status}"'
    yield "source", _quoted(year.source)
    if year.checked:
        yield "checked", year.checked.isoformat()
    rows = [f"  {_run(first, last, name)}," for first, last, name in runs(year.off)]
    yield "off", "[\n" + "\n".join(rows) + "\n]" if rows else "[]"
    days = [day.isoformat() for day in year.work]
    short = "[" + ", ".join(days) + "]"
    yield "work", short if len(short) < _WIDTH else "[\n  " + ", ".join(days) + ",\n]"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _run(first: date, last: date, name: str) -> str:
    to = f", to = {last}" if last > first else ""
    return f'{{ from = {first}{to}, name = "{name}" }}'


def runs(off: Mapping[date, str]) -> Iterator[tuple[date, date, str]]:
    """First day, last day and holiday of each run of days off."""
    first: date | None = None
    last: date | None = None
    for day, name in off.items():
        if first is not None and last is not None:
            if day - last == timedelta(days=1) and name == off[first]:
                last = day
                continue
            yield first, last, off[first]
        first = last = day
    if first is not None and last is not None:
        yield first, last, off[first]


def _means(before: Mapping[str, Any], after: str, years: Mapping[int, CalendarYear]) -> bool:
    """Whether the change says what was meant and nothing else: files are written in many ways."""
    wanted = {**before, "year": [table for table in before.get("year", ()) if table.get("year") not in years]}
    try:
        found = tomllib.loads(after)
    except tomllib.TOMLDecodeError:
        return False
    new = {table["year"]: table for table in found.get("year", ()) if table.get("year") in years}
    rest = [table for table in found.get("year", ()) if table.get("year") not in years]
    said = {number: tomllib.loads(year_text(year))["year"][0] for number, year in years.items()}
    return {**found, "year": rest} == wanted and new == said
