"""A provider that speaks HTTP on a port of loopback: says what a test wants, and keeps what it was asked."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from alertd.testing.loopback import Answering, listening


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


@dataclass
class HttpServer:
    """Answers with what is in `answers`, in order, and then with `usual`.

    An answer is JSON of a status 200; (status, JSON or bytes), with headers between; or a way to misbehave:
    "hang", "drip", "cut" or "garbage". A path in `at` has answers of its own.
    """

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    answers: deque[Any] = field(default_factory=deque)
    usual: Any = field(default_factory=lambda: {"code": 0, "data": {"msgid": "m1"}})
    at: dict[str, Any] = field(default_factory=dict)

    def sent_to(self, path: str) -> list[Asked]:
        return [each for each in self.asked if urlsplit(each.path).path == path]


@contextmanager
def http_server() -> Iterator[HttpServer]:
    """A provider that listens."""
    here = HttpServer()

    class Handler(Answering):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            here.asked.append(Asked(self.command, self.path, headers, body))
            path = urlsplit(self.path).path
            if path in here.at:
                answer = here.at[path]
                answer = answer() if callable(answer) else answer
            else:
                answer = here.answers.popleft() if here.answers else here.usual
            self.close_connection = True
            if not self.misbehave(answer):
                status, *more, said = answer if isinstance(answer, tuple) else (200, answer)
                body = said if isinstance(said, bytes) else json.dumps(said).encode()
                self.say(status, more[0] if more else {}, body)

        def do_GET(self) -> None:
            self.do_POST()

        def do_PUT(self) -> None:
            self.do_POST()

    with listening(Handler) as here.url:
        yield here
