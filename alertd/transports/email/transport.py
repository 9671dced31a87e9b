"""Hands messages to one mail server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from aiosmtplib import SMTPServerDisconnected

from ..base import Outcome, Outgoing
from .addresses import parse_mailbox, split_addresses, wire_form
from .connection import Connection
from .mime import MailWriter
from .options import EmailOptions
from .outcome import Answer, Closing, Judge, Progress, SessionFault, Stage
from .pool import Pool


def _now() -> datetime:
    return datetime.now(UTC)


class EmailTransport:
    """A `Transport` (see transports/base.py) over SMTP.

    `Outgoing.address` is one address or several with commas between (redirected mail). `now` gives the
    instant that becomes the Date header. Raises ValueError on construction if sender or reply_to are no
    addresses; nothing else is checked before the first message: a wrong host, password or file becomes an
    outcome.
    """

    def __init__(self, options: EmailOptions, now: Callable[[], datetime] = _now) -> None:
        sender = parse_mailbox(options.sender)
        reply_to = parse_mailbox(options.reply_to) if options.reply_to else None
        self.timeout = options.timeout
        self.concurrency = options.connections
        self._sender = sender.address
        self._composer = MailWriter(sender, reply_to)
        self._judge = Judge(options.username, options.password)
        self._pool = Pool(options)
        self._now = now

    async def start(self) -> None:
        """Connects nothing yet: the daemon starts with the mail server down, too."""

    async def stop(self) -> None:
        """Closes the kept connections; call it when no attempt is running any more."""
        await self._pool.close()

    async def send(self, message: Outgoing) -> Outcome:
        """One attempt; ends within `timeout` seconds."""
        recipients, bad = split_addresses(message.address)
        refused = {address: Answer("bad-address", "not a mail address") for address in bad}
        if not recipients:
            refused = refused or {"": Answer("bad-address", "no mail address given")}
            return self._judge.nobody(refused)
        progress = Progress()
        try:
            async with asyncio.timeout(self.timeout):
                return await self._attempt(message, recipients, refused, progress)
        except Exception as error:  # every failure is an outcome; see Judge.failure
            return self._judge.failure(error, progress.stage)

    async def _attempt(
        self, message: Outgoing, recipients: Sequence[str], refused: dict[str, Answer], progress: Progress
    ) -> Outcome:
        fresh = False
        while True:
            connection = await self._pool.take(progress, fresh)
            try:
                return await self._exchange(connection, message, recipients, dict(refused), progress)
            except (SMTPServerDisconnected, Closing):
                if fresh or not connection.used or progress.stage is Stage.SENT:
                    raise
                # The server had given up a connection we kept. Nothing went out, so this is no attempt yet.
                fresh = True
            finally:
                self._pool.give_back(connection)

    async def _exchange(
        self,
        connection: Connection,
        message: Outgoing,
        recipients: Sequence[str],
        refused: dict[str, Answer],
        progress: Progress,
    ) -> Outcome:
        sender = (wire_form(message.sender) if message.sender else None) or self._sender
        if not connection.smtputf8:
            if not sender.isascii():
                raise SessionFault("no-smtputf8", "sender is not ASCII and the server has no SMTPUTF8")
            reason = Answer("no-smtputf8", "the address is not ASCII and the server has no SMTPUTF8")
            refused |= {address: reason for address in recipients if not address.isascii()}
            recipients = [address for address in recipients if address.isascii()]
        if not recipients:
            return self._judge.nobody(refused)
        rejected = await connection.envelope(sender, recipients, progress)
        refused |= rejected
        if len(rejected) == len(recipients):
            return self._judge.nobody(refused)
        mail = self._composer.compose(message, recipients, self._now())
        receipt = await connection.data(mail, progress)
        return self._judge.accepted(receipt.code, receipt.message, refused)
