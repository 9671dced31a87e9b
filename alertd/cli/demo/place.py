"""Where the demonstration plays: a register, a night, who takes part; and a session that holds only a copy.

The register is the installation's own where the story is true of it, else the one shipped with alertd.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from alertd.cli.context import Session
from alertd.cli.demo.story import DRAFT, FIRE, STAGE, Assumed, Cast, events_told, rules_told
from alertd.cli.exits import Faulty
from alertd.core.rules import parse_rule
from alertd.core.validity import in_force

if TYPE_CHECKING:
    from alertd.clock import SettableClock
    from alertd.core.calendar import WorkCalendar
    from alertd.core.model import Obligation, Person
    from alertd.engine.ruling.world import World
    from alertd.installation import Installation, Store

_YEARS_BACK = 10
_REPORTED = time(2, 10)
_POSITIONS = ("contact", "leader-in-charge", "principal")


@dataclass(frozen=True)
class Place:
    """A register to play in.

    `source` says which and why: the city's `own`, or the shipped one where there is none (`shipped`), where
    it is `faulty`, or where the story would not be true of it (`other`).
    """

    installation: Installation
    world: World
    source: str
    night: date

    @property
    def begins(self) -> datetime:
        """When the incident is reported."""
        return self.world.calendar.instant(self.night, _REPORTED)


def place_for(session: Session) -> Place:
    """The installation's register, or the shipped one where that does not serve.

    Raises Faulty where a configuration was named that is not there.
    """
    from alertd.config.faults import Fault
    from alertd.config.node import find_config
    from alertd.engine.operations.releasing import NoRegister
    from alertd.installation import Installation
    from alertd.shipped import shipped_files

    found = find_config(session.config, session.environ, session.cwd)
    if not isinstance(found, Fault):
        try:
            place = _place(session, session.installation, "own")
            if plays(place.world, place.night):
                return place
            source = "other"
        except (Faulty, NoRegister):
            source = "faulty"
    elif session.config or session.environ.get("ALERTD_CONFIG"):
        raise Faulty((found,))
    else:
        source = "shipped"
    return _place(session, Installation.find(str(shipped_files()), {}, session.cwd), source)


def _place(session: Session, installation: Installation, source: str) -> Place:
    world = replace(installation.written().sending(), language=session.language)
    today = session.now.astimezone(world.zone).date()
    return Place(installation, world, source, national_day(world.calendar, today))


def national_day(calendar: WorkCalendar, today: date) -> date:
    """The next National Day whose year has its official notice, else the last one that had.

    In a year without notice every working day is an estimate, and every limit would be shown as provisional.
    """
    following = today.year if today <= date(today.year, 10, 1) else today.year + 1
    days = [date(year, 10, 1) for year in range(following, following - _YEARS_BACK, -1)]
    return next((day for day in days if not calendar.is_provisional(day)), days[0])


def plays(world: World, night: date) -> bool:
    """Whether the story is true of this register: its events, its duties, its gate, and units to play it.

    A duty more that one of the events starts, say reports every six hours, would go on behind the scenes.
    """
    register = world.register
    types = register.event_types
    events = all(name in types and given in types[name].instants for name, given in events_told().items())
    rules = all(
        (duty := register.obligations.get(name)) is not None
        and in_force(duty, night)
        and _as_told(duty, told)
        for name, told in rules_told().items()
    )
    more = {
        duty.id
        for duty in register.obligations.values()
        if duty.id not in rules_told()
        and in_force(duty, night)
        and any(start.partition(".")[0] in events_told() for start in duty.starts_on)
    }
    gates = any(gate.stage == STAGE for gate in register.gates.values())
    return events and rules and not more and gates and len(list(_units(world))) > 1


def _as_told(duty: Obligation, told: Assumed) -> bool:
    same = replace(duty.rule, text="") == replace(parse_rule(told.rule), text="")
    owed = duty.owed_by.startswith(told.owed_by)
    return same and owed and told.closed_by in duty.closed_by and not (duty.severity or duty.severity_rules)


def _units(world: World) -> Iterator[str]:
    """Units that have everybody the story needs, towns first."""
    register = world.register
    towns = register.groups.get("every-town")
    held = {(person.unit, position) for person in register.people.values() for position in person.positions}
    for unit in dict.fromkeys((*(towns.members if towns else ()), *register.units)):
        if unit in register.units and all((unit, position) in held for position in _POSITIONS):
            yield unit


def cast_for(place: Place, session: Session) -> Cast:
    """Who plays the parts, as the commands name them."""
    world, say = place.world, session.say
    register = world.register
    duties = register.obligations
    reviewer = duties["legality-review"].owed_by.partition(":")[2]
    units = list(_units(world))
    drafter = "finance-bureau" if "finance-bureau" in units else units[-1]
    town, receiver = units[0], duties["incident-information"].receiver
    begins = place.begins

    def person(position: str, unit: str) -> str:
        holders = world.directory.resolve(position, unit, receiver, begins).holders
        return typed_person(world, session, holders[0].person) if holders else ""

    def called(unit: str) -> str:
        return session.words.text(register.units[unit].name)

    def typed(unit: str) -> str:
        return unit if session.language == "en" else called(unit)

    return Cast(
        town=typed(town),
        town_id=town,
        town_name=called(town),
        drafter=typed(drafter),
        drafter_name=called(drafter),
        reviewer_id=reviewer,
        severity=next(iter(register.event_types["major-incident"].severities), ""),
        duty=person("duty", town),
        contact=person("contact", town),
        chief=person("section-chief", town),
        clerk=person("contact", drafter),
        reviewer=person("contact", reviewer),
        fire=say("demo.title-fire"),
        draft=say("demo.title-draft"),
    )


def typed_person(world: World, session: Session, person: Person) -> str:
    """A person as somebody types them: by name in Chinese where nobody else has it, else by id."""
    same = [other for other in world.register.people.values() if other.name == person.name]
    return person.id if session.language == "en" or len(same) > 1 else session.words.script(person.name)


def cases_played() -> frozenset[str]:
    return frozenset({FIRE, DRAFT})


def scratch(session: Session, place: Place, clock: SettableClock, store: Store) -> Session:
    """A session for the commands of the demonstration: the copy, the virtual clock and nothing else.

    What a command asks its session for is there beforehand, so that nothing of the installation is opened.
    """
    from alertd.config.node import LoadedNode

    inner = Session(None, session.environ, session.cwd, clock)
    vars(inner).update(
        language=session.language,
        loaded=LoadedNode(place.installation.node, ()),
        installation=place.installation,
        store=store,
        world=place.world,
    )
    return inner
