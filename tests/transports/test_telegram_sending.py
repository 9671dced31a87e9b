"""Messages through the telegram transport, to a server that speaks the Bot API on loopback."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import replace

import httpx
import pytest
from structlog.testing import capture_logs
from telegram.error import BadRequest, NetworkError

from alertd.transports.base import LONGEST_DETAIL, Button, Outcome, Result
from alertd.transports.telegram import TelegramOptions, TelegramTransport
from alertd.transports.telegram_outcome import outcome_of
from tests.support.botapi import DROP, HANG, TOKEN, FakeBotAPI
from tests.support.telegram import CHAT, Desk, build, message

SECRET = TOKEN.partition(":")[2]


async def test_a_message_is_accepted_and_names_its_telegram_id(transport: TelegramTransport) -> None:
    outcome = await transport.send(message())
    assert (outcome.result, outcome.code) == (Result.ACCEPTED, "ok")
    assert outcome.detail.startswith("message ")


async def test_the_subject_stands_in_bold_above_the_text(
    transport: TelegramTransport, api: FakeBotAPI
) -> None:
    await transport.send(message("正文", subject="【演練】😀 <臨期> & *"))
    params = api.of("sendMessage")[0].params
    assert params["chat_id"] == str(CHAT)
    assert params["text"] == "【演練】😀 <臨期> & *\n\n正文"
    assert json.loads(params["entities"]) == [{"type": "bold", "offset": 0, "length": 15}]
    assert "parse_mode" not in params


async def test_no_link_is_previewed(transport: TelegramTransport, api: FakeBotAPI) -> None:
    await transport.send(message("https://example.org/"))
    assert json.loads(api.of("sendMessage")[0].params["link_preview_options"]) == {"is_disabled": True}


async def test_buttons_become_a_keyboard_with_two_in_a_row(
    transport: TelegramTransport, api: FakeBotAPI
) -> None:
    buttons = tuple(
        Button(text, data) for text, data in [("簽收", "a:1"), ("已報送", "d:1"), ("退辦", "r:1")]
    )
    await transport.send(message(buttons=buttons))
    rows = json.loads(api.of("sendMessage")[0].params["reply_markup"])["inline_keyboard"]
    assert [[key["callback_data"] for key in row] for row in rows] == [["a:1", "d:1"], ["r:1"]]


async def test_a_long_message_goes_in_parts_with_the_buttons_on_the_last(
    transport: TelegramTransport, api: FakeBotAPI
) -> None:
    outcome = await transport.send(message("督" * 9000, buttons=(Button("簽收", "a:1"),)))
    sent = [call.params for call in api.of("sendMessage")]
    assert outcome.result is Result.ACCEPTED
    assert sum(params["text"].count("督") for params in sent) == 9000
    assert ["reply_markup" in params for params in sent] == [False, False, True]
    assert ["entities" in params for params in sent] == [True, False, False]


async def test_a_message_with_a_refused_part_is_not_accepted(
    transport: TelegramTransport, api: FakeBotAPI
) -> None:
    api.fail("sendMessage", 403, skip=1)
    outcome = await transport.send(message("督" * 5000))
    assert (outcome.result, outcome.code) == (Result.REFUSED, "403")
    assert outcome.detail.startswith("1 of 2 parts accepted")


LONG = message("督" * 9000, buttons=(Button("簽收", "a:1"),))


def texts(api: FakeBotAPI) -> list[str]:
    return [call.params["text"] for call in api.of("sendMessage")]


@pytest.mark.parametrize(
    ("code", "result"), [(429, Result.RETRY), (500, Result.RETRY), (DROP, Result.UNKNOWN)]
)
async def test_parts_that_were_accepted_are_not_sent_again(
    transport: TelegramTransport, api: FakeBotAPI, code: int, result: Result
) -> None:
    api.fail("sendMessage", code, skip=2)
    failed = await transport.send(LONG)
    assert (failed.result, len(failed.parts)) == (result, 2)
    assert failed.detail.startswith("2 of 3 parts accepted")
    before = texts(api)
    assert (await transport.send(replace(LONG, parts=failed.parts))).result is Result.ACCEPTED
    assert texts(api)[len(before) :] == before[2:]
    assert "reply_markup" in api.of("sendMessage")[-1].params


async def test_a_time_out_between_parts_leaves_only_the_one_it_was_about_unknown(
    api: FakeBotAPI, desk: Desk
) -> None:
    api.fail("sendMessage", HANG, skip=1)
    impatient = build(api.url, desk, timeout=2)
    await impatient.start()
    failed = await impatient.send(LONG)
    await impatient.stop()
    assert (failed.result, failed.code, len(failed.parts)) == (Result.UNKNOWN, "timeout", 1)


async def test_parts_whose_words_are_others_by_now_are_sent_again(
    transport: TelegramTransport, api: FakeBotAPI
) -> None:
    api.fail("sendMessage", 429, skip=2)
    failed = await transport.send(LONG)
    before = len(texts(api))
    changed = replace(LONG, text="督" * 5000 + "改" * 4000, parts=failed.parts)
    assert (await transport.send(changed)).result is Result.ACCEPTED
    assert [text[:1] for text in texts(api)[before:]] == ["督", "改"]


async def test_the_part_with_the_buttons_is_sent_whatever_the_chat_has(
    transport: TelegramTransport, api: FakeBotAPI
) -> None:
    api.fail("sendMessage", 429, skip=2)
    failed = await transport.send(LONG)
    parts = texts(api)
    shorter = replace(LONG, text=parts[0].removeprefix(f"{LONG.subject}\n\n"), parts=failed.parts)
    assert (await transport.send(shorter)).result is Result.ACCEPTED
    assert texts(api)[len(parts) :] == [parts[0]]


async def test_another_failure_further_on_adds_to_what_the_chat_has(
    transport: TelegramTransport, api: FakeBotAPI
) -> None:
    api.fail("sendMessage", 429, skip=1)
    first = await transport.send(LONG)
    api.fail("sendMessage", 500, skip=1)
    second = await transport.send(replace(LONG, parts=first.parts))
    assert (len(first.parts), len(second.parts)) == (1, 2)
    assert second.parts[:1] == first.parts


async def test_an_address_that_is_no_number_is_refused(transport: TelegramTransport) -> None:
    outcome = await transport.send(message(address="@zhangsan"))
    assert (outcome.result, outcome.address_dead) == (Result.REFUSED, True)
    assert "'@zhangsan'" in outcome.detail


@pytest.mark.parametrize(
    ("code", "how", "expected"),
    [
        (403, {}, Outcome(Result.REFUSED, "403", address_dead=True)),
        (400, {}, Outcome(Result.REFUSED, "400", address_dead=True)),
        (400, {"description": "Bad Request: BUTTON_DATA_INVALID"}, Outcome(Result.REFUSED, "400")),
        (400, {"migrate_to": -100123}, Outcome(Result.REFUSED, "migrated", address_dead=True)),
        (401, {}, Outcome(Result.RETRY, "token")),
        (429, {"retry_after": 7}, Outcome(Result.RETRY, "429", retry_after=7.0)),
        (500, {}, Outcome(Result.RETRY, "server")),
        (502, {"body": "<html>Bad Gateway</html>"}, Outcome(Result.RETRY, "server")),
        (DROP, {}, Outcome(Result.UNKNOWN, "lost")),
        (200, {"body": "<html>Log in to the network</html>"}, Outcome(Result.UNKNOWN, "answer")),
        (200, {"body": '{"ok": true}'}, Outcome(Result.UNKNOWN, "answer")),
    ],
    ids=lambda value: str(value) if isinstance(value, int) else None,
)
async def test_each_answer_has_its_outcome(
    transport: TelegramTransport, api: FakeBotAPI, code: int, how: dict[str, object], expected: Outcome
) -> None:
    api.fail("sendMessage", code, **how)
    outcome = await transport.send(message())
    found = Outcome(outcome.result, outcome.code, "", outcome.retry_after, outcome.address_dead)
    assert found == expected
    assert outcome.detail


async def test_a_moved_group_is_refused_with_its_new_chat_id(
    transport: TelegramTransport, api: FakeBotAPI
) -> None:
    api.fail("sendMessage", 400, migrate_to=-100123)
    assert "-100123" in (await transport.send(message())).detail


async def test_a_server_that_never_answers_leaves_the_outcome_unknown(api: FakeBotAPI, desk: Desk) -> None:
    api.fail("sendMessage", HANG)
    impatient = build(api.url, desk, timeout=2)
    await impatient.start()
    outcome = await impatient.send(message())
    await impatient.stop()
    assert (outcome.result, outcome.code) == (Result.UNKNOWN, "timeout")


async def test_a_server_that_cannot_be_reached_is_tried_again(api: FakeBotAPI, desk: Desk) -> None:
    await api.close()
    built = build(api.url, desk)
    await built.start()
    outcome = await built.send(message())
    await built.stop()
    assert (outcome.result, outcome.code) == (Result.RETRY, "unreachable")


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (httpx.ConnectError, (Result.RETRY, "unreachable")),
        (httpx.ConnectTimeout, (Result.RETRY, "unreachable")),
        (httpx.PoolTimeout, (Result.RETRY, "unreachable")),
        (httpx.ProxyError, (Result.RETRY, "unreachable")),
        (httpx.UnsupportedProtocol, (Result.RETRY, "unreachable")),
        (httpx.ReadTimeout, (Result.UNKNOWN, "lost")),
        (httpx.WriteError, (Result.UNKNOWN, "lost")),
        (httpx.RemoteProtocolError, (Result.UNKNOWN, "lost")),
    ],
)
def test_only_what_has_left_this_machine_may_have_arrived(
    fault: type[httpx.HTTPError], expected: tuple[Result, str]
) -> None:
    error = NetworkError("no answer")
    error.__cause__ = fault("no answer")
    outcome = outcome_of(error)
    assert (outcome.result, outcome.code) == expected


@pytest.mark.parametrize(
    ("text", "dead"),
    [
        ("Chat not found", True),
        ("User not found", True),
        ("PEER_ID_INVALID", True),
        ("Bad Request: user is deactivated", True),
        ("Message is too long", False),
    ],
)
def test_an_address_is_dead_where_telegram_knows_nobody_there(text: str, dead: bool) -> None:
    outcome = outcome_of(BadRequest(text))
    assert (outcome.result, outcome.code, outcome.address_dead) == (Result.REFUSED, "400", dead)


async def test_one_chat_told_to_wait_does_not_stop_another(
    transport: TelegramTransport, api: FakeBotAPI
) -> None:
    api.fail("sendMessage", 429, chat=1, retry_after=3600, times=-1)
    first, second = await asyncio.gather(
        transport.send(message(address="1")), transport.send(message(address="2"))
    )
    assert (first.result, first.retry_after) == (Result.RETRY, 3600)
    assert second.result is Result.ACCEPTED


async def test_a_proxy_in_the_environment_is_not_asked_for_a_given_server(
    api: FakeBotAPI, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    built = build(api.url, desk)
    await built.start()
    outcome = await built.send(message())
    await built.stop()
    assert outcome.result is Result.ACCEPTED


# ---------------------------------------------------------------- the secret


@pytest.mark.parametrize("token", ["", "no token", "123:abc\n", "123:a b"])
def test_what_cannot_be_a_token_is_refused_and_not_shown(token: str) -> None:
    with pytest.raises(ValueError, match="BotFather") as caught:
        TelegramOptions(token)
    assert not token or token not in str(caught.value)


def test_the_options_do_not_show_the_token() -> None:
    assert SECRET not in repr(TelegramOptions(TOKEN))


@pytest.mark.parametrize("url", ["127.0.0.1:80", "ftp://example.org", "https://"])
def test_a_server_that_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="base_url"):
        TelegramOptions(TOKEN, url)


async def test_the_token_is_in_no_log_and_no_receipt(
    api: FakeBotAPI, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    echo = f"Bad Request: no such path /bot{TOKEN}/sendMessage"
    api.fail("sendMessage", 400, description=echo)
    api.fail("getUpdates", 500, description=echo)
    api.fail("answerCallbackQuery", 400, description=echo)
    with caplog.at_level(logging.DEBUG), capture_logs() as logs:
        built = build(api.url, desk)
        await built.start()
        outcome = await built.send(message())
        await api.press(CHAT, "ack:17")
        await api.all_confirmed()
        await built.stop()
    assert len(logs) == 3
    assert SECRET.lower() not in (caplog.text + repr(logs) + outcome.detail).lower()


SAID = "PORTAL"
_OTHER = f'"{SAID}"'


@pytest.mark.parametrize("code", [200, 400, 404, 429, 500, 502])
@pytest.mark.parametrize(
    "body",
    [
        f"<html>{SAID}</html>",
        " ",
        f'{{"ok": true, "result": {{"message_id": 1, "text": "{SAID}',
        f'{{"ok": "{SAID}"}}',
        _OTHER,
        f"[{_OTHER}]",
        "null",
        "17",
        f'{{"ok": true, "result": {_OTHER}}}',
        f'{{"ok": true, "result": [{_OTHER}]}}',
        f'{{"ok": true, "result": {{"message_id": {_OTHER}}}}}',
        f'{{"ok": false, "description": [{_OTHER}], "error_code": {_OTHER}}}',
        f'{{"ok": false, "description": {_OTHER}, "parameters": {{"retry_after": {_OTHER}}}}}',
        f'{{"ok": false, "description": {_OTHER}, "parameters": {{"retry_after": {10**400}}}}}',
        f'{{"ok": false, "parameters": {_OTHER}}}',
        "[" * 50_000,
        f"<html>{SAID * 500_000}</html>",
    ],
    ids=lambda body: body[:40],
)
async def test_an_answer_that_makes_no_sense_is_an_outcome_and_prints_nothing(
    transport: TelegramTransport,
    api: FakeBotAPI,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    code: int,
    body: str,
) -> None:
    api.fail("sendMessage", code, body=body)
    with caplog.at_level(logging.DEBUG, "alertd"), capture_logs() as logs:
        outcome = await transport.send(message("正文"))
    assert outcome.result in (Result.UNKNOWN, Result.RETRY, Result.REFUSED)
    assert not outcome.address_dead
    assert len(outcome.detail) <= LONGEST_DETAIL
    loud = [record for record in caplog.records if record.exc_info or "正文" in record.getMessage()]
    assert (loud, logs, capsys.readouterr()) == ([], [], ("", ""))


async def test_a_server_that_sends_us_elsewhere_is_not_followed(
    transport: TelegramTransport, api: FakeBotAPI
) -> None:
    api.fail("sendMessage", 302, body="<html>elsewhere</html>", location="https://example.org/")
    outcome = await transport.send(message())
    assert outcome.result is not Result.ACCEPTED
    assert len(api.of("sendMessage")) == 1
