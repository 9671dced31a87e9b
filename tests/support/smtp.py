"""A real SMTP server on loopback that keeps what it accepts.

In a test: `async with SmtpSink() as sink: ...; sink.messages`. As a process of its own:
`python -m tests.support.smtp --port 0 --maildir DIR [--delay MS]` prints the port on one line and writes each
accepted message to DIR as 000001.eml, 000002.eml, ... until SIGTERM or SIGINT.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Literal, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass(frozen=True)
class Received:
    """One accepted message: its envelope, and its bytes without the dots SMTP adds."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes
    connection: int

    @property
    def mail(self) -> EmailMessage:
        mail = message_from_bytes(self.data, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        return mail


@asynccontextmanager
async def silent_server() -> AsyncIterator[int]:
    """A port that accepts and never says a word."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


class _Server(SMTP):
    number: int

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.event_handler.transports[self.number] = transport
        super().connection_made(transport)


class SmtpSink:
    """Serves in the running loop between `start` and `stop`. Listens on 127.0.0.1 only.

    `replies` maps MAIL, RCPT or DATA to the answers given to the next such commands, in order; an empty
    string is the ordinary answer, and so is everything after the list has run out. `login` is the one user
    that may send; `delay` is in seconds and comes before the receipt.
    """

    #: whether clients are offered command pipelining (RFC 2920)
    pipelining = True

    def __init__(
        self,
        *,
        port: int = 0,
        security: Literal["none", "starttls", "tls"] = "none",
        context: ssl.SSLContext | None = None,
        login: tuple[str, str] | None = None,
        smtputf8: bool = True,
        replies: Mapping[str, Sequence[str]] | None = None,
        delay: float = 0.0,
        maildir: Path | None = None,
    ) -> None:
        self.port = port
        self.messages: list[Received] = []
        self.connections = 0
        self.logins = 0
        self.transports: dict[int, asyncio.BaseTransport] = {}
        self.commands: list[str] = []
        self._security, self._context, self._login = security, context, login
        self._smtputf8, self._delay, self._maildir = smtputf8, delay, maildir
        self._replies = {verb: list(answers) for verb, answers in (replies or {}).items()}
        self._listener: asyncio.Server | None = None

    async def start(self) -> None:
        self._listener = await asyncio.get_running_loop().create_server(
            self._serve, "127.0.0.1", self.port, ssl=self._context if self._security == "tls" else None
        )
        self.port = self._listener.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self.drop_all()
            await asyncio.sleep(0.01)  # the protocol tasks end when they notice

    def drop_all(self) -> None:
        """Closes every open connection, as a restarting server does."""
        for transport in self.transports.values():
            if isinstance(transport, asyncio.WriteTransport) and not transport.is_closing():
                transport.abort()
        self.transports.clear()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    def _serve(self) -> _Server:
        self.connections += 1
        server = _Server(
            self,
            hostname="sink.example.org",
            enable_SMTPUTF8=self._smtputf8,
            tls_context=self._context if self._security == "starttls" else None,
            require_starttls=self._security == "starttls",
            auth_require_tls=self._security == "starttls",
            auth_required=self._login is not None,
            authenticator=self._authenticate,
            loop=asyncio.get_running_loop(),
        )
        server.number = self.connections
        return server

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        self.logins += 1
        assert isinstance(data, LoginPassword)
        found = (data.login.decode(), data.password.decode())
        return AuthResult(success=found == self._login, handled=False)

    def _next_reply(self, verb: str) -> str:
        self.commands.append(verb)
        answers = self._replies.get(verb)
        return answers.pop(0) if answers else ""

    # The names of the following are aiosmtpd's hooks.
    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [responses[0], *(["250-PIPELINING"] if self.pipelining else []), *responses[1:]]

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = self._next_reply("MAIL")
        if reply and not reply.startswith("2"):
            return reply
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return reply or "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = self._next_reply("RCPT")
        if reply and not reply.startswith("2"):
            return reply
        envelope.rcpt_tos.append(address)
        return reply or "250 OK"

    async def handle_RSET(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.commands.append("RSET")
        return "250 OK"

    async def handle_DATA(self, server: _Server, session: Session, envelope: Envelope) -> str:
        if self._delay:
            await asyncio.sleep(self._delay)
        reply = self._next_reply("DATA")
        if reply and not reply.startswith("2"):
            return reply
        received = Received(
            envelope.mail_from or "",
            tuple(envelope.rcpt_tos),
            envelope.original_content or b"",
            server.number,
        )
        self.messages.append(received)
        if self._maildir is not None:
            self._keep(received.data)
        return reply or f"250 2.0.0 queued as {len(self.messages)}"

    def _keep(self, data: bytes) -> None:
        assert self._maildir is not None
        name = f"{len(self.messages):06d}.eml"
        half_written = self._maildir / f".{name}"
        half_written.write_bytes(data)
        half_written.rename(self._maildir / name)  # whoever lists the folder sees whole messages only


async def _main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.support.smtp", description="An SMTP server for tests."
    )
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--maildir", type=Path, required=True, help="folder for accepted messages")
    parser.add_argument("--delay", type=float, default=0.0, help="milliseconds before each receipt")
    arguments = parser.parse_args()
    arguments.maildir.mkdir(parents=True, exist_ok=True)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with SmtpSink(port=arguments.port, maildir=arguments.maildir, delay=arguments.delay / 1000) as sink:
        print(sink.port, flush=True)
        await stopped.wait()


if __name__ == "__main__":
    asyncio.run(_main())
