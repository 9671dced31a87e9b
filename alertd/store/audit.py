"""The audit: one hash chain per deadline.

Each row carries `(deadline, seq, prev_hash)`, taken while its deadline's row is held, so writers of different
deadlines never wait for each other. Deadline 0 is the chain of the register and of the node, whose head is
kept among the settings. What was written is sealed once a minute (alertd.store.seals).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from alertd.store import reading, settings
from alertd.store.bulk import insert_all
from alertd.store.reading import Found
from alertd.store.tables import audit, deadlines
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
) -> int:
    """Add one row to a deadline's chain and move its head, in the caller's transaction; its number."""
    if deadline == REGISTER:
        seq, head = register_head(tx)
    else:
        held = tx.execute(
            select(deadlines.c.audit_seq, deadlines.c.audit_head)
            .where(deadlines.c.number == deadline)
            .with_for_update()
        ).one()
        seq, head = held.audit_seq, held.audit_head
    new = row(deadline, seq + 1, head, at, author, action, detail)
    tx.execute(insert(audit), [new])
    if deadline == REGISTER:
        settings.put(tx, settings.REGISTER_HEAD, {"seq": seq + 1, "hash": new["hash"]})
        return seq + 1
    tx.execute(
        update(deadlines)
        .where(deadlines.c.number == deadline)
        .values(audit_seq=seq + 1, audit_head=new["hash"])
    )
    return seq + 1


def register_head(tx: Connection) -> tuple[int, str]:
    """Number and hash of the newest row of the register's chain as it was remembered, held for its writer.

    Where somebody took that away it is the newest row there is.
    """
    settings.lock(tx, settings.REGISTER_HEAD)
    kept = remembered_head(tx)
    if kept is not None:
        return kept
    newest = select(audit.c.seq, audit.c.hash).where(audit.c.deadline == REGISTER)
    found = tx.execute(newest.order_by(audit.c.seq.desc()).limit(1)).first()
    return (found.seq, found.hash) if found else (0, "")


def remembered_head(tx: Connection) -> tuple[int, str] | None:
    """The end of the register's chain as it is remembered; None where that is not known."""
    try:
        kept = settings.get(tx, settings.REGISTER_HEAD)
    except Unreadable:
        return None
    whole = isinstance(kept, dict) and isinstance(kept.get("seq"), int)
    return (kept["seq"], kept.get("hash", "")) if whole else None


def insert_rows(tx: Connection, rows: list[dict[str, Any]]) -> None:
    """Rows made by `row`, whose heads the caller stores itself."""
    insert_all(tx, audit, rows)


def of_deadline(tx: Connection, deadline: int) -> list[Any]:
    """The chain of one deadline, oldest first. Raises Unreadable."""
    return list(reading.whole(tx, select(audit).where(audit.c.deadline == deadline).order_by(audit.c.seq)))


@dataclass(frozen=True, slots=True)
class Broken:
    """The first row of a chain that does not follow from the one before it.

    `why`: "unreadable"; "unlinked", it was changed or stands where another one stood; "cut-short", it is not
    the end that its deadline, or the register, remembers; "gone", there is no such deadline.
    """

    deadline: int
    seq: int
    why: str


def links(rows: Found[Any]) -> dict[int, list[Any]]:
    """Rows of whole chains by their deadline, each in order; what cannot be read as far as it can."""
    found: dict[int, list[Any]] = {}
    for each in rows.all if rows.unread else rows.rows:
        found.setdefault(each.deadline, []).append(each)
    if rows.unread:
        for chain in found.values():
            chain.sort(key=lambda each: each.seq)
    return found


def broken(deadline: int, chain: Iterable[Any], seq: int, head: str) -> Broken | None:
    """What is wrong with a chain whose deadline remembers `seq` and `head` as its end; None if it holds.

    `chain` is in order; of a row that cannot be read None stands in its columns.
    """
    last, prev = 0, ""
    for each in chain:
        if each.at is None or each.detail is None:
            return Broken(deadline, each.seq, "unreadable")
        author = Author(each.actor, each.account, each.node)
        expected = link(deadline, each.seq, prev, each.at, author, each.action, each.detail)
        if each.seq != last + 1 or each.prev_hash != prev or each.hash != expected:
            return Broken(deadline, each.seq, "unlinked")
        last, prev = each.seq, each.hash
    return None if (last, prev) == (seq, head) else Broken(deadline, max(seq, last), "cut-short")
