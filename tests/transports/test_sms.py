"""One text message: how it is asked for, and what becomes of it whatever the gateway does."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from alertd.core.text_messages import Short
from alertd.transports.base import Outgoing, Result
from alertd.transports.sms import SmsOptions, SmsTransport
from alertd.transports.sms.signing import acs3, tc3
from tests.support.sms import SmsGateway, sms_gateway

VALUES = {"tag": "催办", "what": "年度“报告”", "when": "明日下班前", "number": "31"}
SHORT = Short("asked", "催办：年度“报告”，明日下班前。编号31，回1签收，2已报。", VALUES)
SECRET = "a secret key"
GATEWAY: dict[str, Any] = {
    "fields": {"mobile": "{number}", "content": "{signed}", "msgid": "{id}"},
    "accepted": "code = 0",
    "message_id": "data.msgid",
    "later": "code = 1001 | 1002",
    "dead": "code = 2001",
    "said": "message",
}
TEMPLATES = {"asked": "SMS_1", "news": "SMS_4"}


def outgoing(address: str = "+8613800138000", short: Short | None = SHORT) -> Outgoing:
    return Outgoing(
        delivery=42, address=address, name="", message_id="2a@x", thread=(), subject="s", text="", html="",
        short=short,
    )  # fmt: skip


@pytest.fixture
def there() -> Iterator[SmsGateway]:
    with sms_gateway() as found:
        yield found


def transport(there: SmsGateway, provider: str = "gateway", timeout: float = 5, **more: Any) -> SmsTransport:
    gateway = {**GATEWAY, **more} if provider == "gateway" else {}
    made = SmsTransport(
        SmsOptions(
            provider,
            "珠海市政府",
            "key-id",
            SECRET,
            f"{there.url}/send",
            TEMPLATES,
            app="1400",
            gateway=gateway,
        )
    )
    made.timeout = timeout
    return made


async def sent(made: SmsTransport, message: Outgoing | None = None) -> Any:
    try:
        return await made.send(message or outgoing())
    finally:
        await made.stop()


# ---------------------------------------------------------------- a gateway that a file describes


async def test_a_text_is_posted_as_the_file_says(there: SmsGateway) -> None:
    outcome = await sent(transport(there, headers={"X-Key": "{account}"}))
    assert (outcome.result, outcome.provider_id) == (Result.ACCEPTED, "m1")
    (asked,) = there.asked
    assert asked.json == {"mobile": "13800138000", "content": f"【珠海市政府】{SHORT.text}", "msgid": "2a"}
    assert (asked.headers["x-key"], asked.path) == ("key-id", "/send")


async def test_tables_within_each_other_and_whole_bodies(there: SmsGateway) -> None:
    await sent(transport(there, fields={"to.mobile": "{to}", "to.name": "x", "text": "{text}"}))
    assert there.asked[0].json == {"to": {"mobile": "+8613800138000", "name": "x"}, "text": SHORT.text}
    await sent(
        transport(there, fields={}, template='{"list": [{"t": "{text}", "p": {values}}]}', body="text")
    )
    assert there.asked[1].json["list"][0]["p"] == VALUES


async def test_no_value_ends_the_place_it_stands_in(there: SmsGateway) -> None:
    odd = Short("asked", 'a"b\\</t>&c{secret}', {})
    for body, template in (("json", '{"t": "{text}"}'), ("xml", "<t>{text}</t>"), ("form", "t={text}&x=1")):
        await sent(transport(there, fields={}, body=body, template=template), outgoing(short=odd))
    told, xml, form = there.asked
    assert told.json == {"t": odd.text}
    assert xml.body.decode() == "<t>a&quot;b\\&lt;/t&gt;&amp;c{secret}</t>"
    assert form.form == {"t": odd.text, "x": "1"}


async def test_a_request_without_a_body_and_another_charset(there: SmsGateway) -> None:
    await sent(transport(there, method="GET", body="form"))
    assert there.asked[0].query["content"] == f"【珠海市政府】{SHORT.text}"
    await sent(transport(there, body="text", template="{text}", charset="gb18030"))
    assert there.asked[1].body.decode("gb18030") == SHORT.text


async def test_a_request_is_signed_over_its_body_or_in_a_field(there: SmsGateway) -> None:
    signing: dict[str, Any] = {"sign": "hmac-sha256", "sign_over": "{nonce}{body}", "sign_header": "X-Sign"}
    await sent(transport(there, **signing, headers={"X-Nonce": "{nonce}"}))
    (asked,) = there.asked
    said = asked.headers["x-nonce"].encode() + asked.body
    assert asked.headers["x-sign"] == hmac.new(SECRET.encode(), said, hashlib.sha256).hexdigest()
    fields = {"sign": "{sign}", "ts": "{now}"}
    await sent(transport(there, sign="md5", sign_over="{account}{secret}{now}", fields=fields, body="form"))
    form = there.asked[1].form
    assert form["sign"] == hashlib.md5(f"key-id{SECRET}{form['ts']}".encode()).hexdigest()


@pytest.mark.parametrize(
    ("answer", "result", "server", "dead"),
    [
        ({"code": 0}, Result.ACCEPTED, False, False),
        ({"code": "0"}, Result.ACCEPTED, False, False),
        ({"code": 1001, "message": "too often"}, Result.RETRY, False, False),
        ({"code": 2001}, Result.REFUSED, False, True),
        ({"code": 9999, "message": "what"}, Result.REFUSED, False, False),
        ((400, {"code": 9999}), Result.REFUSED, False, False),
        ((401, {"code": 401}), Result.RETRY, True, False),
        ((429, b"slow down"), Result.RETRY, True, False),
        ((502, b"<html>bad gateway</html>"), Result.RETRY, True, False),
        ((302, b""), Result.RETRY, True, False),
    ],
)
async def test_a_code_inside_200_is_what_counts(
    there: SmsGateway, answer: Any, result: Result, server: bool, dead: bool
) -> None:
    there.answers.append(answer)
    outcome = await sent(transport(there))
    assert (outcome.result, outcome.server, outcome.address_dead) == (result, server, dead)


async def test_a_pattern_reads_what_is_no_json(there: SmsGateway) -> None:
    there.answers += [(200, b"OK:77"), (200, b"ERR:5")]
    made = transport(there, accepted="/^OK/", message_id=r"/OK:(\d+)/")
    first, second = await made.send(outgoing()), await made.send(outgoing())
    await made.stop()
    assert (first.result, first.provider_id, second.result) == (Result.ACCEPTED, "77", Result.REFUSED)


async def test_neither_secret_nor_number_stands_in_what_is_kept(there: SmsGateway) -> None:
    there.answers.append({"code": 5, "message": f"{SECRET} key-id 13800138000 +8613800138000 no"})
    outcome = await sent(transport(there))
    assert outcome.detail == "*** *** *** *** no"


async def test_what_is_no_number_is_never_asked_for(there: SmsGateway) -> None:
    outcome = await sent(transport(there), outgoing("0756-2121212"))
    assert (outcome.result, outcome.address_dead, there.asked) == (Result.REFUSED, True, [])


# ---------------------------------------------------------------- Alibaba Cloud


def test_a_request_is_signed_as_in_the_vendors_example_v3() -> None:
    query = {"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"}
    headers = {
        "x-acs-action": "RunInstances",
        "x-acs-version": "2014-05-26",
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
    }
    host = "ecs.cn-shanghai.aliyuncs.com"
    _, signed = acs3("YourAccessKeyId", "YourAccessKeySecret", host, query, headers, b"")
    assert signed["authorization"] == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;"
        "x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


async def test_aliyun_is_asked_with_template_and_values(there: SmsGateway) -> None:
    there.answers.append({"Code": "OK", "Message": "OK", "BizId": "9006", "RequestId": "r"})
    outcome = await sent(transport(there, "aliyun"))
    assert (outcome.result, outcome.provider_id) == (Result.ACCEPTED, "9006")
    (asked,) = there.asked
    assert asked.query["PhoneNumbers"] == "13800138000"
    assert (asked.query["SignName"], asked.query["TemplateCode"]) == ("珠海市政府", "SMS_1")
    assert (json.loads(asked.query["TemplateParam"]), asked.query["OutId"]) == (VALUES, "2a")
    assert asked.headers["x-acs-action"] == "SendSms"
    assert "Credential=key-id," in asked.headers["authorization"]


@pytest.mark.parametrize(
    ("code", "said", "result", "server", "dead", "wait"),
    [
        ("isv.MOBILE_NUMBER_ILLEGAL", "", Result.REFUSED, False, True, None),
        ("isv.BUSINESS_LIMIT_CONTROL", "触发分钟级流控Permits:1", Result.RETRY, False, False, 60.0),
        ("isv.BUSINESS_LIMIT_CONTROL", "触发小时级流控Permits:5", Result.RETRY, False, False, 3600.0),
        ("isv.BUSINESS_LIMIT_CONTROL", "触发天级流控Permits:50", Result.REFUSED, False, False, None),
        ("isv.AMOUNT_NOT_ENOUGH", "", Result.RETRY, True, False, None),
        ("isv.SMS_SIGNATURE_ILLEGAL", "", Result.RETRY, True, False, None),
        ("isp.SYSTEM_ERROR", "", Result.RETRY, True, False, None),
        ("SignatureDoesNotMatch", "", Result.RETRY, True, False, None),
        ("isv.SMS_TEMPLATE_ILLEGAL", "", Result.REFUSED, False, False, None),
        ("isv.BLACK_KEY_CONTROL_LIMIT", "", Result.REFUSED, False, False, None),
        ("isv.SOMETHING_NEW", "", Result.REFUSED, False, False, None),
    ],
)
async def test_aliyun_codes(
    there: SmsGateway, code: str, said: str, result: Result, server: bool, dead: bool, wait: float | None
) -> None:
    there.answers.append({"Code": code, "Message": said, "RequestId": "r"})
    found = await sent(transport(there, "aliyun"))
    assert (found.result, found.server, found.address_dead, found.retry_after) == (result, server, dead, wait)
    assert found.code == code


# ---------------------------------------------------------------- Tencent Cloud


def test_a_request_is_signed_as_in_the_vendors_example_tc3() -> None:
    body = b'{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}'
    headers = {
        "content-type": "application/json; charset=utf-8",
        "host": "cvm.tencentcloudapi.com",
        "x-tc-action": "DescribeInstances",
    }
    key, secret = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******", "Gu5t9xGARNpq86cd98joQYCN3*******"
    made = tc3(key, secret, "cvm", headers, body, datetime.fromtimestamp(1551113065, UTC))
    assert made == (
        f"TC3-HMAC-SHA256 Credential={key}/2019-02-25/cvm/tc3_request, "
        "SignedHeaders=content-type;host;x-tc-action, "
        "Signature=be4f67d323c78ab9acb7395e43c0dbcf822a9cfac32fea2449a7bc7726b770a3"
    )


def status(code: str, **more: str) -> dict[str, Any]:
    return {"Response": {"SendStatusSet": [{"Code": code, **more}], "RequestId": "r"}}


async def test_tencent_is_asked_with_template_and_values_in_their_order(there: SmsGateway) -> None:
    there.answers.append(status("Ok", SerialNo="5000:1"))
    outcome = await sent(transport(there, "tencent"))
    assert (outcome.result, outcome.provider_id) == (Result.ACCEPTED, "5000:1")
    (asked,) = there.asked
    assert asked.json["PhoneNumberSet"] == ["+8613800138000"]
    assert asked.json["TemplateParamSet"] == list(VALUES.values())
    assert (asked.json["SmsSdkAppId"], asked.json["SessionContext"]) == ("1400", "2a")
    assert asked.headers["x-tc-action"] == "SendSms"


@pytest.mark.parametrize(
    ("answer", "result", "server", "dead", "wait"),
    [
        (status("LimitExceeded.PhoneNumberThirtySecondLimit"), Result.RETRY, False, False, 30.0),
        (status("LimitExceeded.PhoneNumberSameContentDailyLimit"), Result.REFUSED, False, False, None),
        (status("LimitExceeded.AppDailyLimit"), Result.RETRY, True, False, None),
        (status("InvalidParameterValue.IncorrectPhoneNumber"), Result.REFUSED, False, True, None),
        (status("FailedOperation.PhoneNumberInBlacklist"), Result.REFUSED, False, True, None),
        (status("FailedOperation.InsufficientBalanceInSmsPackage"), Result.RETRY, True, False, None),
        (status("FailedOperation.TemplateIncorrectOrUnapproved"), Result.REFUSED, False, False, None),
        (status("InternalError.Timeout"), Result.RETRY, True, False, None),
        ({"Response": {"Error": {"Code": "AuthFailure.SignatureFailure"}}}, Result.RETRY, True, False, None),
        ({"Response": {"SendStatusSet": []}}, Result.UNKNOWN, True, False, None),
        ({"Response": None}, Result.UNKNOWN, True, False, None),
    ],
)
async def test_tencent_codes(
    there: SmsGateway, answer: Any, result: Result, server: bool, dead: bool, wait: float | None
) -> None:
    there.answers.append(answer)
    found = await sent(transport(there, "tencent"))
    assert (found.result, found.server, found.address_dead, found.retry_after) == (result, server, dead, wait)


@pytest.mark.parametrize("provider", ["aliyun", "tencent"])
async def test_a_text_that_was_not_registered_is_not_asked_for(there: SmsGateway, provider: str) -> None:
    outcome = await sent(transport(there, provider), outgoing(short=Short("code", "x", {"code": "1"})))
    assert (outcome.result, outcome.code, there.asked) == (Result.REFUSED, "template", [])
