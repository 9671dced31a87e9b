"""What the admin is told of channels that carry no more than so many messages a day."""

from __future__ import annotations

from dataclasses import dataclass

from alertd.engine.notify.topics import DAILY, Listed


@dataclass(frozen=True, slots=True, kw_only=True)
class TextsOverLimit(Listed):
    """As many texts left today as the file of the channel allows: to `who`, or over the whole channel."""

    name = "texts-over-limit"
    keyed_by = ("channel", "who", "day")
    pauses = DAILY
    see = "alertd outbox"
    channel: str
    who: str
    most: int
    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonOverLimit(Listed):
    """As many messages went to `who` as the provider of a messenger takes for one person in a day."""

    name = "person-over-limit"
    keyed_by = ("channel", "who", "day")
    pauses = DAILY
    see = "alertd outbox"
    channel: str
    who: str
    most: int
    day: str
