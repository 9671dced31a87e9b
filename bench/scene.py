"""What is measured on: the shipped register with a policy of one step, and stores in a temporary folder."""

from __future__ import annotations

import random
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert

from alertd.config.register import load_register
from alertd.config.sources import read_texts
from alertd.core.calendar import WorkCalendar
from alertd.core.model import Anchor, Obligation, Policy, Repeat, Step, StepTime
from alertd.core.timing import Duration, Limits, OfficeHours, TimeUnit
from alertd.engine.deadlines.opening import Traces, row_of
from alertd.engine.ruling.world import Mode, World
from alertd.store import deadlines, migrating
from alertd.store.database import Store
from alertd.store.tables import cases
from alertd.store.types import to_micros

ROOT = Path(__file__).parent.parent
#: rows in one transaction when a store is filled
BATCH = 10_000
#: asks one person once, and again until acknowledged: the least a deadline can do, so nothing hides the cost
ONE_STEP = Policy(
    id="bench",
    title={"en": "One step"},
    steps=(
        Step(
            id="reached",
            at=StepTime("due", Anchor.DUE),
            to=("contact",),
            ask=frozenset({"contact"}),
            level=1,
            repeat=Repeat(Duration(1, TimeUnit.HOUR), 3),
        ),
    ),
    hours=True,
)
#: different limits among the deadlines: 1 hour, 2 hours ...
RULES = 24
OBLIGATION = "incident-information"


@contextmanager
def folder() -> Iterator[Path]:
    """A temporary folder on the disk that /var/tmp is on: /tmp may be memory, where durable costs nothing."""
    with tempfile.TemporaryDirectory(prefix="alertd-bench-", dir="/var/tmp") as name:
        Path(name).chmod(0o755)  # smtp-sink gives up root's rights
        yield Path(name)


def world(mode: Mode = Mode.HOLD, mail: bool = False) -> World:
    """The shipped register as one picture; `mail` sends everything over the channel `email`."""
    texts, _ = read_texts(ROOT / "schedules")
    loaded = load_register(texts)
    assert loaded.register is not None, loaded.faults
    register = loaded.register
    obligation = replace(register.obligations[OBLIGATION], policy=ONE_STEP.id)
    register = replace(
        register,
        policies={**register.policies, ONE_STEP.id: ONE_STEP},
        obligations={**register.obligations, OBLIGATION: obligation},
    )
    from zoneinfo import ZoneInfo

    return World(
        register=register,
        calendar=WorkCalendar(ZoneInfo("Asia/Shanghai"), loaded.calendar.years, loaded.calendar.version),
        office=OfficeHours(),
        language="zh-Hant",
        mode=mode,
        channels=("email",) if mail else ("inbox",),
        transports={"inbox": "inbox", "email": "email"} if mail else {"inbox": "inbox"},
        admin_to=("admin@example.org",),
        mail_domain="example.org",
    )


def parties(picture: World) -> list[str]:
    """Units somebody answers for."""
    homes = {person.unit for person in picture.register.people.values() if "contact" in person.positions}
    return sorted(homes & set(picture.register.units))


def clock_of(start: datetime, due: datetime) -> Limits:
    """An hour clock without a computation, for benches that do not measure computing."""
    return Limits(start, start, None, due, None, due, False, ())


def rows_due(
    picture: World, dues: Sequence[datetime], since: datetime, first: int = 0
) -> list[dict[str, Any]]:
    """One deadline on an hour clock, with a case of its own, for each due instant, numbered from `first`."""
    obligation: Obligation = picture.register.obligations[OBLIGATION]
    traces, units = Traces(), parties(picture)
    rows = []
    for at, due in enumerate(dues, first):
        start = due - timedelta(hours=1 + at % RULES)
        case = {"case_id": f"case-{at}", "event_id": f"event-{at}", "start_provisional": ""}
        name, party = f"case-{at}", units[at % len(units)]
        rows.append(row_of(picture, obligation, name, party, clock_of(start, due), since, traces, case))
    return rows


def random_dues(count: int, first: datetime, days: int = 365) -> list[datetime]:
    """Instants in no order, the same in each run."""
    generator = random.Random(20200101)
    return [first + timedelta(seconds=generator.randrange(days * 86_400)) for _ in range(count)]


def new_store(path: Path) -> Store:
    """An empty store as the daemon makes it."""
    store = Store(f"sqlite:///{path}")
    migrating.upgrade(store)
    return store


def fill(store: Store, rows: Sequence[dict[str, Any]]) -> None:
    """Store deadlines and their cases."""
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        with store.write() as tx:
            named = [r for r in batch if r["case_id"]]
            if named:
                tx.execute(insert(cases), [_case(row) for row in named])
            deadlines.insert_many(tx, batch)


def _case(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["case_id"],
        "title": "某化工廠火災",
        "parties": (row["party"],),
        "opened_at": row["start"],
    }


# ---------------------------------------------------------------- the bare side


def bare(path: Path) -> sqlite3.Connection:
    """The sqlite3 module alone, set as the store sets its connections."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-16000", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def insert_text(table: Table, columns: Sequence[str] | None = None) -> str:
    names = columns or [column.name for column in table.columns]
    marks = ", ".join("?" for _ in names)
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})"


def copy_store(source: Path, target: Path) -> None:
    """A copy of a closed store."""
    shutil.copyfile(source, target)


def now() -> datetime:
    return datetime.now(UTC)


def micros(at: datetime) -> int:
    return to_micros(at)
