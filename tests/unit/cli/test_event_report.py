"""`alertd event report`: what starts, what stops, and what is read back before it counts."""

import pytest

REPORT = (
    "event", "report", "major-incident", "--severity=major", "--subject", "fire-1",
    "--party", "justice-bureau",
)  # fmt: skip
HOURS = "--occurred", "2026-11-23T02:10"


def test_an_event_starts_the_clocks_of_its_parties(alertd):
    ran = alertd(*REPORT, "--party", "財政局", *HOURS, "--yes", "--json")
    assert ran.code == 0
    assert sorted(ran.json["started"]) == [
        "incident-information@fire-1/finance-bureau",
        "incident-information@fire-1/justice-bureau",
        "press-conference@fire-1/finance-bureau",
        "press-conference@fire-1/justice-bureau",
    ]
    row = alertd.row("incident-information@fire-1/justice-bureau")
    assert (row["case"], row["due"]) == ("fire-1", "2026-11-23T07:10:00+08:00")


def test_the_clock_is_read_back_before_it_counts(alertd):
    alertd.replace("config.toml", 'language = "en"', 'language = "zh-Hant"')
    alertd.answer = "n\n"
    ran = alertd(*REPORT, *HOURS)
    assert ran.code == 1
    assert "11月23日(星期一)02:10起算,5小時,07:10屆滿" in ran.err
    assert "尚缺事件發佈時間" in ran.err
    assert alertd("list", "--case", "fire-1", "--json").json == []


def test_yes_on_the_terminal_records_it(alertd):
    alertd.answer = "y\n"
    assert alertd(*REPORT, *HOURS).code == 0
    assert len(alertd("list", "--case", "fire-1", "--json").json) == 2


def test_what_it_closes_is_read_back_too(incident):
    incident.answer = "y\n"
    argv = ("event", "report", "information-published", "--subject", "fire-1", "--party", "justice-bureau")
    ran = incident(*argv, "--at", "2026-11-23T08:40")
    assert "This closes 1 deadline:" in ran.err
    assert incident.row("incident-information@fire-1/justice-bureau")["state"] == "done"
    assert incident.row("press-conference@fire-1/justice-bureau")["state"] == "open"


def test_without_a_terminal_it_needs_yes(alertd):
    ran = alertd(*REPORT, *HOURS)
    assert (ran.code, ran.out) == (64, "")
    assert "until 07:10" in ran.err
    assert "--yes" in ran.err
    assert alertd("list", "--case", "fire-1", "--json").json == []


def test_the_same_event_again_is_already_known(alertd):
    first = alertd(*REPORT, *HOURS, "--id", "e1", "--yes", "--json").json
    again = alertd(*REPORT, *HOURS, "--id", "e1", "--yes", "--json")
    assert (first["known"], again.json["known"], again.code) == (False, True, 0)
    assert "already known" in alertd(*REPORT, *HOURS, "--id", "e1", "--yes").out


def test_the_same_id_with_other_content_is_refused(alertd):
    alertd(*REPORT, *HOURS, "--id", "e1", "--yes")
    ran = alertd(*REPORT, "--occurred", "2026-11-23T02:11", "--id", "e1", "--yes")
    assert ran.code == 1
    assert "alertd event correct" in ran.err


def test_at_is_the_first_instant_of_the_type(alertd):
    alertd(*REPORT, "--at", "2026-11-23T02:10", "--id", "e1", "--yes")
    again = alertd(*REPORT, "--published", "2026-11-23T02:10", "--id", "e1", "--yes", "--json")
    assert again.json["known"] is True


@pytest.mark.parametrize("typed", ["05:10", "5:10", "０５：１０"])
def test_a_time_alone_is_one_of_today(alertd, typed):
    assert alertd(*REPORT, "--occurred", "07:00", "--published", typed, "--yes").code == 0
    assert alertd.row("press-conference@fire-1/justice-bureau")["opens_at"] == "2026-11-23T05:10:00+08:00"


def test_a_time_that_today_has_not_reached_is_not_taken_for_yesterdays(alertd):
    ran = alertd(*REPORT, "--published", "23:50", "--yes")
    assert ran.code == 1
    assert "23:50 lies in the future" in ran.err


def test_without_an_instant_it_happened_now(alertd):
    alertd(*REPORT, "--yes")
    row = alertd.row("incident-information@fire-1/justice-bureau")
    assert row["opens_at"] == "2026-11-23T09:00:00+08:00"


def test_units_may_stand_in_one_list_or_follow_each_other(alertd):
    argv = (
        "event", "report", "major-incident", "--severity=major", "--subject", "x", *HOURS, "--yes", "--json",
    )  # fmt: skip
    assert len(alertd(*argv, "--party", "司法局、财政局，公安局").json["started"]) == 6
    assert alertd(*argv, "--party", "司法局", "財政局", "公安局").json["known"] is True


def test_the_case_is_lowered(alertd):
    alertd(*REPORT[:5], "Fire-9", *REPORT[6:], *HOURS, "--yes")
    assert alertd("list", "--case", "Fire-9", "--json").json[0]["case"] == "fire-9"


@pytest.mark.parametrize(
    ("argv", "code", "words"),
    [
        ((*REPORT, "--at", "2026-11-23"), 1, "counts hours"),
        ((*REPORT, "--at", "2026-11-23T09:06"), 1, "lies in the future"),
        ((*REPORT, "--at", "soon"), 1, "is no instant"),
        ((*REPORT, "--at", "25:10"), 1, "is no instant"),
        ((*REPORT, "--at", "0001-01-01T00:00"), 1, "outside the years"),
        ((*REPORT, "--ended", "2026-11-23T08:00"), 64, "has no --ended; it has: --published"),
        ((*REPORT, "--at", "2026-11-23T08:00", "--published", "2026-11-23T08:00"), 64, "given twice"),
        ((*REPORT[:-1], "司法菊"), 1, "Did you mean 司法局 (justice-bureau)?"),
        ((*REPORT[:-1], "nowhere at all"), 1, "There is no unit"),
        (REPORT[:-2], 64, "--party"),
        (("event", "report", "major-incidnt", *REPORT[3:]), 1, "Did you mean major-incident?"),
        ((*REPORT[:5], "火災 1", *REPORT[6:]), 1, "for example 1."),
        ((*REPORT[:5], "火災", *REPORT[6:]), 1, "for example major-incident-20261123."),
        ((*REPORT, "--due", "tomorrow"), 1, "is no date"),
    ],
)
def test_what_makes_no_sense_is_refused_and_stores_nothing(alertd, argv, code, words):
    ran = alertd(*argv, "--yes")
    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err
    assert [row for row in alertd("list", "--json").json if row["case"]] == []


def test_a_planned_event_may_lie_ahead(alertd):
    assert alertd(*REPORT, "--at", "2026-11-24T08:00", "--planned", "--yes").code == 0


def test_five_minutes_ahead_are_forgiven(alertd):
    assert alertd(*REPORT, "--at", "2026-11-23T09:05", "--yes").code == 0


def test_a_bare_date_is_taken_where_days_are_counted(alertd):
    argv = ("event", "report", "review-requested", "--subject", "draft-1", "--party", "財政局")
    assert alertd(*argv, "--at", "2026-11-20", "--yes").code == 0
    row = alertd.row("legality-review@draft-1/justice-bureau")
    assert row["opens_at"] == "2026-11-20T00:00:00+08:00"


def test_a_bare_date_cannot_close_an_hour_clock(incident):
    argv = ("event", "report", "information-published", "--subject", "fire-1", "--party", "justice-bureau")
    ran = incident(*argv, "--at", "2026-11-23", "--yes")
    assert ran.code == 1
    assert "counts hours" in ran.err


def test_an_event_that_does_nothing_says_so(alertd):
    argv = ("event", "report", "information-published", "--subject", "no-such", "--party", "justice-bureau")
    assert "starts and closes nothing" in alertd(*argv, "--at", "2026-11-23T08:00", "--yes").out


def test_a_breach_is_told(incident):
    incident.at("2026-11-23T18:00:00+08:00")
    argv = ("event", "report", "information-published", "--subject", "fire-1", "--party", "justice-bureau")
    assert "handed in late" in incident(*argv, "--at", "2026-11-23T17:00", "--yes").out


def test_who_reported_it_is_recorded_beside_the_account(alertd):
    alertd.environ["SUDO_USER"] = "clerk"
    alertd(*REPORT, *HOURS, "--yes", "--by", "唐明軒")
    ran = alertd("done", "incident-information@fire-1/justice-bureau", "--by", "somebody", "--reason", "x")
    assert ran.code == 0
    shown = alertd("show", "incident-information@fire-1/justice-bureau", "--json").json
    done = next(each for each in shown["history"] if each["action"] == "done")
    assert done["actor"].startswith("somebody (")
    assert "clerk" in done["actor"]


def test_a_year_mistyped_is_pointed_out_even_where_nothing_is_asked(alertd):
    ran = alertd(*REPORT, "--occurred", "1999-10-01T02:10", "--yes")
    assert (ran.code, ran.err.count("1999")) == (0, 1)
    assert "Please check" not in alertd(*REPORT[:5], "fire-2", *REPORT[6:], *HOURS, "--yes").err


def test_times_in_the_wrong_order_are_pointed_out(alertd):
    ran = alertd(*REPORT, *HOURS, "--published", "2026-11-23T01:10", "--yes")
    assert "earlier than when it occurred" in ran.err


def test_a_date_that_no_duty_reads_is_refused(alertd):
    ran = alertd(*REPORT, *HOURS, "--due", "2026-12-30", "--yes")
    assert ran.code == 64
    assert "No duty that “major-incident” starts reads a date" in ran.err
    assert alertd("list", "--case", "fire-1", "--json").json == []


def test_without_a_severity_a_script_is_refused_with_the_list(alertd):
    argv = [word for word in REPORT if not word.startswith("--severity")]
    ran = alertd(*argv, *HOURS, "--yes")
    assert (ran.code, ran.out) == (64, "")
    assert "There are: major, especially-major (especially major)." in ran.err
    assert alertd("list", "--case", "fire-1", "--json").json == []


@pytest.mark.parametrize("answer", ["2\n", "especially-major\n", "Especially Major\n", "特别重大\n"])
def test_on_a_terminal_it_is_asked_for(alertd, answer):
    argv = [word for word in REPORT if not word.startswith("--severity")]
    alertd.answer = answer + "y\n"
    ran = alertd(*argv, "--id", "e9", *HOURS)
    assert ran.code == 0
    assert "  2  especially-major  especially major" in ran.err
    assert "severity: especially major" in ran.err
    assert "not higher" in alertd("event", "upgrade", "e9", "--severity", "major").err


def test_titles_of_the_files_are_what_people_read_and_may_type(alertd):
    titled = '{ id = "major", title = { zh-Hant = "II級", en = "level two" } }, "especially-major"'
    alertd.replace("schedules/event-types.toml", '"major", "especially-major"', titled)
    assert alertd("plan", "--apply", "--reason", "titles").code == 0
    assert "level two" in alertd(*REPORT[:3], *REPORT[4:], *HOURS, "--yes").err
    alertd.answer = "y\n"
    ran = alertd(*REPORT[:3], "--severity", "ii級", *REPORT[4:], "--id", "e9", *HOURS)
    assert ran.code == 0
    assert "severity: level two" in ran.err
    assert (
        alertd("event", "upgrade", "e9", "--severity", "especially-major").out
        == "e9 is now especially major.\n"
    )
    assert "major (level two)" in alertd("event", "upgrade", "e9", "--severity", "level two").err


def test_a_severity_is_corrected_and_what_moves_is_read_back_first(alertd):
    rule = 'rule = "5 hours"'
    graver = f'{rule}\nseverity_rules = {{ especially-major = "2 hours" }}'
    alertd.replace("schedules/chapter-5.toml", rule, graver)
    assert alertd("plan", "--apply", "--reason", "two hours").code == 0
    alertd(*REPORT, "--id", "e9", *HOURS, "--yes")
    alertd.answer = "y\n"
    ran = alertd(
        "event", "correct", "e9", "--severity", "especially-major", "--reason", "as decided at night"
    )
    assert ran.code == 0
    assert "04:10" in ran.err
    assert "1 deadline moved" in ran.out
    back = ("event", "correct", "e9", "--severity", "major", "--reason", "slip", "--yes", "--json")
    assert alertd(*back).code == 1
    assert alertd(*back, "--approver", "mayor").json["moved"] == [
        "incident-information@fire-1/justice-bureau"
    ]
    up = alertd("event", "upgrade", "e9", "--severity", "especially-major")
    assert "counted anew incident-information@fire-1/justice-bureau #" in up.out
