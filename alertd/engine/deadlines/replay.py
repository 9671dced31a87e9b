"""What was known of a deadline at an instant, from its row as it is now and its audit. Pure.

A state is replayed forwards from the audit; a column that moved is taken back through the later rows, each
of which says what it was before. A row changed without an audit row would rewrite history: nothing does that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from alertd.core.model import State
from alertd.store.rows import ReportRow, changed

#: the act on a deadline whose event was called off
CANCELLED = "cancelled"
#: what an act makes of a deadline; acts that are not here leave its state alone
STATE_AFTER: Mapping[str, State] = {
    "done": State.DONE,
    "verified": State.VERIFIED,
    "returned": State.RETURNED,
    "reopened": State.OPEN,
    "suspended": State.SUSPENDED,
    "resumed": State.OPEN,
    "restarted": State.OPEN,
    "waived": State.WAIVED,
    CANCELLED: State.CANCELLED,
    "withdrawn": State.WITHDRAWN,
    "missed": State.DONE,  # a turn that never came, closed when the turns ended
    "ended": State.CANCELLED,
    "taken-up": State.OPEN,
    "shortfall": State.OPEN,  # the case closed with too few, even while the clock was paused
}
#: acts whose reason says why something is late; a moved date's says why the files changed
_REASONED = frozenset({"done", "verified", "returned", "reopened", "extended", "suspended"})
# Tuples: looking an enum up in a set hashes it in Python, a hundred thousand times for a bulletin.
_CLOSED = (State.DONE, State.VERIFIED)
_NOT_OWED = (State.WAIVED, State.CANCELLED, State.WITHDRAWN)
#: columns that may move, and what turns the audit's text back into a value
_INSTANTS, _DAYS = frozenset({"due", "opens_at"}), frozenset({"last_day"})
_MOVING = frozenset({"unit", "obligation", "due", "last_day", "opens_at", "due_soft", "by_the_hour"})


class BulletinResult(StrEnum):
    """What a bulletin says of a deadline."""

    ON_TIME = "on-time"
    CLOSED_LATE = "closed-late"
    OPEN_LATE = "open-late"
    PENDING = "pending"
    NOT_OWED = "not-owed"


class Missed(NamedTuple):
    """A hand-in after its limit: it stays a fact though it came back and was handed in again by a new one."""

    due: datetime
    last_day: date | None
    closed: datetime


class Known(NamedTuple):
    """One deadline as it was known.

    `row` has its columns as they were: number, id, obligation, occurrence, case_id, party, since, opens_at,
    by_the_hour, due_soft. `closed` is when the hand-in happened, `entered` when it was entered; `carried`
    names the plan it was carried over from.
    """

    row: ReportRow
    unit: str
    due: datetime | None
    last_day: date | None
    state: State
    outcome: BulletinResult
    closed: datetime | None
    entered: datetime | None
    reason: str
    missed: Missed | None = None
    carried: str = ""


def known_at(row: ReportRow, history: Sequence[Any], at: datetime) -> Known | None:
    """The deadline as known at `at`, None where there was none yet. `history` is its audit, in order."""
    if row.since > at:
        return None
    if not history:
        outcome = _outcome(State.OPEN, row.due, None, at)
        return Known(row, row.unit, row.due, row.last_day, State.OPEN, outcome, None, None, "")
    moved = moves(history)
    then = _before(row, [act for act in history if act.at > at]) if moved else row
    state, closed, entered, reason, missed = State.OPEN, None, None, "", None
    carried = ""
    for place, act in enumerate(history):
        if act.at > at:
            continue
        told = act.detail.get("state")
        state = State(told) if told else STATE_AFTER.get(act.action, state)
        if act.action in _REASONED:
            reason = act.detail.get("reason") or reason
        if act.action == "carried-over":
            carried = act.detail["from"]
        if act.action == "reopened":
            missed = None  # it was closed by mistake
        if state not in _CLOSED:
            closed = entered = None
        elif act.action == "rejudged" and closed is not None:  # by another start than it was judged by
            missed = _missed(row, history[place + 1 :], closed)
        elif act.action == "done" or closed is None:
            happened = act.detail.get("happened")
            closed, entered = datetime.fromisoformat(happened) if happened else act.at, act.at
            missed = missed or _missed(row, history[place + 1 :] if moved else (), closed)
    outcome = _outcome(state, then.due, missed, at)
    limit = then.unit, then.due, then.last_day
    return Known(then, *limit, state, outcome, closed, entered, reason, missed, carried)


def moves(history: Sequence[Any]) -> bool:
    """Whether any of these acts changed a column."""
    for act in history:  # noqa: SIM110 - a generator costs more than what it looks at
        if "changes" in act.detail or act.action == "transferred":
            return True
    return False


def changes_in(act: Any) -> Mapping[str, Any]:
    """The columns an act changed, each with its old and its new value; {} for none."""
    if act.action == "transferred":
        return {"unit": act.detail}
    found: Mapping[str, Any] = act.detail.get("changes") or {}
    return found


def _missed(row: ReportRow, after: Sequence[Any], closed: datetime) -> Missed | None:
    """Whether a hand-in came later than the limit it had before the acts `after` it; at `due` is in time."""
    then = _before(row, after) if after else row
    return Missed(then.due, then.last_day, closed) if then.due is not None and closed > then.due else None


def _before(row: ReportRow, acts: Sequence[Any]) -> Any:
    """A row as it was before these acts, its last ones in order."""
    values: dict[str, Any] = {}
    for act in reversed(acts):
        for name, change in changes_in(act).items():
            if name in _MOVING:
                values[name] = _value(name, change["old"])
    return changed(row, **values) if values else row


def _value(name: str, text: Any) -> Any:
    if text is None or not isinstance(text, str):
        return text
    if name in _INSTANTS:
        return datetime.fromisoformat(text)
    return date.fromisoformat(text) if name in _DAYS else text


def _outcome(state: State, due: datetime | None, missed: Missed | None, at: datetime) -> BulletinResult:
    """On time is judged by when it happened; at `due` itself is in time (Civil Code art. 1259)."""
    if state in _NOT_OWED:
        return BulletinResult.NOT_OWED
    if state in _CLOSED:
        return BulletinResult.CLOSED_LATE if missed else BulletinResult.ON_TIME
    if due is not None and at > due and state is not State.SUSPENDED:
        return BulletinResult.OPEN_LATE
    return BulletinResult.PENDING
