"""Another system that speaks to the API over the store of a play, without a server."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import httpx

from alertd.engine.operations.tokens import NewToken, new_token
from tests.support.pages import Pages

ALL = ("read", "report", "act", "progress")


@dataclass
class Client:
    """Holds one token; "" for none."""

    pages: Pages
    secret: str

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.pages.get(f"/api/v1{path}", **self._headers(headers))

    def read(self, path: str) -> Any:
        """The JSON of an answer that is one."""
        answered = self.get(path)
        assert answered.status_code == 200, (path, answered.status_code, answered.text)
        return answered.json()

    def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """A body that is no text is written as JSON."""
        text = body if isinstance(body, str | bytes) else json.dumps(body or {}, ensure_ascii=False)
        given = {"content-type": "application/json", **self._headers(headers)}
        return self.pages.client.send("POST", f"/api/v1{path}", text, given)

    def upload(self, path: str, *files: tuple[str, bytes], **headers: str) -> httpx.Response:
        """Files by a form, each with its name."""
        form = [("files", (name, content, "application/octet-stream")) for name, content in files]
        return self.pages.client.post(f"/api/v1{path}", headers=self._headers(headers), files=form)

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return ({"authorization": f"Bearer {self.secret}"} if self.secret else {}) | named


def client_of(pages: Pages, name: str = "platform", may: Any = ALL, **more: Any) -> Client:
    """Whoever holds a new token."""
    return Client(pages, pages.play.do(new_token, NewToken(name, tuple(may), **more)).secret)


def refused(answered: httpx.Response, status: int, code: str) -> Any:
    """The problem that was answered; what it is has to be as expected."""
    assert (answered.status_code, answered.headers["content-type"]) == (status, "application/problem+json"), (
        answered.status_code,
        answered.text,
    )
    problem = answered.json()
    assert (problem["status"], problem["code"]) == (status, code), problem
    assert problem["type"] == f"urn:alertd:problem:{code}"
    return problem
