"""The statutory days against which a notice is held: as published calendars have them."""

from __future__ import annotations

import chinese_calendar
import pytest

from alertd.config.notice_law import FIRST_YEAR, LAST_YEAR, statutory_days


@pytest.mark.parametrize("year", range(FIRST_YEAR, 2027))
def test_the_statutory_days_are_off_in_another_calendar(year):
    for days in statutory_days(year).values():
        assert not any(chinese_calendar.is_workday(day) for day in days)


def test_the_statutory_days_are_those_of_a_table_of_the_moon():
    from holidays.calendars.chinese import _ChineseLunisolar

    moon = _ChineseLunisolar()
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        days = statutory_days(year)
        assert moon.lunar_new_year_date(year)[0] in days["spring-festival"]
        assert (moon.dragon_boat_date(year)[0],) == days["dragon-boat"]
        assert (moon.mid_autumn_date(year)[0],) == days["mid-autumn"]
        assert moon.qingming_date(year)[0] == days["qingming"][0]


@pytest.mark.parametrize(
    ("year", "counts"),
    [(2013, (1, 3, 1, 1, 1, 1, 3)), (2024, (1, 3, 1, 1, 1, 1, 3)), (2025, (1, 4, 1, 2, 1, 1, 3))],
)
def test_the_number_of_statutory_days_follows_the_law_of_the_year(year, counts):
    assert tuple(len(days) for days in statutory_days(year).values()) == counts


@pytest.mark.parametrize(
    ("year", "first"),
    [(2013, "2013-02-09"), (2014, "2014-01-31"), (2024, "2024-02-10"), (2025, "2025-01-28")],
)
def test_new_years_eve_was_statutory_until_2013_and_is_again_since_2025(year, first):
    assert str(statutory_days(year)["spring-festival"][0]) == first
