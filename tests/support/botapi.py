"""A Telegram Bot API server on loopback: long polling, presses, the server's own limits, faults on demand.

In a test: `async with FakeBotAPI() as api:` and point the transport at `api.url`. As a process, for what
runs outside the test: `python -m tests.support.botapi --port 0 --log FILE` prints its address on the first
line, and POST /control/press {"chat": 1, "data": "..."}, POST /control/fail {"method": "sendMessage",
"code": 429, "retry_after": 3} and GET /control/calls drive it. Answers are worded as
https://core.telegram.org/bots/api and https://github.com/tdlib/telegram-bot-api (Client.cpp) word them.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "7000000001:TEST-key_that-opens-nothing"
PATIENCE = 5.0  # seconds a test waits for something that should come at once
HANG = 0  # for fail(): take the request, never answer
DROP = -1  # for fail(): take the request, close the connection

DESCRIPTIONS = {
    400: "Bad Request: chat not found",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    409: "Conflict: terminated by other getUpdates request",
    429: "Too Many Requests: retry after {retry_after}",
    500: "Internal Server Error",
}


@dataclass(frozen=True, slots=True)
class Call:
    """One request: the method's name, its parameters as they came, and the wall clock in seconds."""

    method: str
    params: dict[str, str]
    at: float


@dataclass(slots=True)
class Fault:
    method: str
    code: int
    chat: int | None = None
    retry_after: int = 0
    description: str = ""
    migrate_to: int = 0
    body: str = ""  # answer with exactly this instead
    location: str = ""  # and send whoever asks elsewhere
    skip: int = 0  # let so many requests pass first
    times: int = 1  # -1: from now on


class FakeBotAPI:
    """`calls` are all requests but getUpdates, `polls` are those; `pending` is not confirmed yet."""

    def __init__(self, token: str = TOKEN, log: Path | None = None) -> None:
        self.token = token
        self.calls: list[Call] = []
        self.polls: list[Call] = []
        self.pending: list[dict[str, Any]] = []
        self.url = ""
        self._log = log
        self._location = ""
        self._ids = itertools.count(1)
        self._faults: list[Fault] = []
        self._open_queries: set[str] = set()
        self._changed = asyncio.Condition()
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> FakeBotAPI:
        await self.listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def listen(self, port: int = 0) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        """Stop at once, also the requests that hang; `listen` may open it again on the same port."""
        if self._server is not None:
            self._server.close()
        for connection in list(self._connections):
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    # ------------------------------------------------------------ driving it

    async def press(
        self,
        chat: int,
        data: str | None,
        user: int | None = None,
        kind: str = "private",
        expired: bool = False,
    ) -> str:
        """Somebody presses a button; `user` is another person than the chat's. Returns the query's id."""
        query = str(next(self._ids))
        if not expired:
            self._open_queries.add(query)
        pressed = {
            "id": query,
            "from": {"id": user or chat, "is_bot": False, "first_name": "張三"},
            "chat_instance": "1",
            "message": self._message(chat, "…", kind),
        }
        await self._push(callback_query=pressed | ({"data": data} if data is not None else {}))
        return query

    async def write(self, chat: int, text: str, kind: str = "private") -> None:
        """Somebody writes to the bot."""
        person = {"id": abs(chat), "is_bot": False, "first_name": "張三"}
        await self._push(message=self._message(chat, text, kind) | {"from": person})

    def fail(self, method: str, code: int, **how: Any) -> None:
        """The next request of `method` (to `chat`, if given; `times` over) gets `code`, HANG or DROP."""
        self._faults.append(Fault(method, code, **how))

    def heal(self) -> None:
        self._faults.clear()

    async def called(self, method: str, count: int = 1) -> list[Call]:
        """Wait until `method` was called `count` times, and return these calls. Raises TimeoutError."""
        return await self._until(lambda: self.of(method), count)

    def of(self, method: str) -> list[Call]:
        return [call for call in (*self.calls, *self.polls) if call.method == method]

    async def all_confirmed(self) -> None:
        """Wait until the bot has confirmed every update. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(lambda: not self.pending)

    async def _until(self, look: Any, count: int) -> list[Call]:
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(lambda: len(look()) >= count)
        return list(look())

    async def _push(self, **update: Any) -> None:
        async with self._changed:
            self.pending.append({"update_id": next(self._ids), **update})
            self._changed.notify_all()

    def _message(self, chat: int, text: str, kind: str = "private") -> dict[str, Any]:
        where = {"id": chat, "type": kind}
        return {"message_id": next(self._ids), "date": int(time.time()), "chat": where, "text": text}

    # ------------------------------------------------------------ HTTP

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
                while await self._serve_one(reader, writer):
                    pass
        finally:
            self._connections.discard(task)
            writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        body = (await reader.readexactly(int(headers.get("content-length", 0)))).decode()
        path = urlsplit(head[0].split()[1]).path
        code, answer = await (
            self._control(path, body) if path.startswith("/control/") else self._api(path, body)
        )
        if code == DROP:
            return False
        data = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
        elsewhere = f"Location: {self._location}\r\n" if self._location else ""
        self._location = ""
        lines = f"HTTP/1.1 {code} X\r\nContent-Type: application/json\r\n{elsewhere}"
        lines += f"Content-Length: {len(data)}\r\n\r\n"
        writer.write(lines.encode() + data)
        await writer.drain()
        return True

    async def _control(self, path: str, body: str) -> tuple[int, Any]:
        given = json.loads(body) if body else {}
        match path.removeprefix("/control/"):
            case "press":
                return 200, {"query": await self.press(**given)}
            case "write":
                await self.write(**given)
                return 200, {}
            case "fail":
                self.fail(**given)
                return 200, {}
            case "calls":
                return 200, [asdict(call) for call in self.calls]
        return 404, {"error": f"{path} is unknown; known are press, write, fail, calls"}

    # ------------------------------------------------------------ the Bot API

    async def _api(self, path: str, body: str) -> tuple[int, Any]:
        bot, _, method = path.removeprefix("/bot").partition("/")
        call = Call(method, {name: values[0] for name, values in parse_qs(body).items()}, time.time())
        async with self._changed:
            (self.polls if method == "getUpdates" else self.calls).append(call)
            self._changed.notify_all()
        if self._log is not None and method != "getUpdates":
            with self._log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(call), ensure_ascii=False) + "\n")
        fault = self._fault(call)
        if fault is not None:
            return await self._fail(fault)
        if bot != self.token:
            return _error(401, DESCRIPTIONS[401])
        handler = {
            "answerCallbackQuery": self._answer_callback_query,
            "deleteWebhook": self._delete_webhook,
            "getMe": self._get_me,
            "getUpdates": self._get_updates,
            "sendMessage": self._send_message,
        }.get(method)
        if handler is None:
            return _error(404, "Not Found")
        return await handler(call.params)

    def _fault(self, call: Call) -> Fault | None:
        for fault in self._faults:
            if fault.method == call.method and fault.chat in (None, int(call.params.get("chat_id", 0))):
                if fault.skip:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                if fault.times == 0:
                    self._faults.remove(fault)
                return fault
        return None

    async def _fail(self, fault: Fault) -> tuple[int, Any]:
        if fault.code == HANG:
            await asyncio.Event().wait()
        if fault.code == DROP:
            return DROP, ""
        if fault.body:
            self._location = fault.location
            return fault.code, fault.body
        more = {"retry_after": fault.retry_after} if fault.retry_after else {}
        more |= {"migrate_to_chat_id": fault.migrate_to} if fault.migrate_to else {}
        text = fault.description or DESCRIPTIONS[fault.code].format(retry_after=fault.retry_after)
        return _error(fault.code, text, more)

    async def _get_updates(self, params: dict[str, str]) -> tuple[int, Any]:
        async with self._changed:
            self.pending = [u for u in self.pending if u["update_id"] >= int(params.get("offset", 0))]
            self._changed.notify_all()
            with suppress(TimeoutError):
                async with asyncio.timeout(float(params.get("timeout", 0))):
                    await self._changed.wait_for(lambda: bool(self.pending))
            return _ok(self.pending[: int(params.get("limit", 100))])

    async def _send_message(self, params: dict[str, str]) -> tuple[int, Any]:
        text = params.get("text", "").strip()
        keys = [
            key
            for row in json.loads(params.get("reply_markup", "{}")).get("inline_keyboard", [])
            for key in row
        ]
        if not text:
            return _error(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) > 2 * 4096:
            return _error(400, "Bad Request: message is too long")
        if any(not 1 <= len(key["callback_data"].encode()) <= 64 for key in keys):
            return _error(400, "Bad Request: BUTTON_DATA_INVALID")
        return _ok(self._message(int(params["chat_id"]), text))

    async def _answer_callback_query(self, params: dict[str, str]) -> tuple[int, Any]:
        if params["callback_query_id"] not in self._open_queries:
            late = "query is too old and response timeout expired or query ID is invalid"
            return _error(400, f"Bad Request: {late}")
        self._open_queries.discard(params["callback_query_id"])
        if len(params.get("text", "")) > 200:
            return _error(400, "Bad Request: MESSAGE_TOO_LONG")
        return _ok(True)

    async def _delete_webhook(self, _: dict[str, str]) -> tuple[int, Any]:
        return _ok(True)

    async def _get_me(self, _: dict[str, str]) -> tuple[int, Any]:
        return _ok({"id": 7000000001, "is_bot": True, "first_name": "alertd", "username": "alertd_bot"})


def _ok(result: Any) -> tuple[int, Any]:
    return 200, {"ok": True, "result": result}


def _error(code: int, description: str, parameters: dict[str, int] | None = None) -> tuple[int, Any]:
    answer: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    return code, answer | ({"parameters": parameters} if parameters else {})


async def _main() -> None:
    parser = argparse.ArgumentParser(description="A Telegram Bot API server for tests, on loopback.")
    parser.add_argument("--port", type=int, default=0, help="0: a free one")
    parser.add_argument("--log", type=Path, help="append each call to this file, one JSON object a line")
    parser.add_argument("--token", default=TOKEN)
    given = parser.parse_args()
    api = FakeBotAPI(given.token, given.log)
    await api.listen(given.port)
    print(api.url, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(_main())
