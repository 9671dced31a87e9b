"""Deadlines: the list by pages, one, its history, who was told, how its limit was counted."""

from __future__ import annotations

import base64
import binascii
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from alertd.core.model import Standing, State
from alertd.core.standing import UNFINISHED
from alertd.engine.operations import acts
from alertd.engine.reporting.board import colour_of
from alertd.engine.reporting.queries import Filter, Stood, paged
from alertd.engine.reporting.whole import explained, whole
from alertd.engine.ruling.naming import obligation_named, party_named
from alertd.engine.ruling.scope import Scope
from alertd.messages.rules import rule_text
from alertd.saying.rows import row_limit, row_party, row_state, row_title
from alertd.saying.voice import Reader
from alertd.saying.whole import counting, steps
from alertd.web.api.endpoint import Ask, Reply
from alertd.web.api.given import Given, Unread
from alertd.web.api.seen import sight_of, visible

#: deadlines on one page
_MOST = 200


class Wanted(Given):
    """Which deadlines, and which page of them. Without a state those that are not finished."""

    state: State | None = None
    standing: Standing | None = None
    party: str = ""
    obligation: str = ""
    case: str = ""
    finished: Annotated[bool, Field(description="the finished ones too")] = False
    limit: Annotated[int, Field(ge=1, le=_MOST)] = 50
    cursor: Annotated[str, Field(description="`next` of the page before", max_length=200)] = ""


class Measure(Reply):
    """How a deadline is measured: an amount towards a bound, or a ratio in per cent. Null is not known."""

    unit: str
    bound: str
    owed: float
    total: float | None
    expected: float | None
    numerator: float | None
    denominator: float | None


class Deadline(Reply):
    """One deadline. `title`, `party_name`, `limit` and `said` are in the reader's language.

    `due` at 24:00 of a day is the next day's midnight; `last_day` is the day.
    """

    number: int
    id: str
    obligation: str
    title: str
    occurrence: str
    party: str
    party_name: str
    unit: str
    case: str | None
    turn: int
    state: State
    standing: Standing | None
    colour: str | None
    said: str
    limit: str
    rule: str
    opens_at: datetime
    earliest: datetime | None
    due: datetime | None
    last_day: date | None
    office_due: datetime | None
    by_the_hour: bool
    provisional: bool
    measure: Measure | None
    done_at: datetime | None
    result: str
    breach: str
    acknowledged_until: datetime | None
    next_action_at: datetime | None
    carried_from: str | None


class Deadlines(Reply):
    """One page. `next` is the cursor of the page that follows, null after the last.

    A page may be short where a standing is asked for. `lost` are deadlines that cannot be read.
    """

    deadlines: tuple[Deadline, ...]
    next: str | None
    lost: tuple[str, ...]


class Request(Reply):
    """What was asked for and somebody else decides: more time, another unit; `decision` is "" until then."""

    kind: str
    asked_at: datetime
    asked_by: str
    reason: str
    wanted: str | None
    decision: str
    decided_at: datetime | None
    decided_by: str


class Breach(Reply):
    """What was done against a rule, and stays on record."""

    kind: str
    at: datetime
    entered_at: datetime
    event: str | None
    gate: str | None
    version: int | None


class Whole(Reply):
    """One deadline. `may` are the acts that whoever holds the token could do now."""

    deadline: Deadline
    may: tuple[str, ...]
    requests: tuple[Request, ...]
    breaches: tuple[Breach, ...]


class Recorded(Reply):
    """One act on record. `detail` is what the audit holds of it."""

    at: datetime
    by: str
    action: str
    detail: dict[str, Any]


class History(Reply):
    """What happened to a deadline, oldest first."""

    deadline: str
    history: tuple[Recorded, ...]


class Told(Reply):
    """One message to one person. `ask`: an answer was asked for. Nobody's address is told."""

    person: str
    name: str
    position: str
    ask: bool
    channel: str
    state: str
    not_before: datetime | None
    sent_at: datetime | None
    subject: str
    acknowledged_at: datetime | None
    acknowledged_until: datetime | None


class Messages(Reply):
    """Who was told of a deadline, in the order of the messages."""

    deadline: str
    messages: tuple[Told, ...]


class Counted(Reply):
    """One line of how a limit was counted: a day or an instant, what that settles, and why."""

    at: str
    what: str
    why: str


class StepOf(Reply):
    """One step: when it is reached, whether it was, and who hears."""

    id: str
    at: datetime
    said: str
    to: tuple[str, ...]
    reached: bool


class Explained(Reply):
    """Why a deadline is due when it is, and who hears when."""

    deadline: Deadline
    trace: tuple[Counted, ...]
    steps: tuple[StepOf, ...]


def find(ask: Ask) -> Deadlines:
    """Those that match, the next due first."""
    asked, register = ask.asked, ask.scope.world.register
    wanted = Filter(
        states=_states(asked),
        standings=(asked.standing,) if asked.standing else (),
        parties=(party_named(register, asked.party),) if asked.party.strip() else (),
        case=asked.case.strip().lower(),
        obligation=obligation_named(register, asked.obligation) if asked.obligation.strip() else "",
    )
    leaf = paged(ask.scope, wanted, sight_of(ask), _read(asked.cursor), asked.limit)
    return Deadlines(
        deadlines=tuple(deadline_of(each, ask) for each in leaf.found),
        next=_cursor(*leaf.after) if leaf.after else None,
        lost=tuple(each.name for each in leaf.lost),
    )


def _states(asked: Wanted) -> tuple[str, ...]:
    if asked.state:
        return (str(asked.state),)
    return () if asked.finished or asked.case else tuple(map(str, UNFINISHED))


def show(ask: Ask) -> Whole:
    row = visible(ask, ask.number)
    found = whole(ask.scope, row.id)
    return Whole(
        deadline=deadline_of(found.stood, ask),
        may=tuple(sorted(acts.may(ask.scope, row))),
        requests=tuple(Request.model_validate(each) for each in found.requests),
        breaches=tuple(Breach.model_validate(each) for each in found.breaches),
    )


def history(ask: Ask) -> History:
    row = visible(ask, ask.number)
    found = whole(ask.scope, row.id).history
    return History(
        deadline=row.id,
        history=tuple(
            Recorded(at=each.at, by=each.by, action=each.action, detail=dict(each.detail)) for each in found
        ),
    )


def messages(ask: Ask) -> Messages:
    row, people = visible(ask, ask.number), ask.scope.world.register.people

    def told(each: Any) -> Told:
        name = people[each.person].name if each.person in people else each.person
        fields = {field: getattr(each, field) for field in Told.model_fields if field != "name"}
        return Told(name=name, **fields)

    return Messages(deadline=row.id, messages=tuple(map(told, whole(ask.scope, row.id).messages)))


def explain(ask: Ask) -> Explained:
    row = visible(ask, ask.number)
    found, reader = explained(ask.scope, row.id), reader_of(ask)
    lines = zip(found.trace, counting(found, reader), strict=True)
    said = zip(found.steps, steps(found, reader), strict=True)
    return Explained(
        deadline=deadline_of(whole(ask.scope, row.id).stood, ask),
        trace=tuple(
            Counted(at=at_text(line.at, ask.scope), what=text[1], why=text[2]) for line, text in lines
        ),
        steps=tuple(
            StepOf(id=reach.id, at=reach.at, said=words[1], to=reach.step.to, reached=reach.id in row.fired)
            for reach, words in said
        ),
    )


# ---------------------------------------------------------------- one deadline as it is given


def reader_of(ask: Ask) -> Reader:
    """Who reads the words of a reply."""
    return Reader(ask.scope.world, ask.language, ask.scope.now)


def at_text(at: date | datetime, scope: Scope) -> str:
    """A day, or an instant in the configured zone."""
    return (at.astimezone(scope.world.zone) if isinstance(at, datetime) else at).isoformat()


def deadline_of(stood: Stood, ask: Ask) -> Deadline:
    """A deadline with how it stands, and its words."""
    row, reader = stood.row, reader_of(ask)
    unfinished = row.state in UNFINISHED
    named: dict[str, Any] = {
        "title": row_title(row, reader),
        "party_name": row_party(row, reader),
        "said": row_state(row, stood.standing, reader),
        "limit": row_limit(row, reader),
        "rule": rule_text(row.rule, ask.language),
        "case": row.case_id,
        "standing": stood.standing,
        "colour": str(colour_of(row, stood.standing)) if unfinished else None,
        "measure": _measure(stood, reader),
        "carried_from": row.carried_from or None,
    }
    rest = {name: getattr(row, name) for name in Deadline.model_fields if name not in named}
    return Deadline(**named, **rest)


def _measure(stood: Stood, reader: Reader) -> Measure | None:
    measure = stood.measure
    if measure is None:
        return None
    fraction = stood.fraction
    return Measure(
        unit="%" if measure.percent is not None else reader.words.text(measure.unit),
        bound=stood.owed.kind,
        owed=stood.owed.value,
        total=stood.total,
        expected=stood.expected,
        numerator=fraction.numerator if fraction else None,
        denominator=fraction.denominator if fraction else None,
    )


# ---------------------------------------------------------------- where a page ends


def _cursor(due: datetime | None, number: int) -> str:
    text = f"{due.isoformat() if due else ''} {number}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[datetime | None, int] | None:
    """Raises Unread for what is no cursor of ours."""
    if not cursor:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        due, _, number = text.partition(" ")
        at = datetime.fromisoformat(due) if due else None
        if (at is not None and at.utcoffset() is None) or not 0 < int(number) < 2**53:
            raise ValueError(cursor)
        return at, int(number)
    except (ValueError, binascii.Error):
        raise Unread(400, "cursor") from None
