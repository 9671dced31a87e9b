"""What is refused at the door is said to programs as every other problem is (RFC 9457)."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from alertd.web import guarding
from alertd.web.api import problems
from alertd.web.api.openapi import document
from alertd.web.guarding import LARGEST_BODY, Guard, Refusal
from tests.support.api import client_of, refused
from tests.support.pages import Pages


def test_a_body_that_is_too_large_is_a_problem_in_the_readers_language(pages: Pages) -> None:
    office = client_of(pages)
    large = " " * (LARGEST_BODY + 1)
    said = {
        language: refused(office.post("/events", large, accept_language=language), 413, "too-large")
        for language in ("en", "zh-Hant", "zh-CN", "")
    }
    assert "larger" in said["en"]["detail"]
    assert said[""] == said["en"]
    assert len({each["detail"] for each in said.values()}) == 3


def test_another_name_is_a_problem_below_the_api_and_a_line_on_pages(pages: Pages) -> None:
    refused(client_of(pages).get("/board", Host="evil.test"), 421, "not-called-so")
    answered = pages.get("/board", Host="evil.test")
    assert answered.headers["content-type"].startswith("text/plain")


def test_a_length_that_is_said_twice_is_a_problem(pages: Pages) -> None:
    given = {"content-length": "2", "transfer-encoding": "chunked"}
    refused(pages.client.send("POST", "/api/v1/events", b"{}", given), 400, "length-twice")


@pytest.mark.parametrize(("path", "kind"), [("/api/v1/events", problems.KIND), ("/enter", "text/plain")])
async def test_a_body_that_does_not_come_is_a_problem(
    monkeypatch: pytest.MonkeyPatch, path: str, kind: str
) -> None:
    monkeypatch.setattr(guarding, "SLOWEST_BODY", 0.01)
    sent: list[Any] = []

    async def never() -> Any:
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    async def app(*_: Any) -> None:
        raise AssertionError("nobody gets that far")

    scope = {"type": "http", "path": path, "headers": [(b"host", b"here"), (b"content-length", b"9")]}
    await Guard(app, ["here"], said=problems.at_the_door)(scope, never, send)
    start, body = sent
    assert start["status"] == 408
    assert dict(start["headers"])[b"content-type"].decode().startswith(kind)
    if kind == problems.KIND:
        assert (json.loads(body["body"])["status"], json.loads(body["body"])["code"]) == (408, "too-slow")


@pytest.mark.parametrize("refusal", Refusal)
def test_every_refusal_at_the_door_has_its_words_and_stands_in_the_document(refusal: Refusal) -> None:
    for language in ("en", "zh-TW", "zh-CN"):
        answered = problems.at_the_door(refusal, "/api/v1/x", {b"accept-language": language})
        found = json.loads(answered.body)
        assert answered.kind == problems.KIND
        # Nobody signs in there: who has no token is told so, as everywhere.
        known = (401, "no-token") if refusal is Refusal.NOT_SIGNED_IN else (refusal.status, refusal.code)
        assert (found["status"], found["code"]) == known
        assert "api." not in found["detail"] + found["title"]
    assert str(refusal.status) in document()["components"]["responses"]
