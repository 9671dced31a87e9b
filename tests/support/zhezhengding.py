"""The gateway of 浙政釘 on a port of loopback: checks each signature, knows people, keeps its limits."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.sms import Asked, SmsGateway, sms_gateway

KEY, TENANT, SECRET = "alertd_dingoa-1", 196729, "s3cret-of-the-application"
_SEND, _FIND = "/message/workNotification", "/mozi/employee/get_by_mobile"
_A_DAY = 100
_BYTES = 2048


@dataclass
class ZhezhengdingServer:
    """Takes a message as the vendor does; `answers` go before that, in order."""

    gateway: SmsGateway
    answers: deque[Any] = field(default_factory=deque)
    numbers: dict[str, int] = field(default_factory=dict)
    number_answers: deque[Any] = field(default_factory=deque)
    #: what people see: by account
    seen: dict[str, list[Any]] = field(default_factory=dict)
    #: it says that it took a message, and nobody sees it
    drops_repeated_words_in_silence: bool = True
    _ids: set[str] = field(default_factory=set)
    _counts: Counter[str] = field(default_factory=Counter)

    @property
    def url(self) -> str:
        return self.gateway.url

    @property
    def posted(self) -> list[Asked]:
        return self.gateway.sent_to(_SEND)

    @property
    def messages(self) -> list[Any]:
        return [json.loads(each.form["msg"]) for each in self.posted]

    @property
    def looked_up(self) -> list[str]:
        return [each.form["mobile"] for each in self.gateway.sent_to(_FIND)]

    def find(self) -> Any:
        if self.number_answers:
            return self.number_answers.popleft()
        asked = self.gateway.sent_to(_FIND)[-1]
        if not self._is_signed(asked):
            return _WRONG
        assert (asked.form["areaCode"], asked.form["namespace"]) == ("86", "local")
        account = self.numbers.get(asked.form["mobile"])
        if account is None:
            inner = {"success": False, "responseCode": "210116", "responseMessage": "该手机号不存在"}
            return {"success": True, "errorCode": "0", "content": inner}
        data = {"accountId": account, "employeeCode": "GE_1"}
        inner = {"success": True, "responseCode": "0", "responseMessage": "OK", "data": data}
        return {"success": True, "errorCode": "0", "content": inner}

    def send(self) -> Any:
        if self.answers and self.answers[0] != "take, then cut":
            return self.answers.popleft()
        asked = self.posted[-1]
        answer = self._taken(asked) if self._is_signed(asked) else _WRONG
        return self.answers.popleft() and "cut" if self.answers else answer

    def _taken(self, asked: Asked) -> Any:
        form = asked.form
        to, said, name = form["receiverIds"], form["msg"], form["bizMsgId"]
        if name in self._ids:
            return {"success": False, "errorCode": "1001", "errorMsg": "业务消息id重复"}
        if len(said.encode()) > _BYTES:
            return {"success": False, "errorCode": "1002", "errorMsg": "消息内容过长"}
        if self._counts[to] >= _A_DAY:
            return {"success": False, "errorCode": "1003", "errorMsg": "超过每日上限"}
        self._ids.add(name)
        self._counts[to] += 1
        words = {name: value for name, value in _inner(said).items() if not name.endswith("_url")}
        seen = self.seen.setdefault(to, [])
        if words in seen:
            if not self.drops_repeated_words_in_silence:
                return {"success": False, "errorCode": "1004", "errorMsg": "消息内容重复"}
        else:
            seen.append(words)
        return {"success": True, "content": {"msgId": f"m-{len(self._ids)}"}}

    def _is_signed(self, asked: Asked) -> bool:
        head = asked.headers
        values = "&".join(f"{name}={value}" for name, value in sorted(asked.form.items()))
        said = "\n".join(
            ("POST", head["x-hmac-auth-timestamp"], head["x-hmac-auth-nonce"], asked.path, values)
        )
        wanted = hmac.new(SECRET.encode(), said.encode(), hashlib.sha256).digest()
        return (head["apikey"], head["x-hmac-auth-signature"]) == (KEY, base64.b64encode(wanted).decode())


def _inner(said: str) -> dict[str, Any]:
    message = json.loads(said)
    found: dict[str, Any] = message[message["msgtype"]]
    return found


_WRONG = {"success": False, "Code": "OPF-B001-05-16-0009", "Message": "SignatureDoesNotMatch"}


@contextmanager
def zhezhengding_server() -> Iterator[ZhezhengdingServer]:
    """A gateway that listens."""
    with sms_gateway() as gateway:
        here = ZhezhengdingServer(gateway)
        gateway.at |= {_FIND: here.find, _SEND: here.send}
        yield here
