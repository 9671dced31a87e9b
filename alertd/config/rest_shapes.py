"""When somebody is left in peace, as files write it: a span of hours, days of the week, or `none`."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema

from alertd.config.faults import shown
from alertd.config.values import Line, Shape, Words, wrong
from alertd.core.resting import NONE, read_quiet, weekday


def _quiet(text: str) -> str:
    if text and text != NONE and read_quiet(text) is None:
        raise wrong("bad-quiet", {"found": shown(text)})
    return text


def _day(text: str) -> str:
    if text != NONE and weekday(text) is None:
        raise wrong("bad-rest-day", {"found": shown(text)})
    return text


def _some_work(days: list[str]) -> list[str]:
    if {weekday(day) for day in days} >= set(range(5)):
        raise wrong("rest-always", {})
    return days


Quiet = Annotated[Line, AfterValidator(_quiet), WithJsonSchema({"type": "string"})]
RestDay = Annotated[Words, AfterValidator(_day)]
RestDays = Annotated[list[RestDay], AfterValidator(_some_work)]


class RestShape(Shape):
    """When everybody is left in peace by day clocks, where people.csv says nothing else; local times."""

    quiet: Annotated[Quiet, Field(description="hours of each day, e.g. 20:00-07:00; empty: none")] = ""
    days: Annotated[RestDays, Field(description="days of the week, e.g. saturday")] = Field(
        default_factory=list
    )
