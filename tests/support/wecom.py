"""The vendor's API on a port of loopback: gives tokens, knows people, and takes messages as a test wants."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.sms import Asked, SmsGateway, sms_gateway

CORP, AGENT, SECRET = "ww0123456789abcdef", 1000002, "s3cret-of-the-application"
_TOKEN, _USER, _SEND = "/cgi-bin/gettoken", "/cgi-bin/user/getuserid", "/cgi-bin/message/send"


@dataclass
class WecomServer:
    """Takes a message where the token is the newest; `answers` go before that, in order."""

    gateway: SmsGateway
    expires_in: Any = 7200
    answers: deque[Any] = field(default_factory=deque)
    numbers: dict[str, str] = field(default_factory=dict)
    token_answers: deque[Any] = field(default_factory=deque)
    number_answers: deque[Any] = field(default_factory=deque)
    given: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.gateway.url

    @property
    def fetched(self) -> list[Asked]:
        return self.gateway.sent_to(_TOKEN)

    @property
    def looked_up(self) -> list[str]:
        return [each.json["mobile"] for each in self.gateway.sent_to(_USER)]

    @property
    def posted(self) -> list[Asked]:
        return self.gateway.sent_to(_SEND)

    @property
    def messages(self) -> list[Any]:
        return [each.json for each in self.posted]

    def token(self) -> Any:
        if self.token_answers:
            return self.token_answers.popleft()
        self.given.append(f"token-{len(self.given)}")
        said = {"errcode": 0, "errmsg": "ok", "access_token": self.given[-1], "expires_in": self.expires_in}
        return 200, json.dumps(said).encode()

    def user(self) -> Any:
        if self.number_answers:
            return self.number_answers.popleft()
        number = self.looked_up[-1]
        if number not in self.numbers:
            return {"errcode": 46004, "errmsg": "user no exist"}
        return {"errcode": 0, "errmsg": "ok", "userid": self.numbers[number]}

    def send(self) -> Any:
        if self.answers:
            return self.answers.popleft()
        token = self.posted[-1].query["access_token"]
        if not self.given or token != self.given[-1]:
            return {"errcode": 40014, "errmsg": f"invalid access_token {token}"}
        return {"errcode": 0, "errmsg": "ok", "msgid": "m-1"}


@contextmanager
def wecom_server() -> Iterator[WecomServer]:
    """A server that listens."""
    with sms_gateway() as gateway:
        here = WecomServer(gateway)
        gateway.at |= {_TOKEN: here.token, _USER: here.user, _SEND: here.send}
        yield here
