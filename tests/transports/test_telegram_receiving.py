"""Presses and messages to the bot, from a server that speaks the Bot API on loopback."""

from __future__ import annotations

import asyncio
import json

import pytest
from structlog.testing import capture_logs

from alertd.transports.base import NotNow, Press
from alertd.transports.telegram import APOLOGY, KEPT, NOT_YOURS, TelegramTransport
from tests.support.botapi import DROP, HANG, PATIENCE, FakeBotAPI
from tests.support.telegram import CHAT, Desk, build, message


async def test_a_press_reaches_the_engine_and_is_answered_with_its_sentence(
    transport: TelegramTransport, api: FakeBotAPI, desk: Desk
) -> None:
    query = await api.press(CHAT, "ack:17")
    answer = (await api.called("answerCallbackQuery"))[0].params
    assert desk.presses == [Press("telegram", str(CHAT), "ack:17", query)]
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


async def test_a_press_that_cannot_be_recorded_now_is_kept_at_telegram_until_it_can(
    transport: TelegramTransport, api: FakeBotAPI, desk: Desk
) -> None:
    away = [True, True]

    async def answer(press: Press) -> str:
        if press.data == "first" and away:
            away.pop()
            raise NotNow("the store is away")
        return "已簽收"

    desk.answer = answer
    await api.press(CHAT, "first")
    await api.press(CHAT, "second")
    await api.all_confirmed()
    assert [press.data for press in desk.presses] == ["first", "first", "first", "second"]
    said = [call.params["text"] for call in api.of("answerCallbackQuery")]
    assert said == [KEPT, "已簽收"], "who pressed is told once that it is kept, and the next is not overtaken"


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
