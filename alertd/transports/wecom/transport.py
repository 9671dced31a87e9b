"""One message to one person, tried once: a card whose button opens the reader's page, else a text.

The vendor is not asked to look for duplicates: it compares whole messages within half an hour, would drop a
repeat that says the same, and would not know a retry, whose link is another one. What is in doubt is sent
again, as everywhere here: it may come twice, and is not lost.

Source: https://developer.work.weixin.qq.com/document/path/90236.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from alertd.core.abilities import TRANSPORTS
from alertd.core.cards import Card, CardSize, cut, fitted, plain_card
from alertd.core.subscriptions import is_address
from alertd.transports.base import Outcome, Outgoing, Result, Shelf
from alertd.transports.wecom.answers import TOKEN, code_of, outcome_of
from alertd.transports.wecom.api import Answer, Api, Failed
from alertd.transports.wecom.people import People
from alertd.transports.wecom.token import Tokens

#: a userid, as the vendor bounds it: never "@all", and never several
USERID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-@.]{0,63}")
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
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


class WecomTransport:
    """One application. `shelf` is what it knows in common with other nodes."""

    def __init__(self, options: WecomOptions, shelf: Shelf | None = None) -> None:
        """Raises ValueError where the file cannot be followed, or the certificates cannot be read."""
        if not (options.corp_id and options.agent_id and options.secret):
            raise ValueError("corp_id, agent_id and the secret of the application are needed")
        if options.base_url and not is_address(options.base_url):
            raise ValueError(
                "base_url is no address that messages may go to: https:// and a host is expected"
            )
        self.timeout, self.concurrency = float(options.timeout), options.connections
        self._agent = options.agent_id
        self._api = Api(options.base_url, options.ca_file, self.timeout)
        # Another secret is another application, or was changed because somebody knew the old one.
        whose = sha256("|".join((options.corp_id, options.secret, options.base_url)).encode()).hexdigest()[
            :16
        ]
        self._tokens = Tokens(self._api, options.corp_id, options.secret, shelf, f"token {whose}")
        self._people = People(self._ask, shelf, f"user {options.corp_id}")

    async def start(self) -> None:
        """Connections are made when they are needed."""

    async def stop(self) -> None:
        """Close what is open."""
        await self._api.close()

    async def send(self, message: Outgoing) -> Outcome:
        """See Transport."""
        leaves = _Leaves()
        try:
            async with asyncio.timeout(self.timeout):
                outcome = await self._send(message, leaves)
        except Failed as fault:
            outcome = fault.outcome
        except TimeoutError:
            lost = f"no answer within {self.timeout:g} s"
            outcome = Outcome(Result.UNKNOWN if leaves.now else Result.RETRY, "timeout", lost, server=True)
        return replace(outcome, detail=self._clean(outcome.detail))

    async def _send(self, message: Outgoing, leaves: _Leaves) -> Outcome:
        to = message.address
        if _NUMBER.fullmatch(to):
            to = await self._people.having(to)
            if not to:
                return Outcome(
                    Result.REFUSED, "number", "nobody has this mobile number there", address_dead=True
                )
        if not USERID.fullmatch(to):
            return Outcome(Result.REFUSED, "address", "that is no userid", address_dead=True)
        return outcome_of(await self._ask("/cgi-bin/message/send", self._body(to, message), leaves))

    def _body(self, to: str, message: Outgoing) -> dict[str, Any]:
        card = message.card or plain_card(message.subject, message.text, _SIZE)
        shown = _textcard(card) if card.link else _text(card)
        never = {"enable_duplicate_check": 0, "enable_id_trans": 0}
        return {"touser": to, "agentid": self._agent, **shown, **never}

    async def _ask(self, path: str, body: object, leaves: _Leaves | None = None) -> Answer:
        """One call, or two where the token was none any more. Raises Failed."""
        leaves = leaves or _Leaves()
        token = await self._tokens.get()
        answer = await self._call(path, token, body, leaves)
        if code_of(answer) not in TOKEN:
            return answer
        await self._tokens.drop(token)
        return await self._call(path, await self._tokens.get(), body, leaves)

    async def _call(self, path: str, token: str, body: object, leaves: _Leaves) -> Answer:
        leaves.now = True
        answer = await self._api.call(path, {"access_token": token}, body)
        leaves.now = False
        return answer

    def _clean(self, text: str) -> str:
        """Without the secret and the token, which a server may repeat."""
        for hidden in self._tokens.known:
            text = text.replace(hidden, "***")
        return text


@dataclass(slots=True)
class _Leaves:
    """Whether a request about the message is under way, and may have arrived."""

    now: bool = False


def _textcard(card: Card) -> dict[str, Any]:
    lines = [_plain(line) for line in card.lines if line]
    shown = fitted(lines, _SIZE.text, len(_BREAK), lambda _: "…")
    said = {
        "title": cut(_plain(card.title), _SIZE.title),
        "description": _BREAK.join(shown) or _plain(card.title),
        "url": card.link,
        "btntxt": card.button[:4],
    }
    return {"msgtype": "textcard", "textcard": said}


def _text(card: Card) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": cut(_plain(card.plain), _SIZE.plain)}}


def _plain(text: str) -> str:
    """Without what the vendor would take for marks of its own."""
    return text.replace("<", "＜").replace(">", "＞")
