"""Rigs of applications of an office's own at messengers, for the contract of transports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from alertd.testing.rigs import HttpRig, Way, outgoing
from alertd.transports.base import Reported, Transport, Unsettled
from alertd.transports.dingtalk import DingtalkOptions, DingtalkTransport
from alertd.transports.dingtalk.answers import Verdict
from alertd.transports.wecom import WecomOptions, WecomTransport
from alertd.transports.zhezhengding import ZhezhengdingOptions, ZhezhengdingTransport
from tests.support.dingtalk import SECRET as DINGS
from tests.support.dingtalk import DingtalkServer, dingtalk_server
from tests.support.wecom import AGENT, CORP, SECRET, WecomServer, wecom_server
from tests.support.zhezhengding import KEY, TENANT, ZhezhengdingServer, zhezhengding_server
from tests.support.zhezhengding import SECRET as GATEWAYS


class _ApplicationRig(HttpRig):
    """Its messages are taken at an address of their own; what else is asked is always given."""

    def __init__(
        self, *given: Any, there: WecomServer | ZhezhengdingServer | DingtalkServer, **more: Any
    ) -> None:
        super().__init__(*given, **more)
        self._there = there

    async def facing(self, way: Way) -> Transport:
        made = await super().facing(way)
        self._there.answers.clear()
        self._there.answers.extend(self.server.answers)
        return made


@contextmanager
def wecom() -> Iterator[HttpRig]:
    """An application of an office's WeCom."""
    with wecom_server() as there:
        yield _ApplicationRig(
            there.gateway,
            lambda url: WecomTransport(WecomOptions(CORP, AGENT, SECRET, url)),
            outgoing("Li.Na"),
            {
                Way.TAKES: {"errcode": 0, "errmsg": "ok", "msgid": "m-1"},
                Way.ERROR_INSIDE: {"errcode": 44004, "errmsg": "empty content"},
                Way.PARTLY: {"errcode": 0, "errmsg": "ok", "invaliduser": "Li.Na"},
                Way.LATER: {"errcode": 45009, "errmsg": "api freq out of limit"},
                Way.REFUSES: {"errcode": 44004, "errmsg": "empty content"},
                Way.DEAD: {"errcode": 60111, "errmsg": "userid not found"},
                Way.DENIED: {"errcode": 60020, "errmsg": "not allow to access from your ip"},
                Way.ECHO: {"errcode": 44004, "errmsg": f"{SECRET} token-0"},
            },
            {},
            shown=lambda asked: asked.json["text"]["content"],
            secrets=(SECRET, "token-0"),
            wait=60.0,
            longest=2048,
            path="/cgi-bin/message/send",
            there=there,
        )


@contextmanager
def zhezhengding() -> Iterator[HttpRig]:
    """An application in 浙政釘."""
    with zhezhengding_server() as there:
        yield _ApplicationRig(
            there.gateway,
            lambda url: ZhezhengdingTransport(ZhezhengdingOptions(KEY, TENANT, GATEWAYS, url)),
            outgoing("78698966"),
            {
                Way.TAKES: {"success": True, "content": {"msgId": "m-1"}},
                Way.ERROR_INSIDE: {"success": False, "errorCode": "1003", "errorMsg": "超过每日上限"},
                Way.PARTLY: {"success": True, "content": {"success": False, "responseCode": "9"}},
                Way.LATER: (429, b""),
                Way.REFUSES: {"success": False, "errorCode": "1002", "errorMsg": "消息内容过长"},
                Way.DENIED: {"success": False, "Code": "OPF-B001-05-16-0009"},
                Way.ECHO: {"success": False, "errorMsg": f"no {GATEWAYS}"},
            },
            {Way.DEAD: "no page tells what it answers for an account that is gone"},
            shown=lambda asked: asked.form["msg"],
            key=lambda asked: asked.form["bizMsgId"],
            secrets=(GATEWAYS,),
            wait=60.0,
            longest=2048,
            path="/message/workNotification",
            there=there,
        )


def _verdict_of_dingtalk(transport: Transport, delivered: bool) -> Sequence[Reported]:
    assert isinstance(transport, DingtalkTransport)
    result = (
        {"unread_user_id_list": ["manager4220"]} if delivered else {"failed_user_id_list": ["manager4220"]}
    )
    told = transport.verdicts.told(Unsettled(42, "1", 1), Verdict(result))
    return [told] if told is not None else []


@contextmanager
def dingtalk() -> Iterator[HttpRig]:
    """An application of an office's DingTalk."""
    with dingtalk_server() as there:
        yield _ApplicationRig(
            there.gateway,
            lambda url: DingtalkTransport(DingtalkOptions("dingabcdef", 836390886, DINGS, url)),
            outgoing("manager4220"),
            {
                Way.TAKES: {"errcode": 0, "errmsg": "ok", "task_id": 1},
                Way.ERROR_INSIDE: {"errcode": 1430002, "errmsg": "包含违禁内容"},
                Way.LATER: {"errcode": 90018, "errmsg": "请求过于频繁"},
                Way.REFUSES: {"errcode": 1430002, "errmsg": "包含违禁内容"},
                Way.DEAD: {"errcode": 60121, "errmsg": "找不到该用户"},
                Way.DENIED: {"errcode": 88, "sub_code": "60011", "errmsg": "没有调用该接口的权限"},
                Way.ECHO: {"errcode": 1430002, "errmsg": f"{DINGS} token-0"},
            },
            {Way.PARTLY: "what it takes for nobody its result tells"},
            shown=lambda asked: asked.json["msg"]["text"]["content"],
            verdict=_verdict_of_dingtalk,
            secrets=(DINGS, "token-0"),
            wait=60.0,
            longest=2048,
            path="/topapi/message/corpconversation/asyncsend_v2",
            there=there,
        )


APPLICATIONS: Mapping[str, Callable[[], AbstractContextManager[HttpRig]]] = {
    "dingtalk": dingtalk,
    "wecom": wecom,
    "zhezhengding": zhezhengding,
}
