"""The shipped register says what the plan says: clause, who owes, rule and value (also test_plan_table)."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from alertd.config import load_register, read_texts
from alertd.core.calendar import WorkCalendar
from alertd.core.directory import Directory
from alertd.core.escalation import timetable
from alertd.core.limits import limits_after
from alertd.core.model import Register, Stint
from alertd.core.roster import joined
from alertd.core.timing import Duration, Limits, OfficeHours, Period, PeriodDay, TimeUnit

ROOT = Path(__file__).parents[3]
ZONE = ZoneInfo("Asia/Shanghai")
#: no official notice: the dates below are chosen so that no movable holiday lies near them
CALENDAR = WorkCalendar(ZONE, {}, "none")
OFFICE = OfficeHours(time(8, 30), time(17, 30))
DAY_CLOCKS = (
    "yearly-report",
    "working-day-window",
    "consultation",
    "officer-training",
    "progress",
    "yearly-rate",
    "yearly-quota",
    "case-day",
    "case-count",
    "minimum-period",
)

# Every unit the plan names, as it spells it; 政府辦 and 政府辦公室 are one.
PLAN_UNITS = [
    "編辦",
    "行政審批局",
    "市場監督管理局",
    "司法局",
    "公共治理服務中心",
    "發改委",
    "財政局",
    "應急管理局",
    "生態環境局",
    "民政局",
    "審計局",
    "政府辦",
    "政府辦公室",
    "信訪局",
    "公安局",
    "公務員局",
    "網信辦",
    "12345市長熱線",
    "依治辦",
    "市全面推進依法行政工作領導小組",
]

# obligation: clause, who owes, rule, at least, at most, soft bounds, minimum of the measure
TABLE = {
    "draft-consultation": ("§8", "event.party", "at least 30 days", "30 day", "", "earliest", 0),
    "legality-review": (
        "§9",
        "unit:justice-bureau",
        "5 to 15 working days",
        "5 working-day",
        "15 working-day",
        "earliest",
        0,
    ),
    "decision-consultation": ("§14", "event.party", "at least 30 days", "30 day", "", "earliest", 0),
    "enforcement-statistics": (
        "§16",
        "group:every-enforcement-agency",
        "yearly by 01-30 of the next year",
        "",
        "",
        "",
        0,
    ),
    "enforcement-statistics-report": (
        "§16",
        "group:every-enforcement-agency",
        "yearly by 01-30 of the next year",
        "",
        "",
        "",
        0,
    ),
    "officer-training": ("§19", "roster:every-enforcement-agency", "yearly by 12-31", "", "", "", 40),
    "incident-information": ("§24", "event.party", "5 hours", "", "5 hour", "", 0),
    "press-conference": ("§24", "event.party", "24 hours", "", "24 hour", "", 0),
    "rule-of-law-report": ("§31", "group:towns-and-departments", "yearly by 12-30", "", "", "", 0),
}

# obligation: a start, then earliest, due (24:00 of a day is the next day's 00:00)
VALUES = {
    "draft-consultation": ("2026-05-01T09:00", "2026-06-01T00:00", None),
    "decision-consultation": ("2026-05-01T09:00", "2026-06-01T00:00", None),
    "incident-information": ("2026-10-01T02:10", None, "2026-10-01T07:10"),
    "press-conference": ("2026-10-01T02:10", None, "2026-10-02T02:10"),
    "rule-of-law-report": ("2026-11-22T10:00", None, "2026-12-31T00:00"),
    "enforcement-statistics": ("2026-11-22T10:00", None, "2027-01-31T00:00"),
    "enforcement-statistics-report": ("2026-11-22T10:00", None, "2027-01-31T00:00"),
    "officer-training": ("2026-11-22T10:00", None, "2027-01-01T00:00"),
}


@pytest.fixture(scope="module")
def register() -> Register:
    texts, unreadable = read_texts(ROOT / "schedules")
    loaded = load_register(texts)
    assert [fault.text() for fault in [*unreadable, *loaded.faults]] == []
    assert loaded.register is not None
    return loaded.register


def _said(duration: Duration | None) -> str:
    return "" if duration is None else f"{duration.amount} {duration.unit}"


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=ZONE)


def _limits(register: Register, obligation: str, start: str) -> Limits:
    begins = datetime.fromisoformat(start).replace(tzinfo=ZONE)
    return limits_after(register.obligations[obligation].rule, begins, CALENDAR, OFFICE)


def _mornings(register: Register, obligation: str) -> dict[str, datetime]:
    """When each step of a calendar-dated duty is reached for the year 2026."""
    duty = register.obligations[obligation]
    limits = _limits(register, obligation, "2026-11-22T10:00")
    reaches = timetable(register.policies[duty.policy], limits, duty.rule.by_the_hour, CALENDAR, OFFICE)
    return {reach.id: reach.at for reach in reaches}


@pytest.mark.parametrize("name", TABLE)
def test_says_what_the_plan_says(register, name):
    duty = register.obligations[name]
    minimum = duty.measure.minimum if duty.measure else 0
    soft = " ".join(sorted(duty.soft))
    found = (
        duty.source.clause,
        duty.owed_by,
        duty.rule.text,
        _said(duty.rule.minimum),
        _said(duty.rule.maximum),
    )
    assert (*found, soft, minimum) == TABLE[name]
    assert duty.source.checked == date(2026, 11, 22)


@pytest.mark.parametrize("name", VALUES)
def test_gives_the_values_of_the_plan(register, name):
    start, earliest, due = VALUES[name]
    limits = _limits(register, name, start)
    assert (limits.earliest, limits.due) == (_instant(earliest), _instant(due))


def test_january_statistics_are_about_the_year_before(register):
    rule = register.obligations["enforcement-statistics"].rule
    assert (rule.period, rule.days) == (Period.YEAR, (PeriodDay(1, 30, following=True),))


def test_both_incident_clocks_prefer_the_publication(register):
    for name in ("incident-information", "press-conference"):
        assert register.obligations[name].starts_on == (
            "major-incident.published",
            "major-incident.occurred",
            "major-incident.received",
        )
    assert register.event_types["major-incident"].instants == ("published", "occurred", "received")


def test_every_title_is_chinese_and_english(register):
    named = [*register.obligations.values(), *register.policies.values(), *register.event_types.values()]
    titles = [thing.title for thing in named] + [unit.name for unit in register.units.values()]
    assert all(title["zh-Hant"] and title["en"] for title in titles)


@pytest.mark.parametrize("spelling", PLAN_UNITS)
def test_knows_the_unit_as_the_plan_spells_it(register, spelling):
    known = [u.id for u in register.units.values() if spelling in (u.name["zh-Hant"], *u.aliases)]
    assert len(known) == 1


def test_groups_have_their_sizes_and_agencies_are_departments(register):
    sizes = {group.id: len(set(group.members)) for group in register.groups.values()}
    assert sizes == {
        "every-town": 12,
        "every-department": 20,
        "every-enforcement-agency": 12,
        "towns-and-departments": 32,
    }
    agencies = set(register.groups["every-enforcement-agency"].members)
    assert agencies <= set(register.groups["every-department"].members)


def test_every_unit_has_somebody_in_every_position_a_step_asks_for(register):
    directory = Directory(register, CALENDAR)
    steps = [
        step for policy in register.policies.values() for step in (*policy.steps, policy.overdue) if step
    ]
    positions = {position for step in steps for position in step.to}
    for unit in register.units:
        for position in positions:
            resolved = directory.resolve(
                position, unit, "justice-bureau", CALENDAR.instant(date(2026, 11, 23), time(12))
            )
            assert resolved.holders, (unit, position)
            assert not resolved.vacant, (unit, position)


def test_the_deputy_answers_while_the_contact_is_away(register):
    away = [person for person in register.people.values() if person.away]
    assert len(away) == 1
    holders = (
        Directory(register, CALENDAR)
        .resolve("contact", away[0].unit, None, CALENDAR.instant(date(2026, 12, 16), time(12)))
        .holders
    )
    assert [holder.person.id for holder in holders] == [away[0].deputy]


def test_nobody_in_it_can_be_reached_for_real(register):
    assert all(person.email.endswith("@example.org") for person in register.people.values())
    assert all(person.phone.startswith("021-0000-") for person in register.people.values())
    assert all(person.telegram is None for person in register.people.values())


def test_three_hundred_officers_in_twelve_agencies_in_the_order_of_their_numbers(register):
    assert list(register.roster) == [f"jd-{number:04}" for number in range(1, 301)]
    agencies = {officer.unit for officer in register.roster.values()}
    assert agencies == set(register.groups["every-enforcement-agency"].members)
    assert len({officer.name for officer in register.roster.values()}) == 300


def test_officers_join_leave_and_one_moves_in_september(register):
    year = register.roster.values()
    assert sum((joined(officer) or date.min) >= date(2026, 1, 1) for officer in year) == 5
    assert sum(officer.until is not None for officer in year) == 4
    assert [officer.stints for officer in year if officer.stints] == [
        (
            Stint("urban-management-bureau", date(2012, 7, 2), date(2026, 8, 31)),
            Stint("ecology-bureau", date(2026, 9, 1)),
        )
    ]


def test_hour_clocks_tell_the_principal_before_the_end(register):
    duty = register.obligations["incident-information"]
    limits = _limits(register, "incident-information", "2026-10-01T02:10")
    reaches = timetable(register.policies[duty.policy], limits, True, CALENDAR, OFFICE)
    first = min(reach.at for reach in reaches if "principal" in reach.step.to)
    assert first == datetime(2026, 10, 1, 6, 10, tzinfo=ZONE)
    assert register.policies[duty.policy].hours


def test_leaders_and_principals_are_informed_never_asked(register):
    for policy in register.policies.values():
        for step in (*policy.steps, policy.overdue):
            assert not step or not step.ask & {"leader-in-charge", "principal", "supervisor"}


@pytest.mark.parametrize("name", DAY_CLOCKS)
def test_day_clocks_repeat_at_most_three_times(register, name):
    policy = register.policies[name]
    assert not policy.hours
    assert all(step.repeat.at_most <= 3 for step in policy.steps if step.repeat)


def test_reports_and_training_hours_speak_on_the_same_mornings(register):
    report, hours = _mornings(register, "rule-of-law-report"), _mornings(register, "officer-training")
    same = {
        "ten-days": "ten-days",
        "three-days": "three-days",
        "last-day": "last-day",
    }
    assert {report[one] for one in same} == {hours[other] for other in same.values()}
    assert report["three-days"] == datetime(2026, 12, 25, 8, 30, tzinfo=ZONE)
    assert report["last-day"] == datetime(2026, 12, 30, 8, 30, tzinfo=ZONE)


def test_the_review_counts_full_working_days_and_warns_three_before_the_end(register):
    duty = register.obligations["legality-review"]
    assert duty.rule.maximum == Duration(15, TimeUnit.WORKING_DAY)
    limits = _limits(register, "legality-review", "2026-07-01T10:00")
    reaches = {r.id: r.at for r in timetable(register.policies[duty.policy], limits, False, CALENDAR, OFFICE)}
    assert reaches["earliest"].date() == date(2026, 7, 9)
    assert reaches["three-days"].date() == date(2026, 7, 17)


def test_hour_clocks_do_not_fall_silent_over_a_holiday(register):
    limits = _limits(register, "incident-information", "2026-10-01T02:10")
    reaches = timetable(register.policies["hour-clock"], limits, True, CALENDAR, OFFICE)
    ends, day_after = limits.due, datetime(2026, 10, 2, 7, 10, tzinfo=ZONE)
    late = [reach.at for reach in reaches if ends and ends < reach.at <= day_after]
    assert late == [datetime(2026, 10, 1, 9, 10, tzinfo=ZONE), day_after]
