"""Tokens of the API: made for another system, shown once, limited in what they do and for whom, and ended.

A token acts as the person it is bound to, by the rights and the sights of that person; else as the office
does, under its own name. Either way it does only what it was made for, and only for the units it names.
A secret has 256 random bits: it is not to be guessed, and is found by its SHA-256 alone, so that comparing
takes no longer for one that is nearly right.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from alertd.core.permits import May
from alertd.core.sights import Eye
from alertd.core.text import Line, OwnText
from alertd.engine.operations import signing_in
from alertd.engine.operations.moments import instant_of, only_a_day
from alertd.engine.operations.signing_in import Visitor
from alertd.engine.operations.texts import taking_texts
from alertd.engine.ruling.naming import person_known, unit_named
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor, Scope
from alertd.engine.ruling.world import World
from alertd.store import audit
from alertd.store import tokens as kept
from alertd.store.rows import TokenRow

#: begins every secret, so that one that was left in a file or a log is recognised for what it is
MARK = "alertd-"
#: so often it is noted that a token is used
_NOTED = timedelta(minutes=10)
_BYTES = 32
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,58}[a-z0-9])?", re.ASCII)


@dataclass(frozen=True, slots=True)
class NewToken:
    """What a token is to be good for. Without `parties` it is for all, without `until` until it is ended.

    `person` is in whose name it acts, by name or id, "" for the office. A day as `until` counts whole.
    """

    name: Line
    may: tuple[Line, ...]
    parties: tuple[Line, ...] = ()
    person: Line = ""
    until: date | datetime | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A new token: its secret, which is kept nowhere else, and until when it is good, None for no end."""

    name: str
    secret: str
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who holds a token: what it is good for, for which units (none named: all), in whose name.

    `visitor` is who it is where pages and the API ask alike. `unnoted`: its use was not kept lately.
    """

    token: int
    name: str
    may: frozenset[str]
    parties: tuple[str, ...]
    person: str
    unnoted: bool

    @property
    def visitor(self) -> Visitor:
        return Visitor(self.token, self.person)

    @property
    def actor(self) -> Actor:
        """Who acts, for the audit. A token of the office acts under its own name, which nobody else has."""
        account = f"token:{self.name}"
        return Actor(self.person or account, account)


@taking_texts
def new_token(scope: Scope, asked: NewToken) -> Made:
    """Make a token. Whoever keeps the program may.

    Raises Refused: "token-name", "token-known", "token-may", "token-over", "far-year"; "no-unit"
    ("no-unit-near"), "no-person" ("no-person-near"), "several-people".
    """
    register = scope.world.register
    if not _NAME.fullmatch(asked.name):
        raise Refused("token-name", found=asked.name)
    if kept.named(scope.tx, asked.name) is not None:
        raise Refused("token-known", name=asked.name)
    unknown = [name for name in asked.may if name not in tuple(May)]
    if unknown or not asked.may:
        raise Refused("token-may", found=", ".join(unknown), known=", ".join(May))
    may = tuple(str(each) for each in May if each in asked.may)
    parties = tuple(dict.fromkeys(unit_named(register, name) for name in asked.parties))
    person = person_known(register, asked.person).id if asked.person else ""
    ends_at = _end(scope, asked.until)
    secret = MARK + secrets.token_urlsafe(_BYTES)
    kept.add(scope.tx, asked.name, secret, may, parties, person, scope.now, ends_at)
    detail = {"token": asked.name, "may": list(may), "parties": list(parties), "person": person}
    detail |= {"until": ends_at.isoformat()} if ends_at else {}
    scope.record(audit.REGISTER, "token-made", detail)
    return Made(asked.name, secret, ends_at)


def _end(scope: Scope, until: date | datetime | None) -> datetime | None:
    if until is None:
        return None
    at = instant_of(scope.world, until)
    at = scope.world.calendar.midnight_after(until) if only_a_day(until) else at
    if at <= scope.now:
        raise Refused("token-over", at=at.isoformat())
    return at


@taking_texts
def end_token(scope: Scope, name: Line) -> None:
    """End a token, from this instant on. Raises Refused: "no-token"."""
    if not kept.end(scope.tx, name, scope.now):
        raise Refused("no-token", found=name)
    scope.record(audit.REGISTER, "token-ended", {"token": name})


def every_token(tx: Connection) -> Sequence[TokenRow]:
    """All tokens there ever were, by name."""
    return kept.every(tx)


# ---------------------------------------------------------------- who comes with one


def bearer(tx: Connection, world: World, secret: OwnText, now: datetime) -> Bearer | None:
    """Who holds a secret; None where it is no token, is over, or its person has left the directory."""
    row = kept.of_secret(tx, secret, now) if secret.startswith(MARK) else None
    if row is None or (row.person and row.person not in world.register.people):
        return None
    unnoted = row.seen_at is None or now - row.seen_at >= _NOTED
    return Bearer(row.id, row.name, frozenset(row.may), row.parties, row.person, unnoted)


def note_used(tx: Connection, token: int, now: datetime) -> None:
    """Keep that a token is used; for a bearer of whom that is `unnoted`."""
    kept.seen(tx, token, now)


def eyes_of(world: World, bearer: Bearer, now: datetime, unit: str = "") -> frozenset[Eye]:
    """What a token is to the whole, and to a unit where one is named: what its holder is, or less."""
    if bearer.parties and unit not in _units(world, bearer.parties, now):
        return frozenset({Eye.PERSON})
    eyes = signing_in.eyes_of(world, bearer.visitor, now, unit)
    if not bearer.parties:
        return eyes
    return frozenset({Eye.PERSON, Eye.UNIT}) if eyes & {Eye.UNIT, Eye.SUPERVISOR, Eye.OFFICE} else eyes


def units_of(world: World, bearer: Bearer, now: datetime) -> frozenset[str] | None:
    """The units that a token sees, by any of their names over time; None where it sees all."""
    everything = {Eye.OFFICE, Eye.SUPERVISOR}
    whole = replace(bearer, parties=())
    if everything & eyes_of(world, whole, now):
        return _units(world, bearer.parties, now) if bearer.parties else None
    own = _units(world, (world.register.people[bearer.person].unit,), now)
    return own & _units(world, bearer.parties, now) if bearer.parties else own


def _units(world: World, names: Iterable[str], now: datetime) -> frozenset[str]:
    """Units as they are called, and as they are called today where they were succeeded."""
    day = world.today(now)
    return frozenset(each for name in names for each in (name, world.directory.current_unit(name, day)))


def need(bearer: Bearer, may: May) -> None:
    """Raises Refused ("token-may-not") where a token is not good for this."""
    if may not in bearer.may:
        raise Refused("token-may-not", name=bearer.name, may=may)


def need_parties(world: World, bearer: Bearer, parties: Collection[str], now: datetime) -> None:
    """Raises Refused ("token-not-for") for what concerns a unit that the token does not name."""
    beyond = set(parties) - _units(world, bearer.parties, now) if bearer.parties else set()
    if beyond:
        raise Refused("token-not-for", name=bearer.name, units=", ".join(sorted(beyond)))
