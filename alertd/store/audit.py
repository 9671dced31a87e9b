"""The audit: one hash chain per deadline, and seals over the heads of all chains.

Each row carries `(deadline, seq, prev_hash)`, taken while its deadline's row is held, so writers of different
deadlines never wait for each other. A sealer chains the heads once a minute; who rewrites a row must rewrite
every seal after it. Deadline 0 is the chain of the register and of the node.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from alertd.store import reading
from alertd.store.bulk import insert_all
from alertd.store.tables import audit, deadlines, seals
from alertd.store.types import Unreadable, Written, dumps, to_micros

REGISTER = 0


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a row: a person or a rule by name, the account they used, and the node it was written on."""

    name: str
    account: str = ""
    node: str = ""


def author_text(row: Any) -> str:
    """Who wrote a row, as people read it: the name, and the account where that says more."""
    return f"{row.actor} ({row.account})" if row.account and row.account != row.actor else str(row.actor)


def link(
    deadline: int, seq: int, prev: str, at: datetime, author: Author, action: str, detail: Mapping[str, Any]
) -> str:
    """The hash of one audit row, over everything it says and the hash before it."""
    return _hash(deadline, seq, prev, at, author, action, dumps(detail))


def _hash(deadline: int, seq: int, prev: str, at: datetime, author: Author, action: str, body: str) -> str:
    content = f"{deadline}|{seq}|{prev}|{to_micros(at)}|{author.name}|{action}|{body}"
    if author.account or author.node:  # rows of older versions name neither
        content += f"|{author.account}|{author.node}"
    return hashlib.sha256(content.encode()).hexdigest()


def row(
    deadline: int, seq: int, prev: str, at: datetime, author: Author, action: str, detail: Mapping[str, Any]
) -> dict[str, Any]:
    """A row for `audit`; the caller holds the deadline and stores `seq` and `hash` there as the new head."""
    body = Written(dumps(detail))
    return {
        "deadline": deadline,
        "seq": seq,
        "prev_hash": prev,
        "hash": _hash(deadline, seq, prev, at, author, action, body),
        "at": at,
        "actor": author.name,
        "account": author.account,
        "node": author.node,
        "action": action,
        "detail": body,
        "sealed": 0,
    }


def append(
    tx: Connection, deadline: int, at: datetime, author: Author, action: str, detail: Mapping[str, Any]
) -> None:
    """Add one row to a deadline's chain and move its head, in the caller's transaction."""
    if deadline == REGISTER:
        found = tx.execute(
            select(audit.c.seq, audit.c.hash)
            .where(audit.c.deadline == REGISTER)
            .order_by(audit.c.seq.desc())
            .limit(1)
        ).first()
        seq, head = (found.seq, found.hash) if found else (0, "")
    else:
        held = tx.execute(
            select(deadlines.c.audit_seq, deadlines.c.audit_head)
            .where(deadlines.c.number == deadline)
            .with_for_update()
        ).one()
        seq, head = held.audit_seq, held.audit_head
    new = row(deadline, seq + 1, head, at, author, action, detail)
    tx.execute(insert(audit), [new])
    if deadline != REGISTER:
        tx.execute(
            update(deadlines)
            .where(deadlines.c.number == deadline)
            .values(audit_seq=seq + 1, audit_head=new["hash"])
        )


def insert_rows(tx: Connection, rows: list[dict[str, Any]]) -> None:
    """Rows made by `row`, whose heads the caller stores itself."""
    insert_all(tx, audit, rows)


@dataclass(frozen=True, slots=True)
class Broken:
    """The first row of a chain that does not follow from the one before it."""

    deadline: int
    seq: int
    reason: str


def of_deadline(tx: Connection, deadline: int) -> list[Any]:
    """The chain of one deadline, oldest first. Raises Unreadable."""
    return list(reading.whole(tx, select(audit).where(audit.c.deadline == deadline).order_by(audit.c.seq)))


def verify(tx: Connection) -> list[Broken]:
    """Every broken chain, empty when all hold. Reads the whole audit; for `alertd doctor`."""
    every = select(audit).order_by(audit.c.deadline, audit.c.seq)
    try:
        broken = _broken_chains(tx.execute(every))
    except Unreadable:
        broken = _broken_chains(reading.one_by_one(tx, every))
    return broken + _cut_short(tx, {chain.deadline for chain in broken}) + _broken_seals(tx)


def _broken_chains(rows: Iterable[Any]) -> list[Broken]:
    broken: list[Broken] = []
    current, seq, head, skip = -1, 0, "", False
    for each in rows:
        found = each.row if isinstance(each, reading.Unread) else each
        if found.deadline != current:
            current, seq, head, skip = found.deadline, 0, "", False
        if skip:
            continue
        if found is not each:
            broken.append(Broken(current, found.seq, "cannot be read"))
            skip = True
            continue
        author = Author(found.actor, found.account, found.node)
        expected = link(current, found.seq, head, found.at, author, found.action, found.detail)
        if found.seq != seq + 1 or found.prev_hash != head or found.hash != expected:
            broken.append(Broken(current, found.seq, "does not follow from the row before it"))
            skip = True
        seq, head = found.seq, found.hash
    return broken


def _cut_short(tx: Connection, known: set[int]) -> list[Broken]:
    """Chains whose last row is not the head their deadline remembers: rows were taken off the end."""
    rows = tx.execute(
        select(deadlines.c.number, deadlines.c.audit_seq, deadlines.c.audit_head, audit.c.hash)
        .outerjoin(audit, (audit.c.deadline == deadlines.c.number) & (audit.c.seq == deadlines.c.audit_seq))
        .where(deadlines.c.audit_seq > 0)
        .order_by(deadlines.c.number)
    )
    return [
        Broken(row.number, row.audit_seq, "is not the end of the chain that its deadline remembers")
        for row in rows
        if row.hash != row.audit_head and row.number not in known
    ]


def _broken_seals(tx: Connection) -> list[Broken]:
    head = ""
    for found in tx.execute(
        select(seals.c.seq, seals.c.prev_hash, seals.c.hash).order_by(seals.c.seq)
    ).fetchall():
        covered = tx.execute(
            select(audit.c.deadline, audit.c.seq, audit.c.hash)
            .where(audit.c.sealed == found.seq)
            .order_by(audit.c.deadline, audit.c.seq)
        )
        if found.prev_hash != head or found.hash != _seal_hash(head, covered):
            return [Broken(-1, found.seq, "the seal does not cover the rows it was made over")]
        head = found.hash
    return []


def _seal_hash(prev: str, rows: Iterable[Any]) -> str:
    digest = hashlib.sha256(prev.encode())
    for found in rows:
        digest.update(f"{found.deadline}|{found.seq}|{found.hash}\n".encode())
    return digest.hexdigest()


def seal(tx: Connection, at: datetime, limit: int = 50_000) -> int:
    """Chain the newest rows of all deadlines into one more seal; returns how many rows it covers."""
    fresh = tx.execute(
        select(audit.c.deadline, audit.c.seq, audit.c.hash)
        .where(audit.c.sealed == 0)
        .order_by(audit.c.deadline, audit.c.seq)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).fetchall()
    if not fresh:
        return 0
    last = tx.execute(select(seals.c.seq, seals.c.hash).order_by(seals.c.seq.desc()).limit(1)).first()
    prev, seq = (last.hash, last.seq) if last else ("", 0)
    tx.execute(
        insert(seals).values(
            seq=seq + 1, at=at, heads=len(fresh), prev_hash=prev, hash=_seal_hash(prev, fresh)
        )
    )
    _mark_sealed(tx, seq + 1, ((found.deadline, found.seq) for found in fresh))
    return len(fresh)


def _mark_sealed(tx: Connection, seal_seq: int, keys: Iterable[tuple[int, int]]) -> None:
    statement = (
        update(audit)
        .where(audit.c.deadline == bindparam("k_deadline"), audit.c.seq == bindparam("k_seq"))
        .values(sealed=seal_seq)
    )
    tx.execute(statement, [{"k_deadline": deadline, "k_seq": seq} for deadline, seq in keys])


def unsealed(tx: Connection) -> int:
    """How many rows wait for the sealer."""
    return tx.execute(select(func.count()).select_from(audit).where(audit.c.sealed == 0)).scalar_one()
