"""What no request gets past, and what every answer says to the browser."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from enum import Enum
from typing import Any, Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from alertd.web.answering import Answer
from alertd.web.uploading import is_multipart

#: bytes of a form without files
LARGEST_BODY = 64 * 1024
#: seconds in which a form must have come whole
SLOWEST_BODY = 10.0
#: the same of a form with files: in all, which is twenty megabytes at the pace of a slow telephone
SLOWEST_UPLOAD = 180.0
#: forms with files that are taken at the same time: each is held in memory until it is kept
UPLOADS_AT_ONCE = 3
_LENGTH = re.compile(r"[0-9]{1,12}")
#: OWASP Secure Headers Project; nothing is loaded from elsewhere, no script runs, nobody frames a page
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "x-robots-tag": "noindex, nofollow",
}


class Larger(Protocol):
    """Which forms may have files: so many bytes, and from whom."""

    def most(self, scope: Scope) -> int:
        """Bytes a request may have; 0 where it is like any other."""

    async def admits(self, scope: Scope) -> bool:
        """Whether whoever sends it may send anything; asked before any of it is read."""


class Refusal(Enum):
    """What is said at the door, before anybody looks who asks what: the status, and a line of English."""

    NOT_CALLED_SO = 421, "This server is not called so."
    LENGTH_TWICE = 400, "The length of the form is said twice."
    NOT_SIGNED_IN = 403, "Sign in first."
    OTHERS_SEND = 503, "Others are sending files. Try again in a minute."
    TOO_SLOW = 408, "The form did not come in time. Nothing was recorded."
    TOO_LARGE = 413, "The form is too large. Nothing was recorded."

    @property
    def status(self) -> int:
        return self.value[0]

    @property
    def code(self) -> str:
        """As programs know it."""
        return self.name.lower().replace("_", "-")


#: how a refusal is said to whoever asks for a path
Said = Callable[[Refusal, str, Mapping[bytes, str]], Answer]


def plain(refusal: Refusal, path: str, headers: Mapping[bytes, str]) -> Answer:
    """A line of text."""
    return Answer(refusal.status, f"{refusal.value[1]}\n", "text/plain; charset=utf-8")


class Guard:
    """Around the application. `hosts` are the names it is called by, with the port where it is not usual."""

    def __init__(
        self, app: ASGIApp, hosts: Collection[str], larger: Larger | None = None, said: Said = plain
    ) -> None:
        self._app = app
        self._hosts = {host.lower() for host in hosts}
        self._larger = larger
        self._said = said
        self._uploading = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}

        async def refuse(refusal: Refusal) -> None:
            await _refuse(send, self._said(refusal, scope.get("path", ""), headers))

        if headers.get(b"host", "").lower() not in self._hosts:  # another name may be somebody else's page
            await refuse(Refusal.NOT_CALLED_SO)
            return
        if b"content-length" in headers and b"transfer-encoding" in headers:  # RFC 9112 section 6.3
            await refuse(Refusal.LENGTH_TWICE)
            return
        most = 0
        if self._larger is not None and is_multipart(headers.get(b"content-type", "")):
            most = self._larger.most(scope)
        if not most:
            await self._take(scope, headers, receive, send, refuse, LARGEST_BODY, SLOWEST_BODY)
            return
        assert self._larger is not None
        if not await self._larger.admits(scope):
            await refuse(Refusal.NOT_SIGNED_IN)
            return
        if self._uploading >= UPLOADS_AT_ONCE:
            await refuse(Refusal.OTHERS_SEND)
            return
        self._uploading += 1
        try:
            await self._take(scope, headers, receive, send, refuse, most, SLOWEST_UPLOAD)
        finally:
            self._uploading -= 1

    async def _take(
        self,
        scope: Scope,
        headers: dict[bytes, str],
        receive: Receive,
        send: Send,
        refuse: Callable[[Refusal], Awaitable[None]],
        most: int,
        slowest: float,
    ) -> None:
        """Read a request of at most so many bytes in at most so many seconds, and let it be answered."""
        try:
            body = await asyncio.wait_for(_body(headers, receive, most), slowest)
        except TimeoutError:
            await refuse(Refusal.TOO_SLOW)
            return
        except _GoneAway:
            return  # half a form is none, and nobody is there to be answered
        if body is None:
            await refuse(Refusal.TOO_LARGE)
            return

        async def whole() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, whole, _with_headers(send))


class _GoneAway(Exception):
    """Whoever sent it left before it had come whole."""


async def _body(headers: dict[bytes, str], receive: Receive, most: int) -> bytes | None:
    """All of it, None where it is too large. Raises _GoneAway."""
    declared = headers.get(b"content-length", "0")
    if not _LENGTH.fullmatch(declared) or int(declared) > most:
        return None
    found = bytearray()
    while True:
        message = await asyncio.wait_for(receive(), SLOWEST_BODY)
        if message["type"] == "http.disconnect":
            raise _GoneAway
        found += message.get("body", b"")
        if len(found) > most:
            return None
        if not message.get("more_body", False):
            return bytes(found)


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            there = {name for name, _ in message["headers"]}
            more = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
            more = [(name, value) for name, value in more if name not in there]
            if b"cache-control" not in there:  # what somebody saw is not for whoever uses the machine next
                more.append((b"cache-control", b"no-store"))
            message = {**message, "headers": [*message["headers"], *more]}
        await send(message)

    return sending


async def _refuse(send: Send, said: Answer) -> None:
    headers: list[Any] = [(b"content-type", said.kind.encode()), (b"connection", b"close")]
    headers += [(name.encode(), value.encode()) for name, value in said.headers]
    body = said.body.encode() if isinstance(said.body, str) else said.body
    send = _with_headers(send)
    await send({"type": "http.response.start", "status": said.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
