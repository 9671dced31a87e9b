"""How delivery is paced: office hours, rest, silences, retries, acknowledgement leases. Pure.

Holding and retrying delay a message, never the decision to send it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zlib import crc32
from zoneinfo import ZoneInfo

from alertd.core.calendar import WorkCalendar
from alertd.core.resting import NO_REST, Rest, first_free, free_on
from alertd.core.timing import Duration, OfficeHours, TimeUnit

#: A held message leaves this long before due even in the middle of the night.
HOLD_MARGIN = timedelta(hours=2)
#: Retrying one channel ends after this, or after a quarter of the time left, whichever is first.
RETRY_LIMIT = timedelta(minutes=10)
#: ... but a channel is always given this long: a provider's hiccup is not a reason to wake the next person.
RETRY_FLOOR = timedelta(seconds=20)
#: over so long messages are spread that would leave at a full or a half hour
RUSH = timedelta(minutes=4)
#: nobody is silent who has had a message for less than this
SILENCE_FLOOR = timedelta(minutes=1)
#: When nobody else is left to ask, a message is retried on its last channel at this pace until it is closed.
LAST_RESORT_EVERY = timedelta(minutes=15)

#: retries of one moment are spread over so many places
_SPREAD = 997
_BACKOFF = tuple(timedelta(seconds=s) for s in (2, 5, 15, 30, 60, 120))


def leave_at(
    now: datetime,
    by_the_hour: bool,
    due: datetime | None,
    calendar: WorkCalendar,
    office: OfficeHours,
    rest: Rest = NO_REST,
    silent_until: datetime | None = None,
) -> datetime:
    """When a message decided at `now` may leave: at once on hour clocks, else in office hours.

    It waits for the end of a silence besides, and until its reader does not `rest`. A message that would
    still be held two hours before `due` leaves before: what gives way is the silence, then the office, and
    the rest of its reader last.
    """
    if by_the_hour:
        return now
    begin = max(now, silent_until) if silent_until is not None else now
    opening = first_free(begin, calendar, office, rest) or first_free(begin, calendar, office, NO_REST)
    last = due - HOLD_MARGIN if due is not None and now < due else None
    if opening is not None and (last is None or opening <= last):
        return opening
    assert last is not None  # offices open within two months
    return _before(last, now, calendar, office, rest)


def _before(
    last: datetime, now: datetime, calendar: WorkCalendar, office: OfficeHours, rest: Rest
) -> datetime:
    """When a message leaves that may not wait until it should, because it is of no use after `last`."""
    day, today = (at.astimezone(calendar.zone).date() for at in (last, now))
    while day >= today:  # a silence gives way: on the last day that the office is open
        found = free_on(day, now, calendar, office, rest)
        if found is not None and found <= last:
            return found
        day -= timedelta(days=1)
    latest = max(now, last)
    if rest.covers(latest.astimezone(calendar.zone)):
        found = first_free(now, calendar, None, rest)
        if found is not None and found <= last:
            return found
    return latest


def off_the_rush(leave: datetime, person: str, zone: ZoneInfo) -> datetime:
    """When a message that may leave then does, so that not all leave at a full or a half hour.

    Within that minute everybody has a place of their own in the four minutes that begin with it, the same
    each time.
    """
    if leave.astimezone(zone).minute % 30:
        return leave
    return leave + RUSH * (crc32(person.encode()) % _SPREAD) / _SPREAD


def retry_until(
    first_attempt: datetime, due: datetime | None, wait: timedelta | None = None, hurried: bool = False
) -> datetime:
    """Until when the same channel is tried again: not longer than the `wait` for an answer over it.

    `hurried` messages are tried no longer than any provider's hiccup.
    """
    allowed = RETRY_FLOOR if hurried else min(RETRY_LIMIT, wait or RETRY_LIMIT)
    if due is not None and due > first_attempt:
        allowed = min(allowed, (due - first_attempt) / 4)
    return first_attempt + max(allowed, RETRY_FLOOR)


def silent_from(
    taken: datetime,
    wait: Duration,
    due: datetime | None,
    by_the_hour: bool,
    calendar: WorkCalendar,
    office: OfficeHours,
) -> datetime:
    """From when on a message that was `taken` then counts as not answered.

    After the wait, or a quarter of the time left where that is less, but never within a minute; on day clocks
    in office hours, as messages are.
    """
    allowed = later(taken, wait, calendar) - taken
    if due is not None and due > taken:
        allowed = min(allowed, (due - taken) / 4)
    return leave_at(taken + max(allowed, SILENCE_FLOOR), by_the_hour, due, calendar, office)


def backoff(attempts: int, retry_after: float | None, delivery: int = 0) -> timedelta:
    """The pause before the next attempt, at least the `retry_after` seconds the provider asked for.

    Our own pause is up to a quarter longer, by the id of the `delivery`: what failed together comes back
    spread out.
    """
    pause = _BACKOFF[min(attempts, len(_BACKOFF)) - 1] if attempts > 0 else _BACKOFF[0]
    pause *= 1 + delivery % _SPREAD / (4 * _SPREAD)
    return pause if retry_after is None else max(pause, timedelta(seconds=retry_after))


def rests_until(now: datetime, lease: Duration, due: datetime | None, calendar: WorkCalendar) -> datetime:
    """Until when an acknowledgement keeps its person in peace: the lease, but not into the last two hours."""
    end = later(now, lease, calendar)
    if due is not None and now < due - HOLD_MARGIN:
        end = min(end, due - HOLD_MARGIN)
    return end


def later(now: datetime, wait: Duration, calendar: WorkCalendar) -> datetime:
    """`now` plus a pause: exact for minutes and hours, whole local days (or working days) otherwise."""
    if wait.unit is TimeUnit.MINUTE:
        return now + timedelta(minutes=wait.amount)
    if wait.unit is TimeUnit.HOUR:
        return now + timedelta(hours=wait.amount)
    local = now.astimezone(calendar.zone)
    if wait.unit is TimeUnit.WORKING_DAY:
        day = calendar.next_workday(local.date(), wait.amount)
    else:
        days = {TimeUnit.WEEK: 7, TimeUnit.MONTH: 30, TimeUnit.YEAR: 365}.get(wait.unit, 1)
        day = local.date() + timedelta(days=days * wait.amount)
    return calendar.instant(day, local.time())
