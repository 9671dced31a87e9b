"""Every transport of alertd together with its provider, for the contract that all of them keep.

What a provider answers is what its vendor documents, as the modules of the transports cite it. Mail and the
Bot API have rigs of their own in tests/support/rigs_of_servers.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from alertd.core.text_messages import Short
from alertd.testing import Asked, HttpRig, Way, http_server, outgoing
from alertd.transports.base import Outgoing, Reported, Transport
from alertd.transports.sms import SmsOptions, SmsTransport, sms_transport
from alertd.transports.webhook import WebhookOptions, WebhookTransport
from tests.support.hook import SECRET as HOOK_SECRET
from tests.support.rigs_of_applications import APPLICATIONS
from tests.support.rigs_of_messengers import MESSENGERS, NO_BODY, NO_PART, NO_STATUS, TOKEN, Opening

NUMBER = "+8613800138000"


def _nested(asked: Asked, *names: str) -> Any:
    found = asked.json
    for name in names:
        found = found[name]
    return found


# ------------------------------------------------------------ text messages


def _text_message() -> Outgoing:
    values = {"tag": "催辦", "what": "年度報告", "when": "明日下班前", "number": "31"}
    short = Short("asked", "催辦：年度報告，明日下班前。編號31，回1簽收，2已報。", values)
    return replace(outgoing(NUMBER), short=short)


def _verdict(body: Callable[[bool], Any]) -> Callable[[Transport, bool], Sequence[Reported]]:
    def told(transport: Transport, delivered: bool) -> Sequence[Reported]:
        assert isinstance(transport, SmsTransport)
        found = transport.pushed("push", json.dumps(body(delivered)).encode()) or []
        return [each for each in found if isinstance(each, Reported)]

    return told


async def _nobody(_: object) -> None:
    return None


def _sms(provider: str, **more: Any) -> Callable[[str], Transport]:
    def make(url: str) -> Transport:
        options = SmsOptions(
            provider,
            "珠海市政府",
            "key-id",
            TOKEN,
            f"{url}/send",
            {"asked": "SMS_1"},
            app="1400",
            hears="push",
            push_secret="push",
            **more,
        )
        return sms_transport(options, "sms", _nobody, at_once=False)

    return make


GATEWAY: Mapping[str, Any] = {
    "fields": {"mobile": "{number}", "content": "{signed}", "msgid": "{id}"},
    "accepted": "code = 0",
    "message_id": "data.msgid",
    "later": "code = 1001",
    "dead": "code = 2001",
    "denied": "code = 3001",
    "said": "message",
}


@contextmanager
def gateway() -> Iterator[HttpRig]:
    """Any gateway of texts that a file describes."""
    described = {
        "reports": "data", "report_id": "msgid", "report_ours": "extra",
        "report_delivered": "status = 0", "report_to": "mobile",
    }  # fmt: skip
    echo = f"{TOKEN} key-id 13800138000 no"
    with http_server() as server:
        yield HttpRig(
            server,
            _sms("gateway", gateway=GATEWAY, described=described),
            _text_message(),
            {
                Way.TAKES: {"code": 0, "data": {"msgid": "m1"}},
                Way.ERROR_INSIDE: {"code": 9999, "message": "what"},
                Way.LATER: {"code": 1001},
                Way.REFUSES: {"code": 9999},
                Way.DEAD: {"code": 2001},
                Way.DENIED: {"code": 3001},
                Way.ECHO: {"code": 5, "message": echo},
            },
            {Way.PARTLY: NO_PART},
            shown=lambda asked: _nested(asked, "content"),
            key=lambda asked: _nested(asked, "msgid"),
            verdict=_verdict(lambda yes: {"data": [{"msgid": "m1", "status": "0" if yes else "5"}]}),
            secrets=(TOKEN, "13800138000"),
            wait=60.0,
        )


@contextmanager
def aliyun() -> Iterator[HttpRig]:
    """Alibaba Cloud."""

    def no(code: str, said: str = "") -> dict[str, str]:
        return {"Code": code, "Message": said}

    def report(yes: bool) -> Any:
        return [{"biz_id": "9^0", "phone_number": "13800138000", "success": yes, "out_id": "2a"}]

    with http_server() as server:
        yield HttpRig(
            server,
            _sms("aliyun"),
            _text_message(),
            {
                Way.TAKES: {"Code": "OK", "BizId": "9^0"},
                Way.ERROR_INSIDE: no("isv.SMS_TEMPLATE_ILLEGAL"),
                Way.LATER: no("isv.BUSINESS_LIMIT_CONTROL", "触发分钟级流控Permits:1"),
                Way.REFUSES: no("isv.SMS_TEMPLATE_ILLEGAL"),
                Way.DEAD: no("isv.MOBILE_NUMBER_ILLEGAL"),
                Way.DENIED: no("isv.AMOUNT_NOT_ENOUGH"),
                Way.ECHO: no("isv.INVALID_PARAMETERS", f"{TOKEN} 13800138000"),
            },
            {Way.PARTLY: NO_PART},
            shown=lambda asked: asked.query["TemplateParam"],
            key=lambda asked: asked.query["OutId"],
            verdict=_verdict(report),
            secrets=(TOKEN, "13800138000"),
            wait=60.0,
        )


@contextmanager
def tencent() -> Iterator[HttpRig]:
    """Tencent Cloud."""

    def status(code: str, said: str = "", **more: str) -> dict[str, Any]:
        return {"Response": {"SendStatusSet": [{"Code": code, "Message": said, **more}]}}

    with http_server() as server:
        yield HttpRig(
            server,
            _sms("tencent"),
            _text_message(),
            {
                Way.TAKES: status("Ok", SerialNo="5000:1"),
                Way.ERROR_INSIDE: {"Response": {"Error": {"Code": "AuthFailure.SignatureFailure"}}},
                Way.PARTLY: {"Response": {"SendStatusSet": []}},
                Way.LATER: status("LimitExceeded.PhoneNumberThirtySecondLimit"),
                Way.REFUSES: status("FailedOperation.TemplateIncorrectOrUnapproved"),
                Way.DEAD: status("InvalidParameterValue.IncorrectPhoneNumber"),
                Way.DENIED: status("FailedOperation.InsufficientBalanceInSmsPackage"),
                Way.ECHO: status("InvalidParameterValue", f"{TOKEN} 13800138000"),
            },
            shown=lambda asked: str(_nested(asked, "TemplateParamSet")),
            key=lambda asked: _nested(asked, "SessionContext"),
            secrets=(TOKEN, "13800138000"),
            wait=30.0,
        )


# ------------------------------------------------------------ another system


@contextmanager
def webhook() -> Iterator[HttpRig]:
    """Another system that listens: CloudEvents, signed as Standard Webhooks."""
    with http_server() as server:
        event = '{"specversion":"1.0","id":"2a","type":"alertd.deadline.handed-in","subject":"a@b/c"}'
        yield HttpRig(
            server,
            lambda url: WebhookTransport(WebhookOptions(f"{url}/alertd", HOOK_SECRET)),
            outgoing("platform", event=event),
            {
                Way.TAKES: (204, b""),
                Way.LATER: (429, {"retry-after": "90"}, b""),
                Way.DENIED: (401, b""),
                Way.ECHO: (500, HOOK_SECRET.encode()),
            },
            {
                Way.ERROR_INSIDE: NO_STATUS,
                Way.PARTLY: NO_PART,
                Way.REFUSES: "nothing is refused for good: what is mended tomorrow is told then",
                Way.DEAD: "nothing is refused for good: what is mended tomorrow is told then",
                Way.EMPTY: NO_BODY,
                Way.HUGE: NO_BODY,
                Way.DRIPS: "whoever took it need not say more",
            },
            key=lambda asked: asked.headers["webhook-id"],
            secrets=(HOOK_SECRET,),
            wait=90.0,
        )


OVER_HTTP: Mapping[str, Opening] = {
    "sms": gateway,
    "sms-aliyun": aliyun,
    "sms-tencent": tencent,
    **APPLICATIONS,
    **MESSENGERS,
    "webhook": webhook,
}
