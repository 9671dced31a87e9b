"""The tables behind the pages: who may open them. Taken from `tables`, like all others."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table, UniqueConstraint

from alertd.store.metadata import metadata
from alertd.store.types import Big, Instant

sign_in_keys = Table(
    "sign_in_keys",
    metadata,
    Column("key", String(64), primary_key=True),  # SHA-256 of what the person holds
    Column("person", String(120), nullable=False),  # "" is the office
    Column("made_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("used_at", Instant),
    Index(None, "ends_at"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("secret", String(64), nullable=False),  # SHA-256 of what the browser holds
    Column("person", String(120), nullable=False),  # "" is the office
    Column("about", String(300), nullable=False),  # the browser, as it calls itself
    Column("made_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    UniqueConstraint("secret"),
    Index(None, "ends_at"),
)
