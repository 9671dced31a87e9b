"""One message over WeCom: what it carries, and what becomes of it whatever the vendor answers."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from alertd.core.cards import Card
from alertd.testing.rigs import outgoing as tried
from alertd.transports.base import Outgoing, Result
from alertd.transports.wecom import WecomOptions, WecomTransport
from tests.support.shelves import MemoryShelf, Store
from tests.support.wecom import AGENT, CORP, SECRET, WecomServer, wecom_server

LINK = "https://duty.example.org/m/abc"
CARD = Card("[臨期] 年度報告", ("12月30日(星期三)下班前", "請按時報送。"), LINK, "查看辦理")


def outgoing(**changes: Any) -> Outgoing:
    said: dict[str, Any] = {"subject": "[臨期] 年度報告", "text": "請按時報送。", "html": "", "card": CARD}
    return tried(**({"address": "Li.Na"} | said | changes))


def transport_to(
    there: WecomServer, shelf: MemoryShelf | None = None, timeout: float = 5, secret: str = SECRET
) -> WecomTransport:
    made = WecomTransport(WecomOptions(CORP, AGENT, secret, there.url), shelf)
    made.timeout = timeout
    return made


@pytest.fixture
def there() -> Iterator[WecomServer]:
    with wecom_server() as found:
        yield found


@pytest.fixture
async def transport(there: WecomServer) -> AsyncIterator[WecomTransport]:
    made = transport_to(there)
    yield made
    await made.stop()


# ------------------------------------------------------------ what is sent


async def test_a_card_has_a_button_that_opens_the_readers_page(
    transport: WecomTransport, there: WecomServer
) -> None:
    outcome = await transport.send(outgoing())
    assert (outcome.result, outcome.provider_id) == (Result.ACCEPTED, "m-1")
    (said,) = there.messages
    assert (said["touser"], said["agentid"], said["msgtype"]) == ("Li.Na", AGENT, "textcard")
    assert said["textcard"] == {
        "title": "[臨期] 年度報告",
        "description": "12月30日(星期三)下班前<br>請按時報送。",
        "url": LINK,
        "btntxt": "查看辦理",
    }


async def test_without_a_page_it_is_a_text(transport: WecomTransport, there: WecomServer) -> None:
    await transport.send(outgoing(card=Card("[臨期] 年度報告", ("請按時報送。",))))
    await transport.send(outgoing(card=None))
    assert [each["msgtype"] for each in there.messages] == ["text", "text"]
    assert {each["text"]["content"] for each in there.messages} == {"[臨期] 年度報告\n\n請按時報送。"}


async def test_the_vendor_is_not_asked_to_drop_what_it_has_seen(
    transport: WecomTransport, there: WecomServer
) -> None:
    await transport.send(outgoing())
    assert there.messages[0]["enable_duplicate_check"] == 0


async def test_whatever_is_said_it_is_no_longer_than_the_vendor_takes(
    transport: WecomTransport, there: WecomServer
) -> None:
    long = Card("題" * 300, tuple("行" * 30 + "<b>" for _ in range(40)), LINK, "查看並且辦理")
    await transport.send(outgoing(card=long))
    await transport.send(outgoing(card=Card("題" * 300, ("行" * 3000,))))
    card, text = there.messages[0]["textcard"], there.messages[1]["text"]["content"]
    assert len(card["title"].encode()) <= 128
    assert len(card["description"].encode()) <= 512
    assert len(text.encode()) <= 2048
    assert len(card["btntxt"]) == 4
    assert "<b>" not in card["description"]
    assert "<br>…" in card["description"]


@pytest.mark.parametrize("address", ["@all", "li.na|wang", "", "a b", "李娜", "x" * 65])
async def test_an_address_that_is_none_reaches_nobody_and_never_everybody(
    transport: WecomTransport, there: WecomServer, address: str
) -> None:
    outcome = await transport.send(outgoing(address=address))
    assert (outcome.result, outcome.address_dead) == (Result.REFUSED, True)
    assert there.gateway.asked == []


# ------------------------------------------------------------ what is answered


@pytest.mark.parametrize(
    ("answer", "result", "dead", "whole", "wait"),
    [
        ({"errcode": 0, "invaliduser": "li.na"}, Result.REFUSED, True, False, None),
        ({"errcode": 0, "unlicenseduser": "li.na"}, Result.REFUSED, True, False, None),
        ({"errcode": 60111}, Result.REFUSED, True, False, None),
        ({"errcode": 81013}, Result.REFUSED, True, False, None),
        ({"errcode": 46004}, Result.REFUSED, True, False, None),
        ({"errcode": 60011}, Result.REFUSED, False, False, None),
        ({"errcode": 45002}, Result.REFUSED, False, False, None),
        ({"errcode": 987654}, Result.REFUSED, False, False, None),
        ({"errcode": -1}, Result.RETRY, False, True, 5),
        ({"errcode": 45009}, Result.RETRY, False, True, 60),
        ({"errcode": 45033}, Result.RETRY, False, True, 3),
        ({"errcode": 60020}, Result.RETRY, False, True, None),
        ({"errcode": 301002}, Result.RETRY, False, True, None),
        ({"errcode": "0"}, Result.UNKNOWN, False, True, None),
        ({"errcode": True}, Result.UNKNOWN, False, True, None),
        ({}, Result.UNKNOWN, False, True, None),
        ((200, b"<html>login</html>"), Result.UNKNOWN, False, True, None),
        ((200, b"[0]"), Result.UNKNOWN, False, True, None),
        ((200, b"[" * 60_000), Result.UNKNOWN, False, True, None),
        ((200, b" " * 200_000), Result.UNKNOWN, False, True, None),
        ((502, b"bad gateway"), Result.RETRY, False, True, None),
        ((302, b""), Result.RETRY, False, True, None),
        ("cut", Result.UNKNOWN, False, True, None),
        ("garbage", Result.UNKNOWN, False, True, None),
    ],
)
async def test_a_code_inside_200_is_what_counts_and_who_is_left_out_was_not_written_to(
    transport: WecomTransport,
    there: WecomServer,
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


@pytest.mark.parametrize(
    "answer", ["hang", "cut", (503, b""), {"errcode": 0}, {"errcode": 40001}, {"errcode": -1}]
)
async def test_without_a_token_nothing_has_left(there: WecomServer, answer: Any) -> None:
    made = transport_to(there, timeout=0.5)
    there.token_answers.append(answer)
    outcome = await made.send(outgoing())
    await made.stop()
    assert (outcome.result, outcome.server, outcome.address_dead) == (Result.RETRY, True, False)
    assert there.posted == []


# ------------------------------------------------------------ the token


async def test_the_token_is_fetched_once_for_all_nodes(there: WecomServer) -> None:
    store = Store()
    nodes = [transport_to(there, MemoryShelf(store, name)) for name in ("a", "b")]
    results = [(await node.send(outgoing())).result for node in nodes for _ in range(3)]
    for node in nodes:
        await node.stop()
    assert results == [Result.ACCEPTED] * 6
    assert len(there.fetched) == 1
    assert there.fetched[0].query == {"corpid": CORP, "corpsecret": SECRET}


@pytest.mark.parametrize("code", [40014, 41001, 42001])
async def test_a_token_that_is_not_taken_is_fetched_anew_once(there: WecomServer, code: int) -> None:
    store = Store()
    made = transport_to(there, MemoryShelf(store))
    there.answers.append({"errcode": code})
    assert (await made.send(outgoing())).result is Result.ACCEPTED
    assert (len(there.fetched), len(there.posted)) == (2, 2)
    there.answers += [{"errcode": code}] * 2
    outcome = await made.send(outgoing())
    await made.stop()
    assert (outcome.result, outcome.code, outcome.server) == (Result.RETRY, str(code), True)
    assert (len(there.fetched), len(there.posted)) == (3, 4)


async def test_a_token_that_another_node_found_void_is_used_by_nobody(there: WecomServer) -> None:
    store = Store()
    one, other = (transport_to(there, MemoryShelf(store, name)) for name in ("a", "b"))
    for node in (one, other):
        await node.send(outgoing())
    there.given.append("voided elsewhere")
    assert [(await node.send(outgoing())).result for node in (one, other)] == [Result.ACCEPTED] * 2
    await one.stop()
    await other.stop()
    assert len(there.fetched) == 2


async def test_a_token_is_renewed_before_it_ends(there: WecomServer) -> None:
    store = Store()
    made = transport_to(there, MemoryShelf(store))
    await made.send(outgoing())
    await made.stop()
    assert [seconds for _, seconds in store.kept.values()] == [6600]


@pytest.mark.parametrize("said", ["soon", None, -5, True])
async def test_a_length_of_time_that_is_none_does_not_keep_a_message(there: WecomServer, said: Any) -> None:
    there.expires_in = said
    made = transport_to(there, MemoryShelf(Store()))
    assert (await made.send(outgoing())).result is Result.ACCEPTED
    await made.stop()


async def test_while_the_store_is_away_a_node_fetches_its_own(there: WecomServer) -> None:
    store = Store()
    store.away = True
    made = transport_to(there, MemoryShelf(store))
    there.answers.append({"errcode": 42001})
    assert (await made.send(outgoing())).result is Result.ACCEPTED
    await made.stop()


async def test_a_void_token_that_could_not_be_taken_off_the_shelf_is_not_used_again(
    there: WecomServer,
) -> None:
    store = Store()
    store.forgets_nothing = True
    made = transport_to(there, MemoryShelf(store))
    await made.send(outgoing())
    there.given.append("voided elsewhere")
    assert (await made.send(outgoing())).result is Result.ACCEPTED
    await made.stop()
    assert [value for value, _ in store.kept.values()] == [there.given[-1]]


async def test_while_another_node_fetches_it_a_message_waits_and_then_comes_again(
    there: WecomServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alertd.transports.application.token.PATIENCE", 0.1)
    store = Store()
    made = transport_to(there, MemoryShelf(store, "b"))
    store.finders |= dict.fromkeys([made._tokens._name], "a")
    outcome = await made.send(outgoing())
    await made.stop()
    assert (outcome.result, outcome.code, outcome.server) == (Result.RETRY, "token", False)
    assert there.gateway.asked == []


async def test_another_secret_is_another_token(there: WecomServer) -> None:
    store = Store()
    for secret in (SECRET, "changed since"):
        made = transport_to(there, MemoryShelf(store), secret=secret)
        await made.send(outgoing())
        await made.stop()
    assert [each.query["corpsecret"] for each in there.fetched] == [SECRET, "changed since"]


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO])
async def test_neither_the_secret_nor_the_token_stands_in_what_is_told_or_logged(
    there: WecomServer, caplog: pytest.LogCaptureFixture, level: int
) -> None:
    caplog.set_level(level)
    made = transport_to(there, MemoryShelf(Store()))
    there.token_answers.append({"errcode": 40001, "errmsg": f"invalid credential {SECRET}"})
    said = [await made.send(outgoing())]
    said.append(await made.send(outgoing()))
    there.answers += [{"errcode": 45002, "errmsg": f"token {there.given[-1]}"}, "cut", "garbage", (500, b"")]
    said += [await made.send(outgoing()) for _ in range(4)]
    there.answers += [{"errcode": 40014, "errmsg": "token-0"}, {"errcode": 40014, "errmsg": "token-1"}]
    said.append(await made.send(outgoing()))
    await made.stop()
    told = " ".join(f"{each.code} {each.detail}" for each in said) + caplog.text
    assert SECRET not in told
    assert not any(token in told for token in there.given)
    assert "127.0.0.1" not in " ".join(each.detail for each in said)
    assert SECRET not in repr(WecomOptions(CORP, AGENT, SECRET))


# ------------------------------------------------------------ who has a number


async def test_a_number_is_looked_up_once_and_its_userid_kept_for_all_nodes(there: WecomServer) -> None:
    there.numbers["13800138001"] = "li.na"
    store = Store()
    for node in ("a", "b"):
        made = transport_to(there, MemoryShelf(store, node))
        for _ in range(2):
            assert (await made.send(outgoing(address="+8613800138001"))).result is Result.ACCEPTED
        await made.stop()
    assert there.looked_up == ["13800138001"]
    assert {each["touser"] for each in there.messages} == {"li.na"}
    assert not any("13800138001" in name for name in store.kept)


async def test_a_number_that_nobody_has_is_never_looked_up_again(there: WecomServer) -> None:
    store = Store()
    for node in ("a", "b"):
        made = transport_to(there, MemoryShelf(store, node))
        outcome = await made.send(outgoing(address="+8613800138001"))
        assert (outcome.result, outcome.address_dead) == (Result.REFUSED, True)
        await made.stop()
    assert there.looked_up == ["13800138001"]
    assert [value for value, seconds in store.kept.values() if seconds is None] == [""]
    assert there.posted == []


async def test_after_some_numbers_that_nobody_has_no_other_one_is_looked_up(there: WecomServer) -> None:
    made = transport_to(there, MemoryShelf(Store()))
    results = [(await made.send(outgoing(address=f"+861380013{n:04}"))).result for n in range(12)]
    await made.stop()
    assert results == [Result.REFUSED] * 10 + [Result.RETRY] * 2
    assert len(there.looked_up) == 10


@pytest.mark.parametrize(
    "answer", ["cut", (503, b""), {"errcode": -1}, {"errcode": 45009}, {"errcode": 60020}]
)
async def test_a_number_that_could_not_be_looked_up_is_tried_again(there: WecomServer, answer: Any) -> None:
    there.numbers["13800138001"] = "li.na"
    there.number_answers.append(answer)
    made = transport_to(there, MemoryShelf(Store()))
    results = [(await made.send(outgoing(address="+8613800138001"))).result for _ in range(2)]
    await made.stop()
    assert results == [Result.RETRY, Result.ACCEPTED]


async def test_nothing_is_looked_up_where_it_could_not_be_kept(there: WecomServer) -> None:
    store = Store()
    store.away = True
    for shelf, result in ((None, Result.REFUSED), (MemoryShelf(store), Result.RETRY)):
        made = transport_to(there, shelf)
        outcome = await made.send(outgoing(address="+8613800138001"))
        await made.stop()
        assert (outcome.result, outcome.address_dead) == (result, False)
    assert there.looked_up == []


async def test_a_void_token_is_fetched_anew_for_a_number_too(there: WecomServer) -> None:
    there.numbers["13800138001"] = "li.na"
    there.number_answers.append({"errcode": 40014})
    made = transport_to(there, MemoryShelf(Store()))
    assert (await made.send(outgoing(address="+8613800138001"))).result is Result.ACCEPTED
    await made.stop()


# ------------------------------------------------------------ what can never work


@pytest.mark.parametrize(
    "changes",
    [{"secret": ""}, {"corp_id": ""}, {"agent_id": 0}, {"base_url": "http://wecom.example.org"}],
)
def test_what_can_never_work_is_said_when_it_is_made(changes: dict[str, Any]) -> None:
    options: dict[str, Any] = {"corp_id": CORP, "agent_id": AGENT, "secret": SECRET} | changes
    with pytest.raises(ValueError, match=r"needed|https") as raised:
        WecomTransport(WecomOptions(**options))
    assert SECRET not in str(raised.value)
