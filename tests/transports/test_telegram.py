"""The telegram transport against a server that speaks the Bot API on loopback."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from structlog.testing import capture_logs

from alertd.transports import telegram
from alertd.transports.base import Button, Outcome, Outgoing, Press, Result
from alertd.transports.telegram import APOLOGY, NOT_YOURS, TelegramOptions, TelegramTransport
from tests.support.botapi import DROP, HANG, PATIENCE, TOKEN, FakeBotAPI

CHAT = 4242
SECRET = TOKEN.partition(":")[2]


class Desk:
    """Stands for the engine: keeps the presses and answers with a sentence."""

    def __init__(self) -> None:
        self.presses: list[Press] = []
        self.answer: Callable[[Press], Awaitable[str]] | None = None

    async def on_press(self, press: Press) -> str:
        self.presses.append(press)
        return await self.answer(press) if self.answer is not None else "已簽收"


@pytest.fixture
async def api() -> AsyncIterator[FakeBotAPI]:
    async with FakeBotAPI() as server:
        yield server


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(telegram, "LONGEST_PAUSE", 0.05)


def build(url: str, desk: Desk, timeout: float = PATIENCE, token: str = TOKEN) -> TelegramTransport:
    return TelegramTransport(TelegramOptions(token, url, timeout, poll_timeout=1), desk.on_press, "telegram")


@pytest.fixture
async def transport(api: FakeBotAPI, desk: Desk) -> AsyncIterator[TelegramTransport]:
    built = build(api.url, desk)
    await built.start()
    yield built
    await built.stop()


def message(text: str = "請於今日17:30前報送。", **given: object) -> Outgoing:
    fields: dict[str, object] = {
        "delivery": 1,
        "address": str(CHAT),
        "name": "張三",
        "message_id": "1@example.org",
        "thread": None,
        "subject": "發佈權威信息 臨期",
        "text": text,
        "html": "",
    }
    return Outgoing(**(fields | given))  # type: ignore[arg-type]


# ---------------------------------------------------------------- sending


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


# ---------------------------------------------------------------- presses


async def test_a_press_reaches_the_engine_and_is_answered_with_its_sentence(
    transport: TelegramTransport, api: FakeBotAPI, desk: Desk
) -> None:
    query = await api.press(CHAT, "ack:17")
    answer = (await api.called("answerCallbackQuery"))[0].params
    assert desk.presses == [Press("telegram", str(CHAT), "ack:17")]
    assert (answer["callback_query_id"], answer["text"]) == (query, "已簽收")


async def test_a_press_by_somebody_else_is_refused(
    transport: TelegramTransport, api: FakeBotAPI, desk: Desk
) -> None:
    await api.press(CHAT, "ack:17", user=666)
    answer = (await api.called("answerCallbackQuery"))[0].params
    assert (answer["text"], desk.presses) == (NOT_YOURS, [])


async def test_a_press_in_a_group_is_refused(
    transport: TelegramTransport, api: FakeBotAPI, desk: Desk
) -> None:
    await api.press(CHAT, "ack:17", kind="group")
    answer = (await api.called("answerCallbackQuery"))[0].params
    assert (answer["text"], desk.presses) == (NOT_YOURS, [])


async def test_a_press_the_engine_fails_on_is_answered_once_with_an_apology(
    transport: TelegramTransport, api: FakeBotAPI, desk: Desk
) -> None:
    async def fail(_: Press) -> str:
        raise RuntimeError("store is busy")

    desk.answer = fail
    with capture_logs() as logs:
        await api.press(CHAT, "ack:17")
        await api.all_confirmed()
    assert [call.params["text"] for call in api.of("answerCallbackQuery")] == [APOLOGY]
    assert [entry["event"] for entry in logs] == ["press not handled"]


async def test_a_press_the_engine_hangs_on_does_not_hold_back_the_next(api: FakeBotAPI, desk: Desk) -> None:
    async def hang(press: Press) -> str:
        if press.data == "first":
            await asyncio.Event().wait()
        return "已簽收"

    desk.answer = hang
    impatient = build(api.url, desk, timeout=0.2)
    await impatient.start()
    await api.press(CHAT, "first")
    await api.press(CHAT, "second")
    answers = await api.called("answerCallbackQuery", 2)
    await impatient.stop()
    assert [call.params["text"] for call in answers] == [APOLOGY, "已簽收"]


async def test_a_long_answer_is_cut_to_what_telegram_takes(
    transport: TelegramTransport, api: FakeBotAPI, desk: Desk
) -> None:
    async def long(_: Press) -> str:
        return "收" * 500

    desk.answer = long
    await api.press(CHAT, "ack:17")
    assert (await api.called("answerCallbackQuery"))[0].params["text"] == "收" * 200


async def test_a_press_too_old_to_answer_still_counts(
    transport: TelegramTransport, api: FakeBotAPI, desk: Desk
) -> None:
    await api.press(CHAT, "ack:17", expired=True)
    await api.press(CHAT, "ack:18")
    await api.all_confirmed()
    assert [press.data for press in desk.presses] == ["ack:17", "ack:18"]


async def test_a_press_made_while_the_daemon_was_down_is_handled_after_the_start(
    api: FakeBotAPI, desk: Desk
) -> None:
    await api.press(CHAT, "ack:17")
    built = build(api.url, desk)
    await built.start()
    await api.all_confirmed()
    await built.stop()
    assert [press.data for press in desk.presses] == ["ack:17"]


async def test_a_press_is_not_confirmed_before_it_is_handled(api: FakeBotAPI, desk: Desk) -> None:
    reached, go = asyncio.Event(), asyncio.Event()

    async def wait(_: Press) -> str:
        reached.set()
        await go.wait()
        return "已簽收"

    desk.answer = wait
    built = build(api.url, desk)
    await built.start()
    await api.press(CHAT, "ack:17")
    async with asyncio.timeout(PATIENCE):
        await reached.wait()
    unconfirmed = list(api.pending)
    go.set()
    await built.stop()
    assert len(unconfirmed) == 1


async def test_stopping_finishes_the_press_at_hand_and_confirms_it(api: FakeBotAPI, desk: Desk) -> None:
    reached, go = asyncio.Event(), asyncio.Event()

    async def wait(_: Press) -> str:
        reached.set()
        await go.wait()
        return "已簽收"

    desk.answer = wait
    built = build(api.url, desk)
    await built.start()
    await api.press(CHAT, "ack:17")
    async with asyncio.timeout(PATIENCE):
        await reached.wait()
    stopping = asyncio.create_task(built.stop())
    await asyncio.sleep(0)
    go.set()
    await stopping
    assert [call.params["text"] for call in api.of("answerCallbackQuery")] == ["已簽收"]
    assert api.pending == []


async def test_a_press_after_a_second_start_is_handled(api: FakeBotAPI, desk: Desk) -> None:
    built = build(api.url, desk)
    for data in ("ack:1", "ack:2"):
        await built.start()
        await api.press(CHAT, data)
        await api.all_confirmed()
        await built.stop()
    assert [press.data for press in desk.presses] == ["ack:1", "ack:2"]


async def test_one_persons_presses_stay_in_order(
    transport: TelegramTransport, api: FakeBotAPI, desk: Desk
) -> None:
    numbers = [f"ack:{number}" for number in range(20)]
    for data in numbers:
        await api.press(CHAT, data)
    await api.all_confirmed()
    assert [press.data for press in desk.presses] == numbers


# ---------------------------------------------------------------- polling


async def test_only_presses_and_messages_are_asked_for_and_none_is_dropped(
    transport: TelegramTransport, api: FakeBotAPI
) -> None:
    poll = (await api.called("getUpdates"))[0].params
    assert json.loads(poll["allowed_updates"]) == ["callback_query", "message"]
    assert api.of("deleteWebhook")[0].params.get("drop_pending_updates", "false") == "false"


async def test_starting_does_not_wait_for_telegram_and_polls_once_it_answers(
    api: FakeBotAPI, desk: Desk
) -> None:
    port = int(api.url.rpartition(":")[2])
    await api.close()
    built = build(api.url, desk)
    async with asyncio.timeout(PATIENCE):
        await built.start()
    assert (await built.send(message())).code == "unreachable"
    await api.listen(port)
    await api.press(CHAT, "ack:17")
    await api.called("answerCallbackQuery")
    await built.stop()


@pytest.mark.parametrize("code", [401, 409, 429, 500, DROP])
async def test_polling_goes_on_after_a_fault(
    transport: TelegramTransport, api: FakeBotAPI, desk: Desk, code: int
) -> None:
    api.fail("getUpdates", code, times=3)
    await api.press(CHAT, "ack:17")
    await api.called("answerCallbackQuery")
    assert [press.data for press in desk.presses] == ["ack:17"]


async def test_polling_waits_as_long_as_telegram_asks_and_stopping_does_not(
    api: FakeBotAPI, desk: Desk
) -> None:
    api.fail("getUpdates", 429, retry_after=3600)
    built = build(api.url, desk)
    await built.start()
    await api.called("getUpdates")
    await asyncio.sleep(0.1)
    async with asyncio.timeout(PATIENCE):
        await built.stop()
    assert len(api.polls) == 1


async def test_the_end_of_a_fault_is_logged(api: FakeBotAPI, desk: Desk) -> None:
    api.fail("getUpdates", 500, times=3)
    built = build(api.url, desk)
    with capture_logs() as logs:
        await built.start()
        await api.press(CHAT, "ack:17")
        await api.called("answerCallbackQuery")
        await built.stop()
    assert [entry["event"] for entry in logs] == ["telegram gives no updates", "telegram answers again"]


async def test_a_fault_that_stays_is_logged_once(api: FakeBotAPI, desk: Desk) -> None:
    api.fail("getUpdates", 401, times=-1)
    built = build(api.url, desk)
    with capture_logs() as logs:
        await built.start()
        await api.called("getUpdates", 4)
        await built.stop()
    assert [entry["event"] for entry in logs] == ["telegram gives no updates"]


async def test_stopping_does_not_wait_for_a_poll_that_hangs(api: FakeBotAPI, desk: Desk) -> None:
    api.fail("getUpdates", HANG, times=-1)
    built = build(api.url, desk, timeout=3600)
    await built.start()
    await api.called("getUpdates")
    async with asyncio.timeout(PATIENCE):
        await built.stop()


# ---------------------------------------------------------------- greeting


async def test_start_is_answered_with_the_chat_id(transport: TelegramTransport, api: FakeBotAPI) -> None:
    await api.write(CHAT, "/start")
    greeting = (await api.called("sendMessage"))[0].params
    assert greeting["chat_id"] == str(CHAT)
    assert greeting["text"].count(str(CHAT)) == 2  # once in Chinese, once in English


@pytest.mark.parametrize(("text", "kind"), [("你好", "private"), ("/start", "group")])
async def test_other_messages_get_no_answer(
    transport: TelegramTransport, api: FakeBotAPI, text: str, kind: str
) -> None:
    await api.write(CHAT, text, kind)
    await api.all_confirmed()
    assert api.of("sendMessage") == []


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
