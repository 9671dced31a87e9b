"""One work notice to one person, tried once: a card whose button opens the reader's page, else a text.

What is answered says only that the notice is queued; verdicts asks what became of it. There is no key by
which the vendor would know a retry: what may have arrived is sent again, and where its words are the same it
is dropped as repeated, which its result says.

Sources: https://help.dingtalk.io/open/development/asynchronous-sending-of-enterprise-session-messages
(notices), .../query-users-by-phone-number; https://open-doc.dingtalk.com/microapp/serverapi2/pgoxpy (at most
2048 bytes of msg).
The call that gives the access token (/gettoken) was read in clients only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alertd.core.abilities import TRANSPORTS
from alertd.core.cards import Card, CardSize, cut, plain_card
from alertd.core.phones import HOME
from alertd.transports.application import Failed, Leaves, TokenTransport, whole_lines
from alertd.transports.asking import Asking
from alertd.transports.base import OnTold, Outcome, Outgoing, Result, Shelf
from alertd.transports.dingtalk.answers import CODES, UNKNOWN_NUMBER, Verdict, outcome_of
from alertd.transports.dingtalk.verdicts import EVERY, Verdicts

_NOTICES = "/topapi/message/corpconversation"
#: bytes of `msg`
LONGEST = 2048
_SIZE = TRANSPORTS["dingtalk"].card or CardSize(title=128, text=900, plain=1800)
#: what Markdown would take for marks of its own
_MARKS = str.maketrans({mark: chr(ord(mark) + 0xFEE0) for mark in "\\`*_[]<>#|~!"})


@dataclass(frozen=True, slots=True)
class DingtalkOptions:
    """The application. `base_url` is empty for the vendor's own servers."""

    app_key: str
    agent_id: int
    secret: str = field(repr=False)
    base_url: str = ""
    ca_file: Path | None = None
    timeout: int = 20
    connections: int = 4


async def _nobody(told: object) -> None:
    return None


class DingtalkTransport(TokenTransport):
    """One application. `shelf` is what it knows in common with other nodes."""

    codes, own_servers = CODES, "https://oapi.dingtalk.com"
    account = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-@.$]{0,63}")

    def __init__(
        self,
        options: DingtalkOptions,
        shelf: Shelf | None = None,
        channel: str = "",
        on_told: OnTold = _nobody,
        at_once: bool = False,
    ) -> None:
        """Raises ValueError where the file cannot be followed, or the certificates cannot be read."""
        if not (options.app_key and options.agent_id and options.secret):
            raise ValueError("app_key, agent_id and the secret of the application are needed")
        super().__init__(options, options.app_key, shelf)
        self._key, self._agent = options.app_key, options.agent_id
        self.verdicts = Verdicts(channel, self._verdict, shelf, on_told)
        self._asking = Asking(f"results of {channel}", self.verdicts.once, EVERY)
        self._at_once = at_once

    async def start(self) -> None:
        """Begin to ask for results, or when `listen` says so."""
        await self._asking.listen(self._at_once)

    async def listen(self, wanted: bool) -> None:
        """See Listening."""
        await self._asking.listen(wanted)

    async def stop(self) -> None:
        """See Transport."""
        await self._asking.listen(False)
        await super().stop()

    async def _deliver(self, to: str, message: Outgoing, leaves: Leaves) -> Outcome:
        card = message.card or plain_card(message.subject, message.text, _SIZE)
        body = {"agent_id": self._agent, "userid_list": to, "msg": notice_of(card)}
        return outcome_of(await self._ask(f"{_NOTICES}/asyncsend_v2", body, leaves))

    async def _verdict(self, task: str) -> Verdict:
        body = {"agent_id": self._agent, "task_id": int(task) if task.isdecimal() else 0}
        answer = await self._ask(f"{_NOTICES}/getsendresult", body, Leaves())
        if CODES.of(answer):
            raise Failed(CODES.fault_of(answer))
        return Verdict(answer.get("send_result"))

    async def _having(self, number: str) -> str:
        body = {"mobile": number.removeprefix(f"+{HOME}")}
        answer = await self._ask("/topapi/v2/user/getbymobile", body, Leaves())
        code, found = CODES.of(answer), answer.get("result")
        if code in UNKNOWN_NUMBER:
            return ""
        if code:
            raise Failed(CODES.fault_of(answer))
        if not isinstance(found, dict) or not found.get("userid"):
            raise Failed(Outcome(Result.RETRY, "answer", "no userid in the answer", server=True))
        return str(found["userid"])

    async def _fetch(self) -> tuple[str, float]:
        return await self._token_of("/gettoken", {"appkey": self._key, "appsecret": self._secret})


def notice_of(card: Card) -> dict[str, Any]:
    """The message as the vendor takes it, no longer than that: lines are left out from the end."""

    def made(lines: tuple[str, ...]) -> dict[str, Any]:
        if not card.link:
            return {"msgtype": "text", "text": {"content": "\n".join((card.title, "", *lines)).strip()}}
        shown = "  \n".join(line.translate(_MARKS) for line in lines if line) or title.translate(_MARKS)
        about = {"title": title, "markdown": shown, "single_title": card.button, "single_url": card.link}
        return {"msgtype": "action_card", "action_card": about}

    title = cut(card.title, _SIZE.title)
    return whole_lines(made, card.lines, LONGEST)
