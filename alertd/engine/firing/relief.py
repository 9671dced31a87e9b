"""The change of shift (交接班): whoever comes on duty is handed what is open, as one message that asks.

Nothing is stored of shifts. Whoever is on duty now and was not before, and has been asked about an open
deadline of an hour clock by nobody since their shift began, is asked about it now. So a change that was
missed while nothing ran is made up for, two nodes hand over once, and a roster that is changed in the midst
of a shift hands over too. Whoever is relieved is reminded no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from alertd.core.escalation import AlertPlan
from alertd.core.model import Repeat
from alertd.core.timing import Duration, TimeUnit
from alertd.engine.notify import guard
from alertd.engine.notify.addressing import Addressing, Gap, Recipient
from alertd.engine.notify.drafts import Drafts
from alertd.engine.ruling.scope import Scope
from alertd.store import relief, repeats, settings
from alertd.store.relief import ToldOnDuty
from alertd.store.rows import DeadlineRow

#: the step under which such messages are kept
STEP = "shift-change"
#: how often whoever comes on duty is asked again
CHASE = Repeat(Duration(10, TimeUnit.MINUTE), 6)
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Relief:
    """Who has come on duty at a post when, and who was there just before; `there` are all who are now."""

    unit: str
    position: str
    since: datetime
    people: tuple[Recipient, ...]
    there: frozenset[str]
    before: tuple[str, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class _Handed:
    """What a relief changes of one deadline: who hears of it now, and which notices are said no more."""

    people: tuple[Recipient, ...]
    over: tuple[ToldOnDuty, ...]
    by: str  # who had it before


def relieve(scope: Scope) -> int:
    """Hand over what is open to whoever has come on duty; returns how many deadlines were looked at."""
    rows = relief.running_by_the_hour(scope.tx) if scope.world.directory.duty.posts else None
    if rows is None or not len(rows):
        return 0
    addressing = Addressing.now(scope)
    reliefs = [
        each for post in scope.world.directory.duty.posts if (each := _relief(scope, addressing, *post))
    ]
    if not any(_to_hand(scope, reliefs, rows.rows)):
        return 0
    settings.lock(scope.tx, settings.TELLING)  # two nodes see the same change
    work = partial(_hand_over, scope, reliefs)
    return guard.each(scope, "relieve", relief.running_by_the_hour(scope.tx, held=True), work)


def next_change(scope: Scope) -> datetime | None:
    """When somebody else comes on duty somewhere, as far as that can be seen."""
    duty = scope.world.directory.duty
    return min((duty.around(post, scope.now).end for post in duty.posts), default=None)


def _relief(scope: Scope, addressing: Addressing, unit: str, position: str) -> Relief | None:
    """Who has come on duty at a post; None where nobody has, or the roster names nobody who is there."""
    directory, post = scope.world.directory, (unit, position)
    watch = directory.duty.around(post, scope.now)
    just_before = watch.start - _MOMENT
    if not watch.turns:
        return None
    before: tuple[str, ...] = ()
    if directory.duty.people(post, just_before):
        holders = directory.resolve(position, unit, None, just_before).holders
        before = tuple(holder.person.id for holder in holders)
    people, gaps = addressing.recipients(unit, None, ((position, True),))
    come = tuple(each for each in people if each.person not in before)
    there = frozenset(each.person for each in people)
    return Relief(unit, position, watch.start, come, there, before, gaps) if come else None


def _to_hand(
    scope: Scope, reliefs: Sequence[Relief], rows: Sequence[DeadlineRow]
) -> Iterator[tuple[DeadlineRow, Relief, _Handed]]:
    """Which deadlines change hands, at which post, and how."""
    told = relief.asked(scope.tx, [row.number for row in rows], [each.position for each in reliefs])
    for row in rows:
        for each in reliefs:
            desk = scope.world.directory.desk_of(each.position, row.unit, scope.now)
            handed = _handed(each, told.get(row.number, ())) if desk == each.unit else None
            if handed is not None:
                yield row, each, handed


def _handed(each: Relief, told: Sequence[ToldOnDuty]) -> _Handed | None:
    """What changes of one deadline: only where those before were asked about it, and only once."""
    mine = [notice for notice in told if notice.position == each.position]
    earlier = [notice for notice in mine if notice.decided_at < each.since]
    know = {notice.person for notice in mine if notice.decided_at >= each.since}
    people = tuple(person for person in each.people if person.person not in know)
    over = tuple(notice for notice in earlier if notice.person not in each.there and notice.next_at)
    if not earlier or not (people or over):
        return None
    asked = [notice.person for notice in earlier]
    return _Handed(people, over, next((name for name in each.before if name in asked), asked[-1]))


def _hand_over(scope: Scope, reliefs: Sequence[Relief], rows: Sequence[DeadlineRow]) -> None:
    drafts = Drafts(scope, about="shift")
    for row, each, handed in _to_hand(scope, reliefs, rows):
        repeats.silence_those(scope.tx, [notice.notice for notice in handed.over])
        drafts.note_gaps(each.gaps)
        if handed.people:
            plan = AlertPlan(STEP, 1, scope.now, (), (), CHASE, "each")
            drafts.alert_people(row, plan, handed.people, relief.KIND, {"by": handed.by})
        detail = {
            "people": [person.person for person in handed.people],
            "from": handed.by,
            "position": each.position,
            "since": each.since.isoformat(),
        }
        scope.record(row.number, "shift-changed", detail)
    drafts.write()
