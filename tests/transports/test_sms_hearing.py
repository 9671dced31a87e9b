"""What a provider tells of texts: asked for over HTTP, and read whatever stands in it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from alertd.core.gateways import Answer
from alertd.transports.base import NotNow, Reported, Texted, Told
from alertd.transports.sms import PollingSms, SmsOptions, SmsTransport, sms_transport
from alertd.transports.sms.hearing import KNOWN, Ear
from tests.support.sms import SmsGateway, sms_gateway

DESCRIBED = {
    "reports": "reports", "report_id": "msgid", "report_to": "mobile", "report_delivered": "status = 0",
    "report_said": "said", "replies": "replies", "reply_id": "id", "reply_from": "mobile",
    "reply_text": "text",
}  # fmt: skip
REPLIES = {"replies": [{"id": 7, "mobile": "13800138000", "text": "1"}, {"id": 8}, "odd"]}
REPORTS = {
    "reports": [{"msgid": "m1", "mobile": "13800138000", "status": "0"}, {"msgid": "m2", "status": "9"}]
}


@pytest.fixture
def there() -> Iterator[SmsGateway]:
    with sms_gateway() as found:
        yield found


class Heard:
    """Keeps what was told, unless it is told that it cannot just now."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.away = False
        self.slips = False
        self.some = asyncio.Event()

    async def on_told(self, told: Told) -> None:
        if self.away:
            raise NotNow("the store is away")
        if self.slips:
            raise RuntimeError
        self.told.append(told)
        self.some.set()


def asking(there: SmsGateway, heard: Heard, provider: str = "gateway") -> PollingSms:
    polled = {"reports_url": f"{there.url}/reports", "replies_url": f"{there.url}/replies",
              "poll_fields": {"user": "{account}"}}  # fmt: skip
    options = SmsOptions(
        provider, "x", "key", "secret", f"{there.url}/", app="1400", hears="poll", described=DESCRIBED,
        gateway={"accepted": "x"} if provider == "gateway" else {}, polled=polled, timeout=2,
    )  # fmt: skip
    made = sms_transport(options, "sms", heard.on_told, at_once=False)
    assert isinstance(made, PollingSms)
    return made


async def asked(made: PollingSms) -> bool:
    try:
        return await made.ask_once()
    finally:
        await made.stop()


async def test_reports_and_replies_are_asked_for_and_told(there: SmsGateway) -> None:
    there.at = {"/reports": REPORTS, "/replies": REPLIES}
    heard = Heard()
    assert await asked(asking(there, heard))
    assert heard.told == [
        Reported("sms", "13800138000", True, "m1"),
        Reported("sms", "", False, "m2"),
        Texted("sms", "13800138000", "1", "7"),
    ]
    assert there.sent_to("/replies")[0].json == {"user": "key"}


@pytest.mark.parametrize("answer", ["cut", "garbage", (500, b"no"), (200, b"<html>"), {"replies": 5}, []])
async def test_an_answer_that_makes_no_sense_tells_nothing_and_ends_nothing(
    there: SmsGateway, answer: Any
) -> None:
    there.at = {"/reports": answer, "/replies": REPLIES}
    heard = Heard()
    made = asking(there, heard)
    await asked(made)
    assert [type(each) for each in heard.told] == [Texted]


async def test_what_cannot_be_recorded_now_is_told_again_and_nothing_more_is_asked(there: SmsGateway) -> None:
    there.at = {"/reports": {}, "/replies": REPLIES}
    heard = Heard()
    made = asking(there, heard)
    heard.away = True
    assert not await made.ask_once()
    assert not await made.ask_once()
    assert len(there.sent_to("/replies")) == 1
    heard.away = False
    there.at["/replies"] = {}
    assert await asked(made)
    assert [each.text for each in heard.told if isinstance(each, Texted)] == ["1"]


async def test_an_odd_text_does_not_hold_back_the_others(there: SmsGateway) -> None:
    there.at = {"/reports": {}, "/replies": REPLIES}
    heard = Heard()
    heard.slips = True
    assert await asked(asking(there, heard))


async def test_it_asks_by_itself_until_it_is_to_stop(there: SmsGateway) -> None:
    there.at = {"/reports": {}, "/replies": REPLIES}
    heard = Heard()
    made = asking(there, heard)
    await made.start()
    assert there.asked == []  # others may ask: it waits until it is told to
    await made.listen(True)
    await asyncio.wait_for(heard.some.wait(), 10)
    await made.stop()
    assert isinstance(heard.told[0], Texted)


async def test_tencent_is_asked_for_both_and_what_it_tells_is_read(there: SmsGateway) -> None:
    reply = {"PhoneNumber": "+8613800138000", "ReplyContent": "２ 31", "ReplyTime": 1, "SignName": "x"}
    report = {"SerialNo": "5:1", "PhoneNumber": "+8613800138000", "ReportStatus": "FAIL", "Description": "no"}
    there.answers += [
        {"Response": {"PullSmsSendStatusSet": [report]}},
        {"Response": {"PullSmsReplyStatusSet": [reply, reply]}},
    ]
    heard = Heard()
    assert await asked(asking(there, heard, "tencent"))
    assert [each.headers["x-tc-action"] for each in there.asked] == [
        "PullSmsSendStatus",
        "PullSmsReplyStatus",
    ]
    failed, first, again = heard.told
    assert failed == Reported("sms", "+8613800138000", False, "5:1", code="no")
    assert isinstance(first, Texted)
    assert (first.text, first) == ("２ 31", again)


def test_what_aliyun_pushes_is_read() -> None:
    ear = Ear("sms", KNOWN["aliyun"])
    report = (
        b'[{"phone_number":"13800138000","success":true,"err_code":"DELIVERED","biz_id":"9","out_id":"2a"}]'
    )
    reply = b'[{"phone_number":"13800138000","content":"1","sequence_id":"77","sign_name":"x"}]'
    assert ear.heard(Answer.of(200, report.decode())) == [
        Reported("sms", "13800138000", True, "9", 42, code="DELIVERED")
    ]
    assert ear.heard(Answer.of(200, reply.decode())) == [Texted("sms", "13800138000", "1", "77")]


def test_only_who_knows_the_secret_is_heard() -> None:
    options = SmsOptions("aliyun", "x", push_secret="a long secret", hears="push")
    made = sms_transport(options, "sms", Heard().on_told, at_once=False)
    assert type(made) is SmsTransport
    assert made.pushed("another", b"[]") is None
    assert made.pushed("a long secret", b"[]") == []
    assert made.pushed("a long secret", b"\xff\x00 no json") == []
    nobody = SmsTransport(SmsOptions("aliyun", "x"))
    assert nobody.pushed("", b"[]") is None
