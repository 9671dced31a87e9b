"""The vendor's API on a port of loopback: queues every notice, and says afterwards what became of it."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.sms import Asked, SmsGateway, sms_gateway

KEY, AGENT, SECRET = "dingabcdef", 836390886, "s3cret-of-the-application"
_TOKEN, _USER = "/gettoken", "/topapi/v2/user/getbymobile"
_SEND = "/topapi/message/corpconversation/asyncsend_v2"
_RESULT = "/topapi/message/corpconversation/getsendresult"
_A_DAY, _BYTES = 500, 2048
_LISTS = ("invalid", "forbidden", "failed", "read", "unread")


@dataclass
class DingtalkServer:
    """Takes every notice where the token is the newest; `answers` go before that, in order."""

    gateway: SmsGateway
    answers: deque[Any] = field(default_factory=deque)
    token_answers: deque[Any] = field(default_factory=deque)
    number_answers: deque[Any] = field(default_factory=deque)
    result_answers: deque[Any] = field(default_factory=deque)
    numbers: dict[str, str] = field(default_factory=dict)
    given: list[str] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    #: who has read what there is
    readers: set[str] = field(default_factory=set)
    #: results are not known yet
    queued: bool = False
    #: what people see: by userid
    seen: dict[str, list[Any]] = field(default_factory=dict)
    _results: list[tuple[str, str, str]] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)

    @property
    def url(self) -> str:
        return self.gateway.url

    @property
    def fetched(self) -> list[Asked]:
        return self.gateway.sent_to(_TOKEN)

    @property
    def looked_up(self) -> list[str]:
        return [each.json["mobile"] for each in self.gateway.sent_to(_USER)]

    @property
    def posted(self) -> list[Asked]:
        return self.gateway.sent_to(_SEND)

    @property
    def messages(self) -> list[Any]:
        return [each.json for each in self.posted]

    @property
    def asked_about(self) -> list[int]:
        return [each.json["task_id"] for each in self.gateway.sent_to(_RESULT)]

    def token(self) -> Any:
        if self.token_answers:
            return self.token_answers.popleft()
        self.given.append(f"token-{len(self.given)}")
        return {"errcode": 0, "errmsg": "ok", "access_token": self.given[-1], "expires_in": 7200}

    def user(self) -> Any:
        if self.number_answers:
            return self.number_answers.popleft()
        found = self.numbers.get(self.looked_up[-1])
        if found is None:
            return {"errcode": 60121, "errmsg": "找不到该用户"}
        return {"errcode": 0, "errmsg": "ok", "result": {"userid": found}}

    def send(self) -> Any:
        if self.answers and self.answers[0] != "take, then cut":
            return self.answers.popleft()
        asked = self.posted[-1]
        if not self._has_token(asked):
            return _NO_TOKEN
        self._results.append(self._taken(asked.json))
        if self.answers:
            return self.answers.popleft() and "cut"
        return {"errcode": 0, "errmsg": "ok", "task_id": len(self._results), "request_id": "r"}

    def _taken(self, said: Any) -> tuple[str, str, str]:
        to, message = said["userid_list"], said["msg"]
        if to in self.gone:
            return to, "invalid", ""
        if len(json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()) > _BYTES:
            return to, "failed", ""
        if self._counts[to] >= _A_DAY:
            return to, "forbidden", "143105"
        self._counts[to] += 1
        inner = message[message["msgtype"]]
        words = {name: value for name, value in inner.items() if not name.endswith("_url")}
        seen = self.seen.setdefault(to, [])
        if words in seen:
            return to, "forbidden", "143106"
        seen.append(words)
        return to, "unread", ""

    def result(self) -> Any:
        if self.result_answers:
            return self.result_answers.popleft()
        asked = self.gateway.sent_to(_RESULT)[-1]
        if not self._has_token(asked):
            return _NO_TOKEN
        said: dict[str, Any] = {f"{name}_user_id_list": [] for name in _LISTS}
        if not self.queued:
            to, became, code = self._results[asked.json["task_id"] - 1]
            became = "read" if became == "unread" and to in self.readers else became
            said[f"{became}_user_id_list"] = [to]
            if code:
                said["forbidden_list"] = [{"code": code, "count": 1, "userid": to}]
        return {"errcode": 0, "errmsg": "ok", "send_result": said, "request_id": "r"}

    def _has_token(self, asked: Asked) -> bool:
        return bool(self.given) and asked.query["access_token"] == self.given[-1]


_NO_TOKEN = {
    "errcode": 88,
    "sub_code": "40014",
    "sub_msg": "不合法的access_token",
    "errmsg": "ding talk error",
}


@contextmanager
def dingtalk_server() -> Iterator[DingtalkServer]:
    """A server that listens."""
    with sms_gateway() as gateway:
        here = DingtalkServer(gateway)
        gateway.at |= {_TOKEN: here.token, _USER: here.user, _SEND: here.send, _RESULT: here.result}
        yield here
