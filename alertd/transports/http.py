"""What the transports that speak HTTP have in common: a client, and what a fault of a request means."""

from __future__ import annotations

import ssl
from pathlib import Path

import httpx

from alertd.transports.base import Result

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


class Connection:
    """A client that is made when it is first needed. It follows no redirect: where to is the admin's word."""

    def __init__(self, ca_file: Path | None, timeout: httpx.Timeout | float, trusts_proxy: bool) -> None:
        """`timeout` in seconds. Raises ValueError where the certificates cannot be read."""
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


def _context(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except (OSError, ssl.SSLError) as fault:
        raise ValueError(f"ca_file cannot be read: {type(fault).__name__}") from fault
