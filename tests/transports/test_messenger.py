"""Messages over messengers that files describe: each example file against what its vendor documents.

Slack: https://docs.slack.dev/reference/methods/chat.postMessage; Teams:
https://learn.microsoft.com/en-us/connectors/teams/; Mattermost:
https://developers.mattermost.com/integrate/webhooks/incoming/; Matrix:
https://spec.matrix.org/latest/client-server-api/; ntfy: server/errors.go of binwiederhier/ntfy; Bark:
route_push.go of Finb/bark-server; Gotify: https://gotify.net/api-docs; Home Assistant:
https://developers.home-assistant.io/docs/api/rest/.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from alertd.config.channels import load_channels, read_channels
from alertd.core.cards import Card
from alertd.testing.rigs import outgoing as tried
from alertd.transports.base import Outcome, Outgoing, Result
from alertd.transports.messenger import MessengerOptions, MessengerTransport
from tests.support.sms import Asked, SmsGateway, sms_gateway

EXAMPLES = Path(__file__).resolve().parents[2] / "channels" / "examples"
NAMES = sorted(path.stem for path in EXAMPLES.glob("*.toml"))
SECRET = "a-secret-token"
LINK = "https://alertd.city.test/m/abc"
#: an address as each of them has it
ADDRESSES = {
    "bark": "ynJ5Ft4atkMkWeo2PAvFhF",
    "gotify": "AKsjdf83hdkEkd9",
    "home-assistant": "mobile_app_li_na",
    "matrix": "!abc:city.test",
    "mattermost": "@li.na",
    "ntfy": "li-na-7f3a9c21",
    "slack": "U012AB3CD",
    "teams": "li.na@city.test",
}
#: what each answers when it took a message
YES: dict[str, Any] = {
    "bark": {"code": 200, "message": "success", "timestamp": 1},
    "gotify": {"id": 25, "appid": 5, "message": "x", "title": "y", "priority": 5},
    "home-assistant": (200, []),
    "matrix": {"event_id": "$YUwRidLecu:city.test"},
    "mattermost": (200, b"ok"),
    "ntfy": {"id": "sPs71M8A2T", "time": 1, "event": "message", "topic": "t", "message": "x"},
    "slack": {"ok": True, "channel": "D024BE91L", "ts": "1503435956.000247"},
    "teams": (202, b""),
}
UNCONFIRMED = ("home-assistant", "teams")


def outgoing(name: str, **changes: Any) -> Outgoing:
    card = Card("催辦：<報告> & *", ("第一行", "第二行"), LINK, "查看")
    said: dict[str, Any] = {"message_id": "2a@x", "subject": "s", "text": "t", "html": "", "card": card}
    return tried(**({"address": ADDRESSES[name]} | said | changes))


@pytest.fixture
def there() -> Iterator[SmsGateway]:
    with sms_gateway() as found:
        yield found


def transport(name: str, url: str) -> MessengerTransport:
    """What the example file makes, towards another server."""
    environ = {"S": SECRET}
    found = read_channels(EXAMPLES)
    text = (
        found.texts[name]
        .replace("{ credential =", '{ env = "S" } #')
        .replace("enabled = false", "enabled = true")
    )
    made = load_channels(replace(found, texts={name: text}), EXAMPLES, environ)
    assert made.faults == []
    options = dict(made.known[name].settings.options())
    path = options["url"].partition("example.org")[2]
    return MessengerTransport(MessengerOptions(**{**options, "url": f"{url}{path or '/hook'}", "timeout": 5}))


async def sent(name: str, there: SmsGateway, *answers: Any, **changes: Any) -> Outcome:
    there.answers.extend(answers or [YES[name]])
    made = transport(name, there.url)
    try:
        return await made.send(outgoing(name, **changes))
    finally:
        await made.stop()


def said(asked: Asked) -> Any:
    return json.loads(asked.body)


@pytest.mark.parametrize("name", NAMES)
async def test_what_took_a_message_is_known_by_what_it_documents(name: str, there: SmsGateway) -> None:
    outcome = await sent(name, there)
    wanted = Result.HANDED_OVER if name in UNCONFIRMED else Result.ACCEPTED
    assert (outcome.result, outcome.server, outcome.address_dead) == (wanted, False, False)


@pytest.mark.parametrize("name", NAMES)
async def test_a_message_has_its_address_its_words_and_its_link(name: str, there: SmsGateway) -> None:
    await sent(name, there)
    (asked,) = there.asked
    whole = json.dumps(said(asked), ensure_ascii=False) + asked.path + str(asked.headers)
    assert ADDRESSES[name] in whole.replace("%21", "!").replace("%3A", ":")
    assert "第一行" in whole
    assert LINK in whole
    assert asked.headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    ("name", "where", "is_there"),
    [
        ("slack", lambda a: said(a)["text"].split("\n")[0], "*催辦：&lt;報告&gt; &amp; **"),
        ("slack", lambda a: a.headers["authorization"], f"Bearer {SECRET}"),
        ("mattermost", lambda a: said(a)["text"].split("\n")[0], r"**催辦：\<報告\> \& \***"),
        ("teams", lambda a: said(a)["attachments"][0]["content"]["body"][0]["text"], r"催辦：\<報告\> \& \*"),
        ("matrix", lambda a: (a.method, a.path.rpartition("/")[2]), ("PUT", "2a")),
        ("ntfy", lambda a: (said(a)["priority"], said(a)["click"]), (3, LINK)),
        ("bark", lambda a: (said(a)["level"], said(a)["title"]), ("active", "催辦：<報告> & *")),
        ("gotify", lambda a: a.headers["x-gotify-key"], ADDRESSES["gotify"]),
        ("home-assistant", lambda a: a.path, "/api/services/notify/mobile_app_li_na"),
    ],
)
async def test_each_is_asked_as_it_documents(name: str, where: Any, is_there: Any, there: SmsGateway) -> None:
    await sent(name, there)
    assert where(there.asked[0]) == is_there


@pytest.mark.parametrize(("name", "level"), [("ntfy", 5), ("gotify", 10), ("bark", "timeSensitive")])
async def test_what_is_urgent_is_loud(name: str, level: Any, there: SmsGateway) -> None:
    await sent(name, there, urgent=True)
    assert level in said(there.asked[0]).values()


def no(error: str) -> dict[str, Any]:
    return {"ok": False, "error": error}


def matrix(code: str, status: int) -> tuple[int, dict[str, Any]]:
    return status, {"errcode": code, "error": "no"}


def ntfy(code: int) -> tuple[int, dict[str, Any]]:
    return code // 100, {"code": code, "http": code // 100, "error": "no"}


def mattermost(code: str, status: int) -> tuple[int, dict[str, Any]]:
    return status, {"id": f"web.incoming_webhook.{code}.app_error", "message": "no", "status_code": status}


RETRY, REFUSED, UNKNOWN = Result.RETRY, Result.REFUSED, Result.UNKNOWN
#: name, answer; result, whether the provider could not serve, whether the address is dead, seconds to wait
ANSWERS: list[tuple[str, Any, Result, bool, bool, float | None]] = [
    ("slack", no("channel_not_found"), REFUSED, False, True, None),
    ("slack", no("is_archived"), REFUSED, False, True, None),
    ("slack", no("invalid_auth"), RETRY, True, False, None),
    ("slack", no("account_inactive"), RETRY, True, False, None),
    ("slack", no("ratelimited"), RETRY, False, False, 60.0),
    ("slack", no("msg_too_long"), REFUSED, False, False, None),
    ("slack", (429, {"retry-after": "30"}, no("ratelimited")), RETRY, True, False, 30.0),
    ("teams", (401, {"error": {"code": "DirectApiAuthorizationRequired"}}), RETRY, True, False, None),
    ("teams", (429, {"retry-after": "7"}, {}), RETRY, True, False, 7.0),
    ("teams", (400, {"error": {"message": "bad"}}), REFUSED, False, False, None),
    ("mattermost", mattermost("channel", 404), REFUSED, False, True, None),
    ("mattermost", mattermost("user", 400), REFUSED, False, True, None),
    ("mattermost", mattermost("invalid", 400), RETRY, True, False, None),
    ("mattermost", mattermost("text", 400), REFUSED, False, False, None),
    ("mattermost", (200, b"<html>please log in</html>"), REFUSED, False, False, None),
    ("matrix", matrix("M_FORBIDDEN", 403), REFUSED, False, True, None),
    ("matrix", matrix("M_UNKNOWN_TOKEN", 401), RETRY, True, False, None),
    ("matrix", (429, {"retry-after": "2"}, {"errcode": "M_LIMIT_EXCEEDED"}), RETRY, True, False, 2.0),
    ("matrix", matrix("M_TOO_LARGE", 413), REFUSED, False, False, None),
    ("matrix", (200, {"errcode": "M_LIMIT_EXCEEDED"}), RETRY, False, False, 60.0),
    ("ntfy", ntfy(42901), RETRY, True, False, None),
    ("ntfy", ntfy(40301), RETRY, True, False, None),
    ("ntfy", ntfy(40009), REFUSED, False, True, None),
    ("ntfy", ntfy(41303), REFUSED, False, False, None),
    ("ntfy", ntfy(50001), RETRY, True, False, None),
    ("bark", (400, {"code": 400, "message": "failed to get device token: no"}), REFUSED, False, True, None),
    ("bark", (500, {"code": 500, "message": "push failed: BadDeviceToken"}), REFUSED, False, True, None),
    ("bark", (500, {"code": 500, "message": "push failed: dial tcp"}), RETRY, True, False, None),
    ("bark", (200, {"code": 400, "message": "device key is empty"}), REFUSED, False, False, None),
    ("gotify", (401, {"error": "Unauthorized", "errorCode": 401}), REFUSED, False, True, None),
    ("gotify", (400, {"error": "Bad Request", "errorCode": 400}), REFUSED, False, False, None),
    ("home-assistant", (401, b"401: Unauthorized"), RETRY, True, False, None),
    ("home-assistant", (400, b"400: Bad Request"), REFUSED, False, True, None),
    ("home-assistant", (500, b""), RETRY, True, False, None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "answer", "result", "server", "dead", "wait"), ANSWERS)
async def test_what_they_document_is_sorted(
    name: str, answer: Any, result: Result, server: bool, dead: bool, wait: float | None, there: SmsGateway
) -> None:
    found = await sent(name, there, answer)
    assert (found.result, found.server, found.address_dead, found.retry_after) == (result, server, dead, wait)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("teams", "home-assistant")])
@pytest.mark.parametrize("answer", [b"", b"[]", b"null", b"true", b'{"other": 1}'])
async def test_an_answer_without_sense_is_no_yes(name: str, answer: bytes, there: SmsGateway) -> None:
    outcome = await sent(name, there, (200, answer))
    assert outcome.result in (Result.UNKNOWN, Result.REFUSED)


@pytest.mark.parametrize("name", NAMES)
async def test_neither_secret_nor_address_is_in_what_is_kept(name: str, there: SmsGateway) -> None:
    by_url = name in ("mattermost", "teams")
    secret = f"{there.url}/hook" if by_url else SECRET if name not in ("bark", "gotify") else "no"
    words = f"{secret} {ADDRESSES[name]} no"
    answer = {
        "ok": False,
        "error": words,
        "message": words,
        "errorDescription": words,
        "code": 1,
        "errcode": "X",
    }
    outcome = await sent(name, there, (418, answer))
    assert secret == "no" or secret not in outcome.detail
    assert ADDRESSES[name] not in outcome.detail
    assert "no" in outcome.detail


async def test_a_message_without_a_card_is_cut_by_whole_lines(there: SmsGateway) -> None:
    text = "\n".join(f"第{number}行" + "字" * 40 for number in range(200))
    await sent("ntfy", there, card=None, subject="標題", text=text)
    body = said(there.asked[0])
    lines = body["message"].split("\n")
    assert (body["title"], lines[-1], len(lines[-2])) == ("標題", "…", len("第10行") + 40)
    assert len(there.asked[0].body) < 4096


async def test_words_end_no_place_they_stand_in(there: SmsGateway) -> None:
    odd = 'a"b\\{secret}\r\nX: y'
    await sent("gotify", there, card=Card(odd, (odd,), LINK), address="A1\r\nX-Evil: 1")
    (asked,) = there.asked
    assert said(asked)["title"] == odd
    assert "x-evil" not in asked.headers
