"""What follows when a channel falls ill, and when it is well again.

While it is ill what waits for it goes another way: messages of hour clocks at once where the person has one,
all others when a provider's hiccup would be over. Each stays besides as a last resort: it leaves when the
channel serves again, unless its person was told otherwise meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import structlog

from alertd.engine.notify.addressing import routes_of
from alertd.engine.notify.admin import tell_admin
from alertd.engine.notify.topics import ChannelIll, ChannelWell, SubscriberAway
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import Mode
from alertd.engine.sending.readdressing import readable
from alertd.engine.sending.silence import tried_until
from alertd.messages.catalogue import Catalogue
from alertd.store import addresses, failures, illness, leasing
from alertd.store.illness import NOT_STARTED, Illness
from alertd.store.rows import DeliveryRow
from alertd.transports.base import Result

log = structlog.get_logger("alertd.channels")

#: the code of what follows for a message whose channel is ill
ILL = "channel-ill"
_AT_ONCE = 500


def note(scope: Scope, found: Mapping[str, Illness]) -> None:
    """This node finds these channels ill and all others well. What that changes is done, and told once."""
    turn = illness.say(scope.tx, scope.world.node, found)
    for channel, said in turn.ill.items():
        log.warning("channel-ill", channel=channel, said=said.said)
        detail = in_words(said, scope.world.language)
        topic = SubscriberAway if scope.world.abilities(channel).changes else ChannelIll
        tell_admin(scope, topic(channel=channel, detail=detail, since=said.since.isoformat()))
    for channel, said in turn.well.items():
        again = leasing.resume(scope.tx, said.refused, scope.now)
        for route in leasing.routes(scope.tx, said.refused):
            addresses.unblock(scope.tx, *route)
        log.info("channel-well", channel=channel, again=again)
        tell_admin(scope, ChannelWell(channel=channel, since=said.since.isoformat(), again=again))


def in_words(said: Illness, language: str) -> str:
    """What a provider said when its channel fell ill, for people."""
    if said.said in ("", NOT_STARTED):
        return Catalogue(language).say("unsent.silent" if not said.said else "unsent.not-started")
    return said.said


def leave_ill(scope: Scope, channels: Collection[str]) -> int:
    """Let what waits for these channels, which are ill, go another way; returns how many do.

    Real messages only: a drill is owed to nobody.
    """
    ill = illness.ill(scope.tx) & frozenset(channels)
    if not ill or scope.world.mode is Mode.HOLD or scope.world.drilling:
        return 0
    found = leasing.waiting_on(scope.tx, ill, scope.now, _AT_ONCE)
    rows = readable(scope, "leave", found)
    blocked = addresses.unusable(scope.tx, scope.now)
    going = [
        row
        for row in rows
        if _spent(scope, row) or (row.by_the_hour and _reached_well(scope, row, ill, blocked))
    ]
    leasing.put_aside(scope.tx, [row.id for row in going], scope.now)
    said = Catalogue(scope.world.language).say("unsent.channel-ill")
    failures.add(
        scope.tx, [failures.failed(row.id, scope.now, Result.RETRY, said, code=ILL) for row in going]
    )
    return len(going)


def _spent(scope: Scope, row: DeliveryRow) -> bool:
    """Whether it has waited for as long as one channel is tried."""
    assert row.not_before is not None
    return scope.now >= tried_until(scope.world, row, row.first_attempt_at or row.not_before)


def _reached_well(
    scope: Scope, row: DeliveryRow, ill: frozenset[str], blocked: frozenset[tuple[str, str]]
) -> bool:
    """Whether its person can be reached over another channel that is not ill."""
    person = scope.world.register.people.get(row.person)
    ways = routes_of(scope.world, person, blocked) if person else ()
    return any(channel not in ill for channel, _ in ways)
