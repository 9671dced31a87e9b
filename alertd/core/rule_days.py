"""The days within a rule text: 12-30, day 5, last friday, working day 5, 6月25日、12月25日."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from alertd.core.durations import check_amount
from alertd.core.text_error import TextError
from alertd.core.timing import LAST, LAST_DAY, LONGEST_MONTHS, Period, PeriodDay, TimeUnit
from alertd.core.words import Token, TokenReader, fold

NEXT = ("next-year", "next-month", "next-week")
#: a February has at least so many working days; other periods as many times more
_WORKING_DAYS = {Period.MONTH: 15, Period.QUARTER: 50, Period.HALF: 110, Period.YEAR: 230}
#: fifth weekdays are not in every month
_WEEKDAYS = 4
_FIRST_DAY = 1
_DAY_STARTS = ("number", "weekday", "last-day", "month-mark", *NEXT)


def read_span(
    reader: TokenReader, period: Period, between: bool = False
) -> tuple[PeriodDay | None, tuple[PeriodDay, ...]]:
    """The days, and the first day of a window that one ends: between 03-01 and 04-30, 3月至4月, 每月1日至5日.

    `between` says that this word stood before the year.
    """
    between = reader.take("between") is not None or between
    reader.take("by")
    start = reader.peek()
    first = _read_day(reader, period, None, _FIRST_DAY)
    # 每月1-5日 is a window; in "monthly by 06-25" somebody means the 25th of June
    to = (
        reader.need("and", "and")
        if between
        else reader.take(*(("to",) if reader.text.isascii() else ("to", "-")))
    )
    if to is None:
        return None, _read_list(reader, period, first)
    if first.nth is not None:
        raise TextError("unexpected", {"found": to.text, "expected": "end"}, to.position)
    place = reader.peek()
    last = _read_day(reader, period, first, LAST_DAY)
    if not _opens_before(first, last):
        assert start is not None
        assert place is not None
        behind = reader.peek()
        found = reader.text[start.position : behind.position if behind else None].strip()
        later = {Period.YEAR: "次年", Period.WEEK: "次周"}.get(period, "次月")
        hint = (
            ""
            if found.isascii()
            else f"{reader.text[: place.position]}{later}{reader.text[place.position :]}"
        )
        raise TextError("window-backwards", {"found": found}, start.position, hint)
    return first, (last,)


def _opens_before(first: PeriodDay, last: PeriodDay) -> bool:
    if first.following or last.nth is not None:
        return False
    if last.following:
        return True
    keys = [(day.month or 0, day.day or day.weekday or 0) for day in (first, last)]
    return keys[0] < keys[1]


def _read_list(reader: TokenReader, period: Period, first: PeriodDay) -> tuple[PeriodDay, ...]:
    """One day or several: 6月25日、12月25日, day 15 and last day. 次年 holds for those behind it, too."""
    days = [first]
    while _goes_on(reader):
        separator = reader.take(",", "and")
        assert separator is not None
        start = reader.peek()
        day = _read_day(reader, period, days[-1])
        if start is None or not _in_order([*days, day]):
            place = start.position if start else 0
            behind = reader.peek()
            found = reader.text[place : behind.position if behind else None].strip()
            raise TextError("dates-order", {"found": found}, place)
        days.append(day)
    return tuple(days)


def take_end(reader: TokenReader) -> None:
    """內, 前, which say nothing more."""
    reader.take("within")
    reader.take("before")


def _goes_on(reader: TokenReader) -> bool:
    separator, behind = reader.peek(), reader.peek(1)
    if separator is None or separator.kind not in (",", "and") or behind is None:
        return False
    return behind.kind in _DAY_STARTS or behind.unit is TimeUnit.DAY


def _in_order(days: list[PeriodDay]) -> bool:
    """Whether they ascend, and the last comes before the first of the next period; only such are listed."""
    if any(day.nth is not None for day in days):
        return False
    keys = [(day.following, day.month or 0, day.day or day.weekday or 0) for day in days]
    if keys[-1][0] and not keys[0][0] and keys[-1][1:] >= keys[0][1:]:
        return False
    return all(one < other for one, other in pairwise(keys))


def _read_day(
    reader: TokenReader, period: Period, before: PeriodDay | None, whole: int | None = None
) -> PeriodDay:
    """A day; a month of a window without one means its day `whole`, the first or the last."""
    following = _read_next(reader, period)
    reader.take("by")
    following = following or _read_next(reader, period) or (before is not None and before.following)
    reader.take("the")
    if period is Period.HALF_MONTH:
        reader.need("last-day", "last-day")
        day = PeriodDay(day=LAST_DAY)
    elif period is Period.WEEK:
        day = PeriodDay(weekday=_read_weekday(reader))
    elif period is Period.YEAR:
        day = _read_day_of_year(reader, before, whole)
    else:
        month = _read_month_of(reader, period) or (before.month if before is not None else None)
        day = _read_day_of_month(reader, period, month)
    suffix = _read_next(reader, period)
    return replace(day, following=following or suffix)


def _read_next(reader: TokenReader, period: Period) -> bool:
    token = reader.take(*NEXT)
    if token is None:
        return False
    fits = {Period.YEAR: "next-year", Period.WEEK: "next-week", Period.HALF_MONTH: ""}
    if token.kind != fits.get(period, "next-month"):
        raise TextError("next-mismatch", {"found": token.text}, token.position)
    return True


def _read_weekday(reader: TokenReader) -> int:
    """Friday, 周五; behind 每周 the number alone: 每周五, 每周日."""
    token = reader.peek()
    if token is not None and token.kind == "number" and not token.text.isdecimal() and token.number < 7:
        return reader.need("number", "weekday").number
    if token is not None and token.unit is TimeUnit.DAY and not token.text.isascii():
        reader.take("unit")
        return 7
    return reader.need("weekday", "weekday").number


def _read_day_of_year(reader: TokenReader, before: PeriodDay | None, whole: int | None) -> PeriodDay:
    year = reader.peek()
    if year is not None and year.kind == "unit" and fold(year.text) == "年":
        reader.take("unit")  # 每年年底
    if reader.take("last-day"):
        return PeriodDay(12, LAST_DAY)
    if (nth := _read_nth(reader, Period.YEAR)) is not None:
        return nth
    mark = reader.peek(1)
    if before is not None and mark is not None and mark.kind not in ("-", "month-mark"):
        return replace(_read_day_of_month(reader, Period.MONTH, before.month), month=before.month)
    month = reader.need("number", "date")
    if reader.take("-", "month-mark") is None:
        reader.fail("date")
    _check_month(month, reader)
    if reader.take("last-day"):
        return PeriodDay(month.number, LAST_DAY)
    if (nth := _read_nth(reader, Period.MONTH)) is not None:
        return replace(nth, month=month.number)
    token = reader.peek()
    if _is_whole(token, whole):
        return PeriodDay(month.number, whole)
    if not reader.text.isascii() and (token is None or token.kind in ("before", ",", "and")):
        place = token.position if token else len(reader.text)
        found = reader.text[month.position : place].strip()
        rest = reader.text[place:]
        hint = f"{reader.text[:place].strip()}底{rest if rest.strip() else '前'}"
        raise TextError("month-without-day", {"found": found}, month.position, hint)
    day = reader.need("number", "date")
    take_day(reader)
    if not 1 <= day.number <= LONGEST_MONTHS[month.number - 1]:
        found = reader.text[month.position : day.position + len(day.text)]
        raise TextError("no-such-date", {"found": found}, month.position)
    return PeriodDay(month.number, day.number)


def _is_whole(token: Token | None, whole: int | None) -> bool:
    """Whether a month without a day ends here, and is one of a window."""
    if whole == _FIRST_DAY:
        return token is not None and token.kind == "to"
    return whole == LAST_DAY and (token is None or token.kind in ("before", "within", ","))


def _check_month(month: Token, reader: TokenReader) -> None:
    """Refuse what is no month of a year, with the day behind it."""
    if not 1 <= month.number <= 12:
        day = reader.peek()
        end = day.position + len(day.text) if day is not None and day.kind == "number" else None
        found = reader.text[month.position : end].strip()
        raise TextError("no-such-date", {"found": found}, month.position)


def _read_month_of(reader: TokenReader, period: Period) -> int | None:
    """首月, 末月, 第二個月, month 1: of a quarter or a half-year. Before 月末 there is none."""
    first, mark = reader.peek(), reader.peek(1)
    months = {Period.QUARTER: 3, Period.HALF: 6}.get(period, 0)
    if first is None or mark is None:
        return None
    if first.kind == "month-mark" and mark.kind == "last-day":
        reader.take("month-mark")
        return None
    if not months:
        return None
    if first.kind == "first" and mark.kind == "month-mark":
        reader.take("first")
        reader.take("month-mark")
        return 1
    if first.kind == "last-day" and mark.kind == "month-mark":
        reader.take("last-day")
        reader.take("month-mark")
        return months
    behind = reader.peek(2)
    if first.kind == "nth" and behind is not None and behind.unit is TimeUnit.MONTH:
        reader.take("nth")
        number = reader.need("number", "date")
        reader.take("unit")
    elif first.unit is TimeUnit.MONTH:
        reader.take("unit")
        number = reader.need("number", "date")
    else:
        return None
    check_amount(number, months)
    return number.number


def _read_day_of_month(reader: TokenReader, period: Period, month: int | None) -> PeriodDay:
    if reader.take("last-day"):
        return PeriodDay(month, LAST_DAY)
    if (nth := _read_nth(reader, Period.MONTH if month else period)) is not None:
        return replace(nth, month=month)
    take_day(reader)
    day = reader.need("number", "day-of-month")
    take_day(reader)
    if not 1 <= day.number <= LAST_DAY:
        raise TextError("no-such-date", {"found": day.text}, day.position)
    return PeriodDay(month, day.number)


def _read_nth(reader: TokenReader, period: Period) -> PeriodDay | None:
    """The n-th or last weekday or working day: last friday, working day 5, 第5個工作日, 前10個工作日內."""
    reader.take("the")
    if reader.take("last"):
        _take_one(reader)
        return _weekday_or_working(reader, LAST)
    if reader.take("first"):
        return _weekday_or_working(reader, 1)
    first, second = reader.peek(), reader.peek(1)
    if first is None:
        return None
    if first.kind == "nth" or (first.kind == "before" and is_number(reader, 1)):
        reader.take("nth", "before")
        number = reader.need("number", "amount")
        return _limited(reader, number, period)
    if first.unit is TimeUnit.WORKING_DAY:
        reader.take("unit")
        number = reader.need("number", "amount")
        check_amount(number, _WORKING_DAYS[period])
        return PeriodDay(nth=number.number)
    if first.kind == "number" and second is not None and second.kind == "ordinal":
        reader.take("number")
        reader.take("ordinal")
        return _limited(reader, first, period)
    return None


def _limited(reader: TokenReader, number: Token, period: Period) -> PeriodDay:
    day = _weekday_or_working(reader, number.number)
    check_amount(number, _WEEKDAYS if day.weekday is not None else _WORKING_DAYS[period])
    return day


def _weekday_or_working(reader: TokenReader, nth: int) -> PeriodDay:
    reader.take("piece")
    if weekday := reader.take("weekday"):
        return PeriodDay(weekday=weekday.number, nth=nth)
    token = reader.peek()
    if token is None or token.unit is not TimeUnit.WORKING_DAY:
        reader.fail("weekday")
    reader.take("unit")
    return PeriodDay(nth=nth)


def _take_one(reader: TokenReader) -> None:
    token = reader.peek()
    if token is not None and token.kind == "number" and token.number == 1:
        reader.take("number")  # 最後1個工作日


def take_day(reader: TokenReader) -> None:
    token = reader.peek()
    if token is not None and token.unit is TimeUnit.DAY and fold(token.text) in ("day", "日"):
        reader.take("unit")
    reader.take("day-mark")


def is_number(reader: TokenReader, ahead: int = 0) -> bool:
    token = reader.peek(ahead)
    return token is not None and token.kind == "number"
