"""A preview in figures, for people and for machines: `preview --summary` and `go-live`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from alertd.cli.output import aligned, print_json

if TYPE_CHECKING:
    from alertd.cli.context import Session
    from alertd.engine.preview.forecast import Forecast, Load
    from alertd.engine.preview.virtual import Line
    from alertd.engine.ruling.world import World

_TOP = 10
_BUSIEST = 5


def show(
    session: Session,
    world: World,
    lines: Sequence[Line],
    first: datetime,
    until: datetime,
    in_json: bool,
) -> None:
    """Print the figures of a preview."""
    from alertd.engine.preview.forecast import forecast

    found = forecast(world, lines, first, until)
    if in_json:
        print_json(as_json(session, found, first, until))
    else:
        print("\n".join(in_words(session, world, found)))


def as_json(session: Session, found: Forecast, first: datetime, until: datetime) -> dict[str, Any]:
    """`per_week` is the average without hour clocks, as the budget counts."""
    from alertd.cli.output import rfc3339

    return {
        "from": rfc3339(first, session.zone),
        "to": rfc3339(until, session.zone),
        "messages": found.messages,
        "people": [
            {
                "person": load.person,
                "messages": load.messages,
                "hour_clocks": load.hours,
                "per_week": round(load.per_week, 2),
                "principal": load.principal,
            }
            for load in found.people
        ],
        "obligations": [{"obligation": name, "messages": count} for name, count in found.obligations],
        "weeks": [{"monday": monday.isoformat(), "messages": count} for monday, count in found.weeks],
    }


def in_words(session: Session, world: World, found: Forecast) -> list[str]:
    """The whole, then who gets most, the principals, what for, and the busiest weeks."""
    say = session.say
    lines = [say("forecast.total", count=found.messages, people=len(found.people))]
    if not found.messages:
        return lines
    lines += ["", say("forecast.people", count=min(_TOP, len(found.people)))]
    lines += aligned([_load(session, world, load) for load in found.people[:_TOP]], indent=2)
    if found.principals:
        lines += ["", say("forecast.principals")]
        lines += aligned([_load(session, world, load) for load in found.principals[:_TOP]], indent=2)
    lines += ["", say("forecast.obligations")]
    lines += aligned([_obligation(session, world, *pair) for pair in found.obligations], indent=2)
    lines += ["", say("forecast.weeks")]
    rows = [
        (say("forecast.week", monday=_day(session, day)), _messages(session, n)) for day, n in found.weeks
    ]
    return lines + aligned(rows[:_BUSIEST], indent=2)


def _load(session: Session, world: World, load: Load) -> tuple[str, str, str]:
    from alertd.saying.people import who
    from alertd.saying.voice import Reader

    average = session.say("forecast.per-week", average=f"{load.per_week:.1f}")
    if load.hours:
        average += session.say("forecast.of-hours", count=load.hours)
    voice = Reader(world, session.language, session.now)
    return who(load.person, voice), _messages(session, load.messages), average


def _messages(session: Session, count: int) -> str:
    return session.say("forecast.messages", count=count)


def _obligation(session: Session, world: World, name: str, count: int) -> tuple[str, str]:
    known = world.register.obligations.get(name)
    return (session.words.text(known.title) if known else name), _messages(session, count)


def _day(session: Session, day: Any) -> str:
    from alertd.messages.dates import day_text

    return day_text(day, session.language, session.today())
