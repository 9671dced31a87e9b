"""One post to another system: what it carries, and what becomes of it whatever the other system does."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from alertd.testing.rigs import outgoing as tried
from alertd.transports.base import Outgoing, Result
from alertd.transports.webhook import WebhookOptions, WebhookTransport
from tests.support.hook import KEY, SECRET, Hook, hook

EVENT = '{"specversion":"1.0","id":"2a","type":"alertd.deadline.handed-in","subject":"a@b/c"}'


def outgoing(**changes: Any) -> Outgoing:
    said: dict[str, Any] = {
        "name": "",
        "subject": "alertd.deadline.handed-in a@b/c",
        "text": "",
        "html": "",
        "event": EVENT,
    }
    return tried(**({"address": "platform"} | said | changes))


@pytest.fixture
def there() -> Iterator[Hook]:
    with hook() as found:
        yield found


def transport_to(url: str, secret: str = SECRET, timeout: float = 5) -> WebhookTransport:
    made = WebhookTransport(WebhookOptions(url, secret))
    made.timeout = timeout
    return made


@pytest.fixture
async def transport(there: Hook) -> AsyncIterator[WebhookTransport]:
    made = transport_to(there.url)
    yield made
    await made.stop()


async def test_an_event_is_posted_as_it_is_and_signed(transport: WebhookTransport, there: Hook) -> None:
    assert (await transport.send(outgoing())).result is Result.ACCEPTED
    (heard,) = there.heard
    assert heard.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert (heard.body.decode(), heard.path) == (EVENT, "/alertd")
    assert heard.is_signed_by(KEY)
    assert not heard.is_signed_by(b"somebody else's key 1234")


async def test_while_a_key_is_rotated_both_sign(there: Hook) -> None:
    new = b"another key, quite as long"
    made = transport_to(there.url, f"whsec_{base64.b64encode(new).decode()} {SECRET}")
    await made.send(outgoing())
    await made.stop()
    assert there.heard[0].is_signed_by(KEY)
    assert there.heard[0].is_signed_by(new)


@pytest.mark.parametrize(
    ("answer", "result", "code", "whole"),
    [
        (200, Result.ACCEPTED, "200", False),
        (202, Result.ACCEPTED, "202", False),
        ((302, {"location": "http://169.254.169.254/"}, b""), Result.RETRY, "302", True),
        ((308, {"location": "/elsewhere"}, b""), Result.RETRY, "308", True),
        (401, Result.RETRY, "401", True),
        (404, Result.RETRY, "404", True),
        (410, Result.RETRY, "410", True),
        (422, Result.RETRY, "422", False),  # about this one message: the others may leave
        (503, Result.RETRY, "503", True),
        ("cut", Result.UNKNOWN, "lost", True),
        ("garbage", Result.UNKNOWN, "lost", True),
    ],
)
async def test_whatever_is_not_taken_comes_again_and_no_redirect_is_followed(
    transport: WebhookTransport, there: Hook, answer: Any, result: Result, code: str, whole: bool
) -> None:
    there.answers.append(answer)
    outcome = await transport.send(outgoing())
    assert (outcome.result, outcome.code, outcome.server) == (result, code, whole)
    assert len(there.heard) == 1


async def test_who_is_not_there_is_tried_again() -> None:
    made = transport_to("http://127.0.0.1:1/alertd?token=hidden-in-here")
    outcome = await made.send(outgoing())
    await made.stop()
    assert (outcome.result, outcome.code, outcome.server) == (Result.RETRY, "unreachable", True)
    assert "hidden" not in outcome.detail


async def test_a_receiver_may_ask_for_time(transport: WebhookTransport, there: Hook) -> None:
    there.answers += [(429, {"retry-after": "90"}, b""), (503, {"retry-after": "soon"}, b"")]
    assert [(await transport.send(outgoing())).retry_after for _ in range(2)] == [90.0, None]


async def test_an_answer_is_a_short_line_without_the_address_or_the_key(
    transport: WebhookTransport, there: Hook
) -> None:
    said = f"no: {there.url} {SECRET} ".encode()
    there.answers += [(500, {}, said), (500, {}, b"x" * 5_000_000)]
    assert (await transport.send(outgoing())).detail == "no: *** ***"
    assert len((await transport.send(outgoing())).detail) <= 300


async def test_a_trial_is_an_event_too(transport: WebhookTransport, there: Hook) -> None:
    await transport.send(outgoing(event="", subject="是否送達"))
    event = there.heard[0].event
    assert (event["type"], event["data"], event["specversion"]) == (
        "alertd.trial", {"text": "是否送達"}, "1.0"
    )  # fmt: skip


@pytest.mark.parametrize("secret", ["", "whsec_", "short", "whsec_c2hvcnQ=", "whsec_***", f"{SECRET} x"])
def test_a_key_that_is_none_is_said_without_it(secret: str) -> None:
    with pytest.raises(ValueError, match="secret") as raised:
        WebhookTransport(WebhookOptions("https://a.test/", secret))
    assert SECRET not in str(raised.value)
    assert SECRET not in repr(WebhookOptions("https://a.test/", SECRET))


def test_certificates_that_cannot_be_read_are_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="ca_file"):
        WebhookTransport(WebhookOptions("https://a.test/", SECRET, tmp_path / "none.pem"))
