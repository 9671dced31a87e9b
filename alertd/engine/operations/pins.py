"""PINs of officers: set by themselves or by the office, and given wherever somebody acts at a screen of many.

A guess is counted before it is looked at and taken back where it was right, so that many at once are no more
than one after the other. Looking at it takes a while on purpose, and so is done between two transactions.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from alertd.core import pins as core_pins
from alertd.core.text import Line, OwnText
from alertd.engine.notify.admin import tell_admin
from alertd.engine.notify.sign_in_topics import PinGuessed
from alertd.engine.operations.signing_in import people_of
from alertd.engine.operations.texts import taking_texts
from alertd.engine.ruling.naming import person_known
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.store import audit, pins, settings, tries

#: within a quarter of an hour: wrong PINs of one officer, and at one desk
MOST_WRONG, MOST_WRONG_AT_DESK = 5, 20
_SPAN = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a PIN that is fit."""

    hash: OwnText


@dataclass(frozen=True, slots=True)
class Claim:
    """That somebody at a desk says who they are; `kept` is to be compared with the PIN they give."""

    person: str
    desk: str
    kept: str
    number: int


def kept_of(pin: str) -> Kept:
    """What is kept of a PIN; takes some tenths of a second. Raises Refused: "pin-unfit"."""
    if not core_pins.is_fit(pin):
        raise Refused("pin-unfit", least=core_pins.SHORTEST, most=core_pins.LONGEST)
    return Kept(core_pins.kept_of(pin, secrets.token_bytes(core_pins.SALT)))


@taking_texts
def set_pin(scope: Scope, who: Line, kept: Kept) -> str:
    """Set somebody's PIN, in place of what was there; returns their id. They themselves may, and the office.

    Raises Refused: "no-person" ("no-person-near"), "several-people".
    """
    person = person_known(scope.world.register, who)
    pins.keep(scope.tx, person.id, kept.hash, scope.now)
    scope.record(audit.REGISTER, "pin-set", {"person": person.id})
    return person.id


@taking_texts
def remove_pin(scope: Scope, who: Line) -> bool:
    """Take somebody's PIN away; False where there was none. They themselves may, and the office.

    Raises Refused: "no-person" ("no-person-near"), "several-people".
    """
    person = person_known(scope.world.register, who)
    if not pins.forget(scope.tx, person.id):
        return False
    scope.record(audit.REGISTER, "pin-removed", {"person": person.id})
    return True


def has_pin(scope: Scope, person: str) -> bool:
    """Whether somebody has set one."""
    return bool(pins.of(scope.tx, person))


@taking_texts
def claim(scope: Scope, unit: OwnText, officer: Line) -> Claim:
    """Count a try of an officer at the desk of a unit.

    Raises Refused: "pin-wrong" where nobody of the unit is called so, "pin-waits" after too many wrong ones.
    """
    settings.lock(scope.tx, settings.SIGNING_IN)
    since, desk = scope.now - _SPAN, f"desk:{unit}"
    if officer not in {person.id for person in people_of(scope.world, unit, scope.now)}:
        raise Refused("pin-wrong")
    if (
        tries.count(scope.tx, tries.PIN, since, person=officer) >= MOST_WRONG
        or tries.count(scope.tx, tries.PIN, since, caller=desk) >= MOST_WRONG_AT_DESK
    ):
        raise Refused("pin-waits", minutes=int(_SPAN.total_seconds() // 60))
    number = tries.note(scope.tx, tries.PIN, officer, desk, scope.now)
    return Claim(officer, unit, pins.of(scope.tx, officer) or core_pins.OF_NOBODY, number)


def is_right(claimed: Claim, pin: str) -> bool:
    """Whether it is that officer's PIN; takes some tenths of a second."""
    return core_pins.is_same(pin[: core_pins.LONGEST + 1], claimed.kept)


def was_right(scope: Scope, claimed: Claim) -> None:
    """It was: the try counts no more."""
    tries.take_back(scope.tx, claimed.number)


def was_wrong(scope: Scope, claimed: Claim) -> None:
    """It was not. The admin hears of a burst, once."""
    count = tries.count(scope.tx, tries.PIN, scope.now - _SPAN, person=claimed.person)
    if count < MOST_WRONG:
        return
    register = scope.world.register
    who, unit = register.people.get(claimed.person), register.units.get(claimed.desk)
    told = unit.name.get(scope.world.language) or unit.name.get("zh-Hant") if unit else ""
    person = who.name if who else claimed.person
    topic = PinGuessed(person=person, person_id=claimed.person, unit=told or claimed.desk, count=count)
    tell_admin(scope, topic)
