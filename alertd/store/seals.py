"""Seals: once a minute what was written since is hashed into one more link of a chain over everything.

A seal covers rows of the audit and receipts, which never change once they are written; `sealed` in each says
by which seal. Seals are numbered without a gap, and the newest number is kept in another table, so that one
taken out is missed, be it the last. Who rewrites what is sealed must rewrite every seal after it, and whoever
noted a seal elsewhere (it is logged once a day, and `alertd doctor` prints it) sees even that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from alertd.store import audit as chains
from alertd.store import reading, settings
from alertd.store.audit import REGISTER, Author
from alertd.store.bulk import update_all
from alertd.store.tables import audit, deliveries, receipts, seals
from alertd.store.types import Unreadable, to_micros

#: rows of each kind that one seal covers: marking them must not hold up what is due
MOST = 2_000
#: seals looked at together
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal by its number and hash: what is noted elsewhere, to compare with later."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class BrokenSeal:
    """A seal that is not what was made.

    `why`: "missing", it was taken out; "other-rows", it does not cover the rows of the audit that it was made
    over; "other-receipts", receipts under it were changed, or taken out; "not-last", it is not the newest one
    that was remembered.
    """

    number: int
    why: str


def newest(tx: Connection) -> Seal | None:
    """The newest seal as it is remembered, None before the first."""
    kept = _remembered(tx)
    return Seal(kept["seal"], kept["hash"]) if kept and kept["seal"] else None


def numbered(tx: Connection, number: int) -> Seal | None:
    """A seal by its number, None where there is none."""
    found = tx.execute(select(seals.c.seq, seals.c.hash).where(seals.c.seq == number)).first()
    return Seal(found.seq, found.hash) if found else None


def seal(tx: Connection, at: datetime, most: int = MOST) -> int:
    """Put the newest rows of the audit and receipts under one more seal; returns how many it covers."""
    kept = _held(tx)
    rows = tx.execute(_UNSEALED.limit(most)).fetchall()
    sent = reading.found(tx, _SENT.where(receipts.c.sealed == 0).limit(most)).rows
    if not rows and not sent:
        return 0
    number, digest = kept["seal"] + 1, _written(sum(map(_digest, sent))) if sent else ""
    made = _hash(kept["hash"], rows, len(sent), digest)
    counts = {"heads": len(rows), "receipts": len(sent)}
    tx.execute(
        insert(seals).values(seq=number, at=at, prev_hash=kept["hash"], hash=made, digest=digest, **counts)
    )
    update_all(tx, _MARK_ROW, [{"k": row.deadline, "k_seq": row.seq, "seal": number} for row in rows])
    update_all(tx, _MARK_RECEIPT, [{"k": row.id, "seal": number} for row in sent])
    totals = {"rows": kept["rows"] + len(rows), "receipts": kept["receipts"] + len(sent)}
    settings.put(tx, settings.SEALED, {**kept, **totals, "seal": number, "hash": made})
    return len(rows) + len(sent)


def anchor(tx: Connection, day: date, at: datetime, author: Author) -> Seal | None:
    """Once a day, note the newest seal in the chain of the register; returns it, for the log.

    None when that was done this `day`, or nothing is sealed yet.
    """
    kept = _held(tx)
    if not kept["seal"] or kept.get("day") == day.isoformat():
        return None
    found = Seal(kept["seal"], kept["hash"])
    chains.append(tx, REGISTER, at, author, "sealed", {"seal": found.number, "hash": found.hash})
    settings.put(tx, settings.SEALED, {**kept, "day": day.isoformat()})
    return found


def unsealed(tx: Connection) -> int:
    """How many rows of the audit wait for the sealer."""
    return tx.execute(select(func.count()).select_from(audit).where(audit.c.sealed == 0)).scalar_one()


_UNSEALED = (
    select(audit.c.deadline, audit.c.seq, audit.c.hash)
    .where(audit.c.sealed == 0)
    .order_by(audit.c.deadline, audit.c.seq)
    .with_for_update(skip_locked=True)
)
#: receipts with what never changes of their delivery
_SENT = (
    select(
        receipts,
        deliveries.c.person,
        deliveries.c.channel,
        deliveries.c.template,
        deliveries.c.drill,
        deliveries.c.message_id,
        deliveries.c.created_at,
    )
    .outerjoin(deliveries, deliveries.c.id == receipts.c.delivery)
    .order_by(receipts.c.id)
)
_MARK_ROW = (
    update(audit)
    .where(audit.c.deadline == bindparam("k"), audit.c.seq == bindparam("k_seq"))
    .values(sealed=bindparam("seal"))
)
_MARK_RECEIPT = update(receipts).where(receipts.c.id == bindparam("k")).values(sealed=bindparam("seal"))


def _held(tx: Connection) -> dict[str, Any]:
    """What is remembered of the newest seal, held; anew from the seals where somebody took that away."""
    settings.lock(tx, settings.SEALED)
    kept = _remembered(tx)
    if kept is not None:
        return kept
    last = tx.execute(select(seals.c.seq, seals.c.hash).order_by(seals.c.seq.desc()).limit(1)).first()
    number, made = (last.seq, last.hash) if last else (0, "")
    rows, sent = tx.execute(select(func.sum(seals.c.heads), func.sum(seals.c.receipts))).one()
    return {"seal": number, "hash": made, "rows": int(rows or 0), "receipts": int(sent or 0)}


_KEPT: Mapping[str, type] = {"seal": int, "hash": str, "rows": int, "receipts": int}


def _remembered(tx: Connection) -> dict[str, Any] | None:
    try:
        kept = settings.get(tx, settings.SEALED)
    except Unreadable:
        return None
    if not isinstance(kept, dict) or any(not isinstance(kept.get(n), kind) for n, kind in _KEPT.items()):
        return None
    return kept


def _hash(prev: str, rows: Iterable[Any], sent: int, digest: str) -> str:
    made = hashlib.sha256(prev.encode())
    for row in rows:
        made.update(f"{row.deadline}|{row.seq}|{row.hash}\n".encode())
    if sent:
        made.update(f"receipts|{sent}|{digest}\n".encode())
    return made.hexdigest()


def _digest(row: Any) -> int:
    """The hash of one receipt with its delivery; summed up, since no order of writing is the right one."""
    created = to_micros(row.created_at) if row.created_at else ""
    said = (
        row.id, row.delivery, row.attempt, to_micros(row.at), row.result, row.code, row.detail, row.node,
        row.seconds, row.address, row.person, row.channel, row.template, row.drill, row.message_id, created,
    )  # fmt: skip
    return int.from_bytes(hashlib.sha256("\0".join(map(str, said)).encode()).digest(), "big")


def _written(total: int) -> str:
    return f"{total % 2**256:064x}"


# ---------------------------------------------------------------- looked at again


def broken(tx: Connection) -> Iterator[BrokenSeal]:
    """Every seal that is missing, or is not what was made. Reads all receipts; for the doctor."""
    last, head, rows, sent = 0, "", 0, 0
    missing: set[int] = set()
    under = _receipts_under(tx)
    for some in _batches(tx):
        covered = _rows_under(tx, some[0].seq, some[-1].seq)
        for each in some:
            if each.seq != last + 1:
                missing.update(_gap(last, each.seq))
                head = each.prev_hash
            mine = covered.pop(each.seq, [])
            made = _hash(each.prev_hash, mine, each.receipts, each.digest)
            if (each.prev_hash, each.hash, each.heads) != (head, made, len(mine)):
                yield BrokenSeal(each.seq, "other-rows")
            if under.pop(each.seq, (0, 0)) != (each.receipts, int(each.digest or "0", 16)):
                yield BrokenSeal(each.seq, "other-receipts")
            last, head, rows, sent = each.seq, each.hash, rows + each.heads, sent + each.receipts
    kept = _remembered(tx) or {"seal": 0, "hash": "", "rows": 0, "receipts": 0}
    missing.update(_gap(last, kept["seal"] + 1))
    missing.update(tx.execute(select(audit.c.sealed).where(audit.c.sealed > last).distinct()).scalars())
    yield from (BrokenSeal(number, "missing") for number in sorted(missing | under.keys()))
    if not missing and tuple(kept[name] for name in _KEPT) != (last, head, rows, sent):
        yield BrokenSeal(last, "not-last")


def _gap(last: int, following: int) -> range:
    """The numbers between two seals, or the first thousand of them."""
    return range(last + 1, min(following, last + 1001))


def _batches(tx: Connection) -> Iterator[Sequence[Any]]:
    last = 0
    while True:
        query = select(seals).where(seals.c.seq > last).order_by(seals.c.seq).limit(_AT_ONCE)
        if not (some := tx.execute(query).fetchall()):
            return
        yield some
        last = some[-1].seq


def _rows_under(tx: Connection, first: int, last: int) -> dict[int, list[Any]]:
    """Rows of the audit by the seal that covers them, in the order they were hashed."""
    found: dict[int, list[Any]] = {}
    query = select(audit.c.sealed, audit.c.deadline, audit.c.seq, audit.c.hash)
    query = query.where(audit.c.sealed.between(first, last)).order_by(audit.c.deadline, audit.c.seq)
    for row in tx.execute(query):
        found.setdefault(row.sealed, []).append(row)
    return found


def _receipts_under(tx: Connection) -> dict[int, tuple[int, int]]:
    """How many receipts each seal covers, and the sum of their hashes."""
    found: dict[int, tuple[int, int]] = {}
    last = 0
    while True:
        query = _SENT.where(receipts.c.id > last, receipts.c.sealed > 0).limit(MOST)
        some = reading.found(tx, query)
        for row in some.rows:
            count, total = found.get(row.sealed, (0, 0))
            found[row.sealed] = count + 1, (total + _digest(row)) % 2**256
        if not len(some):
            return found
        last = max(row.id for row in some.all)
