"""From rehearsal to real messages: what stands in the way, and the one transaction that changes it.

Until an instant of going live is recorded in the store, `mode = "live"` in a file means rehearsal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, func, select

from alertd.core.abilities import INBOX
from alertd.core.model import RUNNING
from alertd.core.text import OwnText
from alertd.engine.firing.afresh import decide_afresh, rehearsed
from alertd.engine.firing.fire import fire
from alertd.engine.notify.addressing import routes_of
from alertd.engine.notify.admin import tell_admin
from alertd.engine.notify.topics import WentLive
from alertd.engine.operations.texts import taking_texts
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.messages.dates import instant_text
from alertd.store import addresses, audit, drills, settings
from alertd.store.tables import deadlines

#: Reserved for examples (RFC 2606 sections 2 and 3, checked 2026-11-22): mail there reaches nobody.
#: `.test` and `.localhost` are reserved too, but a trial on a server of one's own may well use them.
_EXAMPLE_DOMAINS = frozenset({"example.org", "example.com", "example.net"})
_EXAMPLE_ENDINGS = (".example", ".invalid")
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why not yet: a code below `golive.obstacle.`, and what it is about, one thing a line."""

    code: str
    items: tuple[str, ...]


def is_example(address: str) -> bool:
    """Whether a mail address, bare or as `Name <address>`, is one that was shipped as an example."""
    domain = address.rpartition("@")[2].strip().rstrip(">").rstrip(".").lower()
    parts = domain.split(".")
    return ".".join(parts[-2:]) in _EXAMPLE_DOMAINS or f".{domain}".endswith(_EXAMPLE_ENDINGS)


def obstacles(
    world: World, senders: Iterable[str], faults: Sequence[str], blocked: frozenset[tuple[str, str]]
) -> list[Obstacle]:
    """Everything that must be mended first; empty means that messages may leave.

    `senders` are the addresses mail comes from, `faults` the lines of all faults in the files.
    """
    live = world.sending()
    people = [person for person in world.register.people.values() if person.positions]
    shipped = [f"[admin] to {address}" for address in world.admin_to if is_example(address)]
    shipped += [f"sender {address}" for address in senders if is_example(address)]
    shipped += [
        f"{person.id} {person.email}" for person in people if person.email and is_example(person.email)
    ]
    real = world.reaching
    found = [Obstacle("faults", tuple(faults)), Obstacle("examples", tuple(shipped))]
    if not real:
        return [*(each for each in found if each.items), Obstacle("no-channel", (INBOX,))]
    silent = [
        f"{person.id} {person.name}"
        for person in people
        if not any(channel in real for channel, _ in routes_of(live, person, blocked))
    ]
    return [each for each in (*found, Obstacle("unreachable", tuple(silent))) if each.items]


@dataclass(frozen=True, slots=True)
class GoLive:
    """Messages are to be real: to so many `people` in the days ahead.

    `senders` are the addresses mail comes from, `faults` the lines of all faults in the files; `differ` says
    that something else rules than what lies in the folder.
    """

    people: int
    senders: tuple[OwnText, ...] = ()
    faults: tuple[OwnText, ...] = ()
    differ: bool = False


@dataclass(frozen=True, slots=True)
class Live:
    """Since when messages are real; `changed` says that they were not before."""

    since: datetime
    changed: bool


def in_the_way(scope: Scope, asked: GoLive) -> tuple[Obstacle, ...]:
    """What stands in the way of going live as it is asked for."""
    found = obstacles(scope.world, asked.senders, asked.faults, addresses.unusable(scope.tx, scope.now))
    return (*found, *([Obstacle("differ", ("alertd plan",))] if asked.differ else []))


def live_since(tx: Connection) -> datetime | None:
    """When this store went live, None while it never did."""
    found = settings.get(tx, settings.LIVE_SINCE)
    return datetime.fromisoformat(found) if found else None


def overdue_now(tx: Connection, now: datetime) -> int:
    """Running deadlines whose limit has passed; people will be chased for them once messages are real."""
    return tx.execute(
        select(func.count())
        .select_from(deadlines)
        .where(deadlines.c.state.in_(RUNNING), deadlines.c.due < now)
    ).scalar_one()


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What going live decides afresh: so many open duties told as drills alone, and drills not left yet.

    `since` says when the first of these drills was decided after the last time; None without any.
    """

    deadlines: int
    waiting: int
    since: datetime | None


def rehearsal(tx: Connection) -> Rehearsal:
    """What was only a drill so far; in a store that is live, since it last decided drills."""
    live, since = live_since(tx) is not None, drills.since(tx)
    if live and since is None:
        return Rehearsal(0, 0, None)
    return Rehearsal(rehearsed(tx, since if live else None), drills.count_waiting(tx), since)


@taking_texts
def go_live(scope: Scope, asked: GoLive) -> Live:
    """Record that messages are real from `now` on; nothing is changed where they were already.

    Whoever keeps the program may. Raises Refused "not-ready" where something is in the way.

    What was only a drill is decided afresh (alertd.engine.firing.afresh): who was told of an open duty in no
    other way is told of it now, once, for real. One transaction.
    """
    since = live_since(scope.tx)
    if since is not None:
        return Live(since, changed=False)
    standing = in_the_way(scope, asked)
    if standing:
        raise Refused("not-ready", count=len(standing), codes=", ".join(each.code for each in standing))
    live = replace(scope, world=scope.world.sending())
    settings.put(scope.tx, settings.LIVE_SINCE, scope.now.isoformat())
    settings.put(scope.tx, settings.APPLIED, settings.hold(scope.tx, settings.APPLIED, 0) + 1)
    scope.record(audit.REGISTER, "went-live", {"people": asked.people})
    decide_afresh(live)
    while fire(live, _BATCH):
        continue
    at = instant_text(scope.now, scope.world.zone, scope.world.language)
    tell_admin(live, WentLive(at=at, people=asked.people))
    return Live(scope.now, changed=True)
