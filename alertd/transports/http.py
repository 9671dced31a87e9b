"""What the transports that speak HTTP have in common: a client, and what a fault of a request means.

Where it goes is the admin's word: a redirect is not followed. An answer is read to 64 KiB.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from alertd.core.gateways import Answer
from alertd.core.text import one_line
from alertd.transports.base import Outcome, Result

#: raised before a request has left this machine: nothing can have arrived
NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
#: all that a request may raise
FAULTS = (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError)


#: bytes of an answer that are read
LARGEST_ANSWER = 64 * 1024
#: characters of a header that we send, and of an answer too long to be looked at
_LONGEST_HEADER, _LOOKED_AT = 4000, 1000


@dataclass(frozen=True, slots=True)
class Request:
    """One request over HTTP."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


class Connection:
    """A client that is made when it is first needed. It follows no redirect: where to is the admin's word."""

    def __init__(self, ca_file: Path | None, timeout: httpx.Timeout | float, trusts_proxy: bool) -> None:
        """`timeout` in seconds. Raises ValueError where the certificates cannot be read."""
        _quiet()
        self._context = _context(ca_file)
        self._timeout, self._trusts_proxy = timeout, trusts_proxy
        self._client: httpx.AsyncClient | None = None

    @property
    def client(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(
                verify=self._context,
                follow_redirects=False,
                trust_env=self._trusts_proxy,
                timeout=self._timeout,
            )
        return self._client

    async def ask(self, request: Request, within: float) -> Answer | Outcome:
        """What came back, all of it within so many seconds; an Outcome where nothing did."""
        try:
            async with asyncio.timeout(within):
                return await self._answer(request)
        except FAULTS as fault:
            return Outcome(*meaning_of(fault), type(fault).__name__, server=True)

    async def _answer(self, request: Request) -> Answer:
        said = b""
        asked = {"user-agent": "alertd", **request.headers}
        # Bytes: httpx takes text of ASCII only.
        headers = [(name.encode(), one_line(each, _LONGEST_HEADER).encode()) for name, each in asked.items()]
        stream = self.client.stream(request.method, request.url, content=request.body, headers=headers)
        async with stream as answer:
            async for part in answer.aiter_bytes():
                said += part
                if len(said) > LARGEST_ANSWER:
                    return Answer(answer.status_code, said[:_LOOKED_AT].decode("utf-8", "replace"))
        return Answer.of(answer.status_code, decoded(said), wait_in(answer.headers))

    async def close(self) -> None:
        """Close what is open."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None


def meaning_of(fault: Exception) -> tuple[Result, str]:
    """What one of FAULTS means for the message, and its code: what may have left may have arrived."""
    if isinstance(fault, NOT_SENT):
        return Result.RETRY, "unreachable"
    if isinstance(fault, TimeoutError | httpx.TimeoutException):
        return Result.UNKNOWN, "timeout"
    return Result.UNKNOWN, "lost"


def wait_in(headers: httpx.Headers) -> float | None:
    """The seconds that an answer asks to wait (RFC 9110, 10.2.3); None where it names none, or a date."""
    wait = headers.get("retry-after", "")
    return float(wait) if wait.isascii() and wait.isdigit() else None


def decoded(said: bytes) -> str:
    """An answer as text: providers of mainland China may still write GB18030."""
    try:
        return said.decode("utf-8")
    except UnicodeDecodeError:
        return said.decode("gb18030", "replace")


def not_understood(answer: Answer, said: str = "") -> Outcome:
    """An answer that says nothing of the message: too many requests, a provider that cannot serve, nonsense.

    Where the status is one of success and the words are not understood, the message may have been taken.
    """
    code, words = str(answer.status), said or answer.text
    if 200 <= answer.status < 300:
        return Outcome(Result.UNKNOWN, "answer", f"the answer makes no sense: {words}", server=True)
    if 300 <= answer.status < 400:
        return Outcome(Result.RETRY, code, "redirects are not followed: write where it leads", server=True)
    return Outcome(Result.RETRY, code, words, retry_after=answer.wait, server=True)


def _quiet() -> None:
    """These log each address at INFO, and an address may hold a secret."""
    for name in ("httpx", "httpcore"):
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, logging.WARNING))


def _context(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except (OSError, ssl.SSLError) as fault:
        raise ValueError(f"ca_file cannot be read: {type(fault).__name__}") from fault
