"""Entering a year in a calendar somebody wrote by hand."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertd.config.calendar_edit import with_years, year_text
from alertd.config.register import load_register
from alertd.core.calendar import CalendarYear
from alertd.shipped import shipped_files
from tests.unit.core.shipped_calendar import CALENDAR

SHIPPED = (shipped_files() / "schedules" / "calendar.toml").read_text("utf-8")
YEAR = CalendarYear(
    2027,
    "official",
    {date(2027, 1, 1): "new-year", date(2027, 1, 2): "new-year", date(2027, 10, 1): "national-day"},
    {date(2027, 1, 30): "make-up"},
    'notice "7"',
    date(2026, 11, 22),
)


def rewritten(text: str, *years: CalendarYear) -> str:
    edit = with_years(text, {year.year: year for year in years or (YEAR,)})
    assert edit.text is not None
    return edit.text


def test_only_the_year_changes_and_the_comments_stay():
    after = rewritten(SHIPPED)
    begin, end = SHIPPED.index("year = 2027"), SHIPPED.index("[[year]]\nyear = 2028")
    assert after.startswith(SHIPPED[:begin])
    assert after.endswith(SHIPPED[end:])
    loaded = load_register({"schedules/calendar.toml": after})
    assert loaded.calendar.years[2027] == YEAR
    assert loaded.calendar.years[2026] == CALENDAR.years[2026]


def test_entering_the_same_year_twice_changes_nothing_more():
    assert rewritten(rewritten(SHIPPED)) == rewritten(SHIPPED)


def test_the_shipped_years_are_written_as_they_stand():
    assert rewritten(SHIPPED, CALENDAR.years[2026], CALENDAR.years[2025]) == SHIPPED


def test_a_new_year_comes_at_the_end():
    year = CalendarYear(2029, "official", {date(2029, 1, 1): "new-year"}, {}, "notice")
    assert rewritten(SHIPPED, year) == SHIPPED + "\n" + year_text(year)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "[[year]] # next\nyear = 2027   # soon\nstatus = 'provisional' # estimate\nwork = []\n\n# end\n",
            '[[year]] # next\nyear = 2027   # soon\nstatus = "official" # estimate\n'
            'source = "notice \\"7\\""\nchecked = 2026-11-22\noff = [\n'
            '  { from = 2027-01-01, to = 2027-01-02, name = "new-year" },\n'
            '  { from = 2027-10-01, name = "national-day" },\n]\nwork = [2027-01-30]\n\n# end\n',
        ),
        (
            '[[year]]\nyear = 2027\nstatus = "official"\nsource = "a"\nchecked = 2026-01-01\nwork = [\n'
            "  2027-05-08, # maybe\n]\noff = []",
            '[[year]]\nyear = 2027\nstatus = "official"\nsource = "notice \\"7\\""\nchecked = 2026-11-22\n'
            "work = [\n  # maybe\n  2027-01-30,\n]\noff = [\n"
            '  { from = 2027-01-01, to = 2027-01-02, name = "new-year" },\n'
            '  { from = 2027-10-01, name = "national-day" },\n]',
        ),
    ],
)  # fmt: skip
def test_where_values_stand_or_are_missing(before, after):
    assert rewritten(before) == after


def test_windows_line_ends_stay():
    after = rewritten(SHIPPED.replace("\n", "\r\n"))
    assert after == rewritten(SHIPPED).replace("\n", "\r\n")


def test_an_empty_calendar_gets_its_first_year():
    assert tomllib.loads(rewritten(""))["year"][0]["year"] == 2027


@pytest.mark.parametrize(
    "text",
    [
        'year = [{ year = 2027, status = "provisional" }]\n',
        '[[year]]\nyear = 2027\nstatus = """provisional"""\n',
    ],
)
def test_a_file_written_in_an_unusual_way_is_left_alone(text):
    assert with_years(text, {2027: YEAR}).text is None


days = st.dates(date(2027, 1, 1), date(2027, 12, 31))
names = st.sampled_from(["new-year", "national-day", 'od"d\\'])


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(days, names, max_size=30), st.lists(days, max_size=20, unique=True), st.text())
def test_any_year_is_read_back_as_it_was_written(off, work, source):
    source = "".join(sign for sign in source if sign.isprintable())
    off = {day: name.replace('"', "").replace("\\", "") for day, name in sorted(off.items())}
    year = CalendarYear(2027, "provisional", off, dict.fromkeys(sorted(work), "make-up"), source)
    table = tomllib.loads(rewritten(SHIPPED, year))["year"][9]
    assert (table["work"], table["source"]) == (sorted(work), source)
    read = load_register({"schedules/calendar.toml": rewritten(SHIPPED, year)}).calendar.years.get(2027)
    assert read is None or dict(read.off) == off
