"""One message to one person, tried once: a card whose button opens the reader's page, else a text.

The vendor is not asked to look for duplicates: it compares whole messages within half an hour, would drop a
repeat that says the same, and would not know a retry, whose link is another one. What is in doubt is sent
again, as everywhere here: it may come twice, and is not lost.

Sources: https://developer.work.weixin.qq.com/document/path/90236 (messages), /91039 (the access token),
/95402 (whose a number is).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alertd.core.abilities import TRANSPORTS
from alertd.core.cards import Card, CardSize, cut, fitted, plain_card
from alertd.core.phones import HOME
from alertd.transports.application import Failed, Leaves, TokenTransport, plain_text
from alertd.transports.base import Outcome, Outgoing, Shelf
from alertd.transports.wecom.answers import CODES, UNKNOWN_NUMBER, outcome_of

_BREAK = "<br>"
_FALLBACK = CardSize(title=128, text=512, plain=2048, gap=len(_BREAK))
_SIZE = TRANSPORTS["wecom"].card or _FALLBACK


@dataclass(frozen=True, slots=True)
class WecomOptions:
    """The office's corp_id, and the application. `base_url` is empty for the vendor's own servers."""

    corp_id: str
    agent_id: int
    secret: str = field(repr=False)
    base_url: str = ""
    ca_file: Path | None = None
    timeout: int = 20
    connections: int = 4


class WecomTransport(TokenTransport):
    """One application. `shelf` is what it knows in common with other nodes."""

    codes, own_servers = CODES, "https://qyapi.weixin.qq.com"
    account = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-@.]{0,63}")

    def __init__(self, options: WecomOptions, shelf: Shelf | None = None) -> None:
        """Raises ValueError where the file cannot be followed, or the certificates cannot be read."""
        if not (options.corp_id and options.agent_id and options.secret):
            raise ValueError("corp_id, agent_id and the secret of the application are needed")
        super().__init__(options, options.corp_id, shelf)
        self._corp_id, self._agent = options.corp_id, options.agent_id

    async def _deliver(self, to: str, message: Outgoing, leaves: Leaves) -> Outcome:
        return outcome_of(await self._ask("/cgi-bin/message/send", self._body(to, message), leaves))

    def _body(self, to: str, message: Outgoing) -> dict[str, Any]:
        card = message.card or plain_card(message.subject, message.text, _SIZE)
        shown = _textcard(card) if card.link else _text(card)
        never = {"enable_duplicate_check": 0, "enable_id_trans": 0}
        return {"touser": to, "agentid": self._agent, **shown, **never}

    async def _having(self, number: str) -> str:
        body = {"mobile": number.removeprefix(f"+{HOME}")}
        answer = await self._ask("/cgi-bin/user/getuserid", body, Leaves())
        code = CODES.of(answer)
        if code in UNKNOWN_NUMBER:
            return ""
        if code:
            raise Failed(CODES.fault_of(answer))
        return str(answer.get("userid") or "")

    async def _fetch(self) -> tuple[str, float]:
        return await self._token_of(
            "/cgi-bin/gettoken", {"corpid": self._corp_id, "corpsecret": self._secret}
        )


def _textcard(card: Card) -> dict[str, Any]:
    lines = [plain_text(line) for line in card.lines if line]
    shown = fitted(lines, _SIZE.text, len(_BREAK), lambda _: "…")
    said = {
        "title": cut(plain_text(card.title), _SIZE.title),
        "description": _BREAK.join(shown) or plain_text(card.title),
        "url": card.link,
        "btntxt": card.button[:4],
    }
    return {"msgtype": "textcard", "textcard": said}


def _text(card: Card) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": cut(plain_text(card.plain), _SIZE.plain)}}
