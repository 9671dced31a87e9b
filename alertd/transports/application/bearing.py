"""An application whose calls carry an access token in their address, and answer by a code of the vendor."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from alertd.transports.application.api import Api, Failed, Found, coded
from alertd.transports.application.codes import Codes
from alertd.transports.application.people import People
from alertd.transports.application.token import Tokens, token_in
from alertd.transports.application.transport import ApplicationTransport, Leaves
from alertd.transports.base import Result, Shelf

_CODE = "errcode"


class Options(Protocol):
    """What the file of each of these says. `base_url` is empty for the vendor's own servers."""

    @property
    def secret(self) -> str: ...
    @property
    def base_url(self) -> str: ...
    @property
    def ca_file(self) -> Path | None: ...
    @property
    def timeout(self) -> int: ...
    @property
    def connections(self) -> int: ...


class TokenTransport(ApplicationTransport):
    """A subclass says its vendor's codes and servers, and how a token and a person are asked for."""

    codes: Codes
    own_servers: str

    def __init__(self, options: Options, name: str, shelf: Shelf | None) -> None:
        """`name` is what the application is called. Raises ValueError where nothing can be called."""
        super().__init__(options.timeout, options.connections)
        self._secret = options.secret
        self._api = Api(options.base_url, self.own_servers, options.ca_file, self.timeout)
        # Another secret is another application, or was changed because somebody knew the old one.
        whose = sha256("|".join((name, options.secret, options.base_url)).encode())
        self._tokens = Tokens(self._fetch, shelf, f"token {whose.hexdigest()[:16]}")
        self._people = People(self._having, shelf, f"user {name}")

    async def _ask(self, path: str, body: object, leaves: Leaves) -> Found:
        """What is answered; `leaves` is set while that is under way. Raises Failed."""

        async def call(token: str) -> Found:
            leaves.now = True
            answer = coded(await self._api.post(path, body, {"access_token": token}), _CODE)
            leaves.now = False
            return answer

        return await self._tokens.used(call, self.codes.void)

    async def _token_of(self, path: str, query: Mapping[str, str]) -> tuple[str, float]:
        """A token that is asked for, and its seconds. Raises Failed: nothing has left."""
        answer = coded(await self._api.get(path, query), _CODE)
        if self.codes.of(answer):
            fault = self.codes.fault_of(answer)
            raise Failed(replace(fault, result=Result.RETRY, address_dead=False, server=True))
        return token_in(answer, "access_token", "expires_in")

    @abstractmethod
    async def _fetch(self) -> tuple[str, float]:
        """A token, and the seconds that it is good for. Raises Failed."""

    @abstractmethod
    async def _having(self, number: str) -> str:
        """The account of whoever has a mobile number, "" for nobody. Raises Failed."""

    def _hidden(self) -> Iterable[str]:
        return (self._secret, *self._tokens.known)
