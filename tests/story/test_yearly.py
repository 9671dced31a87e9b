"""Yearly reports: the city's whole year, few messages, each worth reading."""

from __future__ import annotations

from collections import Counter

from tests.story.city import City, shipped

REPORT = "rule-of-law-report"


def members(group: str) -> tuple[str, ...]:
    return shipped()[0].register.groups[group].members


def test_every_town_and_department_is_told_of_30_december() -> None:
    city = City("2026-11-23 09:00")
    sent = city.until("2026-12-31 00:00")
    told = {
        name.rpartition("/")[2] for m in sent for name in m.deadlines if name.startswith(f"{REPORT}@2026/")
    }
    assert told == set(members("every-town")) | set(members("every-department"))


def test_every_enforcement_agency_is_told_of_30_january_and_the_duty_is_about_the_year_before() -> None:
    city = City("2026-11-23 09:00")
    sent = city.until("2027-01-31 00:00")
    told = {
        name.rpartition("/")[2]
        for message in sent
        for name in message.deadlines
        if name.startswith("enforcement-statistics@2026/")
    }
    assert told == set(members("every-enforcement-agency"))


def test_day_clocks_speak_in_office_hours_only() -> None:
    city = City("2026-11-23 09:00")
    for message in city.until("2027-02-28 00:00"):
        assert "08:30" <= message.at[-5:] < "17:30", message


def test_thirty_two_units_that_owe_one_report_are_one_roll_for_the_receiver() -> None:
    city = City("2026-11-23 09:00")
    sent = city.until("2026-12-31 00:00")
    rolls = [m for m in sent if "receiver" in m.positions]
    assert rolls
    per_day = Counter((message.at[:10], message.person) for message in rolls)
    assert max(per_day.values()) == 1


def test_a_unit_that_has_handed_in_is_left_in_peace() -> None:
    city = City("2026-12-02 09:00")
    city.hand_in(f"{REPORT}@2026/town-donghe")
    later = city.until("2027-02-01 00:00")
    news = [m for m in later if f"{REPORT}@2026/town-donghe" in m.deadlines and "receiver" not in m.positions]
    assert all("done" in m.steps for m in news if "supervisor" not in m.positions)


def test_overdue_is_said_each_working_day_for_five_days_then_weekly_then_no_more() -> None:
    city = City("2026-12-30 09:00")
    sent = city.until("2027-03-31 00:00")
    mine = f"{REPORT}@2026/town-donghe"
    contact = next(m.person for m in sent if mine in m.deadlines and "contact" in m.positions)
    days = [
        m.at[:10]
        for m in sent
        if m.person == contact
        and any(s.startswith("overdue") and d == mine for s, d in zip(m.steps, m.deadlines, strict=True))
    ]
    assert len(days) == 9
    assert days[:5] == ["2026-12-31", "2027-01-04", "2027-01-05", "2027-01-06", "2027-01-07"]
    assert city.row(mine).waits == "bulletin"


def test_nobody_gets_over_four_messages_a_week_on_average_and_no_principal_over_two() -> None:
    city = City("2026-01-01 00:00")
    sent = city.until("2027-01-01 00:00")
    people = shipped()[0].register.people
    weekly = {person: count / 52 for person, count in Counter(m.person for m in sent).items()}
    assert max(weekly.values()) <= 4
    principals = [
        rate
        for person, rate in weekly.items()
        if person in people and "principal" in people[person].positions
    ]
    assert max(principals) <= 2


def test_the_first_start_accuses_nobody_of_what_was_due_before() -> None:
    city = City("2026-12-31 09:00")
    sent = city.until("2027-01-10 00:00")
    assert not any(f"{REPORT}@2026" in name for message in sent for name in message.deadlines)
