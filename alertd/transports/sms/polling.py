"""Asking a provider what became of texts and what was written back, so that no address of ours is public.

What was given once is not given again: it is kept here until it is recorded, and nothing more is asked for
meanwhile. What a crash loses in between the provider may show in its console only.
"""

from __future__ import annotations

import secrets
from collections import deque

import structlog

from alertd.core.gateways import Answer
from alertd.transports.asking import Asking
from alertd.transports.base import NotNow, OnTold, Outcome, Reported, Texted
from alertd.transports.sms.hearing import Ear
from alertd.transports.sms.transport import SmsOptions, SmsTransport

log = structlog.get_logger(__name__)


class PollingSms(SmsTransport):
    """The same account, asked every so often; by one process at a time."""

    def __init__(self, options: SmsOptions, ear: Ear, on_told: OnTold, at_once: bool) -> None:
        super().__init__(options, ear)
        self._on_told, self._at_once = on_told, at_once
        self._asking = Asking(f"texts {ear.channel}", self.ask_once, float(options.poll_seconds))
        self._untold: deque[Reported | Texted] = deque()
        self._trouble = ""

    async def start(self) -> None:
        """Begin to ask, or when `listen` says so."""
        await super().start()
        if self._at_once:
            await self.listen(True)

    async def listen(self, wanted: bool) -> None:
        """See Listening."""
        await self._asking.listen(wanted)

    async def stop(self) -> None:
        """See Transport."""
        await self.listen(False)
        await super().stop()

    async def ask_once(self) -> bool:
        """Ask for everything there is and tell it; whether the provider answered and all was recorded."""
        well = await self._tell()
        for request in self.provider.polls(self.now(), secrets.token_hex(16)) if well else ():
            answer = await self.ask(request)
            if isinstance(answer, Outcome) or not 200 <= answer.status < 300:
                self._say(answer)
                well = False
                continue
            self._trouble = ""
            self._untold.extend(self.ear.heard(answer))
            well = await self._tell() and well
        return well

    async def _tell(self) -> bool:
        while self._untold:
            try:
                await self._on_told(self._untold[0])
            except NotNow as fault:
                log.warning("texts wait", channel=self.ear.channel, reason=str(fault))
                return False
            except Exception:  # one odd text must not hold back the others for ever
                log.exception("text not handled", channel=self.ear.channel)
            self._untold.popleft()
        return True

    def _say(self, answer: Outcome | Answer) -> None:
        code = answer.code if isinstance(answer, Outcome) else str(answer.status)
        if code != self._trouble:
            log.warning("texts cannot be asked for", channel=self.ear.channel, reason=code)
        self._trouble = code
