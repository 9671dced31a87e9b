"""What left over channels that have limits, counted before the call."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table

from alertd.store.metadata import metadata
from alertd.store.types import Big, Instant

sendings = Table(
    "sendings",
    metadata,
    Column("delivery", Big, ForeignKey("deliveries.id"), primary_key=True, autoincrement=False),
    Column("channel", String(40), nullable=False),
    Column("person", String(80), nullable=False),
    Column("at", Instant, nullable=False),  # when it was first leased to be sent
    Column("mark", String(32), nullable=False, default="", server_default=""),  # of its words
    Column("provider_id", String(60), nullable=False, default="", server_default=""),  # what they call it
    Index(None, "channel", "at"),
    Index(None, "channel", "provider_id"),
)
