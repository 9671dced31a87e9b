"""What is said of each provider: how a text is asked for, and what an answer means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from alertd.core.gateways import Answer
from alertd.core.text_messages import Short
from alertd.transports.base import Outcome, Result


@dataclass(frozen=True, slots=True)
class Text:
    """One text to one number, as the network writes it. `id` is the same over all attempts at it."""

    to: str
    short: Short
    id: str


@dataclass(frozen=True, slots=True)
class Request:
    """One request over HTTP."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


class Provider(Protocol):
    """Asks and reads; the transport speaks."""

    def request(self, text: Text, at: datetime, nonce: str) -> Request: ...

    def outcome(self, answer: Answer) -> Outcome: ...

    def polls(self, at: datetime, nonce: str) -> Sequence[Request]:
        """What asks for reports and for what was written back; nothing where that is not asked for."""
        ...


def not_understood(answer: Answer, said: str = "") -> Outcome:
    """An answer that says nothing of the text: too many requests, a provider that cannot serve, or nonsense.

    Where the status is one of success and the words are not understood, the text may have been taken.
    """
    code, words = str(answer.status), said or answer.text
    if 200 <= answer.status < 300:
        return Outcome(Result.UNKNOWN, "answer", f"the answer makes no sense: {words}", server=True)
    if 300 <= answer.status < 400:
        return Outcome(Result.RETRY, code, "redirects are not followed: write where it leads", server=True)
    return Outcome(Result.RETRY, code, words, server=True)
