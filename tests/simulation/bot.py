"""A Bot API server in memory: messages, presses, and the ways in which one misbehaves."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qs


class BotMood(StrEnum):
    """How the server answers just now."""

    WELL = "well"
    HANGS = "hangs"
    FLOODED = "flooded"  # 429 with a wait of five seconds
    FLOODED_FOR_EVER = "flooded-for-ever"  # 429 with a wait of 10^12 seconds
    BROKEN = "broken"  # 502 with a page of HTML
    ODD = "odd"  # 400 with half a surrogate in its words
    DROPS = "drops"  # takes the message and cuts the connection: it has arrived
    UNAUTHORIZED = "unauthorized"  # 401: the token is no longer good


@dataclass(frozen=True, slots=True)
class Told:
    """A message that reached a chat: when, its words, and what the buttons say."""

    at: float
    chat: int
    text: str
    presses: tuple[str, ...]
    confirmed: bool


@dataclass(slots=True)
class BotServer:
    """What the server did. `blocked` chats answer 403."""

    loop: Any
    mood: BotMood = BotMood.WELL
    blocked: set[int] = field(default_factory=set)
    told: list[Told] = field(default_factory=list)
    on_told: Callable[[Told], None] = lambda told: None
    on_answer: Callable[[str, str], None] = lambda query, words: None
    updates: list[dict[str, Any]] = field(default_factory=list)
    _ids: Any = field(default_factory=lambda: itertools.count(1))
    _waiting: list[Any] = field(default_factory=list)

    def __call__(self) -> asyncio.BaseProtocol:
        return _Request(self)

    def press(self, chat: int, data: str) -> str:
        """Somebody presses a button; gives the query's id."""
        query = f"q{next(self._ids)}"
        who = {"id": chat, "is_bot": False, "first_name": "X"}
        message = {"message_id": next(self._ids), "date": 1, "chat": {"id": chat, "type": "private"}}
        about = {"id": query, "from": who, "chat_instance": "1", "message": message, "data": data}
        self.updates.append({"update_id": next(self._ids), "callback_query": about})
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            waiter()
        return query


class _Request(asyncio.Protocol):
    def __init__(self, server: BotServer) -> None:
        self._server = server
        self._buffer = b""
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        if len(body) < length:
            return
        self._buffer = body[length:]
        method = head.split(b" ")[1].decode().rpartition("/")[2]
        given = {name: values[0] for name, values in parse_qs(body[:length].decode()).items()}
        self._answer(method, given)

    def _answer(self, method: str, given: dict[str, str]) -> None:
        server = self._server
        if server.mood is BotMood.HANGS:
            return
        if server.mood is BotMood.UNAUTHORIZED:
            self._fault(401, "Unauthorized")
        elif method == "getUpdates":
            self._updates(given)
        elif method == "sendMessage":
            self._message(given)
        else:
            if method == "answerCallbackQuery":
                server.on_answer(given.get("callback_query_id", ""), given.get("text", ""))
            self._json({"ok": True, "result": True})

    def _updates(self, given: dict[str, str]) -> None:
        server, offset = self._server, int(given.get("offset", "0") or 0)
        server.updates = [update for update in server.updates if update["update_id"] >= offset]
        done = False

        def reply() -> None:
            nonlocal done
            if not done:
                done = True
                self._json({"ok": True, "result": server.updates[:100]})

        if server.updates or not int(float(given.get("timeout", "0") or 0)):
            reply()
        else:
            server._waiting.append(reply)
            server.loop.call_later(float(given["timeout"]), reply)

    def _message(self, given: dict[str, str]) -> None:
        server, chat = self._server, int(given["chat_id"])
        if server.mood is BotMood.FLOODED:
            self._fault(429, "Too Many Requests: retry after 5", retry_after=5)
        elif server.mood is BotMood.FLOODED_FOR_EVER:
            self._fault(429, "Too Many Requests", retry_after=10**12)
        elif server.mood is BotMood.BROKEN:
            self._raw(502, b"<html>bad gateway</html>", "text/html")
        elif server.mood is BotMood.ODD:
            self._fault(400, "Bad Request: \ud83d cut")
        elif chat in server.blocked:
            self._fault(403, "Forbidden: bot was blocked by the user")
        else:
            self._keep(given, chat)

    def _keep(self, given: dict[str, str], chat: int) -> None:
        server = self._server
        markup = json.loads(given.get("reply_markup", "{}")).get("inline_keyboard", [])
        presses = tuple(button["callback_data"] for row in markup for button in row)
        drops = server.mood is BotMood.DROPS
        told = Told(server.loop.time(), chat, given["text"], presses, not drops)
        server.told.append(told)
        server.on_told(told)
        if drops:
            self._transport.close()
            return
        chat_is = {"id": chat, "type": "private"}
        self._json(
            {"ok": True, "result": {"message_id": next(server._ids), "date": 1, "chat": chat_is, "text": "x"}}
        )

    def _fault(self, code: int, words: str, **more: Any) -> None:
        self._json({"ok": False, "error_code": code, "description": words, "parameters": more}, code)

    def _json(self, value: Any, code: int = 200) -> None:
        self._raw(code, json.dumps(value).encode(), "application/json")

    def _raw(self, code: int, body: bytes, kind: str) -> None:
        head = f"HTTP/1.1 {code} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)
