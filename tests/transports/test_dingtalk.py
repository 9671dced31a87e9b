"""One work notice in DingTalk: what it says, what is answered, and what became of it afterwards."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from alertd.core.cards import Card
from alertd.testing.rigs import outgoing as tried
from alertd.transports.base import NotNow, Outgoing, Reported, Result, Told, Unsettled
from alertd.transports.dingtalk import DingtalkOptions, DingtalkTransport
from alertd.transports.dingtalk import verdicts as module
from tests.support.dingtalk import AGENT, KEY, SECRET, DingtalkServer, dingtalk_server
from tests.support.shelves import MemoryShelf, Store

LINK = "https://duty.example.org/m/abc"
CARD = Card("[臨期] 年度報告", ("12月30日(星期三)下班前", "請按時報送*。"), LINK, "查看辦理")


def outgoing(**changes: Any) -> Outgoing:
    said: dict[str, Any] = {"subject": "[臨期] 年度報告", "text": "請按時報送。", "html": "", "card": CARD}
    return tried(**({"address": "manager4220"} | said | changes))


class Ear:
    """What the engine hears, and whether it can."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.away = False

    async def hear(self, told: Told) -> None:
        if self.away:
            raise NotNow("away")
        self.told.append(told)


def transport_to(
    there: DingtalkServer, shelf: MemoryShelf | None = None, ear: Ear | None = None, secret: str = SECRET
) -> DingtalkTransport:
    options = DingtalkOptions(KEY, AGENT, secret, there.url)
    made = DingtalkTransport(options, shelf, "ding", (ear or Ear()).hear)
    made.timeout = 5
    return made


@pytest.fixture
def there() -> Iterator[DingtalkServer]:
    with dingtalk_server() as found:
        yield found


@pytest.fixture
async def transport(there: DingtalkServer) -> AsyncIterator[DingtalkTransport]:
    made = transport_to(there)
    yield made
    await made.stop()


# ------------------------------------------------------------ what is sent


async def test_a_card_has_a_button_and_no_marks_of_markdown(
    transport: DingtalkTransport, there: DingtalkServer
) -> None:
    outcome = await transport.send(outgoing())
    assert (outcome.result, outcome.provider_id) == (Result.ACCEPTED, "1")
    (said,) = there.messages
    assert (said["userid_list"], said["agent_id"]) == ("manager4220", AGENT)
    assert said["msg"] == {
        "msgtype": "action_card",
        "action_card": {
            "title": "[臨期] 年度報告",
            "markdown": "12月30日(星期三)下班前  \n請按時報送＊。",
            "single_title": "查看辦理",
            "single_url": LINK,
        },
    }


async def test_without_a_page_it_is_a_text(transport: DingtalkTransport, there: DingtalkServer) -> None:
    await transport.send(outgoing(card=Card("[臨期] 年度報告", ("請按時報送。",))))
    await transport.send(outgoing(card=None))
    assert [each["msg"] for each in there.messages] == [
        {"msgtype": "text", "text": {"content": "[臨期] 年度報告\n\n請按時報送。"}}
    ] * 2


@pytest.mark.parametrize("link", [LINK, ""])
async def test_whatever_is_said_it_is_no_longer_than_the_vendor_takes(
    transport: DingtalkTransport, there: DingtalkServer, link: str
) -> None:
    await transport.send(outgoing(card=Card("題" * 40, tuple('行"' * 20 for _ in range(80)), link, "查看")))
    assert len(there.seen["manager4220"]) == 1
    assert "…" in str(there.seen["manager4220"])


@pytest.mark.parametrize("address", ["", "a,b", "@all", "a b", "李娜", "x" * 65])
async def test_an_address_that_is_none_reaches_nobody_and_never_several(
    transport: DingtalkTransport, there: DingtalkServer, address: str
) -> None:
    outcome = await transport.send(outgoing(address=address))
    assert (outcome.result, outcome.address_dead) == (Result.REFUSED, True)
    assert there.gateway.asked == []


# ------------------------------------------------------------ what is answered


@pytest.mark.parametrize(
    ("answer", "result", "dead", "whole", "wait"),
    [
        ({"errcode": 60121}, Result.REFUSED, True, False, None),
        ({"errcode": 33012}, Result.REFUSED, True, False, None),
        ({"errcode": 1430002}, Result.REFUSED, False, False, None),
        ({"errcode": 987654}, Result.REFUSED, False, False, None),
        ({"errcode": -1}, Result.RETRY, False, True, 5),
        ({"errcode": 90018}, Result.RETRY, False, True, 60),
        ({"errcode": 143103}, Result.RETRY, False, True, 60),
        ({"errcode": 88, "sub_code": "60011"}, Result.RETRY, False, True, None),
        ({"errcode": 88, "sub_code": "60121"}, Result.REFUSED, True, False, None),
        ({"errcode": 88}, Result.REFUSED, False, False, None),
        ({"errcode": "0"}, Result.UNKNOWN, False, True, None),
        ({}, Result.UNKNOWN, False, True, None),
        ((200, b"<html>login</html>"), Result.UNKNOWN, False, True, None),
        ((502, b"bad gateway"), Result.RETRY, False, True, None),
        ((302, b""), Result.RETRY, False, True, None),
        ("cut", Result.UNKNOWN, False, True, None),
        ("garbage", Result.UNKNOWN, False, True, None),
    ],
)
async def test_a_code_inside_200_is_what_counts(
    transport: DingtalkTransport,
    there: DingtalkServer,
    answer: Any,
    result: Result,
    dead: bool,
    whole: bool,
    wait: float | None,
) -> None:
    there.answers.append(answer)
    outcome = await transport.send(outgoing())
    found = outcome.result, outcome.address_dead, outcome.server, outcome.retry_after
    assert found == (result, dead, whole, wait)
    assert len(there.posted) == 1


async def test_a_token_that_is_not_taken_is_fetched_anew_once_for_all_nodes(there: DingtalkServer) -> None:
    store = Store()
    nodes = [transport_to(there, MemoryShelf(store, name)) for name in ("a", "b")]
    for node in nodes:
        await node.send(outgoing())
    assert len(there.fetched) == 1
    there.given.append("voided elsewhere")
    results = [(await node.send(outgoing())).result for node in nodes]
    for node in nodes:
        await node.stop()
    assert results == [Result.ACCEPTED] * 2
    assert len(there.fetched) == 2


async def test_a_number_is_looked_up_once_and_one_that_nobody_has_never_again(there: DingtalkServer) -> None:
    there.numbers["13800138001"] = "manager4220"
    store = Store()
    for node in ("a", "b"):
        made = transport_to(there, MemoryShelf(store, node))
        assert (await made.send(outgoing(address="+8613800138001"))).result is Result.ACCEPTED
        outcome = await made.send(outgoing(address="+8613800138009"))
        assert (outcome.result, outcome.address_dead) == (Result.REFUSED, True)
        await made.stop()
    assert there.looked_up == ["13800138001", "13800138009"]


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO])
async def test_neither_secret_nor_token_nor_words_stand_in_what_is_told_or_logged(
    there: DingtalkServer, caplog: pytest.LogCaptureFixture, level: int
) -> None:
    caplog.set_level(level)
    made = transport_to(there, MemoryShelf(Store()))
    there.token_answers.append({"errcode": 40089, "errmsg": f"bad {SECRET}"})
    said = [await made.send(outgoing()), await made.send(outgoing())]
    there.answers += [{"errcode": 5, "errmsg": f"token {there.given[-1]}"}, "cut", (500, b"")]
    said += [await made.send(outgoing()) for _ in range(3)]
    await made.stop()
    told = " ".join(f"{each.code} {each.detail}" for each in said) + caplog.text
    assert SECRET not in told
    assert "年度報告" not in told
    assert not any(token in told for token in there.given)
    assert SECRET not in repr(DingtalkOptions(KEY, AGENT, SECRET))


# ------------------------------------------------------------ what became of it


async def sent(there: DingtalkServer, store: Store, ear: Ear, attempts: int = 1) -> DingtalkTransport:
    """A notice that was queued, and is not settled."""
    made = transport_to(there, MemoryShelf(store), ear)
    outcome = await made.send(outgoing())
    store.unsettled.append(Unsettled(42, outcome.provider_id, attempts))
    return made


async def test_what_arrived_is_a_fact_and_what_was_read_another_one(
    there: DingtalkServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, ear = Store(), Ear()
    made = await sent(there, store, ear)
    assert await made.verdicts.once()
    assert ear.told == [Reported("ding", "", True, delivery=42)]
    store.unsettled[:] = [Unsettled(42, "1", 1, arrived=True)]
    there.readers.add("manager4220")
    assert await made.verdicts.once()
    assert len(there.asked_about) == 1  # not so soon
    monkeypatch.setattr(module, "EVERY_READ", 0.0)
    assert await made.verdicts.once()
    await made.stop()
    assert ear.told[1:] == [Reported("ding", "", True, delivery=42, read=True)]


async def test_while_nothing_is_known_nothing_is_told(there: DingtalkServer) -> None:
    store, ear = Store(), Ear()
    there.queued = True
    made = await sent(there, store, ear)
    assert await made.verdicts.once()
    assert ear.told == []
    there.queued = False
    assert await made.verdicts.once()
    await made.stop()
    assert len(ear.told) == 1


async def test_who_has_left_is_dead_though_the_answer_was_success(there: DingtalkServer) -> None:
    store, ear = Store(), Ear()
    there.gone.add("manager4220")
    made = await sent(there, store, ear)
    await made.verdicts.once()
    await made.stop()
    (told,) = ear.told
    assert isinstance(told, Reported)
    assert (told.delivered, told.dead, told.code) == (False, True, "invalid")


async def test_words_that_were_dropped_as_repeated_have_not_arrived_unless_an_attempt_before_brought_them(
    there: DingtalkServer,
) -> None:
    for attempts, arrived in ((1, False), (2, True)):
        store, ear = Store(), Ear()
        made = transport_to(there, MemoryShelf(store), ear)
        await made.send(outgoing())
        await made.stop()
        made = await sent(there, store, ear, attempts)
        await made.verdicts.once()
        await made.stop()
        (told,) = ear.told
        assert isinstance(told, Reported)
        assert (told.delivered, told.dead, told.code) == (arrived, False, "143106")


@pytest.mark.parametrize(
    "answer", ["cut", (503, b""), {"errcode": -1}, {"errcode": 0}, {"errcode": 0, "send_result": 7}]
)
async def test_a_result_that_makes_no_sense_is_asked_for_again(there: DingtalkServer, answer: Any) -> None:
    store, ear = Store(), Ear()
    made = await sent(there, store, ear)
    there.result_answers.append(answer)
    await made.verdicts.once()
    assert ear.told == []
    await made.verdicts.once()
    await made.stop()
    assert len(ear.told) == 1


async def test_what_cannot_be_recorded_now_is_asked_for_and_told_again(there: DingtalkServer) -> None:
    store, ear = Store(), Ear()
    made = await sent(there, store, ear)
    ear.away = True
    assert not await made.verdicts.once()
    ear.away = False
    store.away = True
    assert not await made.verdicts.once()
    store.away = False
    assert await made.verdicts.once()
    await made.stop()
    assert len(ear.told) == 1


async def test_nobody_asks_without_a_store(there: DingtalkServer) -> None:
    made = transport_to(there)
    await made.send(outgoing())
    assert await made.verdicts.once()
    await made.stop()
    assert there.asked_about == []


@pytest.mark.parametrize(
    "changes", [{"secret": ""}, {"app_key": ""}, {"agent_id": 0}, {"base_url": "http://d.org"}]
)
def test_what_can_never_work_is_said_when_it_is_made(changes: dict[str, Any]) -> None:
    options: dict[str, Any] = {"app_key": KEY, "agent_id": AGENT, "secret": SECRET} | changes
    with pytest.raises(ValueError, match=r"needed|https") as raised:
        DingtalkTransport(DingtalkOptions(**options))
    assert SECRET not in str(raised.value)
