"""One connection to a mail server, from greeting to good-bye.

aiosmtplib opens the session. The envelope and the mail are spoken here: `sendmail` parses every address
again, waits for an answer four times where two would do, and says nothing about how far it came when a
connection breaks, which is the one thing that tells "retry" from "it may have arrived".
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from typing import cast

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPHeloError,
    SMTPResponseException,
    SMTPServerDisconnected,
)
from aiosmtplib.response import SMTPResponse

from .options import EmailOptions
from .outcome import AUTH_CODES, Answer, Closing, Progress, SessionFault, Stage
from .replies import Replies

#: Commands written before the first answer is read; a server that answers in small packets must not fill up.
MOST_AT_ONCE = 50
#: Seconds a server gets to finish what a refusal made pointless; after them the connection is given up.
TAKE_BACK_SECONDS = 1.0

_HOST_NAME = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


class Connection:
    """Open and logged in; for one attempt at a time. `used` is set once an attempt has been through it."""

    def __init__(self, client: SMTP) -> None:
        self._client = client
        self._replies: Replies | None = None
        self._owed = 0  # replies to what was written that were not read yet
        self._senseless = False
        self._data_asked = False
        self._open_envelope = False
        self.used = False
        self.idle_since = 0.0

    @property
    def usable(self) -> bool:
        """False once the server is gone or a reply is outstanding: the next reply would be the wrong one."""
        silent = self._replies is not None and self._replies.silent
        return silent and self._owed == 0 and not self._senseless

    @property
    def smtputf8(self) -> bool:
        """Does the server take addresses that are not ASCII (RFC 6531)?"""
        return self._client.supports_extension("smtputf8")

    async def envelope(self, sender: str, recipients: Sequence[str], progress: Progress) -> dict[str, Answer]:
        """Names sender and recipients; returns the recipients the server refused, with its answers.

        Raises SMTPResponseException where the server refuses the sender, Closing on 421,
        SMTPServerDisconnected where the connection breaks. After a server that takes commands before it has
        answered the last one (RFC 2920), DATA is asked for, too.
        """
        progress.stage = Stage.SENDER
        if self._open_envelope:
            # After a receipt the server has forgotten the envelope by itself (RFC 5321 section 4.1.1.4);
            # only a given-up one must be taken back.
            reply = await self._ask(b"RSET\r\n")
            if reply.code != 250:
                self._senseless = True
                raise Closing(reply.code, reply.message)  # says nothing about this message
        self._open_envelope = True
        ascii_only = sender.isascii() and all(recipient.isascii() for recipient in recipients)
        commands = [f"MAIL FROM:<{sender}>{_mail_options(ascii_only)}\r\n".encode()]
        commands += [f"RCPT TO:<{recipient}>\r\n".encode() for recipient in recipients]
        self._data_asked = len(commands) <= MOST_AT_ONCE and self._client.supports_extension("pipelining")
        if self._data_asked:
            self._write(b"".join(commands) + b"DATA\r\n", len(commands) + 1)
        try:
            refused = await self._name(commands, recipients, progress)
        except SMTPResponseException:
            await self._take_back()
            raise
        if len(refused) == len(recipients):
            await self._take_back()
        return refused

    async def _name(
        self, commands: Sequence[bytes], recipients: Sequence[str], progress: Progress
    ) -> dict[str, Answer]:
        self._expect(await self._answer(commands[0]), 250)
        progress.stage = Stage.RECIPIENT
        refused = {}
        for recipient, command in zip(recipients, commands[1:], strict=True):
            reply = await self._answer(command)
            if reply.code in AUTH_CODES:
                raise SMTPResponseException(reply.code, reply.message)
            if 400 <= reply.code <= 599:
                refused[recipient] = Answer(str(reply.code), reply.message)
            else:
                self._expect(reply, 250, 251, 252)
        return refused

    async def _take_back(self) -> None:
        """After a refusal: read what else was asked. Where the server waits for a mail all the same it gets
        an empty one, to nobody (RFC 2920 section 3.1). The refusal stands, however this ends.
        """
        with suppress(SMTPException, OSError, TimeoutError):
            async with asyncio.timeout(TAKE_BACK_SECONDS):
                while self._owed and not self._senseless:
                    reply = await self._reply()
                    if self._data_asked and not self._owed and reply.code == 354:
                        self._data_asked = False
                        self._write(b".\r\n")

    async def data(self, mail: bytes, progress: Progress) -> SMTPResponse:
        """Sends the mail and returns the server's receipt. Raises as `envelope` does.

        From the moment the mail is written `progress` says SENT, whatever happens then.
        """
        progress.stage = Stage.DATA
        self._expect(await self._answer(b"DATA\r\n"), 354)
        # RFC 5321 section 4.5.2. A mail of ours starts with a header, so only later lines can have the dot.
        self._write(mail.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        progress.stage = Stage.SENT
        receipt = await self._reply()
        self._expect(receipt, *range(200, 300))
        self._open_envelope = False
        return receipt

    async def _answer(self, command: bytes) -> SMTPResponse:
        """The reply to a command of the envelope, which may have been written already."""
        return await (self._reply() if self._data_asked else self._ask(command))

    async def _ask(self, line: bytes) -> SMTPResponse:
        self._write(line)
        return await self._reply()

    def _write(self, data: bytes, replies: int = 1) -> None:
        """Raises SMTPServerDisconnected if nothing can be written any more; then nothing was."""
        transport = self._client.transport
        if transport is None or transport.is_closing():
            raise SMTPServerDisconnected("Connection lost")
        cast(asyncio.WriteTransport, transport).write(data)
        self._owed += replies

    async def _reply(self) -> SMTPResponse:
        if self._replies is None:
            raise SMTPServerDisconnected("Connection lost")
        reply = await self._replies.next()
        self._owed -= 1
        self._senseless = self._senseless or not 200 <= reply.code <= 599
        if reply.code == 421:
            self._senseless = True
            raise Closing(reply.code, reply.message)
        return reply

    def _expect(self, reply: SMTPResponse, *codes: int) -> None:
        if reply.code not in codes:
            # A refusal leaves us in step; an answer to some other question does not.
            self._senseless = self._senseless or not 400 <= reply.code <= 599
            raise SMTPResponseException(reply.code, reply.message)

    async def open(self, options: EmailOptions, context: ssl.SSLContext | None, progress: Progress) -> None:
        """Greeting, TLS and log-in. Raises SessionFault, SMTPException or OSError."""
        progress.stage = Stage.TLS if options.security == "tls" else Stage.CONNECT
        await self._client.connect()
        self._client.local_hostname = self._own_name()
        await self._hello()
        if options.security == "starttls":
            progress.stage = Stage.TLS
            await self._start_tls(context)
            await self._hello()
        if options.username:
            progress.stage = Stage.LOGIN
            await self._log_in(options.username, options.password)
        assert self._client.protocol is not None
        assert self._client.transport is not None
        self._replies = Replies(self._client.protocol)
        self._client.transport.set_protocol(self._replies)

    def _own_name(self) -> str:
        """RFC 5321 section 4.1.4: our full name, or else our address. Asking DNS could hang."""
        name = socket.gethostname()
        if _HOST_NAME.fullmatch(name):
            return name
        address = str(self._client.get_transport_info("sockname")[0]).partition("%")[0]
        return f"[IPv6:{address}]" if ":" in address else f"[{address}]"

    async def _hello(self) -> None:
        try:
            await self._client.ehlo()
        except SMTPHeloError as error:
            if not 500 <= error.code <= 599:
                raise
            await self._client.helo()

    async def _start_tls(self, context: ssl.SSLContext | None) -> None:
        if not self._client.supports_extension("starttls"):
            raise SessionFault("no-starttls", "the server offers no STARTTLS; nothing was sent in the clear")
        try:
            await self._client.starttls(tls_context=context)
        except SMTPResponseException as error:
            if not 400 <= error.code <= 599:
                raise
            reason = f"the server refused STARTTLS: {error.code} {error.message}"
            raise SessionFault("no-starttls", reason) from error

    async def _log_in(self, username: str, password: str) -> None:
        """One method, tried once: a second try with the same wrong password may lock the account."""
        client = self._client
        encrypted = client.get_transport_info("sslcontext") is not None
        methods = {"plain": client.auth_plain, "login": client.auth_login, "cram-md5": client.auth_crammd5}
        offered = [name for name in methods if name in client.server_auth_methods]
        if not offered:
            raise SessionFault("auth", "a user is configured, but the server offers no log-in we know")
        # CRAM-MD5 keeps the password off an open line, but few servers behind TLS can still do it.
        name = offered[-1] if not encrypted else offered[0]
        try:
            await methods[name](username, password)
        except SMTPAuthenticationError:
            raise
        except ValueError as error:
            raise SessionFault("protocol", f"the server's {name} challenge makes no sense") from error

    async def quit(self) -> None:
        """Says good-bye and closes; whoever calls bounds the time."""
        with suppress(SMTPException, OSError):
            if self.usable:
                await self._ask(b"QUIT\r\n")
        self.abort()

    def abort(self) -> None:
        """Closes at once. A polite close of TLS would wait for a server that may be hanging."""
        transport = self._client.transport
        if transport is not None:
            cast(asyncio.WriteTransport, transport).abort()
        self._client.close()


def _mail_options(ascii_only: bool) -> str:
    # RFC 6531 section 3.4; a server with SMTPUTF8 has 8BITMIME too, and the To header is then 8-bit.
    return "" if ascii_only else " BODY=8BITMIME SMTPUTF8"
