"""What is entered on a page, a command or over a messenger, and rules over the files. Taken from `tables`."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table, Text

from alertd.store.metadata import metadata
from alertd.store.types import Big, Instant, Json

overrides = Table(
    "overrides",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),  # silence
    Column("about", String(20), nullable=False),  # deadline, obligation, unit, person
    Column("name", String(200), nullable=False),  # its id; of a deadline its number
    Column("what", Json, nullable=False),
    Column("author", String(200), nullable=False),  # as the audit has it
    Column("reason", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("begins_at", Instant, nullable=False),
    Column("ends_at", Instant),  # NULL: until somebody ends it
    Column("ended_at", Instant),  # before its end; NULL where nobody did
    Column("ended_by", String(200), nullable=False, default="", server_default=""),
    Column("next_at", Instant),  # when something is to be done about it; NULL when nothing is left
    Index(None, "kind", "ends_at"),
    Index(None, "next_at"),
)
