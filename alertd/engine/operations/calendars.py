"""Addresses at which a calendar is read, or a badge: given, renewed, ended, and whose they are.

Whoever holds an address reads what is there without signing in, as telephones and the pages of others do. So
an address belongs to a person, may do nothing but read, and is good only while that person still sees what it
is about; one of the office belongs to nobody and lasts until it is renewed.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from alertd.core.sights import Sight, sees
from alertd.core.signing import sign
from alertd.core.text import Line, OwnText
from alertd.engine.notify import guard
from alertd.engine.notify.guard import Slip
from alertd.engine.operations.signing_in import Visitor, eyes_of, may_look
from alertd.engine.operations.texts import taking_texts
from alertd.engine.ruling.naming import person_known, unit_named
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.signing_keys import signing_key
from alertd.store import audit, calendars, reading
from alertd.store.calendars import Subject as Subject
from alertd.store.tables import deadlines

#: the badge of a unit is no calendar: how the unit stands, for the page of somebody else
BADGE = "badge"
ABOUT = ("person", "unit", "case", BADGE)
_BYTES = 16


@dataclass(frozen=True, slots=True)
class Held:
    """An address somebody holds, without what stands in it: that is shown once."""

    subject: Subject
    made_at: datetime


@taking_texts
def give_address(scope: Scope, about: OwnText, name: Line, holder: Line = "", once: OwnText = "") -> str:
    """What stands in a new address of a calendar; the holder's earlier one of the same calendar ends.

    `about` is one of `ABOUT`. `holder` is a person, "" the office; a person's own calendar is theirs.
    Asked again with the same `once` the answer is the same. Raises Refused: "no-person" ("no-person-near"),
    "several-people", "no-unit" ("no-unit-near"), "no-case", "calendar-not-yours".
    """
    subject = _subject(scope, about, name, holder)
    if not may_hold(scope, subject):
        raise Refused("calendar-not-yours")
    names = (subject.holder, subject.about, subject.name)
    key = signing_key(scope.tx)
    secret = sign(key, "calendar", (*names, once))
    if not once or calendars.has_ended(scope.tx, secret):
        secret = secrets.token_hex(_BYTES)
    if calendars.good(scope.tx, secret) is None:
        calendars.add(scope.tx, secret, subject, scope.now)
        scope.record(audit.REGISTER, "calendar-address-given", _said(subject))
    return secret


@taking_texts
def end_address(scope: Scope, about: OwnText, name: Line, holder: Line = "") -> bool:
    """End a holder's address of a calendar; False where there was none. Its holder may, and the office.

    Raises Refused as `give_address` does for names that nobody has.
    """
    subject = _subject(scope, about, name, holder)
    if not calendars.end(scope.tx, subject, scope.now):
        return False
    scope.record(audit.REGISTER, "calendar-address-ended", _said(subject))
    return True


def read_by(scope: Scope, secret: str) -> Subject | None:
    """What the calendar at an address is about; None for no address, an ended one, and one that is void."""
    subject = _good(scope, secret)
    return subject if subject and subject.about != BADGE else None


def badge_at(scope: Scope, secret: str) -> Subject | None:
    """Whose badge is at an address; None as for a calendar."""
    subject = _good(scope, secret)
    return subject if subject and subject.about == BADGE else None


def _good(scope: Scope, secret: str) -> Subject | None:
    row = calendars.good(scope.tx, secret)
    subject = Subject(row.holder, row.about, row.name) if row else None
    return subject if subject and may_hold(scope, subject) else None


def addresses_of(scope: Scope, holder: str) -> Sequence[Held]:
    """What somebody holds, "" for the office; what is void is left out."""
    found = [
        Held(Subject(row.holder, row.about, row.name), row.made_at)
        for row in calendars.of_holder(scope.tx, holder)
    ]
    return [each for each in found if may_hold(scope, each.subject)]


def may_hold(scope: Scope, subject: Subject) -> bool:
    """Whether a holder sees what a calendar is about: now, and not when it was given."""
    register, holder = scope.world.register, subject.holder
    if holder and holder not in register.people:
        return False
    visitor = Visitor(1, holder)
    if subject.about == "person":
        return subject.name == holder or (not holder and subject.name in register.people)
    if subject.about in ("unit", BADGE):
        known = subject.name in register.units
        return known and sees(Sight.UNITS, eyes_of(scope.world, visitor, scope.now, subject.name))
    found = reading.found(scope.tx, select(deadlines).where(deadlines.c.case_id == subject.name))
    if not found.rows:  # what cannot be read is named there, and nothing of it said
        return bool(found.unread)
    return any(may_look(scope, visitor, row) for row in found.rows)


def _subject(scope: Scope, about: str, name: str, holder: str) -> Subject:
    register = scope.world.register
    holder = person_known(register, holder).id if holder else ""
    if about == "person":
        person = person_known(register, name).id
        return Subject(holder or person, about, person)
    if about in ("unit", BADGE):
        return Subject(holder, about, unit_named(register, name))
    case = name.lower()
    known = select(deadlines.c.number).where(deadlines.c.case_id == case).limit(1)
    if scope.tx.execute(known).first() is None:
        raise Refused("no-case", case=name)
    return Subject(holder, "case", case)


def _said(subject: Subject) -> dict[str, str]:
    return {"holder": subject.holder, "about": subject.about, "name": subject.name}


def tell_missing(scope: Scope, lost: Sequence[Slip]) -> None:
    """The admin hears what is missing in a calendar somebody read, for it cannot be read."""
    guard.tell(scope, "calendar", lost)
