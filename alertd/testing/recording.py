"""A transport that keeps what it is given and answers as it is told: for tests of what uses transports."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from alertd.transports.base import Outcome, Outgoing, Result


@dataclass
class RecordingTransport:
    """`sent` is what it was given; `answers` are given in order, and then `usual`."""

    timeout: float = 5.0
    concurrency: int = 1
    usual: Outcome = field(default_factory=lambda: Outcome(Result.ACCEPTED, "recorded"))
    sent: list[Outgoing] = field(default_factory=list)
    answers: deque[Outcome] = field(default_factory=deque)
    running: bool = False

    async def start(self) -> None:
        """See Transport."""
        self.running = True

    async def stop(self) -> None:
        """See Transport."""
        self.running = False

    async def send(self, message: Outgoing) -> Outcome:
        """See Transport."""
        self.sent.append(message)
        return self.answers.popleft() if self.answers else self.usual

    def texts(self) -> list[str]:
        """What people would read, in order."""
        return [f"{message.subject}\n\n{message.text}" for message in self.sent]
