"""The texts of schedules/ to one register, or to all faults of all files in one go."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any, TypeVar

from alertd.config.checking import Table, check
from alertd.config.duty_shapes import DefaultsShape, ObligationShape, OverdueShape, PolicyShape, StepShape
from alertd.config.faults import Fault, shown
from alertd.config.files import ID_KEYS, Contents, kinds_of, read_contents
from alertd.config.gate_shapes import GateShape
from alertd.config.references import Index, included_groups, reference_faults
from alertd.config.roster_shapes import RotationShape, ShiftShape, moment
from alertd.config.shapes import (
    ROWS,
    EventTypeShape,
    GroupShape,
    PersonShape,
    UnitShape,
    YearShape,
)
from alertd.config.sums import sum_faults
from alertd.config.values import Shape
from alertd.core.calendar import CalendarYear
from alertd.core.directory import ASKED_BY_DEFAULT
from alertd.core.model import (
    DECLINE_WITHIN,
    REVIEW_WITHIN,
    EventType,
    Gate,
    Group,
    Obligation,
    OrgUnit,
    Overdue,
    Person,
    Policy,
    Register,
    RosterMember,
    Source,
    Step,
    Stint,
)
from alertd.core.shifts import DutyPlan, Rotation, Written
from alertd.core.timing import Extension, Period

S = TypeVar("S", bound=Shape)
T = TypeVar("T")
#: the fields of a person that a column of the same name fills, and the columns that make up `away`
_PERSON = frozenset(field.name for field in fields(Person)) - {"more"}
_ABSENCE = frozenset({"away_from", "away_until"})


@dataclass(frozen=True, slots=True)
class CalendarInput:
    """What core.calendar.WorkCalendar is built from, besides the zone. `version` names the file's content."""

    years: Mapping[int, CalendarYear]
    version: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the files say. With any fault there is no register: a file applies whole or not at all.

    `faulty_files` are the files in which a fault stands; a caller may put earlier texts in their place.
    """

    register: Register | None
    calendar: CalendarInput
    faults: tuple[Fault, ...]
    faulty_files: frozenset[str]


def load_register(
    texts: Mapping[str, str],
    *,
    channels: Collection[str] | None = None,
    unreadable: Collection[Fault] = (),
) -> Loaded:
    """Everything in the texts of schedules/, by relative file name ("schedules/policies.toml"). Never raises.

    `channels` are the names of the channels people may choose; None leaves them unchecked. `unreadable` are
    the faults of files whose text could not be had (sources.read_texts): what they may hold is not reported
    as missing elsewhere.

    What was read last is kept: a daemon reads the same texts every day, and twice when it starts.
    """
    known = None if channels is None else frozenset(channels)
    return _load(frozenset(texts.items()), known, tuple(unreadable))


@lru_cache(maxsize=2)  # what rules, and what lies in the folder
def _load(
    items: frozenset[tuple[str, str]], channels: frozenset[str] | None, unreadable: tuple[Fault, ...]
) -> Loaded:
    texts = dict(items)
    contents = read_contents(texts)
    contents.faults += unreadable
    for fault in unreadable:
        contents.unreadable.update(kinds_of(fault.file))
    return load_contents(contents, _version(texts), channels)


def load_contents(contents: Contents, version: str, channels: Collection[str] | None = None) -> Loaded:
    """Everything the tables say, wherever they come from; `version` is that of the calendar. Never raises."""
    index = Index(contents)
    builder = _Builder(contents, index)
    contents.faults += reference_faults(index, channels)
    faults = tuple(sorted(set(contents.faults)))
    calendar = CalendarInput(builder.years, version)
    files = frozenset(fault.file for fault in faults)
    return Loaded(None if faults else builder.register(), calendar, faults, files)


def _version(texts: Mapping[str, str]) -> str:
    """A short name for the content of the calendar, the same on every node that has the same file."""
    found = [text for file, text in sorted(texts.items()) if PurePosixPath(file).stem == "calendar"]
    return hashlib.sha256("\0".join(found).encode("utf-8", "surrogatepass")).hexdigest()[:12] if found else ""


class _Builder:
    """Checks every table and makes the values of core from those without faults."""

    def __init__(self, contents: Contents, index: Index) -> None:
        self.contents = contents
        self.index = index
        self.units = self._all("unit", UnitShape, self._unit)
        self.groups = self._all("group", GroupShape, self._group)
        self.people = self._all("person", ROWS["person"], self._person)
        self.roster = self._roster()
        self.event_types = self._all("event_type", EventTypeShape, _event_type)
        self.defaults = self._defaults()
        self.policies = self._all("policy", PolicyShape, _policy)
        self.obligations = self._all("obligation", ObligationShape, self._obligation)
        contents.faults += sum_faults(self.obligations, index.ids["obligation"])
        self.gates = self._all("gate", GateShape, _gate)
        self.years = self._all("year", YearShape, self._year)
        self.duty = self._duty()

    def register(self) -> Register:
        tops = {key: value for top in self.contents.tops for key, value in top.raw.items()}
        return Register(
            obligations=self.obligations,
            policies=self.policies,
            event_types=self.event_types,
            units=self.units,
            groups=self.groups,
            people=self.people,
            roster=self.roster,
            supervisor=self.index.unit(tops["supervisor"]) if "supervisor" in tops else None,
            duty_unit=self.index.unit(tops["duty_desk"]) if "duty_desk" in tops else None,
            gates=self.gates,
            duty=self.duty,
        )

    def _all(self, kind: str, shape: type[S], build: Callable[[S, Table], T]) -> dict[Any, T]:
        built: dict[Any, T] = {}
        for table in self.contents.tables[kind]:
            checked, faults = check(shape, table)
            self.contents.faults += faults
            if checked is not None:
                built.setdefault(getattr(checked, ID_KEYS[kind]), build(checked, table))
        return built

    def _unit_id(self, text: str) -> str:
        return self.index.unit(text) or text

    def _unit(self, unit: UnitShape, table: Table) -> OrgUnit:
        successor = self._unit_id(unit.successor) if unit.successor else None
        return OrgUnit(unit.id, unit.name, tuple(unit.aliases), unit.since, unit.until, successor)

    def _group(self, group: GroupShape, table: Table) -> Group:
        members: dict[str, None] = {}
        for name in included_groups(self.index, group.id):
            for _, member in self.index.ids["group"][name].texts("members"):
                members[self._unit_id(member)] = None
        return Group(group.id, group.title, tuple(members))

    def _person(self, person: PersonShape, table: Table) -> Person:
        away: tuple[tuple[date, date], ...] = ()
        if person.away_from and person.away_until:
            away = ((person.away_from, person.away_until),)
        columns = {name: getattr(person, name) for name in type(person).model_fields}
        given: dict[str, Any] = {
            name: tuple(each) if isinstance(each, list) else each for name, each in columns.items()
        }
        given |= {"unit": self._unit_id(person.unit), "away": away}
        known = {name: given[name] for name in _PERSON & given.keys()}
        return Person(**known, more={name: columns[name] for name in columns.keys() - _PERSON - _ABSENCE})

    def _roster(self) -> dict[str, RosterMember]:
        """One member for each number; several rows of one are the units they moved through, in order."""
        stints: dict[str, list[Stint]] = {}
        names: dict[str, str] = {}
        for table in self.contents.tables["officer"]:
            officer, faults = check(ROWS["officer"], table)
            self.contents.faults += faults
            if officer is not None:
                stint = Stint(self._unit_id(officer.unit), officer.since, officer.until)
                stints.setdefault(officer.number, []).append(stint)
                names[officer.number] = officer.name
        return {
            number: RosterMember(
                number,
                names[number],
                rows[-1].unit,
                rows[-1].since,
                rows[-1].until,
                tuple(rows) if len(rows) > 1 else (),
            )
            for number, rows in stints.items()
        }

    def _obligation(self, obligation: ObligationShape, table: Table) -> Obligation:
        source, measure = obligation.source, obligation.measure
        return Obligation(
            id=obligation.id,
            title=obligation.title,
            source=Source(source.clause, source.checked, source.note),
            owed_by=self._owner(obligation.owed_by),
            rule=obligation.dated_rule(),
            policy=obligation.policy,
            starts_on=tuple(obligation.starts_on or ()),
            soft=frozenset(obligation.soft),
            closed_by=tuple(obligation.closed_by),
            receiver=self._unit_id(obligation.receiver) if obligation.receiver else None,
            measure=measure.value() if measure else None,
            joiners=obligation.joiners or "full",
            plan=obligation.plan,
            valid_from=obligation.valid_from,
            valid_to=obligation.valid_to,
            was=tuple(obligation.was),
            closes=obligation.closes,
            review=obligation.review or self.defaults.review or REVIEW_WITHIN,
            decline_within=obligation.decline_within or self.defaults.decline_within or DECLINE_WITHIN,
            extension=obligation.extension.value() if obligation.extension else Extension(),
            choice=obligation.choice,
            inform=tuple(self._unit_id(unit) for unit in obligation.inform),
            severity=frozenset(obligation.severity),
            severity_rules=dict(obligation.severity_rules),
            on_return=obligation.on_return,
            returned_by=tuple(obligation.returned_by),
            resumed_by=tuple(obligation.resumed_by),
            ends_on=tuple(obligation.ends_on),
            file=table.origin.file,
            line=table.origin.line(table.path),
        )

    def _defaults(self) -> DefaultsShape:
        """What holds for every duty that does not say it itself; each key stands in one file."""
        given: dict[str, Table] = {}
        found = DefaultsShape()
        for table in self.contents.defaults:
            checked, faults = check(DefaultsShape, table)
            self.contents.faults += faults
            for key in table.raw:
                if key in given:
                    place = given[key].origin.place((key,))
                    self.contents.faults.append(table.fault((key,), "id-twice", {"id": key, "place": place}))
                given.setdefault(key, table)
            if checked is not None:
                found = found.model_copy(update={key: getattr(checked, key) for key in table.raw})
        return found

    def _duty(self) -> DutyPlan:
        rotations = self._all("rotation", RotationShape, self._rotation)
        written: list[Written] = []
        for kind in ("shift", "override"):
            for table in self.contents.tables[kind]:
                shift, faults = check(ShiftShape, table)
                self.contents.faults += faults
                if shift is not None:
                    written.append(self._shift(shift, table, kind == "override"))
        return DutyPlan(tuple(rotations.values()), tuple(written))

    def _rotation(self, rotation: RotationShape, table: Table) -> Rotation:
        return Rotation(
            rotation.id,
            self._unit_id(rotation.unit),
            rotation.position,
            tuple(rotation.people),
            tuple(rotation.hours),
            rotation.since,
            rotation.until,
            rotation.turn,
            rotation.days,
            table.origin.file,
            table.origin.line(table.path),
        )

    def _shift(self, shift: ShiftShape, table: Table, override: bool) -> Written:
        people = tuple(dict.fromkeys(shift.people))
        place = table.origin.file, table.origin.line(table.path)
        start, end = moment(shift.from_), moment(shift.to)
        return Written(self._unit_id(shift.unit), shift.position, people, start, end, override, *place)

    def _owner(self, owner: str) -> str:
        kind, _, name = owner.partition(":")
        return f"unit:{self._unit_id(name)}" if kind == "unit" else owner

    def _year(self, year: YearShape, table: Table) -> CalendarYear:
        off: dict[date, str] = {}
        for number, entry in enumerate(year.off):
            last = entry.to or entry.from_
            for ahead in range((last - entry.from_).days + 1):
                day = entry.from_ + timedelta(ahead)
                if day in off:
                    args = {"found": str(day), "other": shown(off[day])}
                    self.contents.faults.append(table.fault(("off", number), "day-off-twice", args))
                off.setdefault(day, entry.name)
        work = dict.fromkeys(year.work, "make-up")
        return CalendarYear(year.year, year.status, off, work, year.source, year.checked)


def _event_type(event_type: EventTypeShape, table: Table) -> EventType:
    return EventType(
        event_type.id,
        event_type.title,
        tuple(event_type.instants),
        event_type.new_version,
        event_type.confirm_within,
        tuple(severity.id for severity in event_type.severities),
        {severity.id: severity.title for severity in event_type.severities if severity.title},
    )


def _gate(gate: GateShape, table: Table) -> Gate:
    source = Source(gate.source.clause, gate.source.checked, gate.source.note)
    line = table.origin.line(table.path)
    return Gate(
        gate.id,
        gate.title,
        source,
        gate.stage,
        tuple(gate.requires),
        tuple(gate.told),
        table.origin.file,
        line,
    )


def _policy(policy: PolicyShape, table: Table) -> Policy:
    steps = tuple(_step(step) for step in policy.step)
    overdue = _overdue(policy.overdue) if policy.overdue else None
    more = {"acknowledged_for": policy.acknowledged_for} if policy.acknowledged_for else {}
    return Policy(policy.id, policy.title, steps, overdue, hours=policy.hours, **more)


def _step(step: StepShape) -> Step:
    return Step(
        id=step.id,
        at=step.at,
        to=tuple(step.to),
        ask=_asked(step),
        level=step.level,
        repeat=step.repeat,
        ack=step.ack or ("any" if "duty" in step.to else "each"),
        unless=frozenset(step.unless),
        each=Period(step.each) if step.each else None,
        urgent=step.urgent,
    )


def _overdue(overdue: OverdueShape) -> Overdue:
    return Overdue(tuple(overdue.to), _asked(overdue), overdue.daily, overdue.weekly, overdue.level)


def _asked(step: StepShape | OverdueShape) -> frozenset[str]:
    """Who is asked to act: those named, or everybody not named to be informed, or the usual ones."""
    if step.ask is not None:
        return frozenset(step.ask)
    if step.inform is not None:
        return frozenset(step.to) - frozenset(step.inform)
    return frozenset(step.to) & ASKED_BY_DEFAULT
