"""`alertd progress import`: a year of training records, a sheet a month, as CSV and as Excel workbooks."""

from __future__ import annotations

import csv
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import openpyxl
from sqlalchemy import func, select

from alertd.store.database import Store
from alertd.store.ids import new_id
from alertd.store.tables import progress
from bench import scene
from bench.report import Figure, median
from bench.starting import install

#: officers on the roster; each stands in the sheet of each month
SIZE, QUICK, RUNS = 300, 20, 3
MONTHS, QUICK_MONTHS = 12, 2
OBLIGATION = "officer-training"
HEADS = ("party", "amount", "unit")

Row = tuple[str, float, str]


def _months(count: int) -> list[date]:
    """The first days of this month and of those before it, the oldest first."""
    found = [scene.now().date().replace(day=1)]
    while len(found) < count:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found[::-1]


def _roster(home: Path, officers: int) -> list[Row]:
    """So many officers who served all the time, as the roster's file; each with a month's hours."""
    generator = random.Random(20200101)
    agencies = scene.world().register.groups["every-enforcement-agency"].members
    rows = [
        (f"zf-{n:04}", generator.randrange(1, 12) / 2, agencies[n % len(agencies)]) for n in range(officers)
    ]
    with (home / "schedules" / "roster.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("number", "name", "unit", "since", "until"))
        writer.writerows((number, f"officer {number}", unit, "2018-03-01", "") for number, _, unit in rows)
    return rows


def _write(path: Path, rows: Sequence[Row]) -> None:
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([HEADS, *rows])
        return
    book = openpyxl.Workbook()
    for row in (HEADS, *rows):
        book.worksheets[0].append(list(row))
    book.save(path)


def _alertd(home: Path, *words: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "alertd", "--config", str(home), *words],
        cwd=scene.ROOT,
        stdout=subprocess.DEVNULL,
        check=True,
    )


def _once(suffix: str, officers: int, months: list[date]) -> tuple[float, int]:
    """Seconds of all imports, whole commands, and how many entries are missing afterwards."""
    with scene.folder() as home:
        install(home)
        rows = _roster(home, officers)
        _alertd(home, "list")  # lays the store down
        sheets = []
        for month in months:
            sheets.append(home / f"hours-{month:%Y-%m}{suffix}")
            _write(sheets[-1], rows)
        began = time.perf_counter()
        for month, sheet in zip(months, sheets, strict=True):
            words = ("--obligation", OBLIGATION, "--as", "increment", "--month", f"{month:%Y-%m}")
            _alertd(home, "progress", "import", str(sheet), *words)
        seconds = time.perf_counter() - began
        store = Store(f"sqlite:///{home / 'var' / 'alertd.db'}")
        with store.read() as tx:
            count, total = tx.execute(select(func.count(), func.sum(progress.c.amount))).one()
        store.close()
    wanted = len(months) * sum(hours for _, hours, _ in rows)
    return seconds, len(months) * officers - count + int(total != wanted)


def _bare(officers: int, months: list[date]) -> float:
    """Seconds in which csv and sqlite3 alone read the sheets and write the rows, one commit a sheet."""
    with scene.folder() as home:
        (home / "schedules").mkdir()
        sheet = home / "hours.csv"
        _write(sheet, _roster(home, officers))
        scene.new_store(home / "bare.db").close()
        with closing(scene.bare(home / "bare.db")) as connection:
            began = time.perf_counter()
            for month in months:
                with sheet.open(encoding="utf-8", newline="") as file:
                    rows = [_entry(row, month.isoformat()) for row in csv.DictReader(file)]
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany(scene.insert_text(progress), rows)
                connection.execute("COMMIT")
            return time.perf_counter() - began


def _entry(row: dict[str, str], on: str) -> tuple[object, ...]:
    """The columns of `progress`, in their order."""
    return new_id(), OBLIGATION, row["party"], float(row["amount"]), on, None, "batch", "", 0, "clerk"


def run(size: int, quick: bool) -> list[Figure]:
    runs = 1 if quick else RUNS
    months = _months(QUICK_MONTHS if quick else MONTHS)
    bare = median(_bare(size, months) for _ in range(runs))
    figures, missing = [], 0
    for suffix, name in ((".csv", "CSV"), (".xlsx", "Excel")):
        found = [_once(suffix, size, months) for _ in range(runs)]
        missing += sum(lost for _, lost in found)
        seconds = median(taken for taken, _ in found)
        figures.append(
            Figure(
                f"{len(months)} {name} sheets of {size} officers, whole commands",
                f"{seconds:.1f} s, {seconds / len(months):.2f} s a sheet",
                f"bare csv and sqlite3 {bare:.2f} s",
            )
        )
    return [*figures, Figure("entries missing or wrong", f"{missing}", target="0", met=missing == 0)]
