"""The chain of a deadline says what its row must be, receipts are sealed, ends of chains are remembered.

What an older store holds is taken over as it stands: each deadline gets a row of the audit that states it,
and each message that ended without a receipt (it was dropped, or given up) gets one that says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from alertd.store.audit import Author, link
from alertd.store.ids import new_id
from alertd.store.types import Json, dumps, from_micros

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

#: columns of `deadlines` as this version has them that the chain does not state
_BESIDES = {"number", "next_action_at", "waits", "trace", "audit_seq", "audit_head"}
_INSTANTS = {
    "start", "opens_at", "earliest", "due", "office_due", "since", "acknowledged_until", "done_at",
    "closed_at", "review_due", "suspended_at", "counted_from", "turns_from",
}  # fmt: skip
_FLAGS = {"earliest_soft", "due_soft", "provisional", "by_the_hour"}
_EMPTY = (None, "", False, 0)
_AT_ONCE = 2000


def upgrade() -> None:
    op.add_column("receipts", sa.Column("address", sa.String(300), nullable=False, server_default=""))
    op.add_column("receipts", sa.Column("sealed", sa.Integer(), nullable=False, server_default="0"))
    where = sa.text("sealed = 0")
    op.create_index("ix_receipts_unsealed", "receipts", ["id"], sqlite_where=where, postgresql_where=where)
    op.add_column("seals", sa.Column("receipts", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("seals", sa.Column("digest", sa.String(64), nullable=False, server_default=""))
    tx = op.get_bind()
    metadata = sa.MetaData()
    tables = {
        name: sa.Table(name, metadata, autoload_with=tx)
        for name in ("deadlines", "audit", "seals", "settings", "deliveries", "receipts")
    }
    _state_deadlines(tx, tables["deadlines"], tables["audit"])
    _end_messages(tx, tables["deliveries"], tables["receipts"])
    _remember_ends(tx, tables["audit"], tables["seals"], tables["settings"])


def _state_deadlines(tx: sa.Connection, deadlines: sa.Table, audit: sa.Table) -> None:
    move = (
        deadlines.update()
        .where(deadlines.c.number == sa.bindparam("k"))
        .values(audit_seq=sa.bindparam("seq"), audit_head=sa.bindparam("head"))
    )
    now = _newest(tx, deadlines, audit)
    for rows in _parts(tx, deadlines, deadlines.c.number):
        stated = [_statement(row, now) for row in rows]
        tx.execute(audit.insert(), stated)
        heads = [{"k": each["deadline"], "seq": each["seq"], "head": each["hash"]} for each in stated]
        tx.execute(move, heads)


def _newest(tx: sa.Connection, deadlines: sa.Table, audit: sa.Table) -> int:
    """The newest instant that is on record: a migration asks no clock."""
    found = [tx.execute(sa.select(sa.func.max(c))).scalar_one() for c in (audit.c.at, deadlines.c.since)]
    return max((at for at in found if isinstance(at, int)), default=0)


def _parts(tx: sa.Connection, table: sa.Table, key: Any, *where: Any) -> Iterator[list[Any]]:
    last = -1
    while True:
        query = sa.select(table).where(key > last, *where).order_by(key).limit(_AT_ONCE)
        rows = list(tx.execute(query))
        if not rows:
            return
        yield rows
        last = getattr(rows[-1], key.name)


def _statement(row: Any, at: int) -> dict[str, Any]:
    """A row of the audit with every column of a deadline that holds something."""
    values = {name: value for name, value in row._mapping.items() if name not in _BESIDES}
    said = {name: _plain(name, value) for name, value in values.items() if value not in _EMPTY}
    detail, seq, author = {"now": said}, row.audit_seq + 1, Author("alertd")
    made = link(row.number, seq, row.audit_head, from_micros(at), author, "taken-over", detail)
    return {
        "deadline": row.number, "seq": seq, "prev_hash": row.audit_head, "hash": made, "at": at,
        "actor": author.name, "account": "", "node": "", "action": "taken-over", "detail": dumps(detail),
        "sealed": 0,
    }  # fmt: skip


def _plain(name: str, value: Any) -> Any:
    """A value of the database as the audit says it; what is no instant stays as it is, and is named later."""
    if name in _INSTANTS:
        try:
            return from_micros(value).isoformat()
        except (TypeError, ValueError, OverflowError):
            return value
    if name == "fired":
        return value.split()
    return bool(value) if name in _FLAGS else value


def _end_messages(tx: sa.Connection, deliveries: sa.Table, receipts: sa.Table) -> None:
    result = sa.select(receipts.c.id).where(
        receipts.c.delivery == deliveries.c.id, receipts.c.result == deliveries.c.state
    )
    ended = deliveries.c.state.in_(("accepted", "handed-over", "refused", "dropped"))
    for rows in _parts(tx, deliveries, deliveries.c.id, ended, ~result.exists()):
        tx.execute(
            receipts.insert(),
            [
                {
                    "id": new_id(), "delivery": row.id, "attempt": row.attempts,
                    "at": row.sent_at or row.first_attempt_at or row.created_at, "result": row.state,
                    "code": "taken-over", "detail": "", "node": "", "seconds": None, "address": "",
                    "sealed": 0,
                }
                for row in rows
            ],
        )  # fmt: skip


def _remember_ends(tx: sa.Connection, audit: sa.Table, seals: sa.Table, settings: sa.Table) -> None:
    newest = sa.select(audit).where(audit.c.deadline == 0).order_by(audit.c.seq.desc()).limit(1)
    if (row := tx.execute(newest).first()) is not None:
        head = Json.encode({"seq": row.seq, "hash": row.hash})
        tx.execute(settings.insert().values(name="register_head", value=head))
    if (last := tx.execute(sa.select(seals).order_by(seals.c.seq.desc()).limit(1)).first()) is not None:
        rows = tx.execute(sa.select(sa.func.sum(seals.c.heads))).scalar_one()
        kept = {"seal": last.seq, "hash": last.hash, "rows": int(rows), "receipts": 0}
        tx.execute(settings.insert().values(name="sealed", value=Json.encode(kept)))
