"""A gateway for text messages that the channel's file describes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from alertd.core.gateways import Answer
from alertd.core.text_messages import Short, signed
from alertd.transports.base import Outcome
from alertd.transports.gateway import Described, GatewayOptions
from alertd.transports.http import Request
from alertd.transports.sms.provider import Text


@dataclass(frozen=True, slots=True)
class Asked:
    """Where reports and replies are asked for."""

    reports_url: str = ""
    replies_url: str = ""
    poll_fields: Mapping[str, str] = field(default_factory=dict)


class Gateway:
    """One account at one gateway."""

    def __init__(
        self,
        options: GatewayOptions,
        asked: Asked,
        account: str,
        secret: str,
        signature: str,
        templates: Mapping[str, str],
    ) -> None:
        self._described, self._asked = Described(options, secret), asked
        self._signature, self._templates = signature, templates
        self._account, self._secret = account, secret

    def request(self, text: Text, at: datetime, nonce: str) -> Request:
        """See Provider."""
        return self._described.request(self._values(text, at, nonce))

    def polls(self, at: datetime, nonce: str) -> tuple[Request, ...]:
        """See Provider."""
        asked, values = self._asked, self._values(Text("", Short("", ""), ""), at, nonce)
        urls = [url for url in (asked.reports_url, asked.replies_url) if url]
        return tuple(self._described.asking(url, asked.poll_fields, "", values) for url in urls)

    def outcome(self, answer: Answer) -> Outcome:
        """See Provider."""
        return self._described.outcome(answer)

    def _values(self, text: Text, at: datetime, nonce: str) -> dict[str, str]:
        short = text.short
        values = {
            "to": text.to,
            "digits": text.to.removeprefix("+"),
            "number": text.to.removeprefix("+86").removeprefix("+"),
            "text": short.text,
            "signed": signed(self._signature, short.text),
            "signature": self._signature,
            "kind": short.kind,
            "template": self._templates.get(short.kind, ""),
            "values": json.dumps(dict(short.values), ensure_ascii=False),
            "id": text.id,
            "account": self._account,
            "secret": self._secret,
            "now": str(int(at.timestamp())),
            "millis": str(int(at.timestamp() * 1000)),
            "time": at.strftime("%Y%m%d%H%M%S"),
            "nonce": nonce,
        }
        return values | {f"value.{name}": value for name, value in short.values.items()}
