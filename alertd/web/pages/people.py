"""People: who is on duty, and what somebody is told and over what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from alertd.core.directory import Holder as Held
from alertd.engine.operations import signing_in
from alertd.engine.reporting.on_duty import UNIT, Watch, on_duty, told, watch
from alertd.web.page import Call, Fields, Shown
from alertd.web.pages.lines import Row
from alertd.web.pages.moments import day_of


class Which(Fields):
    """A day as a browser writes it, "" for today."""

    day: str = ""


class Holder(Shown):
    """Somebody in a position; `deputy_for` is the name of who is away, `position` the one they hold."""

    person: str
    phone: str
    position: str
    deputy_for: str


class Shift(Shown):
    """Who is on duty from when to when; `vacant` where the roster names nobody who is there, `several` where
    it names people at several places."""

    start: datetime
    end: datetime
    holders: tuple[Holder, ...]
    vacant: bool
    several: bool


class Post(Shown):
    """A position, and who answers in it; `vacant` where that is somebody one position up, or nobody.

    Where there is a roster, its `shifts` say who.
    """

    position: str
    holders: tuple[Holder, ...]
    vacant: bool
    shifts: tuple[Shift, ...]


class Unit(Shown):
    """A unit with its posts."""

    unit: str
    posts: tuple[Post, ...]


class OnDuty(Shown):
    """Who answers on a day: at the desk and in units with officers on duty; and `own` unit, if any."""

    day: date
    today: bool
    before: date
    after: date
    watches: tuple[Unit, ...]
    own: Unit | None


class Way(Shown):
    """A channel, the address with most of it hidden, and how it is."""

    channel: str
    address: str
    state: str


class Step(Shown):
    """A step ahead: when, of which deadline, whether it asks."""

    at: datetime
    row: Row
    ask: bool


class Myself(Shown):
    """What the directory says of a person, and what they are told next."""

    person: str
    unit: str
    positions: tuple[str, ...]
    language: str
    ways: tuple[Way, ...]
    deputy: str
    away: tuple[tuple[date, date], ...]
    coming: tuple[Step, ...]


def duty(call: Call) -> OnDuty:
    """Who is on duty. Raises Refused for what is no day."""
    scope = call.scope
    day = day_of(call.asked.day) or scope.today
    own = signing_in.unit_of(scope.world, call.visitor, scope.now)
    one = timedelta(days=1)
    return OnDuty(
        day=day,
        today=day == scope.today,
        before=day - one,
        after=day + one,
        watches=tuple(map(_unit, on_duty(scope, day))),
        own=_unit(watch(scope, own, UNIT, day)) if own else None,
    )


def myself(call: Call) -> Myself:
    """What whoever looks is told, and over what."""
    found = told(call.scope, call.visitor.person)
    return Myself(
        person=found.person.id,
        unit=found.unit,
        positions=found.person.positions,
        language=found.person.language or call.scope.world.language,
        ways=tuple(Way(channel=way.channel, address=way.address, state=way.state) for way in found.ways),
        deputy=found.deputy,
        away=found.away,
        coming=tuple(
            Step(at=each.at, row=Row.model_validate(each.row), ask=each.ask) for each in found.coming
        ),
    )


def _unit(found: Watch) -> Unit:
    return Unit(
        unit=found.unit,
        posts=tuple(
            Post(
                position=post.position,
                vacant=post.vacant,
                holders=_holders(post.holders),
                shifts=tuple(
                    Shift(
                        start=each.start,
                        end=each.end,
                        holders=_holders(each.holders),
                        vacant=each.vacant,
                        several=each.several,
                    )
                    for each in post.shifts
                ),
            )
            for post in found.posts
        ),
    )


def _holders(found: Iterable[Held]) -> tuple[Holder, ...]:
    return tuple(
        Holder(
            person=each.person.id,
            phone=each.person.phone,
            position=each.position,
            deputy_for=each.deputy_for or "",
        )
        for each in found
    )
