"""Messages through the telegram transport, to a server that speaks the Bot API on loopback."""

from __future__ import annotations

import asyncio
import json
import logging

import httpx
import pytest
from structlog.testing import capture_logs
from telegram.error import BadRequest, NetworkError

from alertd.transports.base import Button, Outcome, Result
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
    impatient = build(api.url, desk, timeout=0.1)
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


async def test_an_answer_that_is_no_json_brings_neither_its_text_nor_a_traceback_into_any_log(
    transport: TelegramTransport, api: FakeBotAPI, caplog: pytest.LogCaptureFixture
) -> None:
    api.fail("sendMessage", 200, body="<html>Log in to the network</html>")
    with caplog.at_level(logging.DEBUG, "alertd"):
        await transport.send(message())
    assert [record.getMessage() for record in caplog.records if record.exc_info or "html" in record.msg] == []
