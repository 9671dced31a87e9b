"""`alertd return`, `verify`, `extend`, `suspend`, `resume`, `restart`, `waive`, `reassign`, `decline`."""

from __future__ import annotations

import pytest

REPORT = "rule-of-law-report@2026/town-donghe"
OTHER = "rule-of-law-report@2026/finance-bureau"
INFORMATION = "incident-information@fire-1/justice-bureau"
REVIEW = "legality-review@draft-1/justice-bureau"


@pytest.fixture
def draft(alertd):
    """A review of the justice bureau from Friday 2026-11-20: 5 to 15 working days, due 2026-12-11."""
    argv = ("event", "report", "review-requested", "--subject", "draft-1", "--party", "財政局", "--yes")
    assert alertd(*argv, "--at", "2026-11-20").code == 0
    return alertd


@pytest.fixture
def december(alertd):
    """Two reports are handed in on 14 December 2026."""
    alertd.at("2026-12-14T09:00:00+08:00")
    for name in (REPORT, OTHER):
        assert alertd("done", name).code == 0
    return alertd


def state(program, name):
    ran = program("show", name, "--json")
    return ran.json["state"], ran.json["last_day"]


def test_returning_needs_a_reason_and_may_give_a_new_date(december):
    assert december("return", REPORT).code == 1
    ran = december("return", REPORT, "--reason", "no figures", "--due", "2027-01-08")
    assert ran.code == 0
    assert "returned for correction" in ran.out
    assert "8 Jan 2027" in ran.out
    assert state(december, REPORT) == ("returned", "2027-01-08")


def test_returning_after_the_limit_without_a_date_says_so(december):
    december.at("2027-01-05T09:00:00+08:00")
    assert "--due" in december("return", REPORT, "--reason", "no figures").out


def test_one_is_closed_by_its_number_several_from_a_file_all_by_their_occurrence(december):
    number = december("show", REPORT, "--json").json["number"]
    assert december("verify", f"#{number}", "--json").json == {"verified": [REPORT]}
    december.write("list.txt", f"{OTHER}\n\n")
    assert december("verify", "--from", "list.txt", "--json").json == {"verified": [OTHER]}
    ran = december("verify", "--obligation", "rule-of-law-report", "--occurrence", "2026", "--all")
    assert ran.code == 1
    assert "waits to be closed" in ran.err


def test_all_that_were_handed_in_are_closed_together(december):
    argv = ("--obligation", "rule-of-law-report", "--occurrence", "2026", "--all", "--json")
    assert sorted(december("verify", *argv).json["verified"]) == sorted([REPORT, OTHER])


def test_of_a_list_all_are_closed_or_none(december):
    december("verify", REPORT)
    assert december("verify", OTHER, REPORT).code == 1
    assert state(december, OTHER)[0] == "done"


@pytest.mark.parametrize("argv", [(), ("--all",), ("--all", "--obligation", "x"), (REPORT, "--all")])
def test_what_to_close_must_be_said(december, argv):
    assert december("verify", *argv).code == 64


def test_a_list_that_cannot_be_read_is_named(december):
    ran = december("verify", "--from", "missing.txt")
    assert ran.code == 1
    assert "missing.txt" in ran.err


def test_an_extension_is_asked_for_and_granted_by_somebody_else(draft):
    assert draft("extend", "ask", REVIEW, "--due", "2026-12-18", "--reason", "experts").code == 0
    assert "approved" in draft("extend", "grant", REVIEW).err
    ran = draft("extend", "grant", REVIEW, "--approver", "Mayor Li", "--json")
    assert (ran.json["state"], ran.json["last_day"]) == ("open", "2026-12-18")
    assert "approved by Mayor Li: experts" in draft("explain", REVIEW).out
    assert "extended: experts" in draft("show", REVIEW).out


def test_what_waits_for_a_decision_is_listed_and_shown(draft):
    assert "Nothing waits" in draft("requests").out
    assert draft("requests", "--json").json == []
    draft("extend", "ask", REVIEW, "--due", "2026-12-18", "--reason", "experts", "--by", "梁慧敏")
    draft.at("2026-11-25T09:00:00+08:00")
    (found,) = draft("requests", "--json").json
    assert (found["id"], found["kind"], found["wanted"]) == (REVIEW, "extend", "2026-12-18")
    assert (found["waiting_days"], found["waiting_working_days"], found["in_time"]) == (2, 2, True)
    assert found["deciders"][0].endswith(".justice-bureau")
    ran = draft("requests")
    assert "more time until Fri 18 Dec" in ran.out
    assert "2 days (2 working days)" in ran.out
    assert "waits for a decision" in draft("show", REVIEW).out
    draft("extend", "refuse", REVIEW, "--reason", "no", "--approver", "Li")
    assert draft("requests", "--json").json == []
    assert draft("show", REVIEW, "--json").json["requests"][0]["decision"] == "refused"
    assert "not granted by" in draft("show", REVIEW).out


def test_the_roll_says_who_has_asked_for_more_time(alertd):
    alertd("extend", "ask", REPORT, "--due", "2027-01-08", "--reason", "flood")
    assert "more time until Fri 8 Jan" in alertd("roll", "rule-of-law-report").out
    units = alertd("roll", "rule-of-law-report", "--json").json["units"]
    assert [unit["id"] for unit in units if unit["requests"]] == [REPORT]


def test_who_asks_after_office_hours_on_the_last_day_hears_that_it_is_late(draft):
    draft.at("2026-12-11T18:00:00+08:00")
    ran = draft("extend", "ask", REVIEW, "--due", "2026-12-18", "--reason", "experts")
    assert "No office hours are left" in ran.out


def test_what_goes_past_the_bounds_of_the_file_is_refused_with_the_last_day(draft):
    bounds = 'extension = { most = "5 working days", times = 1, limit = "2 months" }'
    duty = 'id = "legality-review"\n'
    draft.replace("schedules/chapter-2.toml", duty, f"{duty}{bounds}\n")
    assert draft("plan", "--apply", "--reason", "bounds").code == 0
    ran = draft("extend", "ask", REVIEW, "--due", "2026-12-21", "--reason", "experts")
    assert ran.code == 1
    assert "may be extended to Fri 18 Dec 24:00 and no further" in ran.err
    draft("extend", "ask", REVIEW, "--due", "2026-12-15", "--reason", "experts")
    assert draft("extend", "grant", REVIEW, "--approver", "Li").code == 0
    ran = draft("extend", "ask", REVIEW, "--due", "2026-12-16", "--reason", "experts")
    assert "has had 1 of at most 1 extensions" in ran.err
    draft.replace("schedules/chapter-2.toml", bounds, 'extension = { limit = "1 month" }')
    assert draft("plan", "--apply", "--reason", "bounds").code == 0
    ran = draft("extend", "ask", REVIEW, "--due", "2026-12-21", "--reason", "experts")
    assert "The law allows" in ran.err
    assert "until Sun 20 Dec 24:00 at the latest" in ran.err


def test_an_extension_that_is_refused_changes_nothing(draft):
    before = state(draft, REVIEW)
    draft("extend", "ask", REVIEW, "--due", "2026-12-18", "--reason", "experts")
    assert draft("extend", "refuse", REVIEW, "--reason", "no", "--approver", "Li").code == 0
    assert state(draft, REVIEW) == before
    assert "extend ask" in draft("extend", "grant", REVIEW, "--approver", "Li").err


def test_time_that_was_paused_does_not_count_and_the_trace_says_so(draft):
    assert "paused since" in draft("suspend", REVIEW, "--reason", "file incomplete").out
    assert "resume" in draft("done", REVIEW, "--reason", "x").err
    draft.at("2026-11-26T09:00:00+08:00")
    ran = draft("resume", REVIEW, "--json")
    assert (ran.json["state"], ran.json["last_day"]) == ("open", "2026-12-16")
    assert "3 working days do not count" in draft("explain", REVIEW).out


def test_a_restart_counts_from_the_instant_given(draft):
    argv = ("restart", REVIEW, "--at", "2026-11-23", "--reason", "handed in anew")
    assert "approved" in draft(*argv).err
    ran = draft(*argv, "--approver", "Li", "--json")
    assert ran.json["last_day"] == "2026-12-14"


def test_waiving_and_reassigning_say_what_became_of_it(draft):
    ran = draft("reassign", REVIEW, "--to", "財政局", "--reason", "its draft", "--json")
    assert ran.json["unit"] == "finance-bureau"
    assert draft("waive", REVIEW, "--reason", "withdrawn").code == 1
    assert draft("waive", REVIEW, "--reason", "withdrawn", "--approver", "Li").code == 0
    assert state(draft, REVIEW)[0] == "waived"


def test_a_unit_declines_within_three_working_days(draft):
    assert draft("decline", "ask", REVIEW, "--to", "財政局", "--reason", "not ours").code == 0
    assert draft("decline", "refuse", REVIEW, "--reason", "it is").code == 0
    draft("decline", "ask", REVIEW, "--to", "財政局", "--reason", "not ours")
    assert draft("decline", "grant", REVIEW, "--json").json["unit"] == "finance-bureau"
    draft.at("2026-11-30T09:00:00+08:00")
    late = draft("decline", "ask", REVIEW, "--reason", "not ours")
    assert late.code == 1
    assert "are over" in late.err


def test_by_the_hour_a_new_limit_needs_its_time(incident):
    ran = incident("extend", "ask", INFORMATION, "--due", "2026-11-24", "--reason", "x")
    assert ran.code == 1
    assert "2026-10-01T12:00" in ran.err
    assert incident("extend", "ask", INFORMATION, "--due", "2026-11-23T15:00", "--reason", "x").code == 0


def test_a_late_entry_is_marked_in_the_history(december):
    december.at("2026-12-16T09:00:00+08:00")
    third = "rule-of-law-report@2026/justice-bureau"
    assert december("done", third, "--at", "2026-12-14").code == 0
    assert "handed in (late entry)" in december("show", third).out
