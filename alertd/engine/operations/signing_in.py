"""Signing in to pages: a key that the office gives, a session that comes of it, and its end.

A key and a session are random texts that only their holders know (NIST SP 800-63B section 7.1 asks for 64
random bits at least; these have 256).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from alertd.core.sights import Eye
from alertd.core.text import Line, OwnText
from alertd.engine.operations.texts import taking_texts
from alertd.engine.ruling.naming import person_known
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor, Scope
from alertd.engine.ruling.world import World
from alertd.store import audit, sign_ins
from alertd.store.ids import new_id

#: a key that is not used by then is over
KEY_LASTS = timedelta(minutes=15)
#: a session of the office, which may do everything, ends with the working day; others are asked less often
OFFICE_LASTS, PERSON_LASTS = timedelta(hours=12), timedelta(days=14)
#: so often it is noted that a session is used
_NOTED = timedelta(minutes=10)
_BYTES = 32


@dataclass(frozen=True, slots=True)
class Invited:
    """A key that signs somebody in once, to be given to nobody else, and until when."""

    key: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Entered:
    """What a browser holds from now on, and until when; `person` is "" for the office."""

    secret: str
    person: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who looks at a page: a person, the office (`person` ""), or nobody yet (`session` 0)."""

    session: int = 0
    person: str = ""
    ends_at: datetime | None = None
    unnoted: bool = False  # that the session is used was not kept lately

    @property
    def signed_in(self) -> bool:
        return self.session != 0

    @property
    def actor(self) -> Actor:
        """In whose name what is pressed on a page is done. The office is nobody of the directory."""
        account = f"web:{self.session:x}"
        return Actor(self.person, account) if self.person else Actor(account, account)


@taking_texts
def invite(scope: Scope, who: Line = "") -> Invited:
    """A key that lets a person, or without one the office, sign in once. Whoever keeps the program may.

    Raises Refused: "no-person" ("no-person-near"), "several-people".
    """
    person = person_known(scope.world.register, who).id if who else ""
    key, ends_at = secrets.token_urlsafe(_BYTES), scope.now + KEY_LASTS
    sign_ins.add_key(scope.tx, key, person, scope.now, ends_at)
    scope.record(audit.REGISTER, "invited", {"person": person})
    return Invited(key, ends_at)


@taking_texts
def enter(scope: Scope, key: OwnText, about: Line = "") -> Entered:
    """Sign in by a key, which is used up; `about` is what the browser calls itself.

    Raises Refused: "key-over" for one that never was, was used, or is over.
    """
    person = sign_ins.use_key(scope.tx, key, scope.now)
    if person is None or (person and person not in scope.world.register.people):
        raise Refused("key-over")
    secret = secrets.token_urlsafe(_BYTES)
    ends_at = scope.now + (PERSON_LASTS if person else OFFICE_LASTS)
    number = new_id()
    sign_ins.begin(scope.tx, number, secret, person, about, scope.now, ends_at)
    actor = Visitor(number, person).actor
    scope.by(actor).record(audit.REGISTER, "signed-in", {"session": f"{number:x}"})
    return Entered(secret, person, ends_at)


@taking_texts
def leave(scope: Scope, session: int) -> bool:
    """End a session; False where it was over. Its holder may, and whoever keeps the program."""
    if not sign_ins.end(scope.tx, session, scope.now):
        return False
    scope.record(audit.REGISTER, "signed-out", {"session": f"{session:x}"})
    return True


def visitor(tx: Connection, world: World, secret: str, now: datetime) -> Visitor:
    """Who holds a session; nobody where it is over or the person has left the directory."""
    row = sign_ins.running(tx, secret, now) if secret else None
    if row is None or (row.person and row.person not in world.register.people):
        return Visitor()
    return Visitor(row.id, row.person, row.ends_at, now - row.seen_at >= _NOTED)


def note_seen(tx: Connection, session: int, now: datetime) -> None:
    """Keep that a session is used; for a visitor of whom that is `unnoted`."""
    sign_ins.seen(tx, session, now)


def eyes_of(world: World, visitor: Visitor, now: datetime, unit: str = "") -> frozenset[Eye]:
    """What somebody who looks is, towards the whole and towards a unit where one is named."""
    if not visitor.signed_in:
        return frozenset({Eye.ANYBODY})
    if not visitor.person:
        return frozenset({Eye.OFFICE})
    person, register = world.register.people[visitor.person], world.register
    day, found = world.today(now), {Eye.PERSON}
    current = world.directory.current_unit
    if unit and current(person.unit, day) == current(unit, day):
        found.add(Eye.UNIT)
    if register.supervisor and current(person.unit, day) == current(register.supervisor, day):
        found.add(Eye.SUPERVISOR)
    return frozenset(found)
