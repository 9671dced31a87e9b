"""Signing in to pages: a key that the office gives, a session that comes of it, and its end.

A key and a session are random texts that only their holders know (NIST SP 800-63B section 7.1 asks for 64
random bits at least; these have 256).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from alertd.core.model import Person
from alertd.core.sights import Eye, Sight, sees
from alertd.core.text import Line, OwnText
from alertd.engine.operations.acts import was_told
from alertd.engine.operations.linking import Linked, linked
from alertd.engine.operations.texts import taking_texts
from alertd.engine.ruling.naming import person_known, unit_named
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor, Scope
from alertd.engine.ruling.world import World
from alertd.store import audit, codes, sign_ins
from alertd.store.ids import new_id
from alertd.store.rows import DeadlineRow
from alertd.store.rows import SessionRow as SessionRow
from alertd.store.sign_ins import Who as Who

#: a key that is not used by then is over
KEY_LASTS = timedelta(minutes=15)
#: a session of the office, which may do everything, ends with the working day; others are asked less often
OFFICE_LASTS, PERSON_LASTS = timedelta(hours=12), timedelta(days=14)
#: a screen in a duty room stays on; whoever acts at it is asked each time
DESK_LASTS = timedelta(days=90)
#: so often it is noted that a session is used
_NOTED = timedelta(minutes=10)
_BYTES = 32
#: so begin the accounts that act by pages
OF_PAGES = "web:"


@dataclass(frozen=True, slots=True)
class Invited:
    """A key that signs somebody in once, to be given to nobody else, and until when."""

    key: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Entered:
    """What a browser holds from now on, and until when; `person` is "" for the office and for a desk."""

    secret: str
    person: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who looks: a person, the duty room of a unit (`desk`), the office, or nobody yet (`session` 0).

    What is pressed in a duty room is done by an officer who gave name and PIN, the `person` of that press.
    `linked` is who came by the link of a message: that person, for what the message is about and no more.
    """

    session: int = 0
    person: str = ""
    desk: str = ""
    ends_at: datetime | None = None
    unnoted: bool = False  # that the session is used was not kept lately
    linked: Linked | None = None

    @property
    def signed_in(self) -> bool:
        return self.session != 0

    @property
    def office(self) -> bool:
        """Whether it is the office, which keeps the program."""
        return self.signed_in and not self.person and not self.desk

    @property
    def actor(self) -> Actor:
        """In whose name what is pressed on a page is done. The office is nobody of the directory."""
        if self.linked is not None:
            return self.linked.actor
        if self.desk:
            account = f"desk:{self.desk}"
            return Actor(self.person, account) if self.person else Actor(account, account, desk=self.desk)
        account = f"{OF_PAGES}{self.session:x}"
        return Actor(self.person, account) if self.person else Actor(account, account)


@taking_texts
def invite(scope: Scope, who: Line = "", desk: Line = "") -> Invited:
    """A key that lets a person, the `desk` of a unit, or without either the office, sign in once.

    Whoever keeps the program may. Raises Refused: "no-person" ("no-person-near"), "several-people", "no-unit"
    ("no-unit-near").
    """
    register = scope.world.register
    let_in = Who(
        person=person_known(register, who).id if who else "", desk=unit_named(register, desk) if desk else ""
    )
    key, ends_at = secrets.token_urlsafe(_BYTES), scope.now + KEY_LASTS
    sign_ins.add_key(scope.tx, key, let_in, scope.now, ends_at)
    scope.record(audit.REGISTER, "invited", {"person": let_in.person, **_desk(let_in)})
    return Invited(key, ends_at)


@taking_texts
def enter(scope: Scope, key: OwnText, about: Line = "") -> Entered:
    """Sign in by a key, which is used up; `about` is what the browser calls itself.

    Raises Refused: "key-over" for one that never was, was used, or is over.
    """
    who = sign_ins.use_key(scope.tx, key, scope.now)
    if who is None and (person := codes.use_link(scope.tx, key, scope.now)):
        who = Who(person)
    if who is None or not _is_known(scope.world, who):
        raise Refused("key-over")
    return let_in(scope, who, about)


def let_in(scope: Scope, who: Who, about: str, by: str = "") -> Entered:
    """Begin a session of somebody who has shown who they are; `about` is what the browser calls itself.

    `by` is who vouches for them, "" for this program itself.
    """
    secret, number = secrets.token_urlsafe(_BYTES), new_id()
    lasts = PERSON_LASTS if who.person else DESK_LASTS if who.desk else OFFICE_LASTS
    sign_ins.begin(scope.tx, number, secret, who, about, scope.now, scope.now + lasts)
    actor, vouched = Visitor(number, who.person, who.desk).actor, {"by": by} if by else {}
    scope.by(actor).record(audit.REGISTER, "signed-in", {"session": f"{number:x}", **_desk(who), **vouched})
    return Entered(secret, who.person, scope.now + lasts)


def _desk(who: Who) -> dict[str, str]:
    return {"desk": who.desk} if who.desk else {}


def _is_known(world: World, who: Who) -> bool:
    """Whether the directory still has them."""
    if who.person:
        return who.person in world.register.people
    return not who.desk or who.desk in world.register.units


@taking_texts
def leave(scope: Scope, session: int) -> bool:
    """End a session; False where it was over. Its holder may, and whoever keeps the program."""
    if not sign_ins.end(scope.tx, session, scope.now):
        return False
    scope.record(audit.REGISTER, "signed-out", {"session": f"{session:x}"})
    return True


@taking_texts
def leave_all(scope: Scope, who: Who, but: int = 0) -> int:
    """End all sessions of a person, a desk or the office but the one named; returns how many that were.

    They themselves may, and whoever keeps the program.
    """
    mine = [row.id for row in sign_ins.every_running(scope.tx, scope.now) if Who(row.person, row.desk) == who]
    return sum(leave(scope, number) for number in mine if number != but)


def sessions_of(tx: Connection, now: datetime, who: Who | None = None) -> Sequence[SessionRow]:
    """The sessions that run, the newest first: all, or those of a person, a desk or the office.

    Raises Unreadable.
    """
    rows = sign_ins.every_running(tx, now)
    return [row for row in rows if who is None or Who(row.person, row.desk) == who]


def visitor(tx: Connection, world: World, secret: str, now: datetime) -> Visitor:
    """Who holds a session; nobody where it is over, or the person or the unit has left the directory."""
    row = sign_ins.running(tx, secret, now) if secret else None
    if row is None or not _is_known(world, Who(row.person, row.desk)):
        return Visitor()
    return Visitor(row.id, row.person, row.desk, row.ends_at, now - row.seen_at >= _NOTED)


def linked_visitor(scope: Scope, token: str) -> Visitor:
    """Who comes by the link of a message. Raises Refused, as `linked` does."""
    found = linked(scope, token)
    return Visitor(person=found.person, linked=found)


def note_seen(tx: Connection, session: int, now: datetime) -> None:
    """Keep that a session is used; for a visitor of whom that is `unnoted`."""
    sign_ins.seen(tx, session, now)


def eyes_of(world: World, visitor: Visitor, now: datetime, unit: str = "") -> frozenset[Eye]:
    """What somebody who looks is, towards the whole and towards a unit where one is named."""
    if visitor.linked is not None:
        return frozenset({Eye.LINKED})
    if not visitor.signed_in:
        return frozenset({Eye.ANYBODY})
    if visitor.office:
        return frozenset({Eye.OFFICE})
    register, day, current = world.register, world.today(now), world.directory.current_unit
    found, own = {Eye.DESK if visitor.desk else Eye.PERSON}, unit_of(world, visitor, now)
    if unit and own == current(unit, day):
        found.add(Eye.UNIT)
    if register.supervisor and own == current(register.supervisor, day):
        found.add(Eye.SUPERVISOR)
    return frozenset(found)


def unit_of(world: World, visitor: Visitor, now: datetime) -> str:
    """The unit whose matters concern somebody who looks, as it is today; "" for the office and for nobody."""
    person = world.register.people.get(visitor.person)
    unit = visitor.desk or (person.unit if person else "")
    return world.directory.current_unit(unit, world.today(now)) if unit else ""


def may_look(scope: Scope, visitor: Visitor, row: DeadlineRow) -> bool:
    """Whether somebody sees a deadline: of their unit, one they were told of, or as one who sees all.

    A duty room sees what anybody of its unit was told of, and who came by a link what its message is about.
    """
    world = scope.world
    if visitor.linked is not None:
        return row.number in visitor.linked.numbers
    if sees(Sight.UNITS, eyes_of(world, visitor, scope.now, row.unit)):
        return True
    return was_told(scope.tx, row.number, speaks_for(world, visitor, scope.now))


def speaks_for(world: World, visitor: Visitor, now: datetime) -> tuple[str, ...]:
    """The people whose messages concern somebody who looks: they alone, or all officers of a duty room."""
    if visitor.desk:
        return tuple(person.id for person in people_of(world, visitor.desk, now))
    return (visitor.person,) if visitor.person else ()


def people_of(world: World, unit: str, now: datetime) -> tuple[Person, ...]:
    """Everybody who belongs to a unit today."""
    day, current = world.today(now), world.directory.current_unit
    return tuple(
        person for person in world.register.people.values() if current(person.unit, day) == current(unit, day)
    )
