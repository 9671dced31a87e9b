"""The table of the bulletins that were mailed."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, String, Table

from alertd.store.metadata import metadata
from alertd.store.types import Day, Instant, Json, Words

# The bulletins that were mailed. What each says is kept: it is the same for ever, and long in the making.
bulletins = Table(
    "bulletins",
    metadata,
    Column("period", String(40), primary_key=True),  # the label of an occurrence, or two days
    Column("drill", Boolean(create_constraint=False), primary_key=True),
    Column("kind", String(20), nullable=False),  # the length of the period: only alike ones are compared
    Column("first", Day, nullable=False),
    Column("last", Day, nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("previous", Instant, nullable=False),  # `as_of` of the issue before
    Column("drafted_at", Instant, nullable=False),
    Column("by", String(200), nullable=False),
    Column("people", Words, nullable=False),
    Column("words", Json, nullable=False),  # by language: subject, text, html
)
