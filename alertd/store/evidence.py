"""Files that prove hand-ins: kept whole, in pieces, each with the hash of its content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from alertd.store import reading
from alertd.store.ids import new_id
from alertd.store.rows import EvidenceRow
from alertd.store.tables import evidence, evidence_pieces

#: bytes of one row
PIECE = 256 * 1024


def add(
    tx: Connection, deadline: int, name: str, kind: str, content: bytes, now: datetime, by: str
) -> EvidenceRow:
    """Keep a file of a deadline; the row it stands in."""
    number = new_id()
    row = {
        "id": number,
        "deadline": deadline,
        "name": name,
        "kind": kind,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "kept_at": now,
        "by": by,
    }
    tx.execute(insert(evidence).values(**row))
    for piece, start in enumerate(range(0, len(content), PIECE)):
        data = content[start : start + PIECE]
        tx.execute(insert(evidence_pieces).values(evidence=number, piece=piece, data=data))
    found = find(tx, number)
    assert found is not None
    return found


def find(tx: Connection, number: int) -> EvidenceRow | None:
    """The file with this id. Raises Unreadable."""
    return next(iter(reading.whole(tx, select(evidence).where(evidence.c.id == number))), None)


def same(tx: Connection, deadline: int, content: bytes) -> EvidenceRow | None:
    """The file of a deadline that holds the very same. Raises Unreadable."""
    digest = hashlib.sha256(content).hexdigest()
    mine = evidence.c.deadline == deadline, evidence.c.sha256 == digest
    return next(iter(reading.whole(tx, select(evidence).where(*mine))), None)


def of_deadline(tx: Connection, deadline: int) -> Sequence[EvidenceRow]:
    """All files of a deadline, oldest first. Raises Unreadable."""
    return reading.whole(tx, select(evidence).where(evidence.c.deadline == deadline).order_by(evidence.c.id))


def count(tx: Connection, deadline: int) -> int:
    """How many files a deadline has."""
    query = select(func.count()).select_from(evidence).where(evidence.c.deadline == deadline)
    return tx.execute(query).scalar_one()


def pieces(tx: Connection, number: int) -> Iterator[bytes]:
    """What is in a file, piece by piece."""
    mine = evidence_pieces.c.evidence == number
    piece = 0
    while True:
        query = select(evidence_pieces.c.data).where(mine, evidence_pieces.c.piece == piece)
        data = tx.execute(query).scalar_one_or_none()
        if data is None:
            return
        yield bytes(data)
        piece += 1


def content(tx: Connection, row: EvidenceRow) -> bytes | None:
    """What is in a file; None where it is not what was kept."""
    data = b"".join(pieces(tx, row.id))
    return data if hashlib.sha256(data).hexdigest() == row.sha256 else None


def damaged(tx: Connection) -> Iterator[EvidenceRow]:
    """Every file that is not what was kept. Reads all of all files. Raises Unreadable."""
    for row in reading.whole(tx, select(evidence).order_by(evidence.c.id)):
        digest = hashlib.sha256()
        for data in pieces(tx, row.id):
            digest.update(data)
        if digest.hexdigest() != row.sha256:
            yield row
