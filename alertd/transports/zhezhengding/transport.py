"""One work notice to one person, tried once: a card whose button opens the reader's page, else a text.

Every attempt at one message has the same `bizMsgId`, by which the vendor knows what it has. The vendor
forbids to call it from several threads, so there is one connection; and it takes the same words for one
person once a day, so no two cards of a person say the same (engine.sending.fitting).

Source: the vendor's page on work notices (https://openplatform-portal.dg-work.cn/portal/#/helpdoc?
apiType=serverapi&docKey=2674860), as copied into clients; for whose a number is see answers.
"""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from alertd.core.abilities import TRANSPORTS
from alertd.core.cards import Card, CardSize, cut, plain_card, size_of
from alertd.core.phones import HOME
from alertd.transports.application import (
    Api,
    ApplicationTransport,
    Failed,
    Found,
    Leaves,
    People,
    compact,
    whole_lines,
)
from alertd.transports.base import Outcome, Outgoing, Result, Shelf
from alertd.transports.zhezhengding.answers import done, fault_of, found_in, is_nobodys, outcome_of
from alertd.transports.zhezhengding.signing import signed

_OWN_SERVERS = "https://openplatform-pro.ding.zj.gov.cn"
_SEND, _FIND = "/message/workNotification", "/mozi/employee/get_by_mobile"
#: bytes of `msg`
LONGEST = 2048
_SIZE = TRANSPORTS["zhezhengding"].card or CardSize(title=128, text=900, plain=1800)


@dataclass(frozen=True, slots=True)
class ZhezhengdingOptions:
    """The application's key and secret, and the office. `base_url` is empty for Zhejiang's own servers."""

    app_key: str
    tenant_id: int
    secret: str = field(repr=False)
    base_url: str = ""
    ca_file: Path | None = None
    timeout: int = 20
    connections: int = 1


class ZhezhengdingTransport(ApplicationTransport):
    """One application. `shelf` is what it knows in common with other nodes."""

    account = re.compile(r"[1-9]\d{0,18}")

    def __init__(self, options: ZhezhengdingOptions, shelf: Shelf | None = None) -> None:
        """Raises ValueError where the file cannot be followed, or the certificates cannot be read."""
        if not (options.app_key and options.tenant_id and options.secret):
            raise ValueError("app_key, tenant_id and the secret of the application are needed")
        super().__init__(options.timeout, options.connections)
        self._key, self._tenant, self._secret = options.app_key, str(options.tenant_id), options.secret
        self._api = Api(options.base_url, _OWN_SERVERS, options.ca_file, self.timeout)
        where = sha256(f"{options.base_url}|{self._tenant}".encode()).hexdigest()[:16]
        self._people = People(self._having, shelf, f"user {where}")

    async def _deliver(self, to: str, message: Outgoing, leaves: Leaves) -> Outcome:
        form = {
            "tenantId": self._tenant,
            "receiverIds": to,
            "bizMsgId": sha256(f"{message.message_id}|{to}".encode()).hexdigest()[:32],
            "msg": words_of(message.card or plain_card(message.subject, message.text, _SIZE)),
        }
        leaves.now = True
        return outcome_of(await self._ask(_SEND, form), message.again)

    async def _having(self, number: str) -> str:
        country, rest = (HOME, number[1 + len(HOME) :]) if number.startswith(f"+{HOME}") else ("", number[1:])
        if not country:
            words = "only numbers of mainland China can be looked up there; write the accountId"
            raise Failed(Outcome(Result.REFUSED, "number", words))
        form = {"tenantId": self._tenant, "mobile": rest, "areaCode": country, "namespace": "local"}
        answer = await self._ask(_FIND, form)
        if is_nobodys(answer):
            return ""
        if not done(answer):
            raise Failed(fault_of(answer))
        inner = answer.get("content")
        found = inner.get("data") if isinstance(inner, Mapping) else None
        if not isinstance(found, Mapping) or not found.get("accountId"):
            raise Failed(Outcome(Result.RETRY, "answer", "no accountId in the answer", server=True))
        return str(found["accountId"])

    async def _ask(self, path: str, form: Mapping[str, str]) -> Found:
        now, machine = datetime.now(UTC), f"{uuid.getnode():012x}"
        mac = ":".join(machine[at : at + 2] for at in range(0, 12, 2))
        nonce = f"{int(now.timestamp() * 1000)}{secrets.randbelow(9000) + 1000}"
        headers = signed(self._key, self._secret, path, form, now, nonce, mac)
        return found_in(await self._api.submit(path, form, headers))

    def _hidden(self) -> Iterable[str]:
        return (self._secret,)


def words_of(card: Card) -> str:
    """The message as the vendor takes it, no longer than that: lines are left out from the end."""
    if not card.link:
        return compact(whole_lines(lambda lines: _text(card.title, lines), card.lines, LONGEST))
    shown = cut(card.title, _SIZE.title)
    both = compact(whole_lines(lambda lines: _card(card, shown, lines, card.link), card.lines, LONGEST))
    if size_of(both) <= LONGEST:
        return both
    return compact(whole_lines(lambda lines: _card(card, shown, lines, ""), card.lines, LONGEST))


def _card(card: Card, title: str, lines: Sequence[str], for_computers: str) -> dict[str, Any]:
    shown = "\n".join(line for line in lines if line) or title
    about = {"title": title, "markdown": shown, "single_title": card.button, "single_url": card.link}
    return {"msgtype": "action_card", "action_card": {**about, "single_pc_url": for_computers}}


def _text(title: str, lines: Sequence[str]) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": "\n".join((title, "", *lines)).strip()}}
