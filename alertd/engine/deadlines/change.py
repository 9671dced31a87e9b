"""The one writer of a deadline's change: its columns, cursor, repeats and audit, and who hears of it.

Whoever changes a deadline says what changes and what that is called; what always follows is decided here, and
other systems that subscribe to it hear of it. A deadline that is closed or stands still has no next action
and repeats nothing; one that runs is looked at when its next step is reached, and a step that lies ahead
again is spoken again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from alertd.core.escalation import first_action, rewound
from alertd.core.model import RUNNING, State
from alertd.core.reviews import PREFIX, review_reaches
from alertd.engine.deadlines import recorded
from alertd.engine.notify.subscribers import announce
from alertd.engine.notify.telling import tell_those_told
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import deadlines, repeats, requests
from alertd.store.rows import DeadlineRow, changed

#: columns that say when a clock runs: a change of these is in the audit, old and new
TIMES = ("start", "opens_at", "earliest", "due", "last_day", "office_due", "provisional")
#: and these besides: what a bulletin of an earlier instant takes back
_AUDITED = frozenset({*TIMES, "turns_from", "start_provisional", "unit", "obligation", "policy", "rule"})
_AUDITED |= {"by_the_hour", "due_soft", "earliest_soft"}
#: the limit people were told before, for a message about the new one
_LIMIT = ("last_day", "office_due", "due", "earliest")
EMPTY: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a deadline: `action` in the audit and its `detail`, and new `values` of columns.

    `told` is the kind of news for those who were told (alertd.messages.view.NoticeKind), "" for none, and
    `said` what it says. `silent` ends the repeats though the deadline runs on. `waits` is why nothing is to
    be done where no step lies ahead; `spoken` are steps that count as said.
    """

    action: str
    values: Mapping[str, Any] = field(default_factory=dict)
    detail: Mapping[str, Any] = field(default_factory=dict)
    told: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)
    silent: bool = False
    waits: str = "completion"
    spoken: tuple[str, ...] = ()


def write(scope: Scope, row: DeadlineRow, change: Change) -> DeadlineRow:
    """Carry a change of `row`, as it is in the store, out; returns the deadline as it is then."""
    values = {**_implied(scope, row, str(change.values.get("state", row.state))), **change.values}
    new = changed(row, **values)
    values |= cursor(scope, new, change.waits, change.spoken)
    deadlines.change(scope.tx, row.number, **values)
    if change.silent or new.state not in RUNNING:
        repeats.silence(scope.tx, row.number)
    moved = changes_of(row, change.values)
    if "due" in moved and new.due is not None:
        requests.bring_forward(scope.tx, row.number, new.due)
    more = {**({"changes": moved} if moved else {}), **recorded.since(row, values, but=moved)}
    seq = scope.record(row.number, change.action, {**change.detail, **more})
    announce(scope, changed(row, **values), change.action, seq)
    if change.told:
        old = {"old": limit_of(row)} if moved.keys() & {"due", "earliest"} else {}
        tell_those_told(scope, row.number, change.told, {**change.said, **old})
    return changed(row, **values)


def patch(
    scope: Scope, row: DeadlineRow, action: str, values: Mapping[str, Any], detail: Mapping[str, Any] = EMPTY
) -> None:
    """Change single columns of `row` from which nothing follows for the others, and put it on record."""
    deadlines.change(scope.tx, row.number, **values)
    seq = scope.record(row.number, action, {**detail, **recorded.since(row, values)})
    announce(scope, changed(row, **values), action, seq)


def _implied(scope: Scope, row: DeadlineRow, state: str) -> dict[str, Any]:
    """What a state means for the columns that go with it."""
    if state == row.state:
        return {}
    if state in deadlines.UNFINISHED:
        implied: dict[str, Any] = {"done_at": None, "closed_at": None, "result": "", "review_due": None}
    else:
        implied = {} if row.state not in deadlines.UNFINISHED else {"closed_at": scope.now}
        if state != State.DONE:
            implied["review_due"] = None
    return implied if state == State.SUSPENDED else {**implied, "suspended_at": None}


def cursor(
    scope: Scope, row: DeadlineRow, waits: str = "completion", spoken: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The columns fired, next_action_at and waits of a deadline that has all its others."""
    review = row.state == State.DONE and row.review_due is not None
    if row.state == State.SUSPENDED:
        return {"next_action_at": None, "waits": "suspended"}
    if row.state not in RUNNING and not review:
        return {"next_action_at": None, "waits": "closed"}
    fired = row.fired
    if not review:  # steps of a review are forgotten, so that the next one speaks again
        fired = tuple(step for step in fired if not step.startswith(PREFIX))
        fired = rewound(fired, scope.world.steps_of(row), scope.now)
    fired = (*fired, *(step for step in spoken if step not in fired))
    since = scope.now if review else row.since
    next_at = next_look(scope.world, changed(row, fired=fired), since)
    return {"fired": fired, "next_action_at": next_at, "waits": "" if next_at else waits}


def next_look(world: World, row: DeadlineRow, since: datetime) -> datetime | None:
    """When a deadline must be looked at next. One under review follows the receiver's clock."""
    if row.state == State.DONE and row.review_due is not None:
        assert row.closed_at is not None
        reaches = review_reaches(row.closed_at, row.review_due, world.calendar, world.office)
    else:
        reaches = world.steps_of(row)
    return first_action(State(row.state), row.opens_at, since, row.fired, reaches)


def changes_of(row: DeadlineRow, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the audit says of columns that change: each as it was and as it is."""
    return {
        name: {"old": plain(getattr(row, name)), "new": plain(value)}
        for name, value in values.items()
        if name in _AUDITED and getattr(row, name) != value
    }


def limit_of(row: DeadlineRow) -> dict[str, Any]:
    """The limit as people were told it."""
    return {name: plain(getattr(row, name)) for name in _LIMIT}


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    return value.isoformat() if hasattr(value, "isoformat") else value
