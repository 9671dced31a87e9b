"""The tables behind the pages: who may open them. Taken from `tables`, like all others."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, UniqueConstraint

from alertd.store.metadata import metadata
from alertd.store.types import Big, Instant, Words

sign_in_keys = Table(
    "sign_in_keys",
    metadata,
    Column("key", String(64), primary_key=True),  # SHA-256 of what the person holds
    Column("person", String(120), nullable=False),  # "" is the office
    Column("made_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("desk", String(80), nullable=False, server_default=""),  # the unit whose duty room it is for
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
    Column("desk", String(80), nullable=False, server_default=""),  # the unit whose duty room it is in
    UniqueConstraint("secret"),
    Index(None, "ends_at"),
)

sign_in_codes = Table(
    "sign_in_codes",
    metadata,
    Column("asked", String(64), primary_key=True),  # SHA-256 of what the browser holds that asked for it
    Column("person", String(120), nullable=False),  # "" is nobody: whoever asked is told the same
    Column("code", String(64), nullable=False),  # SHA-256 of what that browser holds, with the code
    Column("key", String(64), nullable=False),  # SHA-256 of the key in the link
    Column("guesses", Integer, nullable=False),  # wrong ones
    Column("made_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Index(None, "key"),
    Index(None, "person"),
    Index(None, "ends_at"),
)

accounts_awaited = Table(
    "accounts_awaited",
    metadata,
    Column("asked", String(64), primary_key=True),  # SHA-256 of what the browser holds that was sent away
    Column("provider", String(64), nullable=False),  # SHA-256 of which provider, and what it knows us by
    Column("back", String(500), nullable=False),  # the page of ours that it goes to afterwards
    Column("made_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Index(None, "ends_at"),
)

sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("what", String(12), nullable=False),  # asked, guessed, pin, account
    Column("person", String(120), nullable=False),
    Column("caller", String(64), nullable=False),  # the address it came from, or a desk
    Column("at", Instant, nullable=False),
    Index(None, "at"),
)

pins = Table(
    "pins",
    metadata,
    Column("person", String(120), primary_key=True),
    Column("hash", String(200), nullable=False),  # scrypt, with its salt and cost (core.pins)
    Column("at", Instant, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("name", String(80), nullable=False),
    Column("secret", String(64), nullable=False),  # SHA-256 of what the other system holds
    Column("may", Words, nullable=False),
    Column("parties", Words, nullable=False),  # empty: not limited to any
    Column("person", String(120), nullable=False),  # in whose name it acts; "" for the office
    Column("made_at", Instant, nullable=False),
    Column("ends_at", Instant),
    Column("seen_at", Instant),
    UniqueConstraint("name"),
    UniqueConstraint("secret"),
)

calendar_addresses = Table(
    "calendar_addresses",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("secret", String(64), nullable=False),  # SHA-256 of what stands in the address
    Column("holder", String(120), nullable=False),  # the person it is void without; "" is the office
    Column("about", String(10), nullable=False),  # person, unit, case
    Column("name", String(120), nullable=False),  # of the person, the unit or the case
    Column("made_at", Instant, nullable=False),
    Column("ended_at", Instant),  # NULL while it is good
    UniqueConstraint("secret"),
    Index(None, "holder"),
)
