"""The applied text of every file: what rules until something better is applied, on every node."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from alertd.store.tables import revisions


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def digest_of_all(texts: Mapping[str, str]) -> str:
    """One name for the content of all files together."""
    lines = "\n".join(f"{file} {digest_of(text)}" for file, text in sorted(texts.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def applied(tx: Connection) -> dict[str, str]:
    """The ruling text of every file."""
    rows = tx.execute(select(revisions.c.file, revisions.c.text).where(revisions.c.state == "applied"))
    return {row.file: row.text for row in rows}


def apply(
    tx: Connection, texts: Mapping[str, str], gone: Iterable[str], at: datetime, actor: str, reason: str
) -> None:
    """Make these texts the ruling ones; `gone` files stop ruling."""
    for file in (*texts, *gone):
        tx.execute(
            update(revisions)
            .where(revisions.c.file == file, revisions.c.state == "applied")
            .values(state="superseded")
        )
    for file, text in texts.items():
        values = {"file": file, "digest": digest_of(text), "text": text, "state": "applied"}
        tx.execute(insert(revisions).values(**values, at=at, actor=actor, reason=reason))


def ruled_before(tx: Connection, file: str, digest: str) -> bool:
    """Whether a file once had this text, and another one rules now."""
    once = (revisions.c.file == file, revisions.c.digest == digest, revisions.c.state == "superseded")
    return tx.execute(select(revisions.c.id).where(*once).limit(1)).first() is not None


def history(tx: Connection, file: str) -> Sequence[Any]:
    """All revisions of a file, newest first."""
    return tx.execute(
        select(revisions).where(revisions.c.file == file).order_by(revisions.c.id.desc())
    ).fetchall()
