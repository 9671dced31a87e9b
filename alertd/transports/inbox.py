"""The inbox: messages stay in the store, where `alertd outbox` shows them."""

from __future__ import annotations

from alertd.transports.base import Outcome, Outgoing, Result


class InboxTransport:
    """Accepts everything; the receipt and the text are kept by whoever asked."""

    timeout = 5.0
    concurrency = 1

    async def start(self) -> None:
        """Nothing to open."""

    async def stop(self) -> None:
        """Nothing to close."""

    async def send(self, message: Outgoing) -> Outcome:
        return Outcome(Result.ACCEPTED, code="inbox")
