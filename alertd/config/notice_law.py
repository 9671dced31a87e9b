"""What the law gives in each year, against which a notice is held: the statutory days, and their number.

Law: 全国年节及纪念日放假办法, as in force from 2008, 2014 and 2025. A statutory day on a weekend is made up
for, and every other weekday off is worked on a weekend, so that a year has as many weekdays off, less the
weekend days worked, as statutory days. The notices for 2013 to 2026 all come out so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

#: the year, and month and day of the first of the first month, the fifth of the fifth, the fifteenth of the
#: eighth; tests hold them against a published calendar
_LUNAR = """
    2008 0207 0608 0914; 2009 0126 0528 1003; 2010 0214 0616 0922; 2011 0203 0606 0912; 2012 0123 0623 0930;
    2013 0210 0612 0919; 2014 0131 0602 0908; 2015 0219 0620 0927; 2016 0208 0609 0915; 2017 0128 0530 1004;
    2018 0216 0618 0924; 2019 0205 0607 0913; 2020 0125 0625 1001; 2021 0212 0614 0921; 2022 0201 0603 0910;
    2023 0122 0622 0929; 2024 0210 0610 0917; 2025 0129 0531 1006; 2026 0217 0619 0925; 2027 0206 0609 0915;
    2028 0126 0528 1003; 2029 0213 0616 0922; 2030 0203 0605 0912; 2031 0123 0624 1001; 2032 0211 0612 0919;
    2033 0131 0601 0908; 2034 0219 0620 0927; 2035 0208 0610 0916; 2036 0128 0530 1004; 2037 0215 0618 0924;
    2038 0204 0607 0913; 2039 0124 0527 1002; 2040 0212 0614 0920; 2041 0201 0603 0910; 2042 0122 0622 0928;
    2043 0210 0611 0917; 2044 0130 0531 1005; 2045 0217 0619 0925; 2046 0206 0608 0915; 2047 0126 0529 1004;
    2048 0214 0615 0922; 2049 0202 0604 0911; 2050 0123 0623 0930;
"""
FIRST_YEAR, LAST_YEAR = 2008, 2050
_SINCE_2025 = 2025
_EVE_LEFT_OUT = range(2014, _SINCE_2025)


@cache
def statutory_days(year: int) -> dict[str, tuple[date, ...]]:
    """The days off by law of each holiday. Raises KeyError outside FIRST_YEAR to LAST_YEAR."""
    spring, dragon_boat, mid_autumn = _lunar()[year]
    first = 0 if year in _EVE_LEFT_OUT else -1
    last = 1 if year < _EVE_LEFT_OUT.start else 2
    return {
        "new-year": (date(year, 1, 1),),
        "spring-festival": tuple(spring + timedelta(ahead) for ahead in range(first, last + 1)),
        "qingming": (_qingming(year),),
        "labour-day": tuple(date(year, 5, day) for day in ((1, 2) if year >= _SINCE_2025 else (1,))),
        "dragon-boat": (dragon_boat,),
        "mid-autumn": (mid_autumn,),
        "national-day": tuple(date(year, 10, day) for day in (1, 2, 3)),
    }


def weekdays_gained(off: Iterable[date], work: Iterable[date]) -> int:
    """How many weekdays are off, less the weekend days that are worked."""
    return sum(day.weekday() < 5 for day in off) - sum(day.weekday() >= 5 for day in work)


@cache
def _lunar() -> dict[int, tuple[date, date, date]]:
    years: dict[int, tuple[date, date, date]] = {}
    for entry in _LUNAR.replace("\n", " ").split(";"):
        if entry.strip():
            number, *days = entry.split()
            spring, dragon_boat, mid_autumn = (date(int(number), int(d[:2]), int(d[2:])) for d in days)
            years[int(number)] = (spring, dragon_boat, mid_autumn)
    return years


def _qingming(year: int) -> date:
    """The sun at 15 degrees: the usual formula for this century, right for every year of the table."""
    of_century = year % 100
    return date(year, 4, int(of_century * 0.2422 + 4.81) - of_century // 4)
