"""The mailbox that answers and bounces come to, read by the daemon while it runs.

A message is marked as seen after what it did is committed: a crash between the two does nothing twice, since
each is known again. One on which the program slips is flagged, left where it lies, and told.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import structlog

from alertd.config.mail_in_shapes import MailboxSettings
from alertd.config.secret import SecretMissing
from alertd.core.text import one_line
from alertd.engine.notify import mailbox_state
from alertd.engine.operations.writing import put_aside
from alertd.engine.ruling.scope import Scope
from alertd.engine.sending.letters import Taken, take_in
from alertd.mailin.parts import LONGEST_MESSAGE
from alertd.mailin.reading import read
from alertd.transports.base import NotNow
from alertd.transports.mailbox import Mailbox, MailboxFault, MailboxOptions

log = structlog.get_logger("alertd.mail-in")

T = TypeVar("T")
#: carries out what comes from outside in a transaction. Raises NotNow while the store is away
CarryOut = Callable[[Callable[[Scope], Any]], Awaitable[Any]]

#: seconds before a mailbox that cannot be read is tried again: twice as long each time
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
#: seconds between two looks at whether a mailbox is to be read at all
_IDLE = 60.0
#: so often the server may fail to give one message before it is passed over
_TRIES = 3


class Incoming:
    """Reads the mailbox that the settings name, for as long as they do."""

    def __init__(
        self,
        settings: Callable[[], MailboxSettings | None],
        carry_out: CarryOut,
        now: Callable[[], datetime],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._settings, self._carry_out, self._now, self._pause = settings, carry_out, now, pause
        self._away_since: datetime | None = None
        self._failed: dict[str, int] = {}
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mailbox")

    async def run(self) -> None:
        """Read for ever; ends by being cancelled only."""
        pause = FIRST_PAUSE
        while True:
            settings = self._settings()
            if settings is None:
                await self._pause(_IDLE)
                continue
            try:
                await self._read(settings)
                pause = FIRST_PAUSE
            except (MailboxFault, SecretMissing) as fault:
                pause = await self._away(one_line(str(fault), 300), pause)
            except NotNow as fault:
                log.warning("mail-waits", reason=str(fault))
                await self._pause(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    async def _away(self, why: str, pause: float) -> float:
        """The mailbox cannot be read: wait, and remember since when. Returns how long to wait next time."""
        if self._away_since is None:
            self._away_since = self._now()
            log.warning("mailbox-away", reason=why)
        since = self._away_since
        try:
            await self._carry_out(lambda scope: mailbox_state.away(scope, since, why))
        except NotNow as fault:
            log.warning("mailbox-away-untold", reason=str(fault))
        await self._pause(pause)
        return min(2 * pause, LONGEST_PAUSE)

    async def _read(self, settings: MailboxSettings) -> None:
        """One connection, until the settings are others. Raises MailboxFault, SecretMissing, NotNow."""
        box = Mailbox(_options(settings))
        try:
            await self._call(box.open)
            await self._carry_out(mailbox_state.back)
            self._away_since = None
            while self._settings() == settings:
                for uid in await self._call(box.unseen):
                    await self._one(box, settings.folder, uid)
                await self._call(box.wait)
        finally:
            box.abort()
            await asyncio.shield(self._call(box.close))

    async def _one(self, box: Mailbox, folder: str, uid: str) -> None:
        """Take one message in. Whatever is in it, the next one follows."""
        where = f"{folder} UID {uid}"
        raw = await self._fetched(box, where, uid)
        if raw is None:
            return
        try:
            letter = await asyncio.to_thread(read, raw)
            taken: Taken = await self._carry_out(lambda scope: take_in(scope, letter))
        except NotNow:
            raise
        except Exception as fault:
            await self._put_aside(where, _slip(fault))
            await self._call(lambda: box.mark(uid, flagged=True))
            return
        log.info("mail-taken-in", mail=where, taken=str(taken))
        await self._call(lambda: box.mark(uid, flagged=taken is Taken.UNKNOWN))

    async def _fetched(self, box: Mailbox, where: str, uid: str) -> bytes | None:
        """The message; None where it is gone, or the server has failed to give it too often."""
        failed = self._failed.get(uid, 0)
        if failed > _TRIES:
            return None
        try:
            raw = await self._call(lambda: box.fetch(uid, LONGEST_MESSAGE + 1))
        except MailboxFault as fault:
            self._failed[uid] = failed + 1
            if failed + 1 > _TRIES:
                await self._put_aside(where, one_line(str(fault), 200))
            raise
        self._failed.pop(uid, None)
        return raw

    async def _put_aside(self, where: str, why: str) -> None:
        log.error("mail-put-aside", mail=where, reason=why)
        await self._carry_out(lambda scope: put_aside(scope, where, why))

    async def _call(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _options(settings: MailboxSettings) -> MailboxOptions:
    return MailboxOptions(
        host=settings.host,
        port=settings.port,
        security=settings.security,
        username=settings.username,
        password=settings.password.reveal() if settings.password else "",
        ca_file=str(settings.ca_file or ""),
        folder=settings.folder,
    )


def _slip(fault: Exception) -> str:
    """What slipped and where, without the values: those are somebody's mail."""
    last = traceback.extract_tb(fault.__traceback__)[-1]
    return f"{type(fault).__name__} ({Path(last.filename).name}:{last.lineno})"
