"""Days, instants, limits and time left, in the reader's words.

Every instant is timezone-aware and shown in `zone`. The year is left out where it is the year of `reference`,
which is the day the reader reads on. A limit at midnight is 24:00 of the day before and never the next day's
00:00: that is how the law counts (Civil Code art. 203) and how people say it.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from alertd.core.day_times import is_time, time_named
from alertd.core.period_days import day_named
from alertd.core.periods import LABEL
from alertd.core.timing import LAST_DAY, Clock, Closing, Duration
from alertd.messages.catalogue import Catalogue


@lru_cache(maxsize=8)
def catalogue(language: str) -> Catalogue:
    return Catalogue(language)


@lru_cache(maxsize=1024)
def day_text(day: date, language: str, reference: date | None = None, *, short: bool = False) -> str:
    """12月30日(星期三) / Wed 30 Dec; `short` leaves out the weekday."""
    words = catalogue(language)
    key = "date.day-short" if short else "date.day"
    if reference is None or reference.year != day.year:
        key += "-with-year"
    weekday = words.word("weekday", str(day.weekday()))
    month = words.word("month", str(day.month))
    return words.say(key, year=day.year, month=month, day=day.day, weekday=weekday)


def near_day_text(day: date, language: str, today: date) -> str:
    """今日, 明日 or the date without weekday: for subjects."""
    if day == today:
        return catalogue(language).say("date.today")
    if day == today + timedelta(days=1):
        return catalogue(language).say("date.tomorrow")
    return day_text(day, language, today, short=True)


def clock_text(at: datetime) -> str:
    """The minute of a local instant, 24-hour."""
    return f"{at.hour:02}:{at.minute:02}"


def instant_text(at: datetime, zone: ZoneInfo, language: str, reference: date | None = None) -> str:
    """10月1日(星期四)02:10 / Thu 1 Oct 02:10; of a day's last moment, which a bare date means, the day."""
    local = at.astimezone(zone)
    day = day_text(local.date(), language, reference)
    if local.time() == time.max:
        return day
    return catalogue(language).say("date.instant", day=day, clock=clock_text(local))


def limit_text(at: datetime, zone: ZoneInfo, language: str, reference: date | None = None) -> str:
    """The end of a period: as `instant_text`, but midnight is 24:00 of the day that ends."""
    day = ending_day(at, zone)
    if day is None:
        return instant_text(at, zone, language, reference)
    return catalogue(language).say("date.midnight", day=day_text(day, language, reference))


def ending_day(at: datetime, zone: ZoneInfo) -> date | None:
    """The day that ends at this instant, where it is a midnight."""
    local = at.astimezone(zone)
    if (local.hour, local.minute, local.second) != (0, 0, 0):
        return None
    return local.date() - timedelta(days=1)


def due_text(
    *,
    due: datetime,
    last_day: date | None,
    office_due: datetime | None,
    by_the_hour: bool,
    zone: ZoneInfo,
    language: str,
    reference: date | None = None,
) -> str:
    """12月30日(星期三)下班前(17:30);法定至24時, or the exact minute on hour clocks."""
    if by_the_hour:
        return instant_text(due, zone, language, reference)
    if last_day is None:
        return limit_text(due, zone, language, reference)
    words = catalogue(language)
    day = day_text(last_day, language, reference)
    ends = due.astimezone(zone)
    if ends.date() == last_day:  # at a time the rule names, and not at 24:00
        if office_due is None or office_due.astimezone(zone).date() == last_day:
            return words.say("date.due-time", day=day, clock=clock_text(ends))
        office = office_due.astimezone(zone)
        office_day = day_text(office.date(), language, reference)
        said = {"office_day": office_day, "office": clock_text(office), "day": day, "clock": clock_text(ends)}
        return words.say("date.due-time-earlier", **said)
    if office_due is None or office_due == due:  # the office has closed for good
        return words.say("date.due-legal", day=day)
    office = office_due.astimezone(zone)
    if office.date() == last_day:
        return words.say("date.due-office", day=day, clock=clock_text(office))
    office_day = day_text(office.date(), language, reference)
    return words.say("date.due-office-earlier", office_day=office_day, clock=clock_text(office), day=day)


def due_short_text(
    *,
    due: datetime,
    last_day: date | None,
    office_due: datetime | None,
    by_the_hour: bool,
    zone: ZoneInfo,
    language: str,
    now: datetime,
) -> str:
    """For subjects: 今日07:10屆滿, 12月30日下班前; once the office has closed, the legal limit."""
    words = catalogue(language)
    today = now.astimezone(zone).date()
    if by_the_hour or last_day is None:
        ends = ending_day(due, zone)
        if ends is not None:
            return words.say("date.due-legal-short", day=near_day_text(ends, language, today))
        local = due.astimezone(zone)
        day = near_day_text(local.date(), language, today)
        return words.say("date.due-hours-short", day=day, clock=clock_text(local))
    ends_at = due.astimezone(zone)
    if ends_at.date() == last_day and (office_due is None or now > office_due or office_due == due):
        day = near_day_text(last_day, language, today)
        return words.say("date.due-time-short", day=day, clock=clock_text(ends_at))
    if office_due is None or now > office_due or office_due == due:
        return words.say("date.due-legal-short", day=near_day_text(last_day, language, today))
    office_day = office_due.astimezone(zone).date()
    return words.say("date.due-office-short", day=near_day_text(office_day, language, today))


def remaining_text(
    now: datetime,
    due: datetime,
    *,
    zone: ZoneInfo,
    language: str,
    last_day: date | None = None,
) -> str:
    """還有5天, 已逾期1天; with `last_day` None in hours and minutes: 還有2小時30分, 已超時限40分鐘.

    So is what is late on its last day, by the time of day that its limit names.

    Minutes left are rounded down and minutes late too, so that nobody is promised time that is not there.
    """
    words = catalogue(language)
    if last_day is not None:
        left = (last_day - now.astimezone(zone).date()).days
        if left == 0 and now <= due:
            return words.say("date.left-today")
        if left != 0:
            return words.say("date.left-days" if left > 0 else "date.late-days", count=abs(left))
    kind = "left" if now <= due else "late"
    minutes = int(abs(due - now) / timedelta(minutes=1))
    if minutes == 0:
        return words.say("date.left-minutes", minutes=1) if now < due else words.say("date.late-now")
    hours, rest = divmod(minutes, 60)
    if hours == 0:
        return words.say(f"date.{kind}-minutes", minutes=minutes)
    if rest == 0:
        return words.say(f"date.{kind}-hours", hours=hours)
    return words.say(f"date.{kind}-hours-minutes", hours=hours, minutes=rest)


def duration_text(duration: Duration, language: str) -> str:
    """5個工作日 / 5 working days; 1個月15日 / 1 month 15 days."""
    words = catalogue(language)
    length = words.say(f"duration.{duration.unit.value}", count=duration.amount)
    if not duration.more:
        return length
    return words.say("duration.more", length=length, more=words.say("duration.day", count=duration.more))


def clock_said(at: Clock | None, words: Catalogue) -> str:
    """16時 / 16:00, 下班 / close of business; None is the end of the day."""
    if isinstance(at, Closing):
        return words.say("rule.clock-closing")
    hour, minute = (at.hour, at.minute) if at else (24, 0)
    return words.say("rule.clock" if minute == 0 else "rule.clock-minute", hour=hour, minute=minute)


def occurrence_text(label: str, language: str) -> str:
    """The period a duty is about: 2026年度, 2026年第4季度, 2026年12月; empty where the label names a case.

    Of a rule that names several days, with the day behind it: 2026年度（6月25日）.
    """
    found = LABEL.fullmatch(label)
    if found is None:
        return ""
    words = catalogue(language)
    year, half, quarter, week, month, half_month, day, part = found.groups()
    if part:
        period = occurrence_text(label.removesuffix(f".{part}"), language)
        return words.say("period.part", period=period, day=_part_text(part, words)) if period else ""
    if week:
        return words.say("period.week", year=year, week=int(week))
    if half:
        return words.say(f"period.half-{half}", year=year)
    if quarter:
        return words.say("period.quarter", year=year, quarter=quarter)
    if day:
        with suppress(ValueError):  # a case may be called so
            return day_text(date.fromisoformat(label), language)
        return ""
    if month:
        key = f"period.half-month-{half_month}" if half_month else "period.month"
        return words.say(key, year=year, month=words.word("month", str(int(month))))
    return words.say("period.year", year=year)


def _part_text(part: str, words: Catalogue) -> str:
    """The day a label names, as `core.period_days` writes it; as it is where that is none of its own."""
    if is_time(part):
        return clock_said(time_named(part), words)
    day = day_named(part)
    if day is None:
        return part
    if day.weekday is not None:
        return words.say(f"rule.weekday-{day.weekday}")
    if day.month is not None:
        return words.say("date.day-short", month=words.word("month", str(day.month)), day=day.day)
    return words.say("rule.last-day" if day.day == LAST_DAY else "rule.day", day=day.day)


def counted_text(
    start: datetime, length: str, end: datetime, *, zone: ZoneInfo, language: str, reference: date | None
) -> str:
    """How an event is read back before it counts: 10月1日(星期四)02:10起算,5小時,07:10屆滿.

    `length` is what `duration_text` gave. The day of the end is left out where it is that of the start.
    """
    local_start, local_end = start.astimezone(zone), end.astimezone(zone)
    if local_start.date() == local_end.date():
        ends = clock_text(local_end)
    else:
        ends = limit_text(end, zone, language, reference)
    begins = instant_text(start, zone, language, reference)
    return catalogue(language).say("date.counted", start=begins, duration=length, end=ends)
