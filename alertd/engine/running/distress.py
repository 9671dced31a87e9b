"""The admin is told by mail when the store itself fails: what waits in it cannot leave it to say so."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from alertd.core.abilities import INBOX
from alertd.engine.notify.admin import usual_routes
from alertd.engine.notify.store_topics import (
    DiskFull,
    StoreDamaged,
    StoreFailing,
    StoreGone,
    StoreUnreachable,
)
from alertd.engine.ruling.world import Mode, World
from alertd.messages.render import Renderer
from alertd.messages.view import AdminView
from alertd.store.errors import (
    StoreBusy,
    StoreCorrupt,
    StoreError,
    StoreFull,
    StoreMissing,
    StoreOther,
    StoreVanished,
)
from alertd.store.ids import new_id
from alertd.transports.base import Outgoing, Result, Transport

log = structlog.get_logger("alertd.distress")

#: a fault that may pass by itself is told after so many seconds, one that will not at once
PATIENCE = 300.0
#: and told again while it lasts
AGAIN_AFTER = 6 * 3600.0
_TOPICS: Mapping[type[Exception], type[StoreFailing]] = {
    StoreCorrupt: StoreDamaged,
    StoreFull: DiskFull,
    StoreBusy: StoreUnreachable,
    StoreVanished: StoreGone,
    StoreMissing: StoreGone,
    StoreOther: StoreGone,
}
_HOPELESS = (StoreCorrupt, StoreFull, StoreVanished, StoreMissing, StoreOther)


class Distress:
    """Counts how long nothing could be decided, in seconds that only run forward.

    Its memory is all it has: the store is what fails.
    """

    def __init__(self) -> None:
        self._since: float | None = None
        self._told: dict[str, float] = {}

    def over(self) -> None:
        """The store serves again."""
        self._since = None
        self._told.clear()

    async def heard(
        self,
        fault: Exception,
        now: float,
        world: World,
        renderer: Renderer,
        transports: Mapping[str, Transport],
    ) -> bool:
        """A round failed at `now`; whether the admin was told by this call. Never raises.

        Nothing is told while sending is on hold or nothing may leave the machine, nor where no mail channel
        is enabled: then the log and `alertd doctor` say it.
        """
        self._since = now if self._since is None else self._since
        kind = _TOPICS.get(type(fault), StoreFailing)
        hopeless = isinstance(fault, _HOPELESS)
        if world.mode is Mode.HOLD or (not hopeless and now - self._since < PATIENCE):
            return False
        told = self._told.get(kind.name)
        if told is not None and now - told < AGAIN_AFTER:
            return False
        ways = [way for way in usual_routes(world) if way[0] != INBOX and way[0] in transports]
        if not ways:
            return False
        detail = str(fault) if isinstance(fault, StoreError) else type(fault).__name__
        arrived = [
            await _mail(transports[channel], to, kind(detail=detail), world, renderer) for channel, to in ways
        ]
        if any(arrived):
            self._told[kind.name] = now
        return any(arrived)


async def _mail(
    transport: Transport, address: str, topic: StoreFailing, world: World, renderer: Renderer
) -> bool:
    identity = new_id()
    view = AdminView(topic.name, topic.values, language=world.language, admin_name=world.admin_name)
    words = renderer.render(view)
    message = Outgoing(
        delivery=identity,
        address=address,
        name="",
        message_id=f"{identity:x}@{world.mail_domain}",
        thread=(),
        subject=words.subject,
        text=words.text,
        html=words.html,
    )
    try:
        outcome = await transport.send(message)
    except Exception:  # the store is in trouble already; this must not be one more
        log.exception("distress-unsent")
        return False
    fields = {"topic": topic.name, "result": str(outcome.result), "code": outcome.code}
    log.warning("distress", **fields)
    return outcome.result in (Result.ACCEPTED, Result.HANDED_OVER)
