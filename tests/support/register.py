"""A register small enough to keep in mind, and worlds made of it, for tests of the store and the engine.

Two towns and an office that supervises, receives and keeps the duty desk. The calendar of 2026 and 2027 is
official and knows weekends only, so that dates can be checked in the head. 2026-11-22 is a Sunday.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from alertd.core.calendar import CalendarYear, WorkCalendar
from alertd.core.durations import parse_repeat
from alertd.core.model import (
    EventType,
    Group,
    Measure,
    Obligation,
    OrgUnit,
    Overdue,
    Person,
    Policy,
    Register,
    RosterMember,
    Source,
    Step,
)
from alertd.core.rules import parse_rule
from alertd.core.steptimes import parse_step_time
from alertd.core.timing import Duration, OfficeHours, Period, TimeUnit
from alertd.engine.ruling.world import Mode, World

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkCalendar(ZONE, {year: CalendarYear(year, "official") for year in (2026, 2027)}, "weekends")
OFFICE = OfficeHours()


def at(text: str) -> datetime:
    """An instant in the zone: "2026-12-01T10:00", or the midnight a bare date begins with."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def step(name: str, when: str, to: str, ask: str = "", level: int = 1, repeat: str = "", **more: Any) -> Step:
    """A step; `to` and `ask` are positions with spaces between, `repeat` is what an admin writes."""
    return Step(
        id=name,
        at=parse_step_time(when),
        to=tuple(to.split()),
        ask=frozenset(ask.split()),
        level=level,
        repeat=parse_repeat(repeat) if repeat else None,
        **more,
    )


TEN_MINUTES = "every 10 minutes until acknowledged, at most 3"

HOUR_CLOCK = Policy(
    "hour-clock",
    {"en": "Hour clock"},
    (
        step("started", "start", "duty contact", "duty contact", 1, TEN_MINUTES, ack="any"),
        step("half", "50%", "contact leader-in-charge", "contact", 2),
        step("most", "80%", "contact principal", "contact", 3, unless=frozenset({"acknowledged"})),
        step("reached", "due", "contact principal receiver", "contact", 5),
    ),
    Overdue(("contact", "supervisor"), frozenset({"contact"}), daily=2, weekly=1),
    acknowledged_for=Duration(1, TimeUnit.HOUR),
    hours=True,
)
YEARLY = Policy(
    "yearly",
    {"en": "Yearly report"},
    (
        step("near", "due - 10 working days", "contact", "contact", 1),
        step("nearer", "due - 5 working days", "contact section-chief receiver", "contact", 2),
        step("last", "last-workday", "contact leader-in-charge", "contact", 3),
    ),
    Overdue(("contact", "supervisor"), frozenset({"contact"}), daily=2, weekly=2),
)
PACE = Policy(
    "pace",
    {"en": "Pace"},
    (
        step(
            "behind",
            "opens",
            "contact",
            "contact",
            1,
            each=Period.MONTH,
            unless=frozenset({"on-track"}),
        ),
    ),
)
WINDOW = Policy(
    "window",
    {"en": "Window"},
    (step("open", "start", "contact", "contact"), step("may", "earliest", "contact")),
)


def obligation(name: str, rule: str, policy: str, owed_by: str, **more: Any) -> Obligation:
    """An obligation called after its id, of clause 1."""
    title = {"en": name.replace("-", " ").capitalize(), "zh-Hant": name}
    return Obligation(name, title, Source("§1"), owed_by, parse_rule(rule), policy, **more)


OBLIGATIONS = (
    obligation(
        "incident-information",
        "5 hours",
        "hour-clock",
        "event.party",
        starts_on=("incident.published", "incident.occurred"),
        closed_by=("information-published",),
        receiver="office",
    ),
    obligation(
        "incident-review", "10 days", "window", "event.party", starts_on=("incident-information.done",)
    ),
    obligation("yearly-report", "yearly by 12-30", "yearly", "group:every-town", receiver="office"),
    obligation(
        "training",
        "yearly by 12-31",
        "pace",
        "roster:every-town",
        measure=Measure("entries", {"en": "hours"}, 40),
    ),
    obligation(
        "draft-review",
        "5 to 15 working days",
        "window",
        "event.party",
        starts_on=("draft.received",),
        soft=frozenset({"earliest"}),
    ),
    obligation("hearing", "5 to 15 working days", "window", "event.party", starts_on=("hearing.assigned",)),
    obligation("proposal-reply", "as stated", "yearly", "event.party", starts_on=("proposal.received",)),
)


def _person(name: str, unit: str, *positions: str, chat: int, **more: Any) -> Person:
    phone = f"021-{chat:04}"
    return Person(name, name.title(), unit, positions, f"{name}@example.org", chat, phone, **more)


PEOPLE = (
    _person("ann", "town-a", "contact", chat=1, deputy="ben"),
    _person("ben", "town-a", "section-chief", chat=2),
    _person("cai", "town-a", "leader-in-charge", chat=3),
    _person("dan", "town-a", "principal", chat=4),
    _person("eve", "town-b", "contact", chat=5),
    _person("fay", "town-b", "section-chief", "leader-in-charge", "principal", chat=6),
    _person("gao", "office", "contact", chat=7),
    _person("han", "office", "duty", chat=8),
    _person("ian", "office", "section-chief", "duty-leader", chat=9),
)


def tiny_register(**changes: Any) -> Register:
    """The register; `changes` replace whole fields."""
    register = Register(
        obligations={o.id: o for o in OBLIGATIONS},
        policies={p.id: p for p in (HOUR_CLOCK, YEARLY, PACE, WINDOW)},
        event_types={
            "incident": EventType("incident", {"en": "Incident"}, ("occurred", "published")),
            "information-published": EventType("information-published", {"en": "Published"}, ("published",)),
            "draft": EventType("draft", {"en": "Draft"}, ("received",)),
            "hearing": EventType("hearing", {"en": "Hearing"}, ("assigned",)),
            "proposal": EventType("proposal", {"en": "Proposal"}, ("received",)),
        },
        units={name: OrgUnit(name, {"en": name, "zh-Hant": name}) for name in ("office", "town-a", "town-b")},
        groups={"every-town": Group("every-town", {"en": "Every town"}, ("town-a", "town-b"))},
        people={person.id: person for person in PEOPLE},
        roster={
            "jd-1": RosterMember("jd-1", "Officer One", "town-a"),
            "jd-2": RosterMember("jd-2", "Officer Two", "town-a"),
        },
        supervisor="office",
        duty_unit="office",
    )
    return replace(register, **changes)


def with_person(register: Register, name: str, **changes: Any) -> Register:
    """The register with one person changed."""
    return replace(register, people={**register.people, name: replace(register.people[name], **changes)})


def with_obligation(register: Register, name: str, **changes: Any) -> Register:
    """The register with one obligation changed; a rule may be given as text."""
    if isinstance(changes.get("rule"), str):
        changes["rule"] = parse_rule(changes["rule"])
    changed = replace(register.obligations[name], **changes)
    return replace(register, obligations={**register.obligations, name: changed})


def only(register: Register, *names: str) -> Register:
    """The register with these obligations and no others."""
    return replace(register, obligations={name: register.obligations[name] for name in names})


def away(person: str, first: str, last: str) -> Callable[[Register], Register]:
    """A change of the register: a person is away from the first to the last day."""
    days = ((date.fromisoformat(first), date.fromisoformat(last)),)
    return lambda register: with_person(register, person, away=days)


def world(register: Register | None = None, **changes: Any) -> World:
    """A live node that writes to the inbox; `live_channels()` gives it mail and telegram instead."""
    values: dict[str, Any] = {
        "register": register or tiny_register(),
        "calendar": CALENDAR,
        "office": OFFICE,
        "language": "en",
        "mode": Mode.LIVE,
        "admin_to": ("admin@example.org",),
        "deadline_threshold": 20,
        **changes,
    }
    return World(**values)


def live_channels() -> dict[str, Any]:
    """Changes for `world`: telegram first, then mail."""
    return {
        "channels": ("telegram", "email"),
        "transports": {"telegram": "telegram", "email": "email", "inbox": "inbox"},
    }
