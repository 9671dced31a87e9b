"""Who answers for a position at an instant: the roster of duty, deputies during leave, the next one up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from alertd.core.calendar import WorkCalendar
from alertd.core.model import Person, Register
from alertd.core.shifts import Duty

#: An empty position passes to the next one up (docs/design.md, "Escalation").
NEXT_UP: Mapping[str, str] = {
    "assignee": "contact",
    "contact": "section-chief",
    "section-chief": "leader-in-charge",
    "leader-in-charge": "principal",
    "duty": "duty-leader",
    "duty-leader": "leader-in-charge",
}

#: Positions that act are asked; leaders and supervisors are informed unless a step says otherwise.
ASKED_BY_DEFAULT = frozenset({"contact", "assignee", "duty", "duty-leader", "section-chief", "receiver"})
_DUTY = frozenset({"duty", "duty-leader"})


@dataclass(frozen=True, slots=True)
class Holder:
    """A person who answers for a position now. `deputy_for` names the absent person they stand in for."""

    person: Person
    position: str
    deputy_for: str | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """`vacant` names the (unit, position) pairs that had nobody, in the order they were passed over.

    Nobody is missed in a position that a unit does not have, and where nobody receives or supervises.
    """

    holders: tuple[Holder, ...]
    vacant: tuple[tuple[str, str], ...] = ()


class Directory:
    """Answers from one register, in the zone of a calendar. Never raises on gaps.

    Of a post that the roster keeps, those answer who are on duty. Where it leaves a gap, the post is empty,
    and all who hold the position besides answer: a roster that ran out must not silence a desk.
    """

    def __init__(self, register: Register, calendar: WorkCalendar) -> None:
        self._register = register
        self._calendar = calendar
        self.duty = Duty(register.duty, calendar)
        self._by_position: dict[tuple[str, str], list[Person]] = {}
        for person in register.people.values():
            for position in person.positions:
                self._by_position.setdefault((person.unit, position), []).append(person)

    def current_unit(self, unit: str, day: date) -> str:
        """The unit itself, or the successor of one that has ended by `day`."""
        seen = set()
        while unit not in seen:
            seen.add(unit)
            known = self._register.units.get(unit)
            if known is None or known.until is None or known.until >= day or known.successor is None:
                break
            unit = known.successor
        return unit

    def resolve(self, position: str, unit: str, receiver: str | None, at: datetime) -> Resolved:
        """Who answers for `position` of `unit` at an instant, or for the first one above that has anybody."""
        day = self._calendar.local_date(at)
        role, home = self._home(position, self.current_unit(unit, day), receiver)
        home = None if home is None else self.current_unit(home, day)
        vacant: list[tuple[str, str]] = []
        while home is not None:
            holders, kept = self._present(role, home, position, at)
            if (not holders and self._exists(role, home, day)) or not kept:
                vacant.append((home, role))
            if holders:
                return Resolved(tuple(holders), tuple(vacant))
            above = NEXT_UP.get(role)
            if above is None:
                break
            role = above
        return Resolved((), tuple(vacant))

    def desk_of(self, position: str, unit: str, at: datetime) -> str | None:
        """The unit whose officers on duty answer for a unit: its own, or the duty desk of the directory."""
        day = self._calendar.local_date(at)
        _, home = self._home(position, self.current_unit(unit, day), None)
        return None if home is None else self.current_unit(home, day)

    def held(self, position: str, unit: str, at: datetime) -> bool:
        """Whether somebody holds a position of a unit, or is on duty in it where there is a roster."""
        day = self._calendar.local_date(at)
        holders, kept = self._present(position, self.current_unit(unit, day), position, at)
        return bool(holders) and kept

    def _exists(self, role: str, unit: str, day: date) -> bool:
        """Whether a unit is expected to have a position: few name who works on a thing below the contact, or
        have officers on duty of their own."""
        known = self._register.units.get(unit)
        if known is None or (known.until is not None and known.until < day):
            return False  # it has left the directory, which is told as such
        if role == "assignee" or (role in _DUTY and unit != self._register.duty_unit):
            return (unit, role) in self._by_position or self.duty.keeps((unit, role))
        return True

    def above(self, position: str) -> str | None:
        """The position a message passes to when nobody in `position` can be reached."""
        return NEXT_UP.get("contact" if position in ("receiver", "supervisor") else position)

    def desk(self, position: str, unit: str, receiver: str | None) -> str:
        """The unit within which a message passes up: for a receiver or a supervisor it is their own."""
        if position in ("receiver", "co-lead"):
            return receiver or unit
        if position == "supervisor":
            return self._register.supervisor or unit
        return unit

    def _home(self, position: str, unit: str, receiver: str | None) -> tuple[str, str | None]:
        if position in ("receiver", "co-lead"):
            return "contact", receiver
        if position == "supervisor":
            return "contact", self._register.supervisor
        if position in _DUTY and not self._has_desk(unit):
            return position, self._register.duty_unit or unit
        return position, unit

    def _has_desk(self, unit: str) -> bool:
        return any((unit, role) in self._by_position or self.duty.keeps((unit, role)) for role in _DUTY)

    def _present(self, role: str, unit: str, position: str, at: datetime) -> tuple[list[Holder], bool]:
        """Who answers for a post, and whether a roster that should say who does so."""
        day, people = self._calendar.local_date(at), self._register.people
        on = [people[name] for name in self.duty.people((unit, role), at) if name in people]
        if holders := self._there(on, position, day):
            return holders, True
        return self._there(self._by_position.get((unit, role), ()), position, day), not self.duty.keeps(
            (unit, role)
        )

    def _there(self, people: Iterable[Person], position: str, day: date) -> list[Holder]:
        found: dict[str, Holder] = {}
        for person in people:
            stand_in = self.stand_in(person, day)
            if stand_in is not None:
                absent = person.name if stand_in is not person else None
                found.setdefault(stand_in.id, Holder(stand_in, position, absent))
        return list(found.values())

    def stand_in(self, person: Person, day: date) -> Person | None:
        """The person themself, or whoever stands in on `day`; None when all of them are away."""
        seen = set()
        candidate: Person | None = person
        while candidate is not None and candidate.id not in seen:
            if not any(first <= day <= last for first, last in candidate.away):
                return candidate
            seen.add(candidate.id)
            candidate = self._register.people.get(candidate.deputy) if candidate.deputy else None
        return None


def members_of(register: Register, group: str, day: date) -> tuple[str, ...]:
    """The units of a group that exist on `day`; successors come in through their own membership."""
    found = register.groups.get(group)
    if found is None:
        return ()
    return tuple(unit for unit in found.members if _exists(register, unit, day))


def _exists(register: Register, unit: str, day: date) -> bool:
    known = register.units.get(unit)
    if known is None:
        return False
    return (known.since is None or known.since <= day) and (known.until is None or day <= known.until)
