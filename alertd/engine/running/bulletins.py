"""The bulletin that is mailed by itself: looked at every minute, made beside the store's thread, mailed once.

Counting a year of a large city takes a second or two, and what is due meanwhile does not wait for it: the
figures are read on a thread of their own, and only what they say is written between two rounds. A node that
was down makes up for what was due since, each issue as of its own instant.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from alertd.clock import Clock
from alertd.core.bulletins import Issue
from alertd.engine.notify import guard
from alertd.engine.operations.mailing import Made, mail_bulletin
from alertd.engine.reporting.mailed import made, next_mail
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.engine.running.dispatcher import Dispatcher
from alertd.engine.running.door import Door
from alertd.store.database import Store
from alertd.store.errors import StoreError, StoreUnreadable

log = structlog.get_logger("alertd.bulletins")

#: one that cannot be made is tried again after so long; the admin was told
_PAUSE = timedelta(hours=1)


class Bulletins:
    """A job for the alarm. `ruled_at` gives what ruled at an instant, which later files do not change."""

    def __init__(
        self,
        store: Store,
        door: Door,
        dispatcher: Dispatcher,
        clock: Clock,
        ruled_at: Callable[[datetime], World],
    ) -> None:
        self._store = store
        self._door = door
        self._dispatcher = dispatcher
        self._clock = clock
        self._ruled_at = ruled_at
        self._not_before: datetime | None = None

    async def mail_due(self) -> None:
        """Mail every issue that is due. A store that cannot be used is reported already; the minute comes."""
        now = self._clock.now()
        if self._not_before is not None and now < self._not_before <= now + _PAUSE:
            return
        self._not_before = None
        try:
            while (issue := await self._door.run(self._store.transact, self._due)) is not None:
                if not await self._mail(issue):
                    return
        except StoreError as fault:
            log.warning("bulletin-put-off", reason=str(fault))

    async def _mail(self, issue: Issue) -> bool:
        try:
            found = await asyncio.to_thread(self._made, issue)
        except Exception as fault:
            if isinstance(fault, StoreError) and not isinstance(fault, StoreUnreadable):
                raise
            # Of a row that cannot be read: a bulletin without it would be a wrong one.
            self._not_before = self._clock.now() + _PAUSE
            slips = [guard.slip("bulletin", issue.period, None, fault)]
            await self._door.run(
                self._store.transact, lambda tx: guard.tell(self._scope(tx), "bulletin", slips)
            )
            return False
        people = await self._door.run(self._store.transact, lambda tx: self._write(tx, found))
        if people is not None:
            log.info("bulletin-mailed", period=issue.period, people=len(people))
            self._dispatcher.poke()
        return True

    def _scope(self, tx: Connection) -> Scope:
        return Scope(tx, self._dispatcher.world, self._clock.now())

    def _due(self, tx: Connection) -> Issue | None:
        issue = next_mail(self._scope(tx))
        return issue if issue is not None and issue.at <= self._clock.now() else None

    def _made(self, issue: Issue) -> Made:
        world = self._ruled_at(issue.at)
        with self._store.read() as tx:
            return made(tx, world, issue, self._dispatcher.world)

    def _write(self, tx: Connection, found: Made) -> tuple[str, ...] | None:
        """Whom it goes to; None where another node was first, or the schedule went away meanwhile."""
        try:
            return mail_bulletin(self._scope(tx), found)
        except Refused:
            return None
