"""Cases: the open ones, and one with all its clocks on one line of time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from alertd.core.model import State
from alertd.core.sights import Sight, sees
from alertd.core.standing import UNFINISHED
from alertd.engine.operations import signing_in
from alertd.engine.reporting.cases import Case, Known, Whose, case, concerns, open_cases
from alertd.engine.reporting.queries import Stood
from alertd.engine.ruling.refusal import Refused
from alertd.web.page import Call, Fields, Shown
from alertd.web.pages.lines import Line, line_of, pressing_first
from alertd.web.timeline import Strip, Window, spans_of, strip_of, window_of

#: cases on one page
_MOST = 100
#: what a line of time may show instead of everything
_SPANS = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=31)}


class OpenLine(Shown):
    """One case of the list; `pressing` is its clock that presses most, None where none runs."""

    id: str
    title: str
    type: str
    parties: tuple[str, ...]
    opened_at: datetime
    running: int
    pressing: Line | None


class Cases(Shown):
    """Of `count` open cases the newest; `lost` are those that cannot be read."""

    cases: tuple[OpenLine, ...]
    count: int
    lost: tuple[str, ...]


class Which(Fields):
    """A case by its name; `span` narrows its line of time, `done` says what was just pressed."""

    case: str
    span: Literal["", "day", "week", "month"] = ""
    done: Literal["", "reported", "correct", "cancel", "confirm", "upgrade"] = ""


class Clock(Shown):
    """One clock of a case: its line, and its strip on the line of time."""

    line: Line
    strip: Strip
    start: datetime
    done: datetime | None


class Moment(Shown):
    """Something at an instant, for the table: `kind` stands under `web.case.moment`."""

    at: datetime
    kind: Literal["event", "start", "earliest", "due", "done", "now"]
    event: Any = None
    clock: Line | None = None


class OneCase(Shown):
    """A case; `others` clocks are those of units that are none of the reader's business."""

    case: Any
    events: tuple[Any, ...]
    acts: dict[str, tuple[str, ...]]
    clocks: tuple[Clock, ...]
    others: int
    window: Window
    now: float | None
    marks: tuple[tuple[float, Any], ...]
    spans: tuple[str, ...]
    span: str
    moments: tuple[Moment, ...]
    lost: tuple[str, ...]
    done: str


def cases(call: Call) -> Cases:
    """The open cases that somebody may see."""
    found, count, lost = open_cases(call.scope, whose(call), _MOST)
    lines = []
    for each in found:
        running = pressing_first(stood for stood in each.clocks if _visible(call, stood))
        lines.append(
            OpenLine(
                id=each.id,
                title=each.title,
                type=each.type,
                parties=each.parties,
                opened_at=each.opened_at,
                running=len(running),
                pressing=line_of(running[0]) if running else None,
            )
        )
    return Cases(cases=tuple(lines), count=count, lost=tuple(each.name for each in lost))


def show(call: Call) -> OneCase:
    """A case with what is known of it. Raises Refused, also for one that does not concern whoever looks."""
    found, now, asked = visible_case(call, call.asked.case), call.scope.now, call.asked
    mine = [stood for stood in found.clocks if _visible(call, stood)]
    instants = _instants(found.events, mine, now)
    spans = spans_of(instants, tuple(_SPANS.values()))
    span = asked.span if asked.span in _SPANS and _SPANS[asked.span] in spans else ""
    window = window_of(instants, now, _SPANS.get(span))
    counted = [event for event in found.events if not event.cancelled]
    return OneCase(
        case=found,
        events=found.events,
        acts={event.id: acts_on(call, event) for event in found.events},
        clocks=tuple(_clock(window, stood, now) for stood in mine),
        others=len(found.clocks) - len(mine),
        window=window,
        now=window.place(now) if window.holds(now) else None,
        marks=tuple(
            (window.place(event.happened_at), event) for event in counted if window.holds(event.happened_at)
        ),
        spans=tuple(name for name, length in _SPANS.items() if length in spans),
        span=span,
        moments=_moments(counted, mine, now),
        lost=tuple(dict.fromkeys(each.name for each in found.lost)),
        done=asked.done,
    )


def acts_on(call: Call, event: Known) -> tuple[str, ...]:
    """What may be done to an event as it stands."""
    if event.cancelled:
        return ()
    levels = call.scope.world.register.event_types.get(event.type)
    graver = levels is not None and event.severity in levels.severities[:-1]
    return (
        *(("confirm",) if event.unconfirmed else ()),
        "correct",
        *(("upgrade",) if graver else ()),
        "cancel",
    )


def visible_case(call: Call, name: str) -> Case:
    """The case, for whom it concerns and for those who see all. Raises Refused: "no-case"."""
    they = whose(call)
    if they is not None and not concerns(call.scope, name, they):
        raise Refused("no-case", case=name)
    return case(call.scope, name)


def whose(call: Call) -> Whose | None:
    """Whose cases somebody may see; None for all."""
    world, visitor, now = call.scope.world, call.visitor, call.scope.now
    if sees(Sight.WHOLE, signing_in.eyes_of(world, visitor, now)):
        return None
    return Whose(signing_in.unit_of(world, visitor, now), signing_in.speaks_for(world, visitor, now))


def _visible(call: Call, stood: Stood) -> bool:
    return signing_in.may_look(call.scope, call.visitor, stood.row)


def _instants(events: tuple[Known, ...], clocks: list[Stood], now: datetime) -> list[datetime]:
    """Everything that the whole line of time has to hold."""
    found = [event.happened_at for event in events if not event.cancelled]
    running = False
    for stood in clocks:
        row = stood.row
        found += [at for at in (row.start, row.earliest, row.due, row.done_at) if at is not None]
        running = running or row.state in UNFINISHED
    return [*found, now] if running or not found else found


def _clock(window: Window, stood: Stood, now: datetime) -> Clock:
    row = stood.row
    finished = row.state not in UNFINISHED
    ended = row.done_at or (min(now, row.due) if finished and row.due else None)
    return Clock(
        line=line_of(stood),
        strip=strip_of(window, row.start, row.due or row.earliest, ended, now),
        start=row.start,
        done=row.done_at,
    )


def _moments(events: list[Known], clocks: list[Stood], now: datetime) -> tuple[Moment, ...]:
    """All instants of a case in their order, with the present one among them."""
    found = [Moment(at=event.happened_at, kind="event", event=event) for event in events]
    for stood in clocks:
        line, row = line_of(stood), stood.row
        found.append(Moment(at=row.start, kind="start", clock=line))
        if row.earliest is not None:
            found.append(Moment(at=row.earliest, kind="earliest", clock=line))
        if row.due is not None and row.state not in (State.CANCELLED, State.WITHDRAWN):
            found.append(Moment(at=row.due, kind="due", clock=line))
        if row.done_at is not None:
            found.append(Moment(at=row.done_at, kind="done", clock=line))
    found.append(Moment(at=now, kind="now"))
    return tuple(sorted(found, key=lambda each: each.at))
