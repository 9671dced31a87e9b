"""The tables of config.toml and channels/*.toml, as pydantic shapes; also the source of their schemas."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from alertd.config.faults import listed, nearest, shown
from alertd.config.secret import SECRET_KINDS
from alertd.config.values import Email, Id, Language, OneOf, Shape, Words, Zone, is_email, type_name, wrong
from alertd.core.timing import OfficeHours

TRANSPORTS = ("email", "inbox", "telegram")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")
_SECRET_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_STORE = re.compile(r"(?:sqlite:///|postgresql(?:\+psycopg)?://)\S*")
_PASSWORD_IN_URL = re.compile(r"://[^/@]*:[^/@]+@|[?&]password=", re.IGNORECASE)
_BRACKETED = re.compile(r"[^<>\r\n]*<([^<>]+)>")

_ZONE = "Asia/Shanghai"
_HOURS = OfficeHours()

#: where a secret lies and under which name, e.g. ("credential", "smtp_password")
SecretPlace = tuple[str, str]


def _time(value: object) -> time:
    if isinstance(value, time):
        return value
    match = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise wrong("expected-time", {"found": shown(value), "type": type_name(value)})
    hour, minute, second = (int(part or 0) for part in match.groups())
    return time(hour, minute, second)


def _secret(value: object) -> SecretPlace | None:
    """`{ credential = "NAME" }` and the like; the value itself is refused and not repeated."""
    if value == "":
        return None
    if not isinstance(value, dict):
        raise wrong("secret-inline", {})
    if len(value) != 1:
        raise wrong("secret-place", {"known": listed(SECRET_KINDS)})
    kind, name = next(iter(value.items()))
    if kind not in SECRET_KINDS:
        args = {"key": shown(kind), "known": listed(SECRET_KINDS), **nearest(kind, SECRET_KINDS)}
        raise wrong("unknown-key", args, path=(kind,))
    if not isinstance(name, str) or not name.strip():
        raise wrong("secret-name", {}, path=(kind,))
    if kind != "file" and (not _SECRET_NAME.fullmatch(name) or not name.strip(".")):
        raise wrong("secret-name", {}, path=(kind,))
    return kind, name


def _store(value: object) -> str | SecretPlace:
    if isinstance(value, dict):
        return _secret(value) or ""
    if not isinstance(value, str) or (value and not _STORE.fullmatch(value)):
        raise wrong("bad-store", {})
    if _PASSWORD_IN_URL.search(value):
        raise wrong("secret-inline", {})
    return value


def _sender(value: object) -> str:
    text = value if isinstance(value, str) else ""
    match = _BRACKETED.fullmatch(text)
    if text and not is_email(match[1].strip() if match else text):
        raise wrong("bad-sender", {"found": shown(value)})
    if not isinstance(value, str):
        raise wrong("expected-text", {"found": shown(value), "type": type_name(value)})
    return text


def _web_address(value: object) -> str:
    if not isinstance(value, str) or (value and not re.fullmatch(r"https?://[^\s/@]+(?:/\S*)?", value)):
        raise wrong("bad-web-address", {})
    return value


_SECRET_SCHEMA: Mapping[str, object] = {
    "description": "Where the secret lies. Never the secret itself.",
    "anyOf": [
        {
            "type": "object",
            "properties": {kind: {"type": "string", "minLength": 1}},
            "required": [kind],
            "additionalProperties": False,
        }
        for kind in SECRET_KINDS
    ],
}
TimeOfDay = Annotated[
    time, PlainValidator(_time), WithJsonSchema({"type": "string", "description": 'e.g. 08:30:00 or "08:30"'})
]
SecretValue = Annotated[SecretPlace | None, PlainValidator(_secret), WithJsonSchema(dict(_SECRET_SCHEMA))]
StoreValue = Annotated[
    str | SecretPlace,
    PlainValidator(_store),
    WithJsonSchema({"anyOf": [{"type": "string"}, dict(_SECRET_SCHEMA)]}),
]
Sender = Annotated[str, PlainValidator(_sender), WithJsonSchema({"type": "string"})]
WebAddress = Annotated[str, PlainValidator(_web_address), WithJsonSchema({"type": "string"})]


# ---------------------------------------------------------------- config.toml


class StoreShape(Shape):
    """Where the deadlines are kept. Empty: an SQLite file on this machine."""

    url: StoreValue = ""


class AdminShape(Shape):
    """Who hears of faults, of people nobody can reach, of changes that wait."""

    to: Annotated[list[Email], Field(min_length=1)]
    name: str = ""


class OfficeShape(Shape):
    """Office hours, in the configured zone."""

    opens: TimeOfDay = Field(default_factory=lambda: _HOURS.opens)
    closes: TimeOfDay = Field(default_factory=lambda: _HOURS.closes)

    @model_validator(mode="after")
    def _check(self) -> OfficeShape:
        if self.closes <= self.opens:
            args = {"opens": f"{self.opens:%H:%M}", "closes": f"{self.closes:%H:%M}"}
            raise wrong("office-reversed", args, path=("closes",))
        return self


class SendingShape(Shape):
    """Whether messages leave, and by which way first."""

    mode: Annotated[str, OneOf("rehearsal", "redirect", "live", "hold")] = "rehearsal"
    redirect_to: Email = ""
    channel_order: list[Id] = Field(default_factory=list)

    @model_validator(mode="after")
    def _check(self) -> SendingShape:
        if self.mode == "redirect" and not self.redirect_to:
            raise wrong("redirect-nowhere", {}, path=("mode",))
        return self


class QuietShape(Shape):
    """Day clocks are always held outside office hours; there is nothing to set yet."""


class ThresholdsShape(Shape):
    """A change of the files that moves more than this waits for `alertd plan --apply`."""

    deadlines: Annotated[int, Field(ge=0)] = 20
    people: Annotated[int, Field(ge=0)] = 20


class LogShape(Shape):
    """`auto`: JSON under systemd, readable on a terminal."""

    level: Annotated[str, OneOf("debug", "info", "warning", "error")] = "info"
    format: Annotated[str, OneOf("auto", "json", "console")] = "auto"


class NodeShape(Shape):
    """This machine among several. Empty: the host name."""

    name: str = ""


class ConfigFile(Shape):
    """config.toml: this node."""

    language: Language = "zh-Hant"
    zone: Zone = Field(default_factory=lambda: ZoneInfo(_ZONE), json_schema_extra={"default": _ZONE})
    schedules: Words = "schedules"
    channels: Words = "channels"
    store: StoreShape = Field(default_factory=StoreShape)
    admin: AdminShape
    office: OfficeShape = Field(default_factory=OfficeShape)
    sending: SendingShape = Field(default_factory=SendingShape)
    quiet: QuietShape = Field(default_factory=QuietShape)
    thresholds: ThresholdsShape = Field(default_factory=ThresholdsShape)
    log: LogShape = Field(default_factory=LogShape)
    node: NodeShape = Field(default_factory=NodeShape)


# ---------------------------------------------------------------- channels/*.toml


class EmailShape(Shape):
    """A mail server."""

    transport: Literal["email"]
    enabled: bool = False
    host: str = ""
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Annotated[str, OneOf("starttls", "tls", "none")] = "starttls"
    username: str = ""
    password: SecretValue = None
    ca_file: str = ""
    sender: Sender = ""
    reply_to: Sender = ""
    timeout: Annotated[int, Field(ge=1, le=600)] = 30
    connections: Annotated[int, Field(ge=1, le=64)] = 4

    @model_validator(mode="after")
    def _check(self) -> EmailShape:
        for key in ("host", "sender"):
            if self.enabled and not getattr(self, key):
                raise wrong("needed-when-enabled", {"key": key}, path=("enabled",))
        if self.username and self.password is None:
            raise wrong("login-without-password", {}, path=("username",))
        return self


class TelegramShape(Shape):
    """A Telegram bot."""

    transport: Literal["telegram"]
    enabled: bool = False
    token: SecretValue = None
    base_url: WebAddress = ""

    @model_validator(mode="after")
    def _check(self) -> TelegramShape:
        if self.enabled and self.token is None:
            raise wrong("needed-when-enabled", {"key": "token"}, path=("enabled",))
        return self


class InboxShape(Shape):
    """Messages stay in the store; `alertd outbox` shows them."""

    transport: Literal["inbox"]
    enabled: bool = True


CHANNEL_SHAPES: Mapping[str, type[EmailShape] | type[TelegramShape] | type[InboxShape]] = {
    "email": EmailShape,
    "inbox": InboxShape,
    "telegram": TelegramShape,
}
