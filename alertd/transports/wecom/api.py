"""One call of the vendor's API over HTTP.

The access token and the secret are part of the address of a call, so nothing that names an address is ever
told: of what went wrong only its kind is kept, and no exception of the library goes further than this.

Sources: https://developer.work.weixin.qq.com/document/path/90236 (messages), /91039 (the access token).
"""

from __future__ import annotations

import json
import logging
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from alertd.transports.base import Outcome, Result

OWN_SERVERS = "https://qyapi.weixin.qq.com"
#: bytes of an answer
_LARGEST_ANSWER = 64 * 1024
#: raised before a request has left this machine: nothing can have arrived
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)

Answer = Mapping[str, Any]


class Failed(Exception):
    """There is no answer, or none that says anything; `outcome` is what that means for a message."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.code)
        self.outcome = outcome


class Api:
    """Calls one server. A redirect is not followed; the environment's proxy serves the vendor's own only."""

    def __init__(self, base_url: str, ca_file: Path | None, timeout: float) -> None:
        """Raises ValueError where the certificates cannot be read."""
        _quiet()
        self._root = (base_url or OWN_SERVERS).rstrip("/")
        self._timeout = httpx.Timeout(timeout, connect=timeout / 4, pool=timeout / 4)
        self._trusts_proxy = not base_url
        self._context = _context(ca_file)
        self._client: httpx.AsyncClient | None = None

    async def call(self, path: str, query: Mapping[str, str], body: object = None) -> Answer:
        """What was answered, its `errcode` a number. Raises Failed."""
        if self._client is None:
            self._client = httpx.AsyncClient(
                verify=self._context,
                follow_redirects=False,
                trust_env=self._trusts_proxy,
                timeout=self._timeout,
            )
        try:
            status, headers, said = await self._exchange(self._client, path, query, body)
        except _NOT_SENT as fault:
            raise Failed(_outcome(Result.RETRY, "unreachable", type(fault).__name__)) from None
        except httpx.TimeoutException as fault:
            raise Failed(_outcome(Result.UNKNOWN, "timeout", type(fault).__name__)) from None
        except (httpx.HTTPError, ssl.SSLError, OSError) as fault:
            raise Failed(_outcome(Result.UNKNOWN, "lost", type(fault).__name__)) from None
        return _answer(status, headers, said)

    async def _exchange(
        self, client: httpx.AsyncClient, path: str, query: Mapping[str, str], body: object
    ) -> tuple[int, httpx.Headers, bytes]:
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        headers = {"user-agent": "alertd"}
        if content is not None:
            headers["content-type"] = "application/json; charset=utf-8"
        method, url, said = "GET" if content is None else "POST", self._root + path, b""
        async with client.stream(method, url, params=query, content=content, headers=headers) as answer:
            async for part in answer.aiter_bytes():
                said += part
                if len(said) > _LARGEST_ANSWER:
                    break
        return answer.status_code, answer.headers, said

    async def close(self) -> None:
        """Close what is open."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None


def _answer(status: int, headers: httpx.Headers, said: bytes) -> Answer:
    """Raises Failed where the answer says nothing of what was asked."""
    if not 200 <= status < 300:
        wait = headers.get("retry-after", "")
        seconds = float(wait) if wait.isascii() and wait.isdigit() else None
        words = "redirects are not followed: write where it leads" if 300 <= status < 400 else "no service"
        raise Failed(Outcome(Result.RETRY, str(status), words, retry_after=seconds, server=True))
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        found = None
    code = found.get("errcode") if isinstance(found, dict) else None
    if not isinstance(found, dict) or not isinstance(code, int) or isinstance(code, bool):
        raise Failed(_outcome(Result.UNKNOWN, "answer", "the answer makes no sense: no errcode in it"))
    return found


def _outcome(result: Result, code: str, detail: str) -> Outcome:
    return Outcome(result, code, detail, server=True)


def _context(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except (OSError, ssl.SSLError) as fault:
        raise ValueError(f"ca_file cannot be read: {type(fault).__name__}") from fault


def _quiet() -> None:
    """These log each address at INFO, and the addresses hold the token and the secret."""
    for name in ("httpx", "httpcore"):
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, logging.WARNING))
