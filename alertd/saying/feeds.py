"""Deadlines as entries of a calendar, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from alertd.core.model import State
from alertd.core.standing import UNFINISHED
from alertd.engine.reporting.feeds import Entry
from alertd.messages.ics import CANCELLED, CONFIRMED, TENTATIVE, CalendarEntry
from alertd.saying.rows import row_limit, row_party, row_title
from alertd.saying.voice import Voice
from alertd.store.rows import DeadlineRow

_GONE = (State.CANCELLED, State.WITHDRAWN, State.WAIVED)
_DAY, _HALF_AN_HOUR = timedelta(days=1), timedelta(minutes=30)


def feed_entry(entry: Entry, voice: Voice, pages: str = "") -> CalendarEntry:
    """One entry; `pages` is where the pages are, "" where there are none.

    All of the last day where days are counted, the instant where hours are or the rule names a time.
    """
    row, at = entry.row, _at(entry.row, voice)
    url = f"{pages}/deadlines/{row.number}" if pages and entry.count == 1 else ""
    return CalendarEntry(
        uid=entry.uid,
        at=at,
        summary=_summary(entry, voice),
        description="\n".join(_lines(entry, voice, url)),
        status=_status(row),
        sequence=entry.sequence,
        changed_at=entry.changed_at,
        url=url,
        alarms=_alarms(row, at, voice),
    )


def lost_entry(uid: str, names: Sequence[str], voice: Voice) -> CalendarEntry:
    """What is missing in a calendar, for it cannot be read: an entry of today, until it is mended."""
    today, words = voice.today(), voice.words
    return CalendarEntry(
        uid=uid,
        at=today,
        summary=words.say("ics.lost", count=len(names)),
        description="\n".join((words.say("ics.lost-what"), *names)),
        status=CONFIRMED,
        sequence=today.toordinal(),
        changed_at=voice.world.calendar.midnight_after(today - _DAY),
    )


def feed_name(title: str, voice: Voice) -> str:
    """What a calendar is called; in a drill it says so."""
    drill = voice.words.say("subject.drill") if voice.world.drilling else ""
    return voice.words.say("ics.name", drill=drill, title=title)


def feed_title(about: str, name: str, voice: Voice) -> str:
    """What a calendar is about: a person, a unit or a case; a badge is about a unit."""
    register = voice.world.register
    if about == "person":
        person = register.people.get(name)
        said = voice.words.script(person.name) if person else name
    else:
        said = voice.words.text(voice.world.party_name(name)) if about != "case" else name
    return voice.words.say(f"ics.of-{about}", name=said)


def _at(row: DeadlineRow, voice: Voice) -> date | datetime:
    if row.due is None:
        assert row.earliest is not None  # or it would be no entry
        return row.earliest if row.by_the_hour else row.earliest.astimezone(voice.zone).date()
    ends = row.due.astimezone(voice.zone)
    timed = row.by_the_hour or row.last_day is None or ends.date() == row.last_day
    return row.due if timed or row.last_day is None else row.last_day


def _status(row: DeadlineRow) -> str:
    if row.state in _GONE:
        return CANCELLED
    unsure = row.state in UNFINISHED and (row.provisional or row.state == State.SUSPENDED)
    return TENTATIVE if unsure else CONFIRMED


def _summary(entry: Entry, voice: Voice) -> str:
    row, words = entry.row, voice.words
    said = words.say("ics.summary", title=row_title(row, voice), party=_party(entry, voice))
    if row.provisional and row.state in UNFINISHED:
        said = words.say("ics.provisional", what=said)
    if row.state in (State.OPEN, State.SCHEDULED):
        marked = said
    else:
        marked = words.say("ics.marked", state=words.word("state", row.state), what=said)
    return (words.say("subject.drill") if voice.world.drilling else "") + marked


def _party(entry: Entry, voice: Voice) -> str:
    row, words = entry.row, voice.words
    if row.party not in voice.world.register.roster:
        return row_party(row, voice)
    unit = words.text(voice.world.party_name(row.unit))
    return words.say("ics.officers", unit=unit, count=entry.count)


def _lines(entry: Entry, voice: Voice, url: str) -> list[str]:
    row, words = entry.row, voice.words
    lines = [
        words.say("ics.line", name=words.say("label.due"), text=row_limit(row, voice)),
        words.say("ics.line", name=words.say("label.party"), text=_party(entry, voice)),
        words.say("ics.line", name=words.say("label.state"), text=words.word("state", row.state)),
    ]
    if entry.count == 1 and row.party not in voice.world.register.roster:
        number = words.say("fact.number", number=row.number, id=row.id)
        lines.append(words.say("ics.line", name=words.say("label.number"), text=number))
    return [*lines, url] if url else lines


def _alarms(row: DeadlineRow, at: date | datetime, voice: Voice) -> tuple[timedelta, ...]:
    """How long before the entry: by the hour when half the time is over and half an hour before; else when
    the office opens on the working day before the last one that leaves time, and on that day.
    """
    if row.state not in UNFINISHED or row.state == State.SUSPENDED or row.due is None:
        return ()
    if isinstance(at, datetime):
        half = timedelta(minutes=(at - row.start) // timedelta(minutes=2))
        return (half, _HALF_AN_HOUR) if half > _HALF_AN_HOUR else (half,)
    calendar, opens = voice.world.calendar, voice.world.office.opens
    last = row.office_due.astimezone(voice.zone).date() if row.office_due else at
    begins = calendar.midnight_after(at - _DAY)
    days = (calendar.previous_workday(last, 1), last)
    return tuple(begins - calendar.instant(day, opens) for day in days)
