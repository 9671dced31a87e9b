"""`alertd when`: the golden dates of the design, and what is refused."""

import shutil

import pytest


def test_five_working_days_end_on_a_make_up_saturday(alertd):
    ran = alertd("when", "5 working days", "--after", "2026-09-28T10:00:00+08:00", "--json")
    assert ran.code == 0
    found = ran.json
    assert list(found) == ["start", "earliest", "due", "last_day", "office_due", "provisional", "trace"]
    assert found["start"] == "2026-09-28T10:00:00+08:00"
    assert (found["earliest"], found["due"]) == (None, "2026-10-11T00:00:00+08:00")
    assert (found["last_day"], found["office_due"]) == ("2026-10-10", "2026-10-10T17:30:00+08:00")
    assert found["provisional"] is False
    assert [set(line) for line in found["trace"]] == [{"at", "what", "why"}] * len(found["trace"])
    assert ("2026-10-01", "skip") in [(line["at"], line["what"]) for line in found["trace"]]


def test_a_window_has_two_bounds(alertd):
    found = alertd("when", "5 to 15 working days", "--after", "2026-09-28T10:00", "--json").json
    assert (found["earliest"], found["last_day"]) == ("2026-10-11T00:00:00+08:00", "2026-10-23")


def test_a_minimum_duration_has_no_due_date(alertd):
    found = alertd("when", "at least 30 days", "--after", "2026-05-01", "--json").json
    assert found["earliest"] == "2026-06-01T00:00:00+08:00"
    assert (found["due"], found["last_day"], found["office_due"]) == (None, None, None)


def test_hours_run_to_the_minute_through_the_night(alertd):
    found = alertd("when", "5小時", "--after", "2026-10-01T02:10", "--json").json
    assert (found["due"], found["office_due"]) == ("2026-10-01T07:10:00+08:00", "2026-10-01T07:10:00+08:00")


def test_an_offset_is_respected(alertd):
    found = alertd("when", "5 hours", "--after", "2026-09-30T18:10Z", "--json").json
    assert found["start"] == "2026-10-01T02:10:00+08:00"


def test_a_date_in_a_year_without_notice_is_provisional(alertd):
    found = alertd("when", "yearly by 01-30 of the next year", "--after", "2026-06-01", "--json").json
    assert (found["last_day"], found["provisional"]) == ("2027-01-30", True)
    assert found["office_due"] == "2027-01-29T17:30:00+08:00"


def test_a_stated_date_is_given_with_due(alertd):
    found = alertd("when", "as stated", "--after", "2026-11-01", "--due", "2026-11-20", "--json").json
    assert found["last_day"] == "2026-11-20"
    assert alertd("when", "as stated", "--after", "2026-11-01").code == 1


@pytest.mark.parametrize(
    "after",
    ["２０２６-１０-０１Ｔ０２：１０", "2026/10/1 02:10", "2026年10月1日 02:10", " 2026-10-01T02:10 "],
)
def test_an_instant_may_be_written_as_a_clerk_writes_it(alertd, after):
    found = alertd("when", "5 hours", "--after", after, "--json").json
    assert found["due"] == "2026-10-01T07:10:00+08:00"


def test_without_a_start_it_is_now(alertd):
    assert alertd("when", "5 hours", "--json").json["due"] == "2026-11-23T14:00:00+08:00"


def test_midnight_is_shown_to_people_as_the_end_of_the_day(alertd):
    out = alertd("when", "at least 30 days", "--after", "2026-05-01").out
    assert "24:00" in out
    assert "00:00" not in out.split("How it was counted")[0].partition("after")[2].partition("\n")[2]


def test_the_note_is_in_the_configured_language(alertd):
    alertd.replace("config.toml", 'language = "en"', 'language = "zh-Hans"')
    out = alertd("when", "5個工作日", "--after", "2026-09-28T10:00").out
    assert "办理时限  2026年10月10日(星期六)下班前(17:30);法定至24时" in out
    assert "国庆节放假，7天" in out


def test_an_hour_rule_refuses_a_bare_date(alertd):
    ran = alertd("when", "5 hours", "--after", "2026-10-01")
    assert (ran.code, ran.out) == (1, "")
    assert "“5 hours” counts hours" in ran.err


@pytest.mark.parametrize(
    ("rule", "after", "words"),
    [
        ("5 huors", "2026-10-01", "did you mean “5 hours”"),
        ("", "2026-10-01", "nothing is written here"),
        ("5 hours", "yesterday", "“yesterday” is no instant"),
        ("5 days", "2026-02-30", "“2026-02-30” is not in the calendar"),
        ("5 days", "0001-01-01", "outside the years 1951 to 2499"),
        ("5 days", "2026-10-011", "“2026-10-011” is no instant"),
    ],
)
def test_what_cannot_be_read_is_said(alertd, rule, after, words):
    ran = alertd("when", rule, "--after", after)
    assert (ran.code, ran.out) == (1, "")
    assert words in ran.err


def test_a_local_time_that_clocks_skipped_is_refused(alertd):
    alertd.replace("config.toml", "Asia/Shanghai", "Europe/Berlin")
    ran = alertd("when", "5 hours", "--after", "2026-03-29T02:30")
    assert ran.code == 1
    assert "clocks were put forward" in ran.err


def test_no_store_is_needed_and_none_is_made(alertd):
    shutil.rmtree(alertd.folder / "var")
    assert alertd("when", "5 days", "--after", "2026-10-01").code == 0
    assert not (alertd.folder / "var").exists()


def test_a_fault_elsewhere_does_not_stop_the_calculator(alertd):
    alertd.write("schedules/policies.toml", "[[policy")
    assert alertd("when", "5 days", "--after", "2026-10-01").code == 0


def test_a_fault_in_the_calendar_does(alertd):
    alertd.write("schedules/calendar.toml", "[[year")
    ran = alertd("when", "5 days", "--after", "2026-10-01")
    assert ran.code == 78
    assert ran.err.startswith("schedules/calendar.toml:1:")


def test_the_first_turns_of_a_recurring_rule_are_shown(alertd):
    ran = alertd("when", "every 12 hours while open", "--after", "2026-10-01T02:10", "--json").json
    assert [turn["start"][:16] for turn in ran["turns"]] == [
        "2026-10-01T02:10", "2026-10-01T14:10", "2026-10-02T02:10", "2026-10-02T14:10",
    ]  # fmt: skip
    assert ran["due"] == ran["turns"][0]["due"] == ran["turns"][1]["start"]
    out = alertd("when", "每2個工作日一次，直至結案", "--after", "2026-09-28T10:00").out
    assert out.count("turn ") >= 4
    assert "17:30" in out


def test_what_lasts_as_long_as_its_case_says_so(alertd):
    ran = alertd("when", "while the case is open", "--after", "2026-10-01T02:10")
    assert "Due when the case closes" in ran.out
    assert "turns" not in alertd("when", "案件辦理期間", "--json").json


def test_a_rule_that_may_be_meant_otherwise_is_asked_back(alertd):
    ran = alertd("when", "15日前", "--after", "2026-10-01")
    assert ran.code == 0
    assert "“15日前” is read as “提前15日”" in ran.out
    assert "“每月15日前”" in ran.out
    assert "is read as" not in alertd("when", "提前15日", "--after", "2026-10-01").out
