"""The mailbox that answers and bounces come to, read by the daemon while it runs.

A message is marked as seen after what it did is committed: a crash between the two does nothing twice, since
each is known again. One on which the program slips, or that the server will not give, is flagged, left where
it lies, and told; none of these keeps the others.
"""

from __future__ import annotations

import asyncio
import contextlib
import traceback
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
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
from alertd.transports.mailbox import Mailbox, MailboxFault, MailboxOptions, MailRefused

log = structlog.get_logger("alertd.mail-in")

T = TypeVar("T")
#: carries out what comes from outside in a transaction. Raises NotNow while the store is away
CarryOut = Callable[[Callable[[Scope], Any]], Awaitable[Any]]
#: waits so many seconds, or until the event
Rest = Callable[[asyncio.Event, float], Awaitable[None]]

#: seconds before a mailbox that cannot be read is tried again: twice as long each time
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
#: seconds between two looks at whether a mailbox is to be read at all
_IDLE = 60.0
#: so often the server may fail to give one message before it is put aside
_TRIES = 3
#: after so many waits for news in a row that broke off the server is asked instead
_DROPS = 3
#: messages that are taken in before the mailbox is looked at again
_MOST = 200
#: seconds that a server may take for one thing, however diligently it goes on saying something
LONGEST_CALL = 600.0
#: a node that has not come to its mailbox for so long lets another one try, and then waits so long itself
_TIRED_AFTER, _TIRED_FOR = timedelta(minutes=2), timedelta(minutes=1)
_LONGEST_POST = 60


async def _rest(changed: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(changed.wait(), seconds)


class Incoming:
    """Reads the mailbox that `settings` names, while they do and `mine` says that its post is this node's."""

    def __init__(
        self,
        settings: Callable[[], MailboxSettings | None],
        carry_out: CarryOut,
        now: Callable[[], datetime],
        rest: Rest = _rest,
        mine: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._settings, self._carry_out, self._now, self._rest = settings, carry_out, now, rest
        self._mine = mine
        self._changed = asyncio.Event()
        self._seen: MailboxSettings | None = None
        self._tired_until: datetime | None = None
        self._box: Mailbox | None = None
        self._read_last: MailboxSettings | None = None
        self._begin()
        self._away_since: datetime | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mailbox")

    def _begin(self) -> None:
        """What is known of one mailbox says nothing of another one."""
        self._pause, self._drops = FIRST_PAUSE, 0
        self._failed: dict[str, int] = {}
        self._taken: dict[str, bool] = {}  # whether it needs a flag: taken in, and not marked yet
        self._not_given: set[str] = set()
        self._aside: set[str] = set()  # of these, the ones that cannot even be flagged

    def changed(self) -> None:
        """The settings may be others now, or this node may or may not read. From the loop's own thread."""
        if self._wanted() != self._seen:
            self._changed.set()
            if self._box is not None:
                self._box.abort()

    def posts(self) -> tuple[str, ...]:
        """What one node at a time may do: read this mailbox."""
        settings = self._settings()
        return (post_of(settings),) if settings is not None else ()

    def tired(self) -> tuple[str, ...]:
        """The same, where another node should try: this one has not come to the mailbox for minutes."""
        tired = self._tired_until is not None and self._now() < self._tired_until
        return self.posts() if tired else ()

    def _wanted(self) -> MailboxSettings | None:
        settings = self._settings()
        return settings if settings is not None and self._mine(post_of(settings)) else None

    async def run(self) -> None:
        """Read for ever; ends by being cancelled only."""
        nothing_said = False
        while True:
            self._changed.clear()
            self._seen = settings = self._wanted()
            if settings is None:
                if not nothing_said and self._settings() is None:
                    nothing_said = await self._no_longer()
                await self._rest(self._changed, _IDLE)
                continue
            nothing_said = False
            self._pause = self._pause if settings is self._read_last else FIRST_PAUSE
            if self._read_last is None or post_of(settings) != post_of(self._read_last):
                self._begin()
            self._read_last = settings
            try:
                await self._read(settings)
            except (MailboxFault, SecretMissing) as fault:
                if self._wanted() == settings:
                    await self._away(str(fault))
                    await self._later()
            except NotNow as fault:
                log.warning("mail-waits", reason=str(fault))
                await self._later()

    async def _later(self) -> None:
        pause, self._pause = self._pause, min(2 * self._pause, LONGEST_PAUSE)
        await self._rest(self._changed, pause)

    async def _no_longer(self) -> bool:
        """No mailbox is to be read here: that an earlier one was away is nobody's trouble any more."""
        self._away_since = None
        try:
            await self._carry_out(mailbox_state.back)
        except NotNow:
            return False
        return True

    async def _away(self, why: str) -> None:
        """The mailbox cannot be read: remember since when."""
        why = one_line(why, 300)
        if self._away_since is None:
            self._away_since = self._now()
            log.warning("mailbox-away", reason=why)
        since = self._away_since
        if self._now() - since >= _TIRED_AFTER and not self.tired():
            self._tired_until = self._now() + _TIRED_FOR
        try:
            await self._carry_out(lambda scope: mailbox_state.away(scope, since, why))
        except NotNow as fault:
            log.warning("mailbox-away-untold", reason=str(fault))

    async def _back(self) -> None:
        if self._away_since is not None:
            log.info("mailbox-back", since=self._away_since.isoformat())
        await self._carry_out(mailbox_state.back)
        self._away_since = self._tired_until = None

    async def _read(self, settings: MailboxSettings) -> None:
        """One connection, while it is wanted. Raises MailboxFault, SecretMissing, NotNow."""
        self._box = box = Mailbox(options_of(settings))
        try:
            await self._call(box, box.open)
            well = False
            while self._wanted() == settings:
                ill = await self._round(box)
                if ill:
                    await self._away(ill)
                elif not well:
                    await self._back()  # only now: what breaks at each message is no mailbox that is read
                well = not ill
                if not await self._news(box):
                    return
        finally:
            self._box = None
            box.abort()
            await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._thread, box.close))

    async def _news(self, box: Mailbox) -> bool:
        """Wait for something new; whether the connection is still there."""
        try:
            await self._call(box, partial(box.wait, idle=self._drops < _DROPS))
        except MailboxFault as fault:
            if self._wanted() == self._read_last:
                self._drops += 1
                log.info("mailbox-dropped", reason=one_line(str(fault), 300))
                await self._later()
            return False
        self._pause = FIRST_PAUSE
        if self._drops < _DROPS:
            self._drops = 0
        return True

    async def _round(self, box: Mailbox) -> str:
        """Take in what is new; "" or why some of it cannot be marked as taken in."""
        ill = ""
        names = {uid: box.name_of(uid) for uid in await self._call(box, box.unseen)}
        waiting = [uid for uid, name in names.items() if name not in self._aside]
        waiting.sort(key=lambda uid: self._failed.get(names[uid], 0))  # what fails lets the others go first
        for uid in waiting[:_MOST]:
            if self._wanted() != self._read_last:
                break
            ill = await self._one(box, uid) or ill
        return ill

    async def _one(self, box: Mailbox, uid: str) -> str:
        """Take one message in, whatever is in it; "" or why it could not be marked."""
        name = box.name_of(uid)
        if name not in self._taken:
            raw = await self._fetched(box, name, uid)
            if raw is not None:
                self._taken[name] = await self._take(name, raw)
        if name not in self._taken:
            return ""
        try:
            await self._call(box, partial(box.mark, uid, flagged=self._taken[name]))
        except MailRefused as fault:
            if name in self._not_given:  # it was told
                self._aside.add(name)
                return ""
            return f"a message that was taken in cannot be marked as seen: {fault}"
        del self._taken[name]
        return ""

    async def _take(self, name: str, raw: bytes) -> bool:
        """What the message says is done; whether people should look at it."""
        try:
            letter = await asyncio.to_thread(read, raw)
            taken: Taken = await self._carry_out(lambda scope: take_in(scope, letter))
        except NotNow:
            raise
        except Exception as fault:
            await self._put_aside(name, _slip(fault))
            return True
        log.info("mail-taken-in", mail=name, taken=str(taken))
        return taken is Taken.UNKNOWN

    async def _fetched(self, box: Mailbox, name: str, uid: str) -> bytes | None:
        """The message; None where it is gone, or the server does not give it."""
        try:
            raw = await self._call(box, partial(box.fetch, uid, LONGEST_MESSAGE + 1))
        except MailboxFault as fault:
            self._failed[name] = self._failed.get(name, 0) + 1
            if self._failed[name] > _TRIES:
                await self._put_aside(name, one_line(str(fault), 200))
                self._not_given.add(name)
                self._taken[name] = True
            if not isinstance(fault, MailRefused):
                raise
            return None
        self._failed.pop(name, None)
        return raw

    async def _put_aside(self, name: str, why: str) -> None:
        log.error("mail-put-aside", mail=name, reason=why)
        await self._carry_out(lambda scope: put_aside(scope, name, why))

    async def _call(self, box: Mailbox, work: Callable[[], T]) -> T:
        """Let the thread of the mailbox do it. Raises MailboxFault, also where it comes to no end."""
        running = asyncio.get_running_loop().run_in_executor(self._thread, work)
        try:
            async with asyncio.timeout(LONGEST_CALL):
                return await running
        except TimeoutError:
            box.abort()
            raise MailboxFault(f"the server came to no end within {LONGEST_CALL:g} s") from None


def post_of(settings: MailboxSettings) -> str:
    """What `alertd nodes` calls reading this mailbox; no channel is called so."""
    name = f"mail-in {settings.username}@{settings.host}/{settings.folder}"
    if len(name) <= _LONGEST_POST:
        return name
    return f"{name[: _LONGEST_POST - 9]} {sha256(name.encode()).hexdigest()[:8]}"


def options_of(settings: MailboxSettings) -> MailboxOptions:
    """What the mailbox is opened with. Raises SecretMissing."""
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
