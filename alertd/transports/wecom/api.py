"""One call of the vendor's API over HTTP.

The access token and the secret are part of the address of a call, so nothing that names an address is ever
told: of what went wrong only its kind is kept, and no exception of the library goes further than this.

Sources: https://developer.work.weixin.qq.com/document/path/90236 (messages), /91039 (the access token).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from alertd.transports.base import Outcome, Result
from alertd.transports.http import FAULTS, Connection, meaning_of, wait_in

OWN_SERVERS = "https://qyapi.weixin.qq.com"
#: bytes of an answer
_LARGEST_ANSWER = 64 * 1024

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
        self._root = (base_url or OWN_SERVERS).rstrip("/")
        each = httpx.Timeout(timeout, connect=timeout / 4, pool=timeout / 4)
        self._connection = Connection(ca_file, each, trusts_proxy=not base_url)

    async def call(self, path: str, query: Mapping[str, str], body: object = None) -> Answer:
        """What was answered, its `errcode` a number. Raises Failed."""
        try:
            status, headers, said = await self._exchange(self._connection.client, path, query, body)
        except FAULTS as fault:
            raise Failed(Outcome(*meaning_of(fault), type(fault).__name__, server=True)) from None
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
        await self._connection.close()


def _answer(status: int, headers: httpx.Headers, said: bytes) -> Answer:
    """Raises Failed where the answer says nothing of what was asked."""
    if not 200 <= status < 300:
        words = "redirects are not followed: write where it leads" if 300 <= status < 400 else "no service"
        raise Failed(Outcome(Result.RETRY, str(status), words, retry_after=wait_in(headers), server=True))
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        found = None
    code = found.get("errcode") if isinstance(found, dict) else None
    if not isinstance(found, dict) or not isinstance(code, int) or isinstance(code, bool):
        words = "the answer makes no sense: no errcode in it"
        raise Failed(Outcome(Result.UNKNOWN, "answer", words, server=True))
    return found
