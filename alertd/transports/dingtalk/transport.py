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
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from alertd.core.abilities import TRANSPORTS
from alertd.core.cards import Card, CardSize, cut, plain_card
from alertd.core.phones import HOME
from alertd.transports.application import (
    Api,
    ApplicationTransport,
    Failed,
    Found,
    Leaves,
    People,
    Tokens,
    coded,
    token_in,
    whole_lines,
)
from alertd.transports.asking import Asking
from alertd.transports.base import OnTold, Outcome, Outgoing, Result, Shelf
from alertd.transports.dingtalk.answers import TOKEN, UNKNOWN_NUMBER, Verdict, code_of, fault_of, outcome_of
from alertd.transports.dingtalk.verdicts import EVERY, Verdicts

_OWN_SERVERS = "https://oapi.dingtalk.com"
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


class DingtalkTransport(ApplicationTransport):
    """One application. `shelf` is what it knows in common with other nodes."""

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
        super().__init__(options.timeout, options.connections)
        self._key, self._agent, self._secret = options.app_key, options.agent_id, options.secret
        self._api = Api(options.base_url, _OWN_SERVERS, options.ca_file, self.timeout)
        whose = sha256("|".join((options.app_key, options.secret, options.base_url)).encode())
        self._tokens = Tokens(self._fetch, shelf, f"token {whose.hexdigest()[:16]}")
        self._people = People(self._having, shelf, f"user {options.app_key}")
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
        if code_of(answer):
            raise Failed(fault_of(answer))
        return Verdict(answer.get("send_result"))

    async def _ask(self, path: str, body: object, leaves: Leaves) -> Found:
        async def call(token: str) -> Found:
            leaves.now = True
            answer = coded(await self._api.post(path, body, {"access_token": token}), "errcode")
            leaves.now = False
            return answer

        return await self._tokens.used(call, lambda answer: code_of(answer) in TOKEN)

    async def _having(self, number: str) -> str:
        body = {"mobile": number.removeprefix(f"+{HOME}")}
        answer = await self._ask("/topapi/v2/user/getbymobile", body, Leaves())
        code, found = code_of(answer), answer.get("result")
        if code in UNKNOWN_NUMBER:
            return ""
        if code:
            raise Failed(fault_of(answer))
        if not isinstance(found, dict) or not found.get("userid"):
            raise Failed(Outcome(Result.RETRY, "answer", "no userid in the answer", server=True))
        return str(found["userid"])

    async def _fetch(self) -> tuple[str, float]:
        query = {"appkey": self._key, "appsecret": self._secret}
        answer = coded(await self._api.get("/gettoken", query), "errcode")
        if code_of(answer):
            raise Failed(replace(fault_of(answer), result=Result.RETRY, address_dead=False, server=True))
        return token_in(answer, "access_token", "expires_in")

    def _hidden(self) -> Iterable[str]:
        return (self._secret, *self._tokens.known)


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
