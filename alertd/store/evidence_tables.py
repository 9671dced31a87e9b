"""The tables of the files that prove hand-ins. Taken from `tables`, like all others."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, String, Table, UniqueConstraint

from alertd.store.metadata import metadata
from alertd.store.types import Big, Instant

# Files that prove hand-ins, kept for good and never changed. What is in one stands in pieces beside it,
# so that no row has many megabytes.
evidence = Table(
    "evidence",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("deadline", Big, ForeignKey("deadlines.number"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("kind", String(100), nullable=False),  # a media type
    Column("size", Integer, nullable=False),  # bytes
    Column("sha256", String(64), nullable=False),
    Column("kept_at", Instant, nullable=False),
    Column("by", String(200), nullable=False),
    UniqueConstraint("deadline", "sha256"),
)

evidence_pieces = Table(
    "evidence_pieces",
    metadata,
    Column("evidence", Big, ForeignKey("evidence.id"), primary_key=True),
    Column("piece", Integer, primary_key=True, autoincrement=False),  # from 0
    Column("data", LargeBinary, nullable=False),
)
