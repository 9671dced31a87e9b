"""Messages to the person who keeps the program: through the same outbox, so that they survive a crash too.

The admin is a person. What is told of one topic waits a minute for more of its kind and leaves as one message
with a list; what comes later joins the message that waits, or begins one that leaves when the pauses of its
topic let it. What was told is not told again while it lasts. What is over before it left is taken out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from alertd.core.abilities import INBOX
from alertd.engine.notify.addressing import Gap, routes_of
from alertd.engine.notify.journeys import Route
from alertd.engine.notify.topics import (
    SOON,
    FilesFaulty,
    Listed,
    LossHeld,
    Pauses,
    Single,
    Topic,
    Unreachable,
    Vacant,
)
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import Mode, World
from alertd.store import addresses, illness, leasing, outbox, settings
from alertd.store.types import Unreadable

ADMIN = "admin"
#: the template of such a delivery
TEMPLATE = "admin"
#: ends the bundle of a copy that is kept here because its mail was refused
KEPT = "|inbox"
#: how long a message waits for more of its topic: a burst is one message
GATHERING = timedelta(minutes=1)
#: lines of one message; more are only counted
MOST_LISTED = 50
_DAY = timedelta(days=1)
#: keys of a topic that are remembered; beyond, the oldest are forgotten and may be told again
_MOST_KNOWN = 2000


def usual_routes(world: World) -> list[Route]:
    """Where messages to the admin go while all channels serve.

    To the inbox while rehearsing, where nothing leaves the machine, and without a mail channel; to the one
    address while redirecting; else by mail to each address of [admin] to.
    """
    mail = world.mail_channel
    if mail is None or (world.drilling and world.mode is not Mode.REDIRECT):
        return [(INBOX, ADMIN)]
    if world.mode is Mode.REDIRECT:
        return [(mail, world.redirect_to)]
    return [(mail, address) for address in world.admin_to]


def admin_routes(scope: Scope) -> list[Route]:
    """Where messages to the admin go now.

    While no mail channel serves anybody, over the other channels of whoever in the directory has such an
    address: what the admin must hear first is that mail does not leave.
    """
    world, usual = scope.world, usual_routes(scope.world)
    ill = illness.ill(scope.tx)
    if usual[0][0] not in ill or world.mode is Mode.REDIRECT:
        return usual
    mails = [name for name in world.channels if world.abilities(name).mail and name not in ill]
    if mails:
        return [(mails[0], address) for address in world.admin_to]
    blocked = addresses.unusable(scope.tx, scope.now)
    known = [person for person in world.register.people.values() if person.email in world.admin_to]
    ways = [routes_of(world, person, blocked, ill)[:1] for person in known]
    return [route for way in ways for route in way if route[0] not in ill] or usual


def tell_admin(scope: Scope, *told: Topic) -> bool:
    """Tell the admin of these, which are all of one topic; False where nothing of it is new."""
    if not told:
        return False
    keys = {each.key for each in told}
    memory = _Memory(scope.tx, type(told[0]), scope.now)
    if memory.knows(keys) and not memory.fading(keys):
        return False
    settings.lock(scope.tx, settings.TELLING)
    memory = _Memory(scope.tx, type(told[0]), scope.now)  # another node may have told it meanwhile
    fresh = list({each.key: each for each in told if not memory.knows({each.key})}.values())
    memory.see(keys)
    if fresh:
        _queue(scope, memory, told if type(told[0]).whole else fresh)
    memory.write()
    return bool(fresh)


def _queue(scope: Scope, memory: _Memory, told: Sequence[Topic]) -> None:
    """Let these join what waits of their topic, for each address; begin a message where none waits."""
    kind = type(told[0])
    bundle = outbox.bundle_name(f"admin|{kind.name}")
    waiting = {(row.channel, row.address): row for row in outbox.untried(scope.tx, bundle)}
    pressing = any(isinstance(each, Listed) and each.pressing for each in told)
    at = memory.leaves(SOON if pressing else kind.pauses, joining=bool(waiting))
    new = []
    for route in admin_routes(scope):
        row = waiting.get(route)
        payload = _payload(told, row.payload if row is not None else None)
        if row is not None:
            outbox.rewrite(scope.tx, row.id, payload, min(at, row.not_before or at))
        else:
            domain = scope.world.mail_domain
            more = {"payload": payload, "not_before": at}
            new.append(outbox.new_delivery(scope.now, domain, ADMIN, route, bundle, TEMPLATE, **more))
    outbox.add_deliveries(scope.tx, new)


def _payload(told: Sequence[Topic], before: Mapping[str, Any] | None) -> dict[str, Any]:
    """What is kept of a message: its values and lines, or those of each entry of its list."""
    first = told[0]
    if isinstance(first, Single):  # what is newer takes the place of what has not left
        return {"topic": first.name, "args": first.values, "items": list(first.items)}
    assert isinstance(first, Listed)
    entries = list(before["entries"]) if before else []
    more = before["more"] if before else 0
    known = {entry["key"] for entry in entries}
    for each in told:
        if each.key in known:
            continue
        if len(entries) < MOST_LISTED:
            entries.append({**each.values, "key": each.key})
        else:
            more += 1
    return {"topic": first.name, "args": {}, "entries": entries, "more": more, "see": first.see}


def take_back(scope: Scope, kind: type[Topic], over: Callable[[str], bool]) -> bool:
    """Forget what is over, by its key, so that it is told when it comes again; whether it was never told.

    What has not left yet is taken out of its message; a message without anything left is dropped.
    """
    settings.lock(scope.tx, settings.TELLING)
    memory = _Memory(scope.tx, kind, scope.now)
    if not memory.forget(over):
        return True
    unsaid = False
    for row in outbox.untried(scope.tx, outbox.bundle_name(f"admin|{kind.name}")):
        entries = [entry for entry in row.payload.get("entries", ()) if not over(entry["key"])]
        if entries or row.payload.get("more"):
            outbox.rewrite(scope.tx, row.id, {**row.payload, "entries": entries}, row.not_before)
        else:
            leasing.drop(scope.tx, row, scope.now, scope.node)
            memory.unsay()
            unsaid = True
    memory.write()
    return unsaid


class _Memory:
    """What the admin knows of one topic and when messages about it leave, as the store keeps it.

    It is written within the lock. What cannot be read is as if nothing was told: rather twice than never.
    """

    def __init__(self, tx: Connection, kind: type[Topic], now: datetime) -> None:
        self._tx, self._kind, self._now = tx, kind, now
        self._name = f"{settings.TOLD_ADMIN}.{kind.name}"
        try:
            found = settings.get(tx, self._name) or {}
            self._known = {key: datetime.fromisoformat(at) for key, at in found.get("known", {}).items()}
            left = [datetime.fromisoformat(at) for at in found.get("left", ())]
        except (Unreadable, AttributeError, TypeError, ValueError):
            self._known, left = {}, []
        # A clock that was wrong may have left instants that lie far ahead.
        self._left = [at for at in left if abs(now - at) <= _DAY]

    def knows(self, keys: Collection[str]) -> bool:
        """Whether all of these were told, and last."""
        return all(
            key in self._known and abs(self._now - self._known[key]) < self._kind.lasts for key in keys
        )

    def any_of(self, meant: Callable[[str], bool]) -> bool:
        """Whether one of these keys was told."""
        return any(meant(key) for key in self._known)

    def fading(self, keys: Collection[str]) -> bool:
        """Whether it is time to note that some of these last; not at every sight, which would be a write."""
        return any(self._now - self._known[key] > self._kind.lasts / 8 for key in keys)

    def see(self, keys: Iterable[str]) -> None:
        """These are so now."""
        self._known |= dict.fromkeys(keys, self._now)

    def forget(self, over: Callable[[str], bool]) -> bool:
        """Take out what is over; whether there was any."""
        known = {key: at for key, at in self._known.items() if not over(key)}
        some, self._known = len(known) < len(self._known), known
        return some

    def leaves(self, pauses: Pauses, joining: bool) -> datetime:
        """When the message leaves that is written now, or `joining` when the one that waits does."""
        waits = self._left.pop() if joining and self._left else None
        at = self._now + GATHERING
        if self._left:
            at = max(at, self._left[-1] + pauses[min(len(self._left), len(pauses)) - 1])
        self._left.append(at if waits is None else min(at, waits))
        return self._left[-1]

    def unsay(self) -> None:
        """The newest message will not leave."""
        del self._left[-1:]

    def write(self) -> None:
        newest = sorted(self._known.items(), key=lambda known: known[1])[-_MOST_KNOWN:]
        lasting = {key: at for key, at in newest if abs(self._now - at) < self._kind.lasts}
        value = {
            "known": {key: at.isoformat() for key, at in lasting.items()},
            "left": [at.isoformat() for at in self._left],
        }
        settings.put(self._tx, self._name, value)


# ---------------------------------------------------------------- people


def report_gaps(scope: Scope, gaps: Iterable[Gap]) -> None:
    """Tell the admin of empty positions and unreachable people."""
    found: dict[type[Vacant], list[Vacant]] = {Vacant: [], Unreachable: []}
    for gap in gaps:
        unit = scope.world.register.units.get(gap.unit)
        name = (
            (unit.name.get(scope.world.language) or unit.name.get("zh-Hant") or gap.unit)
            if unit
            else gap.unit
        )
        person = scope.world.register.people.get(gap.person)
        topic = Vacant if gap.topic == Vacant.name else Unreachable
        found[topic].append(
            topic(
                unit=name,
                unit_id=gap.unit,
                position=gap.position,
                person=person.name if person else gap.person,
                person_id=gap.person,
            )
        )
    for told in found.values():
        tell_admin(scope, *told)


def forget_filled(scope: Scope) -> None:
    """Files were applied: positions that are filled and people who are reached now are no news any more."""
    world, blocked = scope.world, addresses.unusable(scope.tx, scope.now)

    def filled(key: str) -> bool:
        unit, position, _ = key.split("|")
        return world.directory.held(position, unit, scope.now)

    def reached(key: str) -> bool:
        person = world.register.people.get(key.rpartition("|")[2])
        return person is None or bool(routes_of(world, person, blocked))

    take_back(scope, Vacant, filled)
    take_back(scope, Unreachable, reached)


def knows_of(scope: Scope, kind: type[FilesFaulty | LossHeld], where: str) -> bool:
    """Whether the admin was told of something in `where` that is not known to be over."""
    return _Memory(scope.tx, kind, scope.now).any_of(lambda key: key.startswith(f"{where}|"))


def mended(scope: Scope, kind: type[FilesFaulty | LossHeld], where: str, still: Iterable[str] = ()) -> bool:
    """In `where` only these lines are `still` so; whether the admin was told of none that is over."""
    lasting = {f"{where}|{line}" for line in still}
    return take_back(scope, kind, lambda key: key.startswith(f"{where}|") and key not in lasting)
