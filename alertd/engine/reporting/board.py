"""What a supervisor sees at a glance: who has handed in (the roll), and what is green, yellow, red, grey."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import Connection, select

from alertd.core.history import ActKind
from alertd.core.measures import Count
from alertd.core.model import RUNNING, Standing, State
from alertd.core.standing import COLOURS, Colour, standing_of
from alertd.engine.deadlines.closing import MISSED
from alertd.engine.deadlines.figures import Figures
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import acts, reading, reports, requests
from alertd.store import deadlines as deadline_store
from alertd.store.rows import DeadlineRow
from alertd.store.tables import deadlines


@dataclass(frozen=True, slots=True)
class Light:
    """One line of the board: how many open deadlines have each colour, and the next limit among them."""

    name: str  # the unit's id, or the obligation's
    green: int = 0
    yellow: int = 0
    red: int = 0
    grey: int = 0
    carried: int = 0  # of all these, left open by a plan that is over
    next_due: datetime | None = None
    next_by_the_hour: bool = False

    @property
    def total(self) -> int:
        return self.green + self.yellow + self.red + self.grey


class Tally:
    """Counts one line of the board."""

    def __init__(self) -> None:
        self._counts = dict.fromkeys(Colour, 0)
        self._carried = 0
        self._next: tuple[datetime, bool] | None = None

    def add(self, row: DeadlineRow, colour: Colour, now: datetime) -> None:
        self._counts[colour] += 1
        self._carried += bool(row.carried_from)
        if row.due is not None and row.due >= now and (self._next is None or row.due < self._next[0]):
            self._next = row.due, row.by_the_hour

    def light(self, name: str) -> Light:
        """The line, called so."""
        due, by_the_hour = self._next or (None, False)
        green, yellow, red, grey = (
            self._counts[colour] for colour in (Colour.GREEN, Colour.YELLOW, Colour.RED, Colour.GREY)
        )
        return Light(name, green, yellow, red, grey, self._carried, due, by_the_hour)


def total_of(lights: Iterable[Light]) -> Light:
    """All lines as one, without a name and a next limit."""
    each = list(lights)

    def total(name: str) -> int:
        return sum(getattr(light, name) for light in each)

    return Light("", total("green"), total("yellow"), total("red"), total("grey"), total("carried"))


def board(scope: Scope, by: str) -> list[Light]:
    """Open deadlines by `unit` or by `item`, the reddest first. What has not opened yet is not on it."""
    measured = [name for name, each in scope.world.register.obligations.items() if each.measure is not None]
    tallies: dict[str, Tally] = {}

    def add(row: DeadlineRow, standing: Standing | None) -> None:
        name = row.unit if by == "unit" else row.obligation
        tally = tallies.get(name)
        if tally is None:
            tally = tallies[name] = Tally()
        tally.add(row, colour_of(row, standing), scope.now)

    with reports.uncollected():
        for row in reports.opened(scope.tx, scope.now, measured):
            add(row, standing_of(row, scope.now, scope.world.calendar))
        figures = Figures(scope)
        for row in reports.opened_whole(scope.tx, scope.now, measured):
            add(row, figures.standing(row, scope.now))
    lights = [tally.light(name) for name, tally in tallies.items()]
    return sorted(lights, key=lambda light: (-light.red, -light.yellow, -light.grey, light.name))


def colour_of(row: DeadlineRow, standing: Standing | None) -> Colour:
    """The colour of an unfinished deadline; paused is grey."""
    if row.state == State.SUSPENDED or standing is None:
        return Colour.GREY
    return COLOURS[standing]


# ---------------------------------------------------------------- the roll


class Mark(StrEnum):
    """Where one unit stands with one duty."""

    HANDED_IN = "handed-in"
    UNDER_REVIEW = "under-review"
    RETURNED = "returned"
    MISSING = "missing"
    OVERDUE = "overdue"
    SUSPENDED = "suspended"
    WAIVED = "waived"
    NOT_APPLICABLE = "not-applicable"


@dataclass(frozen=True, slots=True)
class Call:
    """One line of a roll; `contact` and `phone` are "" where nobody answers for the unit.

    `requests` are those about it that nobody has decided; `reason` is why it came back, where it is returned.
    """

    row: DeadlineRow
    mark: Mark
    contact: str
    phone: str
    requests: tuple[Any, ...] = ()
    reason: str = ""
    extended: bool = False  # it was granted more time


@dataclass(frozen=True, slots=True)
class DutyRoll:
    """One duty of many units. `others` are its other occurrences that somebody still owes."""

    obligation: str
    occurrence: str
    calls: tuple[Call, ...]
    others: tuple[str, ...]

    def count(self, mark: Mark) -> int:
        return sum(call.mark is mark for call in self.calls)


def roll(scope: Scope, obligation: str, occurrence: str = "") -> DutyRoll | None:
    """The roll of an occurrence, None where there is none.

    Without one named it is the oldest that has opened and somebody still owes, else the last one opened.
    """
    found = reading.whole(scope.tx, select(deadlines).where(deadlines.c.obligation == obligation))
    gone = (State.CANCELLED, State.WITHDRAWN)
    rows = [row for row in cast(Sequence[DeadlineRow], found) if row.state not in gone]
    owed = _owed(rows, scope.now)
    chosen = occurrence or (owed[0] if owed else _last_opened(rows, scope.now))
    asking: dict[int, tuple[Any, ...]] = {}
    for request, row in requests.waiting(scope.tx, obligation):
        asking[row.number] = (*asking.get(row.number, ()), request)
    rows = [row for row in rows if row.occurrence == chosen]
    counts, reasons = Figures(scope), _reasons(scope.tx, rows)
    given = acts.of_many(scope.tx, [row.number for row in rows])
    extended = {number for number, each in given.items() if any(act.kind == ActKind.GRANT for act in each)}
    calls = tuple(
        Call(
            row,
            mark_of(row, scope.now, counts.count(row, scope.now)),
            *_contact(scope.world, scope.now, row),
            asking.get(row.number, ()),
            reasons.get(row.number, ""),
            row.number in extended,
        )
        for row in rows
    )
    if not calls:
        return None
    order = {unit: place for place, unit in enumerate(scope.world.register.units)}
    placed = sorted(calls, key=lambda call: (order.get(call.row.unit, len(order)), call.row.party))
    return DutyRoll(obligation, chosen, tuple(placed), tuple(name for name in owed if name != chosen))


def _owed(rows: Iterable[DeadlineRow], now: datetime) -> list[str]:
    """Occurrences that somebody still owes, the oldest first."""
    open_ = [row for row in rows if row.state in deadline_store.UNFINISHED and row.opens_at <= now]
    return list(dict.fromkeys(row.occurrence for row in sorted(open_, key=_age)))


def _last_opened(rows: Sequence[DeadlineRow], now: datetime) -> str:
    begun = [row for row in rows if row.opens_at <= now] or sorted(rows, key=_age)[:1]
    return str(max(begun, key=_age).occurrence) if begun else ""


def _age(row: DeadlineRow) -> tuple[datetime, str]:
    return row.opens_at, row.occurrence


def _reasons(tx: Connection, rows: Iterable[DeadlineRow]) -> dict[int, str]:
    """Why those that are returned came back."""
    _, histories = reports.numbered(tx, {row.number for row in rows if row.state == State.RETURNED})
    return {
        number: next((act.detail.get("reason", "") for act in reversed(acts) if act.action == "returned"), "")
        for number, acts in histories.items()
    }


def _contact(world: World, now: datetime, row: DeadlineRow) -> tuple[str, str]:
    """The name and the telephone of whom to call."""
    holders = world.directory.resolve("contact", row.unit, None, now).holders
    person = holders[0].person if holders else None
    return (person.name, person.phone) if person else ("", "")


def mark_of(row: DeadlineRow, now: datetime, count: Count | None = None) -> Mark:
    """A hand-in that its receiver still looks at is under review; what was returned stays so when late.

    A ratio of nothing is owed by nobody, whether its period still runs or was judged.
    """
    if row.state not in (State.SUSPENDED, State.WAIVED) and count is not None and not count.applies:
        return Mark.NOT_APPLICABLE
    if row.result == MISSED:
        return Mark.OVERDUE  # closed with the last turn, and never handed in
    if row.state == State.DONE:
        return Mark.UNDER_REVIEW if row.review_due is not None else Mark.HANDED_IN
    if row.state == State.VERIFIED:
        return Mark.HANDED_IN
    if row.state in (State.RETURNED, State.SUSPENDED, State.WAIVED):
        return Mark(str(row.state))
    late = row.state in RUNNING and row.due is not None and now > row.due
    return Mark.OVERDUE if late else Mark.MISSING
