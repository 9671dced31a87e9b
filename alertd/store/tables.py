"""The tables. Some hold a time to wake for (`store.lost` has them); the waker sleeps to the smallest."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from alertd.store.bulletin_table import bulletins as bulletins
from alertd.store.evidence_tables import evidence as evidence
from alertd.store.evidence_tables import evidence_pieces as evidence_pieces
from alertd.store.metadata import metadata as metadata
from alertd.store.override_tables import overrides as overrides
from alertd.store.page_tables import calendar_addresses as calendar_addresses
from alertd.store.page_tables import pins as pins
from alertd.store.page_tables import sessions as sessions
from alertd.store.page_tables import sign_in_codes as sign_in_codes
from alertd.store.page_tables import sign_in_keys as sign_in_keys
from alertd.store.page_tables import sign_in_tries as sign_in_tries
from alertd.store.page_tables import tokens as tokens
from alertd.store.sending_tables import sendings as sendings
from alertd.store.types import Big, Day, Instant, Json, Words

settings = Table(
    "settings",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("value", Json, nullable=False),
)

revisions = Table(
    "revisions",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=True),
    Column("file", String(200), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("state", String(12), nullable=False),  # applied, held, superseded
    Column("at", Instant, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Index(None, "file", "state"),
)

cases = Table(
    "cases",
    metadata,
    Column("id", String(120), primary_key=True),
    Column("title", Text, nullable=False),
    Column("parties", Words, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("version", Integer, nullable=False, default=1, server_default="1"),  # of the draft
    Column("closed_at", Instant),
)

events = Table(
    "events",
    metadata,
    Column("id", String(160), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("type", String(80), nullable=False),
    Column("case_id", String(120), ForeignKey("cases.id"), nullable=False),
    Column("parties", Words, nullable=False),
    Column("instants", Json, nullable=False),  # name -> RFC 3339
    Column("stated_due", Day),
    Column("title", Text, nullable=False),
    Column("state", String(12), nullable=False),  # recorded, unconfirmed, cancelled
    Column("happened_at", Instant, nullable=False),
    Column("entered_at", Instant, nullable=False),
    Column("entered_by", String(200), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("history", Json, nullable=False),  # earlier versions, oldest first
    Column("case_version", Integer, nullable=False, default=1, server_default="1"),
    Column("severity", String(40), nullable=False, default="", server_default=""),
    Column("urgent", Text, nullable=False, default="", server_default=""),  # why it is; "" where it is not
    Column("confirm_by", Instant),  # an unconfirmed event escalates then; NULL once confirmed or escalated
    Index(None, "case_id"),
    Index(None, "confirm_by"),
)

traces = Table(
    "traces",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("lines", Json, nullable=False),
)

deadlines = Table(
    "deadlines",
    metadata,
    Column("number", Big, primary_key=True, autoincrement=True),
    Column("id", String(300), nullable=False),
    Column("obligation", String(120), nullable=False),
    Column("occurrence", String(120), nullable=False),
    Column("party", String(80), nullable=False),
    Column("unit", String(80), nullable=False),
    Column("case_id", String(120)),
    Column("event_id", String(160)),
    Column("state", String(12), nullable=False),
    Column("start", Instant, nullable=False),
    Column("opens_at", Instant, nullable=False),
    Column("earliest", Instant),
    Column("earliest_soft", Boolean(create_constraint=False), nullable=False),
    Column("due", Instant),
    Column("due_soft", Boolean(create_constraint=False), nullable=False),
    Column("last_day", Day),
    Column("office_due", Instant),
    Column("provisional", Boolean(create_constraint=False), nullable=False),
    Column("start_provisional", String(40), nullable=False, default=""),  # the instant still missing
    Column("rule", String(200), nullable=False),
    Column("policy", String(80), nullable=False),
    Column("by_the_hour", Boolean(create_constraint=False), nullable=False),
    Column("trace", String(64), nullable=False),
    Column("since", Instant, nullable=False),
    Column("fired", Words, nullable=False),
    Column("next_action_at", Instant),
    Column("waits", String(20), nullable=False, default=""),
    Column("acknowledged_until", Instant),
    Column("done_at", Instant),
    Column("closed_at", Instant),
    Column("result", String(40), nullable=False, default=""),
    Column("breach", String(40), nullable=False, default=""),  # late, early
    Column("audit_seq", Integer, nullable=False, default=0),
    Column("audit_head", String(64), nullable=False, default=""),
    Column("case_version", Integer, nullable=False, default=1, server_default="1"),
    Column("review_due", Instant),  # the receiver's own short clock after the hand-in
    Column("suspended_at", Instant),
    Column("counted_from", Instant),  # the start before any act; NULL: `start`, which no act has moved
    Column("carried_from", String(300), nullable=False, default="", server_default=""),
    Column("turn", Integer, nullable=False, default=0, server_default="0"),  # of a recurring rule
    Column("handed", Words, nullable=False, default=(), server_default=""),  # alertd.core.handing
    Column("turns_from", Instant),  # what all turns are counted from
    UniqueConstraint("id"),
    Index(None, "next_action_at"),
    Index(None, "obligation", "occurrence"),
    Index(None, "case_id"),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("deadline", Big, ForeignKey("deadlines.number"), nullable=False),
    Column("kind", String(12), nullable=False),  # step, done, moved, cancelled, reopened, reported
    Column("step", String(80), nullable=False),
    Column("level", Integer, nullable=False),
    Column("reached_at", Instant, nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("merged", Words, nullable=False),
    Column("detail", Json),
    Index(None, "deadline"),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("alert", Big, ForeignKey("alerts.id"), nullable=False),
    Column("deadline", Big, ForeignKey("deadlines.number"), nullable=False),
    Column("person", String(80), nullable=False),
    Column("position", String(40), nullable=False),
    Column("deputy_for", String(80), nullable=False, default=""),
    Column("ask", Boolean(create_constraint=False), nullable=False),
    Column("repeats_left", Integer, nullable=False, default=0),
    Column("repeat_every", Integer, nullable=False, default=0),  # seconds
    Column("repeat_no", Integer, nullable=False, default=0),
    Column("next_at", Instant),
    Column("acknowledged_at", Instant),
    Column("acknowledged_until", Instant),
    Column("ack", String(4), nullable=False, default="each"),
    Index(None, "deadline"),
    Index(None, "alert"),
    Index(None, "next_at"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("person", String(80), nullable=False),
    Column("channel", String(40), nullable=False),
    Column("address", String(300), nullable=False),
    Column("template", String(20), nullable=False),  # message, admin, test
    Column("payload", Json),
    Column("bundle", String(200), nullable=False),
    # waiting, leased, accepted, handed-over, refused, dropped
    Column("state", String(12), nullable=False),
    Column("drill", Boolean(create_constraint=False), nullable=False),
    Column("by_the_hour", Boolean(create_constraint=False), nullable=False, default=False),
    Column("created_at", Instant, nullable=False),
    Column("not_before", Instant),  # the end of the lease while leased; NULL when nothing is left to do
    Column("lease_owner", String(80), nullable=False, default=""),
    Column("attempts", Integer, nullable=False, default=0),
    Column("first_attempt_at", Instant),
    Column("due", Instant),  # the earliest due it speaks of, for pacing its retries
    Column("last_resort", Boolean(create_constraint=False), nullable=False, default=False),
    Column("message_id", String(120), nullable=False),
    Column("subject", Text, nullable=False, default=""),
    Column("body", Text, nullable=False, default=""),  # kept for the inbox channel
    Column("sent_at", Instant),
    Index(None, "channel", "not_before"),
    Index(None, "bundle"),
    Index(None, "person", "created_at"),
)

delivery_notices = Table(
    "delivery_notices",
    metadata,
    Column("delivery", Big, ForeignKey("deliveries.id"), primary_key=True),
    Column("notice", Big, ForeignKey("notices.id"), primary_key=True),
    Index(None, "notice"),
)

receipts = Table(
    "receipts",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("delivery", Big, ForeignKey("deliveries.id"), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("result", String(12), nullable=False),
    Column("code", String(60), nullable=False),
    Column("detail", Text, nullable=False),
    Column("node", String(80), nullable=False),
    Column("seconds", Float),
    Column("address", String(300), nullable=False, default="", server_default=""),  # it was attempted to
    Column("sealed", Integer, nullable=False, default=0, server_default="0"),  # the seal that covers it
    Index(None, "delivery"),
    Index("ix_receipts_unsealed", "id", sqlite_where=text("sealed = 0"), postgresql_where=text("sealed = 0")),
)

# Attempts that failed, until what follows from them is decided: another channel, another person, a word to
# the admin. Written with the receipt, so that a crash between the two leaves it to be done.
failures = Table(
    "failures",
    metadata,
    Column("delivery", Big, ForeignKey("deliveries.id"), primary_key=True),
    Column("result", String(12), nullable=False),
    Column("code", String(60), nullable=False),
    Column("detail", Text, nullable=False),
    Column("address_dead", Boolean(create_constraint=False), nullable=False),
    Column("another_way", Boolean(create_constraint=False), nullable=False),  # this way is given up, or slow
    Column("next_at", Instant, nullable=False),
    Index(None, "next_at"),
)

# What was answered to requests that may come again, in the transaction of what was done.
idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("key", String(300), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("answer", Text, nullable=False),
    Index(None, "at"),
)

blocked = Table(
    "blocked",
    metadata,
    Column("channel", String(40), primary_key=True),
    Column("address", String(300), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

progress = Table(
    "progress",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("obligation", String(120), nullable=False),
    Column("party", String(80), nullable=False),
    Column("amount", Float, nullable=False),
    Column("on_day", Day, nullable=False),
    Column("case_id", String(120)),  # the case it counts for, where a measure is per case
    Column("batch", String(64), nullable=False, default=""),
    Column("note", Text, nullable=False, default=""),
    Column("entered_at", Instant, nullable=False),
    Column("actor", String(200), nullable=False),
    Index(None, "obligation", "party", "on_day"),
    Index(None, "batch"),
)

# What was accepted for a deadline and bears on its limits, which are counted from its start and these
# (alertd.core.history). Never changed but for a pause that ends, and for what is taken back.
acts = Table(
    "acts",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=False),  # ascending in the order of entry
    Column("deadline", Big, ForeignKey("deadlines.number"), nullable=False),
    Column("kind", String(12), nullable=False),  # alertd.core.history.ActKind
    Column("at", Instant, nullable=False),  # when it took effect
    Column("until", Instant),  # the end of a pause; NULL while the clock stands still
    Column("end_day", Day),  # the day, or the instant, that a grant or a return names
    Column("end_at", Instant),
    Column("limits", Json),  # what an act "stated" states
    Column("by", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("entered_at", Instant, nullable=False),
    Column("void_at", Instant),  # taken back: it does not count any more
    Index(None, "deadline"),
)

requests = Table(
    "requests",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("deadline", Big, ForeignKey("deadlines.number"), nullable=False),
    Column("kind", String(12), nullable=False),  # extend, decline
    Column("asked_at", Instant, nullable=False),
    Column("asked_by", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("wanted", Json),  # the new date, or the unit it belongs to
    Column("decision", String(12), nullable=False),  # "" while open, granted, refused
    Column("decided_at", Instant),
    Column("decided_by", String(200), nullable=False),
    Column("asked", Words, nullable=False, default=(), server_default=""),  # the positions that decide it
    Column("next_at", Instant),  # undecided, it is looked at then
    Index(None, "deadline"),
    Index(None, "next_at"),
)

breaches = Table(
    "breaches",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("kind", String(40), nullable=False),  # late, early, gate, missed, shortfall
    Column("at", Instant, nullable=False),
    Column("entered_at", Instant, nullable=False),
    Column("case_id", String(120)),
    Column("deadline", Big),
    Column("event_id", String(160)),
    Column("detail", Json, nullable=False),
    Index(None, "case_id"),
)

fractions = Table(
    "fractions",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("obligation", String(120), nullable=False),
    Column("party", String(80), nullable=False),
    Column("on_day", Day, nullable=False),
    Column("numerator", Float, nullable=False),
    Column("denominator", Float, nullable=False),
    Column("entered_at", Instant, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("note", Text, nullable=False),
    Index(None, "obligation", "party", "on_day"),
)

audit = Table(
    "audit",
    metadata,
    Column("deadline", Big, primary_key=True, autoincrement=False),  # 0: the register and the node itself
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("account", String(200), nullable=False, default="", server_default=""),
    Column("node", String(80), nullable=False, default="", server_default=""),
    Column("action", String(40), nullable=False),
    Column("detail", Json, nullable=False),
    Column("sealed", Integer, nullable=False, default=0),  # the seal that covers it; 0: none yet
    Index(None, "sealed"),
)

seals = Table(
    "seals",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("heads", Integer, nullable=False),  # rows of the audit
    Column("receipts", Integer, nullable=False, default=0, server_default="0"),
    Column("digest", String(64), nullable=False, default="", server_default=""),  # of the receipts
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

nodes = Table(
    "nodes",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("version", String(20), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("stopped_at", Instant),  # it ended in order; NULL while it runs, and after it was killed
    Column("about", Json),  # its sending mode, and the files in its folder that are older than what rules
)
