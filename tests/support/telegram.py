"""What the tests of the telegram transport share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from alertd.transports.base import Outgoing, Press
from alertd.transports.telegram import TelegramOptions, TelegramTransport
from tests.support.botapi import PATIENCE, TOKEN

CHAT = 4242


class Desk:
    """Stands for the engine: keeps the presses and answers with a sentence."""

    def __init__(self) -> None:
        self.presses: list[Press] = []
        self.answer: Callable[[Press], Awaitable[str]] | None = None

    async def on_press(self, press: Press) -> str:
        self.presses.append(press)
        return await self.answer(press) if self.answer is not None else "已簽收"


def build(url: str, desk: Desk, timeout: float = PATIENCE, token: str = TOKEN) -> TelegramTransport:
    return TelegramTransport(TelegramOptions(token, url, timeout, poll_timeout=1), desk.on_press, "telegram")


def message(text: str = "請於今日17:30前報送。", **given: object) -> Outgoing:
    fields: dict[str, object] = {
        "delivery": 1,
        "address": str(CHAT),
        "name": "張三",
        "message_id": "1@example.org",
        "thread": None,
        "subject": "發佈權威信息 臨期",
        "text": text,
        "html": "",
    }
    return Outgoing(**(fields | given))  # type: ignore[arg-type]
