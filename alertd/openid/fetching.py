"""One question to a provider and its answer: a JSON object of a bounded size, in a bounded time."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from alertd.core.subscriptions import is_address
from alertd.openid.client import Client, Fault, Wrong

#: bytes of an answer: the largest known sets of keys have some tens of thousands
_LARGEST = 256 * 1024
_BUSY = 429


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back: `said` is empty where it was no JSON object, which only a refusal may be."""

    status: int
    said: Mapping[str, Any]

    @property
    def good(self) -> bool:
        return self.status == httpx.codes.OK


def fetch(
    client: Client,
    url: str,
    form: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
    bearer: str = "",
) -> Answered:
    """Ask by GET, or by POST with a `form`. Raises Fault: AWAY, NONSENSE, CERTIFICATES.

    A redirect is no answer: it could lead a secret elsewhere. No proxy of the environment is used.
    """
    if not is_address(url):
        raise Fault(Wrong.NONSENSE, "an address of the provider is not https")
    context = _context(client)
    headers = {"accept": "application/json", "accept-encoding": "identity", "user-agent": "alertd"}
    headers |= {"authorization": f"Bearer {bearer}"} if bearer else {}
    try:
        status, body = asyncio.run(_ask(client, context, url, headers, form, auth))
    except (TimeoutError, httpx.TimeoutException):
        raise Fault(Wrong.AWAY, "no answer in time") from None
    except httpx.InvalidURL:
        raise Fault(Wrong.NONSENSE, "an address of the provider is none") from None
    except (httpx.HTTPError, ssl.SSLError, OSError, ValueError) as fault:
        # Only its kind: what libraries say may hold what was sent.
        raise Fault(Wrong.AWAY, type(fault).__name__) from None
    if status >= 500 or status == _BUSY:
        raise Fault(Wrong.AWAY, f"it answered {status}")
    said = _object(body)
    if status == httpx.codes.OK and said is None:
        raise Fault(Wrong.NONSENSE, "no JSON object")
    return Answered(status, said or {})


async def _ask(
    client: Client,
    context: ssl.SSLContext,
    url: str,
    headers: Mapping[str, str],
    form: Mapping[str, str] | None,
    auth: tuple[str, str] | None,
) -> tuple[int, bytes]:
    method = "GET" if form is None else "POST"
    found = bytearray()
    async with (
        asyncio.timeout(client.timeout),
        httpx.AsyncClient(
            verify=context, follow_redirects=False, trust_env=False, timeout=client.timeout
        ) as asking,
        asking.stream(method, url, headers=dict(headers), data=form, auth=auth) as answer,
    ):
        async for part in answer.aiter_raw():
            found += part
            if len(found) > _LARGEST:
                raise Fault(Wrong.NONSENSE, "the answer is too large")
    return answer.status_code, bytes(found)


def _object(body: bytes) -> Mapping[str, Any] | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _context(client: Client) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(client.ca_file) if client.ca_file else None)
    except (OSError, ssl.SSLError) as fault:
        raise Fault(Wrong.CERTIFICATES, type(fault).__name__) from None
