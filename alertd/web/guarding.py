"""What no request gets past, and what every answer says to the browser."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: bytes of a form; evidence comes by other doors
LARGEST_BODY = 64 * 1024
#: seconds in which a form must have come whole
SLOWEST_BODY = 10.0
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


class Guard:
    """Around the application. `hosts` are the names it is called by, with the port where it is not usual."""

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self._app = app
        self._hosts = {host.lower() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if headers.get(b"host", "").lower() not in self._hosts:  # another name may be somebody else's page
            await _refuse(send, 421, b"This server is not called so.\n")
            return
        if b"content-length" in headers and b"transfer-encoding" in headers:
            await _refuse(send, 400, b"The length of the form is said twice.\n")  # RFC 9112 section 6.3
            return
        try:
            body = await asyncio.wait_for(_body(headers, receive), SLOWEST_BODY)
        except TimeoutError:
            await _refuse(send, 408, b"The form did not come in time.\n")
            return
        if body is None:
            await _refuse(send, 413, b"The form is too large.\n")
            return

        async def whole() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, whole, _with_headers(send))


async def _body(headers: dict[bytes, str], receive: Receive) -> bytes | None:
    """All of it, None where it is too large."""
    declared = headers.get(b"content-length", "0")
    if not _LENGTH.fullmatch(declared) or int(declared) > LARGEST_BODY:
        return None
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(parts)
        part: bytes = message.get("body", b"")
        parts.append(part)
        size += len(part)  # counted as it comes: it may come in single bytes
        if size > LARGEST_BODY:
            return None
        if not message.get("more_body", False):
            return b"".join(parts)


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            there = {name for name, _ in message["headers"]}
            more = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
            if b"cache-control" not in there:  # what somebody saw is not for whoever uses the machine next
                more.append((b"cache-control", b"no-store"))
            message = {**message, "headers": [*message["headers"], *more]}
        await send(message)

    return sending


async def _refuse(send: Send, status: int, said: bytes) -> None:
    headers: list[Any] = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    send = _with_headers(send)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": said})
