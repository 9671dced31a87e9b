"""A system that hears changes by webhook, on a port of loopback, and misbehaves as a test wants it to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.loopback import Answering, listening

KEY = b"a key of at least 24 bytes"
SECRET = "whsec_" + base64.b64encode(KEY).decode()


@dataclass
class Heard:
    """One request: its path, headers and body."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    def is_signed_by(self, key: bytes) -> bool:
        """As the library of a receiver checks it (Standard Webhooks, "Verifying signatures")."""
        content = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + self.body
        wanted = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        fresh = abs(time.time() - int(self.headers["webhook-timestamp"])) < 300
        return fresh and f"v1,{wanted}" in self.headers["webhook-signature"].split()


@dataclass
class Hook:
    """Answers with what is in `answers`, in order, and then 204.

    An answer is a status; (status, headers, body); "hang", "cut", or "garbage".
    """

    url: str = ""
    heard: list[Heard] = field(default_factory=list)
    answers: deque[Any] = field(default_factory=deque)

    @property
    def types(self) -> list[tuple[str, str]]:
        """What was heard, and of which deadline."""
        return [(each.event["type"].rpartition(".")[2], each.event["subject"]) for each in self.heard]


@contextmanager
def hook() -> Iterator[Hook]:
    """A receiver that listens."""
    here = Hook()

    class Handler(Answering):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            here.heard.append(Heard(self.path, headers, body))
            answer = here.answers.popleft() if here.answers else 204
            if not self.misbehave(answer):
                self.say(*(answer if isinstance(answer, tuple) else (answer, {}, b"")))
            self.close_connection = True

    with listening(Handler) as url:
        here.url = f"{url}/alertd"
        yield here
