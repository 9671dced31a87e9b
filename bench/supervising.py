"""The supervisors' board and bulletin over many deadlines, beside a bare reading of the same rows."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, update

from alertd.core.model import State
from alertd.engine.reporting.board import board
from alertd.engine.reporting.bulletin import BulletinPeriod
from alertd.engine.reporting.issuing import issue
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.messages.bulletin_files import write
from alertd.store import audit
from alertd.store.audit import Author
from alertd.store.bulk import update_all
from alertd.store.database import Store
from alertd.store.reports import uncollected
from alertd.store.tables import deadlines
from bench import scene
from bench.report import Figure, median

SIZE, QUICK, RUNS = 100_000, 500, 3
#: seconds each of the two may take
TARGET = 2.0
#: of so many deadlines one was handed in late, and one stays open
LATE, OPEN = 10, 20

_CLOSE = (
    update(deadlines)
    .where(deadlines.c.number == bindparam("k"))
    .values(
        state=bindparam("state"),
        closed_at=bindparam("at"),
        audit_seq=bindparam("seq"),
        audit_head=bindparam("head"),
    )
)
_ROWS = "SELECT number, id, obligation, unit, state, opens_at, due, last_day FROM deadlines"
_ACTS = "SELECT deadline, at, action, detail FROM audit WHERE action NOT IN ('alert', 'opened')"


def _hand_in(store: Store) -> None:
    """Hand most deadlines in, each with two rows of audit: a message that went out, and the act."""
    with store.read() as tx:
        rows = tx.execute(deadlines.select()).fetchall()
    for first in range(0, len(rows), scene.BATCH):
        entries, saves = [], []
        for row in rows[first : first + scene.BATCH]:
            if row.number % OPEN == 0:
                continue
            off = timedelta(hours=30) if row.number % LATE == 1 else -timedelta(minutes=5)
            happened = row.due + off
            said = audit.row(row.number, 1, "", row.start, Author("alertd"), "alert", {"people": ["x"]})
            detail = {"happened": happened.isoformat(), "reason": "x"}
            act = audit.row(row.number, 2, said["hash"], happened, Author("clerk"), "done", detail)
            entries += [said, act]
            saves.append(
                {"k": row.number, "state": State.DONE, "at": happened, "seq": 2, "head": act["hash"]}
            )
        with store.write() as tx:
            audit.insert_rows(tx, entries)
            update_all(tx, _CLOSE, saves)


def _timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _bare(path: Path, *queries: str) -> float:
    """Seconds the sqlite3 module takes to read the rows."""
    with closing(scene.bare(path)) as connection:
        return _timed(lambda: [connection.execute(query).fetchall() for query in queries])


def _board(store: Store, picture: World) -> None:
    for by in ("unit", "item"):
        with store.read() as tx:
            lights = board(Scope(tx, picture, scene.now()), by)
        assert lights


def _bulletin(store: Store, picture: World, period: BulletinPeriod) -> None:
    with uncollected(), store.read() as tx:
        view = issue(tx, picture, period)
        page = write(view, picture.language, "html")
    assert page.count(b"<tr") > len(view.late) > 0


def run(size: int, quick: bool) -> list[Figure]:
    picture = scene.world()
    year = timedelta(days=365)
    began = scene.now().replace(microsecond=0) - year
    runs = 1 if quick else RUNS
    with scene.folder() as home:
        path = home / "supervising.db"
        store = scene.new_store(path)
        scene.fill(store, scene.rows_due(picture, scene.random_dues(size, began), began))
        # The board is asked for twice, by unit and by item, while everything is open.
        boards = [_timed(lambda: _board(store, picture)) / 2 for _ in range(runs)]
        bare_board = [_bare(path, _ROWS) for _ in range(runs)]
        _hand_in(store)
        period = BulletinPeriod(began, began + year, scene.now(), began)
        bulletins = [_timed(lambda: _bulletin(store, picture, period)) for _ in range(runs)]
        bare_bulletin = [_bare(path, _ROWS, _ACTS) for _ in range(runs)]
        store.close()
    return [
        _figure(f"board, {size:,} open deadlines", median(boards), median(bare_board)),
        _figure(f"bulletin with its annex, {size:,} deadlines", median(bulletins), median(bare_bulletin)),
    ]


def _figure(claim: str, seconds: float, bare: float) -> Figure:
    return Figure(
        claim,
        f"{seconds:.2f} s",
        f"bare sqlite3 reads the rows in {bare:.2f} s",
        f"{seconds / bare:.1f}",
        f"< {TARGET:.0f} s",
        seconds < TARGET,
    )
