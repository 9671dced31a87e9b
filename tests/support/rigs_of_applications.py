"""Rigs of applications of an office's own at messengers, for the contract of transports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from alertd.testing.rigs import HttpRig, Way, outgoing
from alertd.transports.base import Transport
from alertd.transports.wecom import WecomOptions, WecomTransport
from alertd.transports.zhezhengding import ZhezhengdingOptions, ZhezhengdingTransport
from tests.support.wecom import AGENT, CORP, SECRET, WecomServer, wecom_server
from tests.support.zhezhengding import KEY, TENANT, ZhezhengdingServer, zhezhengding_server
from tests.support.zhezhengding import SECRET as GATEWAYS


class _ApplicationRig(HttpRig):
    """Its messages are taken at an address of their own; what else is asked is always given."""

    def __init__(self, *given: Any, there: WecomServer | ZhezhengdingServer, **more: Any) -> None:
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


APPLICATIONS: Mapping[str, Callable[[], AbstractContextManager[HttpRig]]] = {
    "wecom": wecom,
    "zhezhengding": zhezhengding,
}
