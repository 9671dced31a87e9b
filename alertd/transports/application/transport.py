"""One message to one person, tried once: who is meant, how long it may take, and what is not told of it."""

from __future__ import annotations

import asyncio
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from alertd.core.cards import size_of
from alertd.transports.application.api import Api, Failed
from alertd.transports.application.people import People
from alertd.transports.base import Outcome, Outgoing, Result

#: a mobile number in place of an account
NUMBER = re.compile(r"\+[1-9]\d{6,14}")


@dataclass(slots=True)
class Leaves:
    """Whether a request about the message is under way, and may have arrived."""

    now: bool = False


class ApplicationTransport(ABC):
    """One application of an office. A subclass makes `_api` and `_people`, and says how a message leaves."""

    #: an account, as the vendor bounds it: never everybody, and never several
    account: re.Pattern[str]
    _api: Api
    _people: People

    def __init__(self, timeout: int, connections: int) -> None:
        """`timeout` in seconds."""
        self.timeout, self.concurrency = float(timeout), connections

    async def start(self) -> None:
        """Connections are made when they are needed."""
        return None

    async def stop(self) -> None:
        """Close what is open."""
        await self._api.close()

    async def send(self, message: Outgoing) -> Outcome:
        """See Transport."""
        leaves = Leaves()
        try:
            async with asyncio.timeout(self.timeout):
                outcome = await self._send(message, leaves)
        except Failed as fault:
            outcome = fault.outcome
        except TimeoutError:
            lost = f"no answer within {self.timeout:g} s"
            outcome = Outcome(Result.UNKNOWN if leaves.now else Result.RETRY, "timeout", lost, server=True)
        return replace(outcome, detail=self._clean(outcome.detail))

    async def _send(self, message: Outgoing, leaves: Leaves) -> Outcome:
        to = message.address
        if NUMBER.fullmatch(to):
            to = await self._people.having(to)
            if not to:
                return Outcome(
                    Result.REFUSED, "number", "nobody has this mobile number there", address_dead=True
                )
        if not self.account.fullmatch(to):
            return Outcome(Result.REFUSED, "address", "that is no account there", address_dead=True)
        return await self._deliver(to, message, leaves)

    @abstractmethod
    async def _deliver(self, to: str, message: Outgoing, leaves: Leaves) -> Outcome:
        """Hand it over, `leaves` set as long as that is under way. Raises Failed."""

    @abstractmethod
    def _hidden(self) -> Iterable[str]:
        """What must stand in nothing that is told."""

    def _clean(self, text: str) -> str:
        """Without what a server may repeat of secrets."""
        for hidden in self._hidden():
            text = text.replace(hidden, "***") if hidden else text
        return text


def whole_lines(
    made: Callable[[tuple[str, ...]], dict[str, Any]], lines: Sequence[str], most: int
) -> dict[str, Any]:
    """A message of as many whole lines as fit into so many bytes of JSON, with an ellipsis for the others."""
    said = made(tuple(lines))
    for count in range(len(lines) - 1, -1, -1):
        if size_of(compact(said)) <= most:
            break
        said = made((*lines[:count], "…"))
    return said


def compact(message: object) -> str:
    """JSON without what it does not need."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def plain_text(text: str) -> str:
    """Without what a vendor would take for marks of its own."""
    return text.replace("<", "＜").replace(">", "＞")
