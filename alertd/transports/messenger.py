"""One message over any messenger that its channel's file describes (transports/gateway.py).

A messenger may answer 200 whatever becomes of a message: what the file says of an answer counts. What it
would take for marks of its own is written so that it does not, since titles come from files and reports:
Slack as in https://docs.slack.dev/messaging/formatting-message-text#escaping, Markdown with a backslash
before each sign of CommonMark (https://spec.commonmark.org/0.31.2/#backslash-escapes). The person's address
may be a secret itself (the key of a device, a token), and stands in nothing that is kept of an answer.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from alertd.core.abilities import TRANSPORTS
from alertd.core.cards import CardSize, plain_card
from alertd.core.gateways import Answer
from alertd.transports.base import Outcome, Outgoing
from alertd.transports.gateway import Described, GatewayOptions
from alertd.transports.http import Connection

_SIZE = TRANSPORTS["messenger"].card or CardSize(250, 3000, 3000)
#: a shorter secret is none, and would be taken out of ordinary words
_SHORTEST_HIDDEN = 4
_SIGNS = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~&@])")
_SLACK = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_WRITTEN: Mapping[str, Callable[[str], str]] = {
    "none": str,
    "slack": lambda text: "".join(_SLACK.get(sign, sign) for sign in text),
    "markdown": lambda text: _SIGNS.sub(r"\\\1", text),
}


@dataclass(frozen=True, slots=True)
class MessengerOptions:
    """What the channel's file says. `levels` is what {level} is of a message, ordinary or urgent."""

    url: str = field(repr=False)
    account: str = ""
    secret: str = field(default="", repr=False)
    markup: str = "none"
    levels: Mapping[str, str] = field(default_factory=dict)
    gateway: Mapping[str, object] = field(default_factory=dict)
    ca_file: Path | None = None
    timeout: int = 15
    connections: int = 4


class MessengerTransport:
    """One account. A retry carries the same id as the attempt before it."""

    def __init__(self, options: MessengerOptions) -> None:
        """Raises ValueError where the file cannot be followed, or the certificates cannot be read."""
        self.timeout, self.concurrency = float(options.timeout), options.connections
        self._options = options
        described = GatewayOptions(url=options.url, **options.gateway)  # type: ignore[arg-type]
        self._described = Described(described, options.secret)
        self._hidden = [each for each in (options.url, options.secret) if len(each) >= _SHORTEST_HIDDEN]
        self._connection = Connection(options.ca_file, self.timeout, trusts_proxy=False)

    async def start(self) -> None:
        """Connections are made when they are needed."""

    async def stop(self) -> None:
        """Close what is open."""
        await self._connection.close()

    async def send(self, message: Outgoing) -> Outcome:
        """See Transport."""
        request = self._described.request(self._values(message))
        found = await self._connection.ask(request, self.timeout)
        outcome = self._described.outcome(found) if isinstance(found, Answer) else found
        return replace(outcome, detail=self._clean(outcome.detail, message.address))

    def _values(self, message: Outgoing) -> dict[str, str]:
        options, now = self._options, time.time()
        card = message.card or plain_card(message.subject, message.text, _SIZE)
        written = _WRITTEN[options.markup]
        return {
            "to": message.address,
            "title": written(card.title),
            "text": written("\n".join(card.lines)),
            "link": card.link,
            "level": options.levels.get("urgent" if message.urgent else "ordinary", ""),
            "id": f"{message.delivery:x}",
            "account": options.account,
            "secret": options.secret,
            "now": str(int(now)),
            "millis": str(int(now * 1000)),
            "time": datetime.fromtimestamp(now, UTC).strftime("%Y%m%d%H%M%S"),
            "nonce": secrets.token_hex(16),
        }

    def _clean(self, text: str, to: str) -> str:
        """Without secrets and without the address, both of which a server may repeat."""
        for hidden in (*self._hidden, *([to] if len(to) >= _SHORTEST_HIDDEN else [])):
            text = text.replace(hidden, "***")
        return text
