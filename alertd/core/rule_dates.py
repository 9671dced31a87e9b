"""Rule texts that name days: of each year, quarter, month or week, or of one year.

"yearly by 01-30 of the next year", "quarterly by last friday", "monthly by working day 5", "weekly by
friday", "monthly in months 5 to 10 by day 28", "every 2 years from 2026 by 12-31", "yearly by 06-25 and
12-25", and once: "by 2026-12-31".

The same in Chinese: 次年1月30日前, 每季度最後一個周五前, 每月第5個工作日前, 每周五前, 5月至10月每月28日前,
自2026年起每2年12月31日前, 每年6月25日、12月25日前, 2026年12月31日前.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date

from alertd.core.durations import check_amount, read_unit
from alertd.core.rule_days import NEXT, is_number, read_span, take_day, take_end
from alertd.core.rule_times import read_time, read_times
from alertd.core.text_error import TextError
from alertd.core.timing import LAST_DAY, THIS_YEAR, Period, PeriodDay, Rule, RuleKind, TimeUnit
from alertd.core.words import Token, TokenReader, fold

PERIODS = {
    "yearly": Period.YEAR,
    "half-yearly": Period.HALF,
    "quarterly": Period.QUARTER,
    "monthly": Period.MONTH,
    "half-monthly": Period.HALF_MONTH,
    "weekly": Period.WEEK,
    "daily": Period.DAY,
    "working-daily": Period.DAY,
}
_DATE_BEHIND_YEAR = ("number", "last-day", "unit", "last", "first", "nth")
_UNITS = {TimeUnit.YEAR: Period.YEAR, TimeUnit.MONTH: Period.MONTH, TimeUnit.WEEK: Period.WEEK}
#: what may be the first word of a rule that names days, besides numbers and "every"
_FIRST = (*PERIODS, *NEXT, "since", "this-year", "by")
_WITH_SEASON = (Period.MONTH, Period.HALF_MONTH, Period.WEEK, Period.DAY)
#: years that are written as such; a smaller number counts something
_YEARS = range(1950, 2501)
#: what can be said of a rule that says no day
_SAMPLES = {
    ("weekly", True): "weekly by friday",
    ("weekly", False): "每周五前",
    ("daily", True): "daily by 16:00",
    ("daily", False): "每日16時前",
    ("working-daily", True): "every working day by 16:00",
    ("working-daily", False): "每個工作日16時前",
    ("half-monthly", True): "half-monthly by last day",
    ("half-monthly", False): "每半月最後一日前",
}


@dataclass(frozen=True, slots=True)
class _Frame:
    """The periods a rule speaks of: which, of how many one, since when, and in which months."""

    period: Period
    every: int = 1
    since: date | None = None
    season: tuple[int, int] | None = None


def names_days(reader: TokenReader) -> bool:
    """Whether the text goes on as a rule that names days, and no length of time or turn."""
    first, second, third = (reader.peek(ahead) for ahead in range(3))
    assert first is not None
    if first.kind in ("by", "between"):
        return second is not None and (second.number in _YEARS or second.kind == "this-year")
    if first.kind in _FIRST:
        return True
    if first.kind == "every":
        counted = second is not None and second.kind == "number" and third is not None
        return (
            counted
            and third is not None
            and third.unit in _UNITS
            and not reader.all_of("while-open", "times")
        )
    return first.kind == "number" and (_is_year(reader) or _is_season(reader))


def read_days(reader: TokenReader) -> Rule:
    """Read such a rule, up to what may follow it. Raises TextError."""
    between = first.kind == "between" if (first := reader.peek()) else False
    if (year := _read_year(reader)) is not None:
        return _read_once(reader, year, between)
    frame = _read_frame(reader)
    opening, days = _read_days(reader, frame.period)
    times = read_times(reader) if frame.period is Period.DAY else (read_time(reader, days),)
    take_end(reader)
    frame = replace(frame, since=frame.since or _read_since(reader, behind=True))
    if frame.every > 1 and frame.since is None:
        token = reader.all_of("every")[0]
        unit = next(unit for unit in reader.all_of("unit") if unit.position > token.position)
        found = reader.text[token.position : unit.position + len(unit.text)]
        raise TextError("since-missing", {"found": found}, token.position)
    return Rule(
        "",
        RuleKind.CALENDAR,
        period=frame.period,
        days=days,
        opening=opening,
        at=times[0] if len(times) == 1 else None,
        times=times if len(times) > 1 else (),
        every=frame.every,
        since=frame.since,
        season=frame.season,
    )


def _read_days(reader: TokenReader, period: Period) -> tuple[PeriodDay | None, tuple[PeriodDay, ...]]:
    if period is not Period.DAY:
        return read_span(reader, period)
    working = bool(reader.all_of("working-daily"))
    return None, (PeriodDay(nth=1) if working else PeriodDay(day=1),)


def names_date(reader: TokenReader) -> bool:
    """Whether the text goes on with one date, with its year or without: 2026年12月15日, 12-15, 年底."""
    first, mark, day, behind = (reader.peek(ahead) for ahead in range(4))
    if first is None:
        return False
    if first.kind == "this-year" or _is_year(reader):
        return True
    if mark is None or day is None:
        return False
    if first.unit is TimeUnit.YEAR:
        return mark.kind == "last-day"
    if first.kind != "number":
        return False
    if mark.kind == "month-mark":
        return True
    return mark.kind == "-" and (behind is None or behind.unit is None)


def read_date(reader: TokenReader) -> Rule:
    """Read such a date; without a year it is one of each. Raises TextError."""
    start = reader.peek()
    if (year := _read_year(reader)) is not None:
        rule = _read_once(reader, year, between=False)
    else:
        opening, days = read_span(reader, Period.YEAR)
        at = read_time(reader, days)
        take_end(reader)
        rule = Rule("", RuleKind.CALENDAR, period=Period.YEAR, days=days, opening=opening, at=at)
    if (rule.opening is not None or len(rule.days) > 1 or rule.days[0].following) and start is not None:
        behind = reader.peek()
        found = reader.text[start.position : behind.position if behind else None].strip()
        raise TextError("one-date", {"found": found}, start.position)
    return rule


# ---------------------------------------------------------------- one year


def _is_year(reader: TokenReader, ahead: int = 0) -> bool:
    number, mark = reader.peek(ahead), reader.peek(ahead + 1)
    named = number is not None and number.kind == "number" and number.number in _YEARS and mark is not None
    return named and mark is not None and (mark.kind == "-" or fold(mark.text) == "年")


def _read_year(reader: TokenReader) -> Token | None:
    """The year of a date that is named once, if the text goes on with one."""
    reader.take("by", "between")
    if token := reader.take("this-year"):
        return token
    if not _is_year(reader):
        return None
    token = reader.need("number", "date")
    mark, behind = reader.peek(), reader.peek(1)
    dated = behind is not None and (
        behind.kind in _DATE_BEHIND_YEAR or (behind.kind == "before" and is_number(reader, 2))
    )
    if mark is not None and mark.kind == "unit" and not dated:
        raise TextError("year-name", {"found": token.text + mark.text}, token.position)
    reader.take("-", "unit")
    return token


def _read_once(reader: TokenReader, year: Token, between: bool) -> Rule:
    opening, days = read_span(reader, Period.YEAR, between)
    at = read_time(reader, days)
    take_end(reader)
    for day in (*days, *([opening] if opening else [])):
        if day.following and (opening is None or day is opening):
            raise TextError("next-mismatch", {"found": year.text}, year.position)
        if year.number and day.month and day.day and day.day != LAST_DAY:
            longest = monthrange(year.number + day.following, day.month)[1]
            if day.day > longest:
                found = f"{year.number + day.following}-{day.month:02}-{day.day:02}"
                raise TextError("no-such-date", {"found": found}, year.position)
    named = THIS_YEAR if year.kind == "this-year" else year.number
    return Rule("", RuleKind.CALENDAR, period=Period.YEAR, days=days, opening=opening, at=at, year=named)


# ---------------------------------------------------------------- the periods


def _read_frame(reader: TokenReader) -> _Frame:
    since, season = _read_since(reader), None
    start = reader.peek()
    if start is not None and start.kind == "yearly" and _is_season(reader, 1):
        reader.take("yearly")  # 每年5月至10月每月
    if _is_season(reader):
        season = _read_season(reader)
        reader.take(",")
    period, every = _read_period(reader)
    since = since or _read_since(reader)
    if mark := reader.take("in-months"):
        start, season = mark, _read_season(reader)
    if season is not None and period not in _WITH_SEASON:
        assert start is not None
        raise TextError("season-unfit", {"found": start.text}, start.position)
    return _Frame(period, every, since, season)


def _read_period(reader: TokenReader) -> tuple[Period, int]:
    if named := reader.take(*PERIODS):
        if reader.peek() is None:
            hint = _SAMPLES.get((named.kind, reader.text.isascii()), "")
            raise TextError("end-too-soon", {"expected": "date"}, len(reader.text), hint)
        return PERIODS[named.kind], 1
    token = reader.peek()
    if token is not None and token.kind in NEXT:  # 次年1月30日前 is a yearly rule, 次月5日前 a monthly one
        return {"next-year": Period.YEAR, "next-month": Period.MONTH, "next-week": Period.WEEK}[token.kind], 1
    reader.need("every", "period")
    amount = reader.need("number", "period")
    unit = read_unit(reader, amount)
    check_amount(amount, 100)
    return _UNITS[unit], amount.number


def _read_since(reader: TokenReader, behind: bool = False) -> date | None:
    """From 2026, from 2026-01-09, 自2026年起, 自2026年1月9日起; `behind` the days after a comma."""
    comma, mark = reader.peek(), reader.peek(1)
    if behind and comma is not None and comma.kind == "," and mark is not None and mark.kind == "since":
        reader.take(",")
    if reader.take("since") is None:
        return None
    year = reader.need("number", "date")
    if year.number not in _YEARS:
        raise TextError("no-such-date", {"found": year.text}, year.position)
    month = day = None
    reader.take("unit")
    if reader.take("-") or _is_month(reader):
        month = reader.need("number", "date")
        if reader.take("-", "month-mark") is not None and is_number(reader):
            day = reader.need("number", "date")
            take_day(reader)
    reader.take("onwards")
    try:
        return date(year.number, month.number if month else 1, day.number if day else 1)
    except ValueError:
        last = day or month or year
        found = reader.text[year.position : last.position + len(last.text)]
        raise TextError("no-such-date", {"found": found}, year.position) from None


def _is_month(reader: TokenReader, ahead: int = 0) -> bool:
    mark = reader.peek(ahead + 1)
    return is_number(reader, ahead) and mark is not None and mark.kind == "month-mark"


def _is_season(reader: TokenReader, ahead: int = 0) -> bool:
    """5月至10月 and, over the turn of the year, 11月至次年3月."""
    if not _is_month(reader, ahead):
        return False
    to, year = reader.peek(ahead + 2), reader.peek(ahead + 3)
    if to is None or to.kind not in ("to", "-"):
        return False
    last = ahead + 4 if year is not None and year.kind == "next-year" else ahead + 3
    behind = reader.peek(last + 2)
    if behind is not None and behind.kind == ",":
        behind = reader.peek(last + 3)
    return _is_month(reader, last) and behind is not None and behind.kind in ("every", *PERIODS)


def _read_season(reader: TokenReader) -> tuple[int, int]:
    first = reader.need("number", "date")
    reader.take("month-mark")
    if reader.take("to", "-") is None:
        reader.fail("date")
    following = reader.take("next-year")
    last = reader.need("number", "date")
    reader.take("month-mark")
    for month in (first, last):
        check_amount(month, 12)
    if (following is None) is not (first.number <= last.number) and following is not None:
        raise TextError("no-such-date", {"found": following.text + last.text}, following.position)
    return first.number, last.number
