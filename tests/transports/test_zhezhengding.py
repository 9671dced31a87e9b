"""One work notice in 浙政釘: how it is signed, what it says, and what becomes of it whatever is answered."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from alertd.core.cards import Card
from alertd.testing.rigs import outgoing as tried
from alertd.transports.base import Outgoing, Result
from alertd.transports.zhezhengding import ZhezhengdingOptions, ZhezhengdingTransport
from alertd.transports.zhezhengding.signing import signed
from tests.support.shelves import MemoryShelf, Store
from tests.support.zhezhengding import KEY, SECRET, TENANT, ZhezhengdingServer, zhezhengding_server

LINK = "https://duty.example.org/m/abc"
MAY_NOT = {"success": True, "content": {"success": False, "responseCode": "215010"}}
CARD = Card("[臨期] 年度報告", ("12月30日(星期三)下班前", "請按時報送。"), LINK, "查看辦理")


def outgoing(**changes: Any) -> Outgoing:
    said: dict[str, Any] = {"subject": "[臨期] 年度報告", "text": "請按時報送。", "html": "", "card": CARD}
    return tried(**({"address": "78698966"} | said | changes))


def transport_to(
    there: ZhezhengdingServer, shelf: MemoryShelf | None = None, timeout: float = 5, secret: str = SECRET
) -> ZhezhengdingTransport:
    made = ZhezhengdingTransport(ZhezhengdingOptions(KEY, TENANT, secret, there.url), shelf)
    made.timeout = timeout
    return made


@pytest.fixture
def there() -> Iterator[ZhezhengdingServer]:
    with zhezhengding_server() as found:
        yield found


@pytest.fixture
async def transport(there: ZhezhengdingServer) -> AsyncIterator[ZhezhengdingTransport]:
    made = transport_to(there)
    yield made
    await made.stop()


# ------------------------------------------------------------ how it is signed


def test_a_request_is_signed_as_clients_in_use_sign_it() -> None:
    at = datetime(2026, 12, 1, 0, 30, 0, 7000, tzinfo=UTC)
    head = signed("key", "secret", "/gettoken.json", {"b": "甲 &=", "a": "1"}, at, "17", "00:00")
    assert head["X-Hmac-Auth-Timestamp"] == "2026-12-01T08:30:00.007+08:00"
    # openssl dgst -sha256 -hmac secret -binary | base64, over the lines of signing.signed
    assert head["X-Hmac-Auth-Signature"] == "9i2xOTN4dNrKF4zRciBCBbElpGjfAuC5OpsmDbDetKI="


# ------------------------------------------------------------ what is sent


async def test_a_card_has_a_button_that_opens_the_readers_page(
    transport: ZhezhengdingTransport, there: ZhezhengdingServer
) -> None:
    outcome = await transport.send(outgoing())
    assert (outcome.result, outcome.provider_id) == (Result.ACCEPTED, "m-1")
    (form,) = [each.form for each in there.posted]
    assert (form["receiverIds"], form["tenantId"]) == ("78698966", str(TENANT))
    assert there.messages == [
        {
            "msgtype": "action_card",
            "action_card": {
                "title": "[臨期] 年度報告",
                "markdown": "12月30日(星期三)下班前\n請按時報送。",
                "single_title": "查看辦理",
                "single_url": LINK,
                "single_pc_url": LINK,
            },
        }
    ]


async def test_without_a_page_it_is_a_text(
    transport: ZhezhengdingTransport, there: ZhezhengdingServer
) -> None:
    await transport.send(outgoing(card=Card("[臨期] 年度報告", ("請按時報送。",))))
    await transport.send(outgoing(card=None, message_id="2b@example.org"))
    assert there.messages == [{"msgtype": "text", "text": {"content": "[臨期] 年度報告\n\n請按時報送。"}}] * 2


@pytest.mark.parametrize(
    "card",
    [
        Card("題" * 300, tuple("行" * 30 for _ in range(80)), LINK, "查看辦理"),
        Card("題", tuple('"\\"\t' * 30 for _ in range(40)), LINK, "查看辦理"),
        Card("題", tuple("行" * 30 for _ in range(20)), LINK + "x" * 1000, "查看辦理"),
        Card("題", ("行" * 30, *("行" * 30 for _ in range(80)))),
    ],
)
async def test_whatever_is_said_it_is_no_longer_than_the_vendor_takes(
    transport: ZhezhengdingTransport, there: ZhezhengdingServer, card: Card
) -> None:
    assert (await transport.send(outgoing(card=card))).result is Result.ACCEPTED
    (said,) = there.messages
    inner = said[said["msgtype"]]
    assert "…" in inner.get("markdown", inner.get("content", ""))
    assert inner.get("single_url", card.link) == card.link


@pytest.mark.parametrize("address", ["", "0", "1,2", "GE_1", "7869 8966", "1" * 20, "李娜"])
async def test_an_address_that_is_none_reaches_nobody_and_never_several(
    transport: ZhezhengdingTransport, there: ZhezhengdingServer, address: str
) -> None:
    outcome = await transport.send(outgoing(address=address))
    assert (outcome.result, outcome.address_dead) == (Result.REFUSED, True)
    assert there.gateway.asked == []


# ------------------------------------------------------------ one message, one key


async def test_an_attempt_that_may_have_arrived_is_repeated_with_its_key_and_seen_once(
    transport: ZhezhengdingTransport, there: ZhezhengdingServer
) -> None:
    there.answers.append("take, then cut")
    assert (await transport.send(outgoing())).result is Result.UNKNOWN
    again = await transport.send(outgoing(again=True))
    assert (again.result, again.code) == (Result.ACCEPTED, "duplicate")
    assert len({each.form["bizMsgId"] for each in there.posted}) == 1
    assert len(there.seen["78698966"]) == 1


async def test_another_message_and_another_person_have_another_key(
    transport: ZhezhengdingTransport, there: ZhezhengdingServer
) -> None:
    for changes in ({}, {"message_id": "2b@example.org"}, {"address": "78698967"}):
        await transport.send(outgoing(**changes))
    assert len({each.form["bizMsgId"] for each in there.posted}) == 3


async def test_words_that_are_taken_for_repeated_at_the_first_attempt_have_reached_nobody(
    transport: ZhezhengdingTransport, there: ZhezhengdingServer
) -> None:
    there.drops_repeated_words_in_silence = False
    await transport.send(outgoing())
    outcome = await transport.send(outgoing(message_id="2b@example.org"))
    assert (outcome.result, outcome.code, outcome.address_dead) == (Result.REFUSED, "duplicate", False)


# ------------------------------------------------------------ what is answered


@pytest.mark.parametrize(
    ("answer", "result", "whole", "wait"),
    [
        ({"success": False, "errorCode": "1003", "errorMsg": "超过每日上限"}, Result.REFUSED, False, None),
        ({"success": False}, Result.REFUSED, False, None),
        ({"success": True, "content": {"success": False, "responseCode": "9"}}, Result.REFUSED, False, None),
        ({"success": False, "Code": "OPF-B001-05-16-0009"}, Result.RETRY, True, None),
        ({"success": False, "bizErrorCode": "OPF-B001-05-99"}, Result.RETRY, True, None),
        ((403, {"success": False, "Message": "denied"}), Result.RETRY, True, None),
        ((400, {"success": False, "errorCode": "7"}), Result.REFUSED, False, None),
        ((429, b""), Result.RETRY, True, 60),
        ({"success": "true"}, Result.UNKNOWN, True, None),
        ({"success": 1}, Result.UNKNOWN, True, None),
        ({}, Result.UNKNOWN, True, None),
        ((200, b"<html>login</html>"), Result.UNKNOWN, True, None),
        ((200, b"[0]"), Result.UNKNOWN, True, None),
        ((200, b" " * 200_000), Result.UNKNOWN, True, None),
        ((502, b"bad gateway"), Result.RETRY, True, None),
        ((502, {"success": False}), Result.RETRY, True, None),
        ((302, {"success": True}), Result.RETRY, True, None),
        ("cut", Result.UNKNOWN, True, None),
        ("garbage", Result.UNKNOWN, True, None),
    ],
)
async def test_success_is_what_counts_and_not_the_status(
    transport: ZhezhengdingTransport,
    there: ZhezhengdingServer,
    answer: Any,
    result: Result,
    whole: bool,
    wait: float | None,
) -> None:
    there.answers.append(answer)
    outcome = await transport.send(outgoing())
    found = outcome.result, outcome.server, outcome.retry_after, outcome.address_dead
    assert found == (result, whole, wait, False)
    assert len(there.posted) == 1


async def test_a_secret_that_is_not_the_applications_is_the_channels_trouble(
    there: ZhezhengdingServer,
) -> None:
    made = transport_to(there, secret="another")
    outcome = await made.send(outgoing())
    await made.stop()
    assert (outcome.result, outcome.server, outcome.address_dead) == (Result.RETRY, True, False)
    assert "app_key" in outcome.detail


async def test_who_does_not_answer_is_left_when_the_time_is_up(there: ZhezhengdingServer) -> None:
    made = transport_to(there, timeout=0.3)
    there.answers.append("hang")
    outcome = await made.send(outgoing())
    await made.stop()
    assert (outcome.result, outcome.code) == (Result.UNKNOWN, "timeout")


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO])
async def test_the_secret_and_the_words_stand_in_nothing_that_is_told_or_logged(
    there: ZhezhengdingServer, caplog: pytest.LogCaptureFixture, level: int
) -> None:
    caplog.set_level(level)
    made = transport_to(there)
    there.answers += [{"success": False, "errorMsg": f"no {SECRET}"}, "cut", (500, b"")]
    said = [await made.send(outgoing()) for _ in range(3)]
    await made.stop()
    told = " ".join(f"{each.code} {each.detail}" for each in said) + caplog.text
    assert SECRET not in told
    assert "年度報告" not in told
    assert SECRET not in repr(ZhezhengdingOptions(KEY, TENANT, SECRET))


# ------------------------------------------------------------ who has a number


async def test_a_number_is_looked_up_once_and_its_account_kept_for_all_nodes(
    there: ZhezhengdingServer,
) -> None:
    there.numbers["13800138001"] = 78698966
    store = Store()
    for node in ("a", "b"):
        made = transport_to(there, MemoryShelf(store, node))
        for name in ("1", "2"):
            outcome = await made.send(outgoing(address="+8613800138001", message_id=node + name))
            assert outcome.result is Result.ACCEPTED
        await made.stop()
    assert there.looked_up == ["13800138001"]
    assert {each.form["receiverIds"] for each in there.posted} == {"78698966"}


async def test_a_number_that_nobody_has_is_never_looked_up_again(there: ZhezhengdingServer) -> None:
    store = Store()
    for node in ("a", "b"):
        made = transport_to(there, MemoryShelf(store, node))
        outcome = await made.send(outgoing(address="+8613800138001"))
        assert (outcome.result, outcome.address_dead) == (Result.REFUSED, True)
        await made.stop()
    assert there.looked_up == ["13800138001"]
    assert there.posted == []


@pytest.mark.parametrize(
    "answer", ["cut", (503, b""), {"success": True}, {"success": False, "Code": "OPF-1"}, MAY_NOT]
)
async def test_a_number_that_could_not_be_looked_up_is_tried_again(
    there: ZhezhengdingServer, answer: Any
) -> None:
    there.numbers["13800138001"] = 78698966
    there.number_answers.append(answer)
    made = transport_to(there, MemoryShelf(Store()))
    results = [(await made.send(outgoing(address="+8613800138001"))).result for _ in range(2)]
    await made.stop()
    assert results == [Result.RETRY, Result.ACCEPTED]


async def test_a_number_from_elsewhere_is_not_asked_for(there: ZhezhengdingServer) -> None:
    made = transport_to(there, MemoryShelf(Store()))
    outcome = await made.send(outgoing(address="+85261234567"))
    await made.stop()
    assert (outcome.result, outcome.address_dead) == (Result.REFUSED, False)
    assert there.gateway.asked == []


@pytest.mark.parametrize(
    "changes", [{"secret": ""}, {"app_key": ""}, {"tenant_id": 0}, {"base_url": "http://z.org"}]
)
def test_what_can_never_work_is_said_when_it_is_made(changes: dict[str, Any]) -> None:
    options: dict[str, Any] = {"app_key": KEY, "tenant_id": TENANT, "secret": SECRET} | changes
    with pytest.raises(ValueError, match=r"needed|https") as raised:
        ZhezhengdingTransport(ZhezhengdingOptions(**options))
    assert SECRET not in str(raised.value)
