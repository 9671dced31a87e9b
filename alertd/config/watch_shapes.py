"""The tables [heartbeat] and [[feed]] of config.toml: who hears us live, and whom we listen for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from alertd.config.channel_settings.webhook import HookUrl
from alertd.config.secret import Secret
from alertd.config.values import Shape, ShortId, duration_of, wrong
from alertd.core.timing import TimeUnit

#: lengths of time that are the same every day, and those a watch may have: it looks once a minute
_EXACT = {
    TimeUnit.MINUTE: timedelta(minutes=1),
    TimeUnit.HOUR: timedelta(hours=1),
    TimeUnit.DAY: timedelta(days=1),
    TimeUnit.WEEK: timedelta(weeks=1),
}
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(days=366)


@dataclass(frozen=True, slots=True)
class HeartbeatSettings:
    """Where a sign of life goes, and how often."""

    url: Secret
    every: timedelta


def _interval(value: object) -> timedelta:
    found = duration_of(value)
    if found.unit not in _EXACT or not _SHORTEST <= _EXACT[found.unit] * found.amount <= _LONGEST:
        raise wrong("bad-interval", {})
    return _EXACT[found.unit] * found.amount


Interval = Annotated[
    timedelta,
    PlainValidator(_interval),
    WithJsonSchema({"type": "string", "description": '"5 minutes", "1 hour", "1小時"'}),
]


class HeartbeatShape(Shape):
    """A sign of life to somebody outside, who tells when it stays away."""

    url: Annotated[HookUrl, Field(description="where it goes, or where its address lies as a secret")]
    every: Annotated[Interval, Field(json_schema_extra={"default": "5 minutes"})] = timedelta(minutes=5)

    @model_validator(mode="after")
    def _check(self) -> HeartbeatShape:
        if not self.url:
            raise wrong("bad-webhook-url", {}, path=("url",))
        return self


class FeedShape(Shape):
    """A system that reports events: after so long a silence the admin hears."""

    name: Annotated[ShortId, Field(description="the name of its token")]
    every: Interval
