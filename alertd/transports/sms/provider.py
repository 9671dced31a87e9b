"""What is said of each provider: how a text is asked for, and what an answer means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from alertd.core.gateways import Answer
from alertd.core.text_messages import Short
from alertd.transports.base import Outcome
from alertd.transports.http import Request


@dataclass(frozen=True, slots=True)
class Text:
    """One text to one number, as the network writes it. `id` is the same over all attempts at it."""

    to: str
    short: Short
    id: str


class Provider(Protocol):
    """Asks and reads; the transport speaks."""

    def request(self, text: Text, at: datetime, nonce: str) -> Request: ...

    def outcome(self, answer: Answer) -> Outcome: ...

    def polls(self, at: datetime, nonce: str) -> Sequence[Request]:
        """What asks for reports and for what was written back; nothing where that is not asked for."""
        ...
