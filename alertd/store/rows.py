"""Rows as the store gives them, with a type: what stands in each column of the tables in `tables`.

A row is a Protocol, because SQLAlchemy makes the objects; a test holds the names and kinds against the
tables. Whoever needs a deadline that is not stored so, because it is new, changed, or came joined to
something else, makes one with `deadline_of`, `changed` or `joined`. Instants are aware and in UTC.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, Protocol, TypeVar, cast

R = TypeVar("R")


class DeadlineRow(Protocol):
    """A row of `deadlines`. `state` is one of alertd.core.model.State."""

    number: int
    id: str
    obligation: str
    occurrence: str
    party: str
    unit: str
    case_id: str | None
    event_id: str | None
    state: str
    start: datetime
    opens_at: datetime
    earliest: datetime | None
    earliest_soft: bool
    due: datetime | None
    due_soft: bool
    last_day: date | None
    office_due: datetime | None
    provisional: bool
    start_provisional: str
    rule: str
    policy: str
    by_the_hour: bool
    trace: str
    since: datetime
    fired: tuple[str, ...]
    next_action_at: datetime | None
    waits: str
    acknowledged_until: datetime | None
    done_at: datetime | None
    closed_at: datetime | None
    result: str
    breach: str
    audit_seq: int
    audit_head: str
    case_version: int
    review_due: datetime | None
    suspended_at: datetime | None
    counted_from: datetime | None
    carried_from: str
    turn: int
    handed: tuple[str, ...]
    turns_from: datetime | None


class ReportRow(Protocol):
    """What the supervisors' views read of a deadline (`reports`)."""

    number: int
    id: str
    obligation: str
    occurrence: str
    party: str
    unit: str
    case_id: str | None
    opens_at: datetime
    since: datetime
    due: datetime | None
    last_day: date | None
    due_soft: bool
    by_the_hour: bool


class _Notice(Protocol):
    """The columns of a notice, and of its alert the step that was reached."""

    id: int
    alert: int
    deadline: int
    person: str
    position: str
    deputy_for: str
    ask: bool
    repeats_left: int
    repeat_every: int
    repeat_no: int
    next_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_until: datetime | None
    ack: str
    step: str
    level: int
    reached_at: datetime


class NoticeRow(_Notice, Protocol):
    """A notice with its alert, and of its deadline and case what reading it takes (`outbox.contents`).

    The deadline's columns have the prefix `d_`; `joined(row, "d_")` is all of it.
    """

    delivery: int
    alert_kind: str
    merged: tuple[str, ...]
    alert_detail: Any
    case_title: str | None
    d_id: str
    d_obligation: str
    d_occurrence: str
    d_party: str
    d_unit: str
    d_case_id: str | None
    d_event_id: str | None
    d_state: str
    d_fired: tuple[str, ...]
    d_by_the_hour: bool
    d_review_due: datetime | None


class DueNoticeRow(_Notice, Protocol):
    """A notice to be said again, with its step and its deadline as in `NoticeRow` (`repeats.due`)."""

    d_id: str
    d_state: str
    d_policy: str
    d_fired: tuple[str, ...]
    d_by_the_hour: bool
    d_acknowledged_until: datetime | None


class DeliveryRow(Protocol):
    """A row of `deliveries`. `state` is one of those named in `tables`."""

    id: int
    person: str
    channel: str
    address: str
    template: str
    payload: Any
    bundle: str
    state: str
    drill: bool
    by_the_hour: bool
    created_at: datetime
    not_before: datetime | None
    lease_owner: str
    attempts: int
    first_attempt_at: datetime | None
    due: datetime | None
    last_resort: bool
    message_id: str
    subject: str
    body: str
    sent_at: datetime | None


class EventRow(Protocol):
    """A row of `events`. `instants` are texts of RFC 3339 by name."""

    id: str
    version: int
    type: str
    case_id: str
    parties: tuple[str, ...]
    instants: Any
    stated_due: date | None
    title: str
    state: str
    happened_at: datetime
    entered_at: datetime
    entered_by: str
    digest: str
    history: Any
    case_version: int
    severity: str
    urgent: str
    confirm_by: datetime | None


class ActRow(Protocol):
    """A row of `acts`. `kind` is one of alertd.core.history.ActKind."""

    id: int
    deadline: int
    kind: str
    at: datetime
    until: datetime | None
    end_day: date | None
    end_at: datetime | None
    limits: Any
    by: str
    reason: str
    entered_at: datetime
    void_at: datetime | None


class RequestRow(Protocol):
    """A row of `requests`. `decision` is "" while nobody has decided."""

    id: int
    deadline: int
    kind: str
    asked_at: datetime
    asked_by: str
    reason: str
    wanted: Any
    decision: str
    asked: tuple[str, ...]
    next_at: datetime | None
    decided_at: datetime | None
    decided_by: str


class SessionRow(Protocol):
    """A row of `sessions`. `person` is "" for the office, and for the desk of a unit where one is named."""

    id: int
    secret: str
    person: str
    desk: str
    about: str
    made_at: datetime
    seen_at: datetime
    ends_at: datetime


class EvidenceRow(Protocol):
    """A row of `evidence`. `size` is in bytes, `kind` a media type."""

    id: int
    deadline: int
    name: str
    kind: str
    size: int
    sha256: str
    kept_at: datetime
    by: str


class TokenRow(Protocol):
    """A row of `tokens`. `person` is "" for the office, `parties` are empty where it is limited to none."""

    id: int
    name: str
    secret: str
    may: tuple[str, ...]
    parties: tuple[str, ...]
    person: str
    made_at: datetime
    ends_at: datetime | None
    seen_at: datetime | None


class OverrideRow(Protocol):
    """A row of `overrides`; `ends_at` is None where it rules until somebody ends it."""

    id: int
    kind: str
    about: str
    name: str
    what: Any
    author: str
    reason: str
    made_at: datetime
    begins_at: datetime
    ends_at: datetime | None
    ended_at: datetime | None
    ended_by: str
    next_at: datetime | None


class CalendarAddressRow(Protocol):
    """A row of `calendar_addresses`; `ended_at` is None while it is good."""

    id: int
    secret: str
    holder: str
    about: str
    name: str
    made_at: datetime
    ended_at: datetime | None


def deadline_of(values: Mapping[str, Any]) -> DeadlineRow:
    """A deadline that is still a dictionary of columns, read like a stored one; it has no number yet."""
    return cast(DeadlineRow, SimpleNamespace(**values))


def changed(row: R, **values: Any) -> R:
    """A row as it is with these columns changed."""
    return cast(R, SimpleNamespace(**{**columns(row), **values}))


def columns(row: Any) -> Mapping[str, Any]:
    """All columns of a row by name."""
    found: Mapping[str, Any]
    if hasattr(row, "_mapping"):
        found = row._mapping
    else:
        found = row._asdict() if hasattr(row, "_asdict") else vars(row)
    return found


class Joinable(Protocol):
    """A message that has not left yet: when it may, and when the soonest of what is in it is due."""

    @property
    def id(self) -> int: ...
    @property
    def due(self) -> datetime | None: ...
    @property
    def not_before(self) -> datetime: ...


def joined(row: Any, prefix: str) -> Any:
    """The columns of a joined row that share a prefix, which come last in it, as if they stood alone."""
    first, shape = _prefixed(row._fields, prefix)
    return shape(row[first:])


def joined_deadline(row: Any) -> DeadlineRow:
    """The deadline of a notice."""
    return cast(DeadlineRow, joined(row, "d_"))


@lru_cache(maxsize=16)
def _prefixed(fields: tuple[str, ...], prefix: str) -> tuple[int, Callable[[Any], Any]]:
    """Where they begin, and what makes a row of them: a tuple with names takes a third of a dictionary."""
    first = next(at for at, field in enumerate(fields) if field.startswith(prefix))
    shape: Any = _NAMED("Joined", [field.removeprefix(prefix) for field in fields[first:]])
    return first, shape._make


_NAMED: Any = namedtuple  # the type checker wants the names written out
