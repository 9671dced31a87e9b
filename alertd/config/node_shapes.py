"""The tables of config.toml, as pydantic shapes; also the source of its schema."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema, model_validator

from alertd.config.faults import shown
from alertd.config.mail_in_shapes import MailInShape
from alertd.config.rest_shapes import RestShape
from alertd.config.secret_places import SECRET_SCHEMA, SecretPlace, secret_place
from alertd.config.values import (
    Email,
    Language,
    Line,
    OneOf,
    Order,
    RuleText,
    Shape,
    Words,
    Zone,
    fitting,
    type_name,
    wrong,
)
from alertd.config.watch_shapes import FeedShape, HeartbeatShape
from alertd.config.web_shapes import WebShape
from alertd.core.abilities import ZONES
from alertd.core.bulletins import fits
from alertd.core.timing import OfficeHours, Rule

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")
_STORE = re.compile(r"(?:sqlite:///|postgresql(?:\+psycopg)?://)\S*")
_PASSWORD_IN_URL = re.compile(r"://[^/@]*:[^/@]+@|[?&]password=", re.IGNORECASE)

_ZONE = "Asia/Shanghai"
_HOURS = OfficeHours()


def _time(value: object) -> time:
    if isinstance(value, time):
        return value
    match = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise wrong("expected-time", {"found": shown(value), "type": type_name(value)})
    hour, minute, second = (int(part or 0) for part in match.groups())
    return time(hour, minute, second)


def _store(value: object) -> str | SecretPlace:
    if isinstance(value, dict):
        return secret_place(value) or ""
    if not isinstance(value, str) or (value and not _STORE.fullmatch(value)):
        raise wrong("bad-store", {})
    if _PASSWORD_IN_URL.search(value):
        raise wrong("secret-inline", {})
    return fitting(value)


TimeOfDay = Annotated[
    time, PlainValidator(_time), WithJsonSchema({"type": "string", "description": 'e.g. 08:30:00 or "08:30"'})
]
StoreValue = Annotated[
    str | SecretPlace,
    PlainValidator(_store),
    WithJsonSchema({"anyOf": [{"type": "string"}, dict(SECRET_SCHEMA)]}),
]


class StoreShape(Shape):
    """Where the deadlines are kept. Empty: an SQLite file on this machine."""

    url: StoreValue = ""


class AdminShape(Shape):
    """Who hears of faults, of people nobody can reach, of changes that wait."""

    to: Annotated[list[Email], Field(min_length=1)]
    name: Annotated[Line, Field(description="how messages greet them; empty: as the administrator")] = ""


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
    channel_order: Order = Field(default_factory=list)
    urgent_order: Annotated[Order, Field(description="of steps with urgent = true; empty: channel_order")] = (
        Field(default_factory=list)
    )
    zones: Annotated[
        list[Annotated[str, OneOf(*ZONES)]],
        Field(min_length=1, description="a channel of another zone is not used"),
    ] = Field(default_factory=lambda: list(ZONES))

    @model_validator(mode="after")
    def _check(self) -> SendingShape:
        if self.mode == "redirect" and not self.redirect_to:
            raise wrong("redirect-nowhere", {}, path=("mode",))
        return self


class ThresholdsShape(Shape):
    """A change of the files that moves more than this waits for `alertd plan --apply`."""

    deadlines: Annotated[int, Field(ge=0)] = 20
    people: Annotated[int, Field(ge=0)] = 20


def _bulletin_rule(rule: Rule) -> Rule:
    if not fits(rule):
        raise wrong("bulletin-rule", {"found": shown(rule.text)})
    return rule


class BulletinShape(Shape):
    """A bulletin that is mailed by itself, about each period of a rule."""

    rule: Annotated[RuleText, AfterValidator(_bulletin_rule)]
    to: Annotated[list[Line], Field(min_length=1, description="positions, and people by id or name")]
    ranking: bool = False


class LogShape(Shape):
    """`auto`: JSON under systemd, readable on a terminal."""

    level: Annotated[str, OneOf("debug", "info", "warning", "error")] = "info"
    format: Annotated[str, OneOf("auto", "json", "console")] = "auto"


class NodeShape(Shape):
    """This machine among several. Empty: the host name."""

    name: Line = ""


class ConfigFile(Shape):
    """config.toml: this node."""

    language: Language = "zh-Hant"
    zone: Zone = Field(default_factory=lambda: ZoneInfo(_ZONE), json_schema_extra={"default": _ZONE})
    schedules: Words = "schedules"
    channels: Words = "channels"
    store: StoreShape = Field(default_factory=StoreShape)
    admin: AdminShape
    office: OfficeShape = Field(default_factory=OfficeShape)
    rest: RestShape = Field(default_factory=RestShape)
    sending: SendingShape = Field(default_factory=SendingShape)
    thresholds: ThresholdsShape = Field(default_factory=ThresholdsShape)
    bulletin: BulletinShape | None = None
    log: LogShape = Field(default_factory=LogShape)
    web: WebShape = Field(default_factory=WebShape)
    mail_in: Annotated[MailInShape, Field(alias="mail-in")] = Field(default_factory=MailInShape)
    node: NodeShape = Field(default_factory=NodeShape)
    heartbeat: HeartbeatShape | None = None
    feed: list[FeedShape] = Field(default_factory=list)

    @model_validator(mode="after")
    def _check(self) -> ConfigFile:
        names = [feed.name for feed in self.feed]
        for number, name in enumerate(names):
            if name in names[:number]:
                raise wrong("feed-twice", {"found": name}, path=("feed", number, "name"))
        return self
