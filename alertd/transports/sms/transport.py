"""One text message, tried once over HTTP.

A proxy of the environment is used for the providers' own addresses only, as for those of Telegram. What
follows from an answer is said by the provider (`Outcome`). Nobody's secret and no number stands in what is
kept of an answer.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from alertd.core.gateways import Answer
from alertd.core.phones import e164
from alertd.core.text import one_line
from alertd.core.text_messages import Short
from alertd.transports.base import Outcome, Outgoing, Reported, Result, Texted
from alertd.transports.gateway import GatewayOptions
from alertd.transports.http import LARGEST_ANSWER, Connection, Request, decoded
from alertd.transports.sms.aliyun import Aliyun
from alertd.transports.sms.gateway import Asked, Gateway
from alertd.transports.sms.hearing import Described, Ear
from alertd.transports.sms.provider import Provider, Text
from alertd.transports.sms.tencent import Tencent

#: the zone in which gateways of mainland China write a time
_THEIRS = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class SmsOptions:
    """What the channel's file says. `gateway` describes a provider that is none of those known here."""

    provider: str
    signature: str
    account: str = ""
    secret: str = field(default="", repr=False)
    url: str = ""
    templates: Mapping[str, str] = field(default_factory=dict)
    app: str = ""
    region: str = "ap-guangzhou"
    gateway: Mapping[str, object] = field(default_factory=dict)
    polled: Mapping[str, object] = field(default_factory=dict)
    ca_file: Path | None = None
    timeout: int = 15
    connections: int = 4
    hears: str = "none"
    described: Mapping[str, str] = field(default_factory=dict)
    poll_seconds: int = 60
    push_secret: str = field(default="", repr=False)


class SmsTransport:
    """One account. A retry carries the same id as the attempt before it."""

    def __init__(self, options: SmsOptions, ear: Ear | None = None) -> None:
        """Raises ValueError where the file cannot be followed, or the certificates cannot be read."""
        self.ear = ear or Ear("", Described())
        self._push_secret = options.push_secret
        self.timeout, self.concurrency = float(options.timeout), options.connections
        self.provider, self._templates = _provider(options), options.templates
        self._registered = options.provider != "gateway"
        self._hidden = [
            each for each in (options.secret, options.account, options.push_secret) if len(each) > 3
        ]
        self._connection = Connection(options.ca_file, self.timeout, trusts_proxy=not options.url)

    async def start(self) -> None:
        """Connections are made when they are needed."""

    async def stop(self) -> None:
        """Close what is open."""
        await self._connection.close()

    async def send(self, message: Outgoing) -> Outcome:
        """See Transport."""
        to = e164(message.address)
        if not to:
            return Outcome(Result.REFUSED, "address", "no number that takes texts", address_dead=True)
        short = message.short or Short("news", one_line(message.subject, 50), {"what": message.subject})
        if self._registered and not self._templates.get(short.kind):
            return Outcome(Result.REFUSED, "template", f"no template is named for {short.kind}")
        text = Text(to, short, f"{message.delivery:x}")
        outcome = await self.ask(self.provider.request(text, self.now(), secrets.token_hex(16)))
        if isinstance(outcome, Answer):
            outcome = self.provider.outcome(outcome)
        return replace(outcome, detail=self._clean(outcome.detail, to))

    def now(self) -> datetime:
        """The time that is written into requests."""
        return datetime.now(_THEIRS)

    def pushed(self, secret: str, body: bytes) -> list[Reported | Texted] | None:
        """What a provider tells at our address; None where the secret in it is another one."""
        if not self._push_secret or not hmac.compare_digest(secret.encode(), self._push_secret.encode()):
            return None
        return self.ear.heard(Answer.of(200, decoded(body[:LARGEST_ANSWER])))

    async def ask(self, request: Request) -> Answer | Outcome:
        """What came back; an Outcome where nothing did."""
        return await self._connection.ask(request, self.timeout)

    def _clean(self, text: str, to: str) -> str:
        """Without secrets and without the number, both of which a provider may repeat."""
        for hidden in (*self._hidden, to, to.removeprefix("+"), to.removeprefix("+86")):
            text = text.replace(hidden, "***")
        return text


def _provider(options: SmsOptions) -> Provider:
    templates = dict(options.templates)
    said = options.account, options.secret, options.signature, templates
    match options.provider:
        case "aliyun":
            return Aliyun(options.url, *said)
        case "tencent":
            return Tencent(options.url, *said, options.app, options.region)
        case _:
            described = GatewayOptions(url=options.url, **options.gateway)  # type: ignore[arg-type]
            return Gateway(described, Asked(**options.polled), *said)  # type: ignore[arg-type]
