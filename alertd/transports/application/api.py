"""One call of a vendor's API over HTTP.

The access token or the secret may be part of the address of a call, so nothing that names an address is ever
told: of what went wrong only its kind is kept, and no exception of the library goes further than this.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx

from alertd.core.gateways import Answer
from alertd.core.subscriptions import is_address
from alertd.transports.base import Outcome
from alertd.transports.http import Connection, Request, not_understood

_JSON = "application/json; charset=utf-8"
_FORM = "application/x-www-form-urlencoded; charset=utf-8"

#: an answer that is an object of JSON
Found = Mapping[str, Any]


class Failed(Exception):
    """There is no answer, or none that says anything; `outcome` is what that means for a message."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.code)
        self.outcome = outcome


class Api:
    """Calls one server. The environment's proxy serves the vendor's own only."""

    def __init__(self, base_url: str, own_servers: str, ca_file: Path | None, timeout: float) -> None:
        """`base_url` is empty for the vendor's own servers.

        Raises ValueError where it is no address, or where the certificates cannot be read.
        """
        if base_url and not is_address(base_url):
            raise ValueError(
                "base_url is no address that messages may go to: https:// and a host is expected"
            )
        self._root, self._timeout = (base_url or own_servers).rstrip("/"), timeout
        each = httpx.Timeout(timeout, connect=timeout / 4, pool=timeout / 4)
        self._connection = Connection(ca_file, each, trusts_proxy=not base_url)

    async def get(self, path: str, query: Mapping[str, str]) -> Answer:
        """Ask. Raises Failed."""
        return await self._call(Request("GET", self._address(path, query), {}))

    async def post(
        self,
        path: str,
        body: object,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Hand over JSON. Raises Failed."""
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        kind = {"content-type": _JSON, **(headers or {})}
        return await self._call(Request("POST", self._address(path, query or {}), kind, content))

    async def submit(self, path: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """Hand over a form. Raises Failed."""
        content = urlencode(form, errors="replace").encode()
        return await self._call(
            Request("POST", self._address(path, {}), {"content-type": _FORM, **headers}, content)
        )

    def _address(self, path: str, query: Mapping[str, str]) -> str:
        return f"{self._root}{path}?{urlencode(query)}" if query else self._root + path

    async def _call(self, request: Request) -> Answer:
        found = await self._connection.ask(request, self._timeout)
        if isinstance(found, Outcome):
            raise Failed(found)
        return found

    async def close(self) -> None:
        """Close what is open."""
        await self._connection.close()


def coded(answer: Answer, key: str, errors_too: bool = False) -> Found:
    """An answer whose `key` is a number. With `errors_too` a status that is an error has one as well.

    Raises Failed where it says nothing of what was asked.
    """
    code = answer.data.get(key) if isinstance(answer.data, dict) else None
    if not isinstance(code, int) or isinstance(code, bool) or not (errors_too or answer.status < 300):
        raise unserved(answer, f"no {key} in it")
    found: Found = answer.data
    return found


def unserved(answer: Answer, words: str) -> Failed:
    """An answer that says nothing of what was asked. Its own words may be those of the message."""
    return Failed(not_understood(Answer(answer.status, words, None, answer.wait)))
