"""The order in which somebody is reached, as admins write it: "wecom", "sms after 5 minutes".

A way without a wait serves where those before it fail. One with a wait serves besides where what went over
the way before it was taken and nobody answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from alertd.core.durations import parse_duration
from alertd.core.model import Way
from alertd.core.text_error import TextError

#: stands in an order for the person's deputy, and is no channel
DEPUTY = "deputy"
_WAY = re.compile(r"\s*(?P<channel>[a-z0-9.-]+)\s*(?P<rest>.*?)\s*", re.DOTALL)
_AFTER = re.compile(r"after\s+(?P<english>.+)|(?P<chinese>.+?)\s*[後后]", re.DOTALL | re.IGNORECASE)
_EXAMPLE = "sms after 5 minutes"


def parse_way(text: str) -> Way:
    """Read one place of an order: "wecom", "sms after 5 minutes", "sms 5分鐘後".

    Raises:
        TextError: with the place and what was expected.
    """
    found = _WAY.fullmatch(text)
    if found is None:
        raise TextError("unexpected", {"found": text.strip(), "expected": "way"}, hint=_EXAMPLE)
    if not found["rest"]:
        return Way(found["channel"])
    wait = _AFTER.fullmatch(found["rest"])
    if wait is None:
        values = {"found": found["rest"], "expected": "way-wait"}
        raise TextError("unexpected", values, found.start("rest"), f"{found['channel']} after 5 minutes")
    group = "english" if wait["english"] else "chinese"
    try:
        after = parse_duration(wait[group])
    except TextError as error:
        at = found.start("rest") + wait.start(group) + error.position
        raise TextError(error.code, error.values, at, error.hint) from None
    return Way(found["channel"], after)


def channel_named(text: str) -> str:
    """The channel that a place of an order names; "" where it names none, or cannot be read."""
    try:
        channel = parse_way(text).channel
    except TextError:
        return ""
    return "" if channel == DEPUTY else channel


def plain(*channels: str) -> tuple[Way, ...]:
    """An order without waits."""
    return tuple(Way(channel) for channel in channels)


def with_the_rest(order: Iterable[Way], channels: Sequence[str]) -> tuple[Way, ...]:
    """The order with the channels that it does not name, which come last."""
    named = tuple(way for way in order if way.channel in channels or way.channel == DEPUTY)
    known = {way.channel for way in named}
    return (*named, *(Way(channel) for channel in channels if channel not in known))


def awaited(order: Sequence[Way], channel: str) -> tuple[Way, ...]:
    """The ways that follow where what went over this channel is not answered, in their order."""
    at = next((number for number, way in enumerate(order) if way.channel == channel), len(order))
    return tuple(way for way in order[at + 1 :] if way.after is not None)
