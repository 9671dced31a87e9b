"""Acts are rows of their deadline, and its limits are counted from them; older stores tell them by the audit.

A limit that an act had set and the audit does not explain is kept as an act of its own, "stated", and named
to the admin once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

from alertd.store.ids import new_id
from alertd.store.types import Big, Day, Instant, Json, from_micros

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TIMES = ("start", "opens_at", "earliest", "due", "last_day", "office_due", "provisional")
_TOLD = (
    "suspended", "resumed", "restarted", "extended", "returned", "shortfall", "case-open-again", "sent-back",
    "resubmitted", "moved",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "acts",
        sa.Column("id", Big, primary_key=True, autoincrement=False),
        sa.Column("deadline", Big, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=True),
        sa.Column("end_day", Day(), nullable=True),
        sa.Column("end_at", Instant(), nullable=True),
        sa.Column("limits", Json(), nullable=True),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("void_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["deadline"], ["deadlines.number"], name="fk_acts_deadline_deadlines"),
        sa.PrimaryKeyConstraint("id", name="pk_acts"),
    )
    op.create_index("ix_acts_deadline", "acts", ["deadline"])
    op.add_column("deadlines", sa.Column("counted_from", Instant(), nullable=True))
    _take_over(op.get_bind())
    op.drop_column("deadlines", "limit_by")


def _take_over(tx: sa.Connection) -> None:
    metadata = sa.MetaData()
    deadlines, audit, settings = (
        sa.Table(name, metadata, autoload_with=tx) for name in ("deadlines", "audit", "settings")
    )
    started = sa.func.coalesce(deadlines.c.turns_from, deadlines.c.start)
    tx.execute(deadlines.update().values(counted_from=started))
    told = (
        sa.select(
            audit.c.deadline, audit.c.at, audit.c.actor, audit.c.action, sa.type_coerce(audit.c.detail, Json)
        )
        .where(audit.c.deadline > 0, audit.c.action.in_(_TOLD))
        .order_by(audit.c.deadline, audit.c.seq)
    )
    histories = {
        number: list(rows) for number, rows in groupby(tx.execute(told).fetchall(), lambda row: row[0])
    }
    by_act = {
        row.number for row in tx.execute(sa.select(deadlines.c.number).where(deadlines.c.limit_by != ""))
    }
    stated = []
    acts = sa.table("acts", *(sa.column(name) for name in _COLUMNS))
    for number in sorted(histories.keys() | by_act):
        row = tx.execute(sa.select(deadlines).where(deadlines.c.number == number)).one()
        told_of = histories.get(number, [])
        first = next((change["start"]["old"] for change in _changes(told_of, "restarted", "start")), None)
        if first is not None:
            tx.execute(
                deadlines.update()
                .where(deadlines.c.number == number)
                .values(counted_from=Instant.encode(datetime.fromisoformat(first)))
            )
        found = list(_acts(number, told_of))
        if number in by_act and not _explained(row, told_of):
            found.append(_stated(row))
            stated.append(row.id)
        for act in found:
            tx.execute(acts.insert().values(**act))
    if stated:
        tx.execute(settings.insert().values(name="limits_stated", value=Json.encode(stated)))


_COLUMNS = (
    "id", "deadline", "kind", "at", "until", "end_day", "end_at", "limits", "by", "reason", "entered_at",
    "void_at",
)  # fmt: skip


def _act(number: int, kind: str, at: int | None, entered: int, **more: Any) -> dict[str, Any]:
    blank = dict.fromkeys(("until", "end_day", "end_at", "limits", "void_at"))
    made = {"id": new_id(), "deadline": number, "kind": kind, "at": at, "entered_at": entered}
    return {**blank, "by": "", "reason": "", **made, **more}


def _acts(number: int, told: list[Any]) -> Iterator[dict[str, Any]]:
    """What the audit tells of one deadline, oldest first, as rows of `acts`."""
    pause: dict[str, Any] | None = None
    closed: dict[str, Any] | None = None
    for _, entered, actor, action, detail in told:
        at = _micros(detail.get("at"))
        about = {"by": actor, "reason": detail.get("reason", "")}
        if action == "suspended":
            pause = _act(number, "pause", at, entered, **about)
            yield pause
        elif action in ("resumed", "restarted", "shortfall") and pause is not None:
            pause["until"], pause = at or entered, None
        if action == "restarted":
            yield _act(number, "restart", at, entered, **about)
        elif action in ("extended", "returned") and "due" in detail.get("changes", {}):
            kind = "grant" if action == "extended" else "return"
            yield _act(number, kind, entered, entered, **_end(detail["changes"]), **about)
        elif action == "shortfall":
            closed = _act(number, "closed-case", _micros(detail["changes"]["due"]["new"]), entered, **about)
            yield closed
        elif action == "case-open-again" and closed is not None:
            closed["void_at"] = entered
        elif action in ("sent-back", "resubmitted"):
            why = "sent-back-runs-on" if action == "sent-back" else "came-again-runs-on"
            yield _act(number, "note", at, entered, by=actor, reason=why)


def _end(changes: Mapping[str, Any]) -> dict[str, Any]:
    day = changes.get("last_day", {}).get("new")
    return {"end_day": day} if day else {"end_at": _micros(changes["due"]["new"])}


def _explained(row: Any, told: list[Any]) -> bool:
    """Whether the audit tells how the limit came to be what it is."""
    ends = [change["due"]["new"] for change in _changes(told, "", "due")]
    return bool(ends) and _micros(ends[-1]) == row.due


def _changes(told: list[Any], action: str, column: str) -> Iterator[Mapping[str, Any]]:
    for _, _, _, done, detail in told:
        changes = detail.get("changes") or {}
        if action in ("", done) and column in changes:
            yield changes


def _stated(row: Any) -> dict[str, Any]:
    limits = {name: _text(name, getattr(row, name)) for name in _TIMES}
    return _act(row.number, "stated", row.since, row.since, limits=Json.encode(limits))


def _text(name: str, value: Any) -> Any:
    if name == "provisional":
        return bool(value)
    if name == "last_day" or value is None:
        return value.isoformat() if isinstance(value, date) else value
    return from_micros(value).isoformat()


def _micros(text: str | None) -> int | None:
    return Instant.encode(datetime.fromisoformat(text)) if text else None
