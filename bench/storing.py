"""Storing computed deadlines, and computing and storing them, against bare sqlite3 writing the same rows."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from alertd.core.limits import limits_after
from alertd.core.model import Obligation
from alertd.core.rules import parse_rule
from alertd.engine.deadlines.opening import Traces, row_of
from alertd.engine.ruling.world import World
from alertd.store import deadlines
from alertd.store.tables import deadlines as table
from bench import scene
from bench.report import Figure, median

SIZE, QUICK, RUNS = 1_000_000, 2_000, 3
OBLIGATIONS = 1_000
TRACE = "INSERT INTO traces (digest, lines) VALUES (?, ?)"


def _bare(home: Path, name: str, source: Path) -> float:
    """Seconds the sqlite3 module takes to write the rows another store holds."""
    columns = ", ".join(column.name for column in table.columns)
    reads = (
        (scene.insert_text(table), f"SELECT {columns} FROM deadlines ORDER BY number"),
        (TRACE, "SELECT digest, lines FROM traces ORDER BY rowid"),
    )
    scene.new_store(home / name).close()
    seconds = 0.0
    with closing(scene.bare(source)) as done, closing(scene.bare(home / name)) as connection:
        for statement, query in reads:
            cursor = done.execute(query)
            while rows := cursor.fetchmany(scene.BATCH):
                began = time.perf_counter()
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany(statement, rows)
                connection.execute("COMMIT")
                seconds += time.perf_counter() - began
    return seconds


def _stored(home: Path, picture: World, size: int) -> tuple[float, float]:
    """Seconds to store rows that are computed already: the store's way, and bare."""
    dues = scene.random_dues(size, scene.now())
    store = scene.new_store(home / "ours.db")
    seconds = 0.0
    for start in range(0, size, scene.BATCH):
        rows = scene.rows_due(picture, dues[start : start + scene.BATCH], scene.now(), start)
        began = time.perf_counter()
        with store.write() as tx:
            deadlines.insert_many(tx, rows)
        seconds += time.perf_counter() - began
    store.close()
    return seconds, _bare(home, "bare.db", home / "ours.db")


def _obligations(picture: World, count: int) -> list[Obligation]:
    """As many obligations: hours, days, working days and windows as long as offices are given."""
    model = next(iter(picture.register.obligations.values()))
    found = []
    for at in range(count):
        length = at // 4
        text = (
            f"{1 + length % 96} hours",
            f"{1 + length % 90} days",
            f"{1 + length % 60} working days",
            f"{1 + length % 20} to {11 + length % 20} working days",
        )[at % 4]
        policy = "hour-clock" if "hours" in text else "working-day-window"
        changes: dict[str, Any] = {"id": f"duty-{at}", "rule": parse_rule(text), "policy": policy}
        found.append(replace(model, owed_by="event.party", measure=None, **changes))
    return found


def _starts(count: int) -> list[datetime]:
    """Different minutes of one year."""
    minutes = random.Random(20200101).sample(range(365 * 1440), count)
    first = scene.now().replace(second=0, microsecond=0)
    return [first + timedelta(minutes=minute) for minute in minutes]


def _computed(
    picture: World, duties: list[Obligation], starts: list[datetime]
) -> Iterator[tuple[list[Any], Traces]]:
    """Rows and traces of every obligation with every start, a batch at a time."""
    units, now = scene.parties(picture), scene.now()
    rows: list[Any] = []
    traces = Traces()
    for at, start in enumerate(starts):
        case = {"case_id": f"case-{at}", "event_id": f"event-{at}", "start_provisional": ""}
        for duty in duties:
            limits = limits_after(duty.rule, start, picture.calendar, picture.office)
            unit = units[at % len(units)]
            rows.append(row_of(picture, duty, f"case-{at}", unit, limits, now, traces, case))
            if len(rows) == scene.BATCH:
                yield rows, traces
                rows, traces = [], Traces()
    yield rows, traces


def _computed_and_stored(home: Path, picture: World, size: int) -> tuple[float, float, int]:
    """Seconds to compute and store, seconds for bare sqlite3 to write the same, and how many deadlines."""
    count = min(OBLIGATIONS, int(size**0.5))
    duties, starts = _obligations(picture, count), _starts(size // count)
    store = scene.new_store(home / "ours.db")
    began = time.perf_counter()
    for rows, traces in _computed(picture, duties, starts):
        with store.write() as tx:
            deadlines.insert_traces(tx, traces.lines)
            deadlines.insert_many(tx, rows)
    seconds = time.perf_counter() - began
    store.close()
    return seconds, _bare(home, "bare.db", home / "ours.db"), len(duties) * len(starts)


def run(size: int, quick: bool) -> list[Figure]:
    picture = scene.world()
    pairs = []
    for _ in range(1 if quick else RUNS):
        with scene.folder() as home:
            pairs.append(_stored(home, picture, size))
    ours, bare = (median(column) for column in zip(*pairs, strict=True))
    with scene.folder() as home:
        both, bare_both, count = _computed_and_stored(home, picture, size)
    return [
        _figure(f"{size:,} deadlines stored, random due", size, ours, bare, 0.4),
        _figure(f"{count:,} computed and stored", count, both, bare_both, 0.2),
    ]


def _figure(claim: str, count: int, ours: float, bare: float, target: float) -> Figure:
    return Figure(
        claim,
        f"{count / ours:,.0f} a second",
        f"bare sqlite3 {count / bare:,.0f} a second",
        f"{bare / ours:.0%}",
        f">= {target:.0%}",
        bare / ours >= target,
    )
