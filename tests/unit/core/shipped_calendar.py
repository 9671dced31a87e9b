"""The shipped working days, for tests of the core, which reads no files itself."""

import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from alertd.core.calendar import CalendarYear, WorkCalendar
from alertd.core.timing import OfficeHours

ZONE = ZoneInfo("Asia/Shanghai")
OFFICE = OfficeHours()
FILE = Path(__file__).parents[3] / "schedules" / "calendar.toml"


def _year(entry: dict) -> CalendarYear:
    off = {}
    for days in entry["off"]:
        day, last = days["from"], days.get("to", days["from"])
        while day <= last:
            off[day] = days["name"]
            day += timedelta(days=1)
    work = dict.fromkeys(entry["work"], "make-up")
    return CalendarYear(entry["year"], entry["status"], off, work, entry["source"], entry.get("checked"))


def load() -> WorkCalendar:
    with FILE.open("rb") as file:
        years = [_year(entry) for entry in tomllib.load(file)["year"]]
    return WorkCalendar(ZONE, {year.year: year for year in years}, "test-1")


CALENDAR = load()


def at(text: str) -> datetime:
    """An instant in the zone: "2026-09-28T10:00", or the midnight a bare date begins with."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def day(text: str) -> date:
    return date.fromisoformat(text)
