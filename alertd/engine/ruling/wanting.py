"""What the calendar-dated duties of a register want: which occurrences, owed by whom."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from alertd.core.directory import members_of
from alertd.core.model import Obligation, Register
from alertd.core.occurrences import occurrences_due_after
from alertd.core.periods import Occurrence
from alertd.core.roster import stint_on, stints_of
from alertd.core.timing import Limits
from alertd.engine.ruling.world import World

_DAY = timedelta(days=1)
#: occurrences planned ahead: the current one and the next; of several times of a day, those of a day and one
AHEAD = 2
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Want:
    """Who owes which occurrences of one duty."""

    obligation: Obligation
    occurrences: list[tuple[Occurrence, Limits]]
    parties: tuple[str, ...]


def parties_of(world: World, obligation: Obligation, now: datetime) -> tuple[str, ...]:
    """Who owes a calendar-dated obligation today: unit ids, or officers' numbers for a roster."""
    kind, _, name = obligation.owed_by.partition(":")
    day = world.today(now)
    if kind == "unit":
        return (name,)
    units = members_of(world.register, name, day)
    if kind == "group":
        return units
    wanted = set(units)
    return tuple(
        member.number
        for member in world.register.roster.values()
        if (stint := stint_on(member, day)) is not None and stint.unit in wanted
    )


class Wants:
    """What one register wants as time goes forward.

    It remembers what it told: a year has few days on which a duty wants something else than the day before.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._turns = sorted(_turns(world.register))
        self._told: dict[str, tuple[int, datetime | None]] = {}  # the turn, and until when it holds

    def fresh(self, now: datetime) -> Iterator[Want]:
        """The duties that want something else than when this was last asked; the first time all of them."""
        world = self._world
        turn = bisect_right(self._turns, world.today(now))
        for obligation in world.register.obligations.values():
            if obligation.started_by_events:
                continue
            known, until = self._told.get(obligation.id, (-1, None))
            if known == turn and until is not None and now < until:
                continue
            ahead = max(AHEAD, len(obligation.rule.times) + 1)  # whoever plans looks once a day
            found = occurrences_due_after(obligation.rule, now, world.calendar, world.office, ahead)
            # a date that is named once is over some day, and wants nothing ever after
            self._told[obligation.id] = (turn, found[0][1].due if found else _NEVER)
            yield Want(obligation, found, parties_of(world, obligation, now))


def _turns(register: Register) -> Iterator[date]:
    """The days on which somebody begins or no longer is there."""
    spans = [(unit.since, unit.until) for unit in register.units.values()]
    spans += [(stint.since, stint.until) for each in register.roster.values() for stint in stints_of(each)]
    for since, until in spans:
        if since is not None:
            yield since
        if until is not None:
            yield until + _DAY
