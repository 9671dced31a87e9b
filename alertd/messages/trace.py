"""The trace of a computation as sentences, so that a clerk can count again by hand.

The codes are those of alertd.core (`TraceLine`); a code this catalogue does not know is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from alertd.core.timing import Duration, TimeUnit, TraceLine
from alertd.messages.catalogue import Catalogue
from alertd.messages.dates import (
    catalogue,
    day_text,
    duration_text,
    instant_text,
    limit_text,
    occurrence_text,
)

#: args that hold an ISO date
_DAYS = frozenset({"day", "first", "last", "last_day", "from", "stated"})


class TraceText(NamedTuple):
    """One line of a trace in words: when, what it settles, and why."""

    at: str
    what: str
    why: str


def trace_text(line: TraceLine, zone: ZoneInfo, language: str, reference: date | None = None) -> TraceText:
    """The sentences of one line. Limits at midnight are shown as 24:00 of the day that ends."""
    words = catalogue(language)
    what = words.word("trace.what", line.what)
    key = f"trace.why.{line.why}"
    args = _args(line.args, words, reference)
    why = words.say(key, **args) if key in words else line.why
    return TraceText(_at(line, zone, language, reference), what, why)


def _at(line: TraceLine, zone: ZoneInfo, language: str, reference: date | None) -> str:
    if isinstance(line.at, datetime):
        limit = line.what in ("earliest", "due", "office-due")
        return (limit_text if limit else instant_text)(line.at, zone, language, reference)
    first, last = line.args.get("first"), line.args.get("last")
    if line.what == "skip" and first and last and first != last:
        ends = [day_text(date.fromisoformat(day), language, reference) for day in (first, last)]
        return catalogue(language).say("trace.span", first=ends[0], last=ends[1])
    return day_text(line.at, language, reference)


def _args(args: Mapping[str, str], words: Catalogue, reference: date | None) -> dict[str, object]:
    """Dates, holidays and reasons in words; `length` is made of `amount` and `unit`, `count` of `days`."""
    said: dict[str, object] = dict(args)
    for name in _DAYS.intersection(args):
        said[name] = day_text(date.fromisoformat(args[name]), words.language, reference)
    if "name" in args:
        said["name"] = words.word("holiday", args["name"])
    if "amount" in args and "unit" in args:
        length = Duration(int(args["amount"]), TimeUnit(args["unit"]), int(args.get("more", "0")))
        said["length"] = duration_text(length, words.language)
    if "days" in args:
        said["count"] = int(args["days"])
    if "label" in args:
        said["label"] = occurrence_text(args["label"], words.language) or args["label"]
    if "reason" in args:
        key = f"trace.reason.{args['reason']}"
        said["reason"] = words.say(key, name=said.get("name", "")) if key in words else args["reason"]
    return said
