"""The lines of a message about no single deadline that are made of facts, for one reader."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from alertd.core.model import Text
from alertd.messages.catalogue import Catalogue
from alertd.messages.dates import catalogue, due_text, instant_text, limit_text, remaining_text


def severity_text(code: str, words: Catalogue, titles: Mapping[str, Text]) -> str:
    """What people read for a severity: its title in the files, else the word for it, else the id itself."""
    return words.text(titles[code]) if code in titles else words.word("severity", code or "none")


def upgrade_lines(facts: Mapping[str, Any], language: str, zone: ZoneInfo, now: datetime) -> list[str]:
    """What a higher severity asks for: the new clocks, those that stay as they were, who is asked besides.

    `facts` holds `clocks` and `asked`, as engine.cases.upgrading writes them.
    """
    words = catalogue(language)
    clocks = sorted(
        facts["clocks"], key=lambda clock: (not clock["new"], "old" not in clock, clock["number"])
    )
    lines = [_clock_line(clock, words, zone, now) for clock in clocks]
    if facts["asked"]:
        names = [
            words.say("told.person", name=words.script(name), position=words.word("position", position))
            for name, position in facts["asked"]
        ]
        lines.append(words.say("told.asked", names=words.say("text.list").join(names)))
    return lines


def _clock_line(clock: Mapping[str, Any], words: Catalogue, zone: ZoneInfo, now: datetime) -> str:
    today = now.astimezone(zone).date()
    start = instant_text(datetime.fromisoformat(clock["start"]), zone, words.language, today)
    moved = "old" in clock
    old = {"old": _limit({**clock, **clock["old"]}, words, zone, now, left=False)} if moved else {}
    return words.say(
        "told.clock-new" if clock["new"] else "told.clock-moved" if moved else "told.clock-kept",
        **old,
        title=words.text(clock["title"]),
        party=words.text(clock["party"]),
        number=clock["number"],
        start=start,
        limit=_limit(clock, words, zone, now, left=True),
    )


def _limit(clock: Mapping[str, Any], words: Catalogue, zone: ZoneInfo, now: datetime, left: bool) -> str:
    """A limit in words; with `left` also how much time there is until then."""
    due, earliest, office = (_instant(clock[name]) for name in ("due", "earliest", "office_due"))
    today = now.astimezone(zone).date()
    if due is None:
        return limit_text(earliest, zone, words.language, today) if earliest else ""
    last_day = date.fromisoformat(clock["last_day"]) if clock["last_day"] else None
    by_the_hour = clock["by_the_hour"]
    text = due_text(
        due=due,
        last_day=last_day,
        office_due=office,
        by_the_hour=by_the_hour,
        zone=zone,
        language=words.language,
        reference=today,
    )
    if not left:
        return text
    remaining = remaining_text(
        now, due, zone=zone, language=words.language, last_day=None if by_the_hour else last_day
    )
    return words.say("fact.due-left", due=text, left=remaining)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
