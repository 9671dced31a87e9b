"""`alertd list`, `show`, `explain`."""

import re
from pathlib import Path

import pytest

import alertd as package
from alertd.engine.deadlines import closing
from alertd.messages.catalogue import Catalogue
from alertd.messages.wrap import columns

INFORMATION = "incident-information@fire-1/justice-bureau"
KEYS = (
    "id number obligation party case state standing opens_at earliest due office_due measure next_action_at"
    " provisional carried_from"
)


def test_json_has_the_agreed_keys(incident):
    (first, *_) = incident("list", "--case", "fire-1", "--json").json
    assert list(first) == KEYS.split()
    assert first["id"] == INFORMATION
    assert (first["state"], first["standing"], first["measure"]) == ("open", "on-track", None)


def test_a_quota_has_its_measure(alertd):
    alertd("progress", "add", "officer-training", "jd-0001", "8", "--on", "2026-11-20")
    row = alertd.row("officer-training@2026/jd-0001")
    assert row["standing"] == "behind"
    expected = pytest.approx(40 * 326.4 / 365, abs=0.1)
    owed = {"unit": "hours", "minimum": 40, "bound": "at-least"}
    assert row["measure"] == {**owed, "total": 8.0, "expected": expected}
    assert alertd.row("officer-training@2026/jd-0002")["measure"]["total"] is None


def test_closed_deadlines_have_no_standing_and_come_last(incident):
    incident("done", INFORMATION)
    rows = incident("list", "--case", "fire-1", "--json").json
    assert [(row["state"], row["standing"]) for row in rows] == [("open", "on-track"), ("done", None)]


@pytest.mark.parametrize(
    ("argv", "count"),
    [
        (("--case", "fire-1"), 2),
        (("--case", "fire-1", "--state", "done"), 0),
        (("--case", "fire-1", "--state", "done,open"), 2),
        (("--case", "fire-1", "--standing", "on-track"), 2),
        (("--case", "fire-1", "--standing", "overdue"), 0),
        (("--case", "fire-1", "--party", "市司法局"), 2),
        (("--case", "fire-1", "--party", "财政局"), 0),
        (("--party", "jd-0001"), 2),
        (("--obligation", "press-conference"), 1),
    ],
)
def test_filters_narrow_the_list(incident, argv, count):
    assert len(incident("list", "--json", *argv).json) == count


def test_on_a_terminal_a_long_list_says_what_it_left_out_and_how_to_see_it(alertd):
    everything = alertd("list").out.splitlines()
    alertd.answer = ""
    shown = alertd("list").out
    count = len(everything) - 1
    assert f"{count - 40} more deadlines are not shown" in shown
    assert "alertd list --limit" in shown
    assert "#41 " not in shown
    assert "are not shown" not in alertd("list", "--limit", str(count)).out


#: dates, telephones and ids
WHOLE = re.compile(r"\d+月\d+日\(星期.\)|\w{3} \d+ \w{3}\b|\d{3}-\d{4}-\d{4}|[\w-]+@[\w-]+/[\w-]+")


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
@pytest.mark.parametrize(
    "argv",
    [("list",), ("show", INFORMATION), ("explain", INFORMATION), ("roll", "rule-of-law-report"), ("board",)],
)
def test_at_eighty_columns_no_id_date_or_telephone_is_broken(incident, monkeypatch, language, argv):
    monkeypatch.setenv("COLUMNS", "80")
    incident.replace("config.toml", 'language = "en"', f'language = "{language}"')
    incident.environ["ALERTD_LANGUAGE"] = language
    kept = set(WHOLE.findall(incident(*argv, *(("--limit", "40") if argv == ("list",) else ())).out))
    incident.answer = ""
    shown = re.sub(r"\x1b\[[\d;]*m", "", incident(*argv).out)
    assert max(map(columns, shown.splitlines())) <= 80
    assert [word for word in kept if word not in shown] == []


def test_off_a_terminal_a_list_is_whole_unless_it_is_bounded(alertd):
    whole = alertd("list").out.splitlines()
    assert len(whole) > 100
    assert "not shown" not in whole[-1]
    bounded = alertd("list", "--limit", "3").out.splitlines()
    assert [line.split()[0] for line in bounded[:4]] == [line.split()[0] for line in whole[:4]]
    assert bounded[4:] == ["", bounded[-1]]
    assert len(alertd("list", "--limit", "3", "--json").json) == 3


def test_a_list_of_one_case_leaves_nothing_out(incident):
    incident.answer = ""
    assert "not shown" not in incident("list", "--case", "fire-1").out


def test_an_unknown_unit_is_named(alertd):
    ran = alertd("list", "--party", "justice-burea")
    assert ran.code == 1
    assert "(justice-bureau)" in ran.err


def test_columns_line_up_under_wide_characters(incident):
    incident.replace("config.toml", 'language = "en"', 'language = "zh-Hant"')
    heading, *rows = incident("list", "--case", "fire-1").out.splitlines()
    assert len(rows) == 2
    from alertd.messages.wrap import columns

    where = columns(heading.partition("責任單位")[0])
    assert {columns(row.partition("司法局")[0]) for row in rows} == {where}


def test_a_list_of_nothing_says_so(alertd):
    ran = alertd("list", "--case", "no-such")
    assert (ran.code, ran.out) == (0, "No deadlines match.\n")


def test_show_gives_all_that_is_known(incident):
    incident("ack", INFORMATION, "--reason", "seen")
    incident("done", INFORMATION, "--reason", "sent", "--evidence", "no. 12")
    out = incident("show", INFORMATION).out
    for words in (INFORMATION, "§24", "handed in", "sent", "e1"):
        assert words in out
    found = incident("show", incident.row(INFORMATION)["number"], "--json").json
    assert [each["action"] for each in found["history"]] == ["created", "acknowledged", "done"]
    assert found["history"][2]["detail"]["evidence"] == "no. 12"


def test_a_number_with_a_hash_is_a_number(incident):
    assert incident("show", f"#{incident.row(INFORMATION)['number']}", "--json").json["id"] == INFORMATION


def test_a_number_typed_in_full_width_is_a_number(incident):
    wide = str(incident.row(INFORMATION)["number"]).translate({48 + n: 0xFF10 + n for n in range(10)})
    assert incident("show", f"＃{wide}", "--json").json["id"] == INFORMATION


def test_explain_says_why_and_what_comes(incident):
    found = incident("explain", INFORMATION, "--json").json
    assert [line["what"] for line in found["trace"]] == ["start", "due", "office-due"]
    assert found["steps"][0]["at"] == "2026-11-23T08:00:00+08:00"
    out = incident("explain", INFORMATION).out
    assert "5 hours" in out
    assert "Mon 23 Nov 13:00" in out


def test_the_rule_is_said_in_the_readers_language(incident):
    incident.replace("config.toml", 'language = "en"', 'language = "zh-Hant"')
    assert "§24，5小時" in incident("show", INFORMATION).out
    assert "司法局，5小時" in incident("explain", INFORMATION).out
    assert "「不少於5個工作日」，低於國家規定的「不少於7個工作日」" in incident("check").err
    incident.replace("schedules/chapter-7.toml", "yearly by 12-30", "yearly by 12-29")
    assert "由每年12月30日前改為每年12月29日前" in incident("plan").out


def test_explain_names_the_instant_that_is_missing(alertd):
    argv = (
        "event", "report", "major-incident", "--severity=major", "--subject", "fire-1",
        "--party", "justice-bureau", "--yes",
    )  # fmt: skip
    alertd(*argv, "--occurred", "2026-11-23T08:00")
    assert "time of publication" in alertd("explain", INFORMATION).out


@pytest.mark.parametrize("command", ["show", "explain", "ack", "done"])
def test_an_unknown_deadline_is_refused(alertd, command):
    ran = alertd(command, "no-such@2026/town")
    assert (ran.code, ran.out) == (1, "")
    assert "no-such@2026/town" in ran.err


def test_every_act_in_a_history_has_its_words():
    actions = set()
    for path in (Path(package.__file__).parent / "engine").rglob("*.py"):
        text = path.read_text("utf-8")
        written = r'scope(?:\.by\([A-Z]+\))?\.record\(\s*(?!audit\.REGISTER)[\w.]+,\s*"([a-z-]+)"'
        actions.update(re.findall(written, text))
        actions.update(re.findall(r'\bChange\(\s*"([a-z-]+)"', text))
        actions.update(re.findall(r'\bpatch\(\s*scope,\s*[\w.]+,\s*"([a-z-]+)"', text))
    assert {"done", "sent-back", "transferred"} <= actions
    actions |= {"alert", "opened"}  # written in bulk, by fire.py
    actions |= {closing.ENDED, closing.MISSED, closing.SHORTFALL}
    words = Catalogue("zh-Hant")
    assert [action for action in sorted(actions) if f"action.{action}" not in words] == []


def test_a_list_names_what_cannot_be_read_and_shows_the_rest(incident):
    incident.spoil("deadlines", "last_day", INFORMATION)
    ran = incident("list", "--case", "fire-1", "--json")
    assert [row["id"] for row in ran.json] == ["press-conference@fire-1/justice-bureau"]
    assert ran.code == 1
    said = "is missing here, for deadlines.last_day cannot be read. See alertd doctor.\n"
    assert ran.err == f"{INFORMATION} {said}"


@pytest.mark.parametrize("command", ["show", "explain", "done"])
def test_who_asks_for_one_that_cannot_be_read_is_told_so_without_a_traceback(incident, command):
    incident.spoil("deadlines", "last_day", INFORMATION)
    ran = incident(command, INFORMATION)
    assert (ran.code, ran.out) == (75, "")
    assert f"cannot be read: {INFORMATION} (deadlines.last_day)" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "argv",
    [
        ("board",),
        ("bulletin", "--from", "2026-11-01", "--to", "2026-11-30"),
        ("roll", "incident-information"),
    ],
)
def test_what_counts_all_of_them_says_which_one_it_cannot_read(incident, argv):
    incident.spoil("deadlines", "last_day", INFORMATION)
    ran = incident(*argv)
    assert (ran.code, ran.out) == (75, "")
    assert "deadlines.last_day" in ran.err
    assert INFORMATION in ran.err


def test_explain_says_over_which_channels_people_hear_and_how_long_each_waits(incident):
    config = incident.folder / "config.toml"
    mail = 'transport = "email"\nenabled = true\nhost = "mail.test"\nsender = "a@city.test"\n'
    (incident.folder / "channels" / "email.toml").write_text(mail, "utf-8")
    order = 'urgent_order = ["email", "telegram after 5 minutes", "deputy after 10 minutes"]\n'
    config.write_text(
        config.read_text("utf-8").replace("channel_order =", f"{order}channel_order =", 1), "utf-8"
    )
    told = incident("explain", INFORMATION, "--json").json["reached"]
    asked = [each for each in told if each["ask"]]
    assert asked
    assert {each["profile"] for each in asked} >= {"urgent"}
    with_deputy = next(each for each in asked if "deputy after 10 minutes" in each["ways"])
    assert with_deputy["ways"][0] == "email"
    out = incident("explain", INFORMATION).out
    assert "How people are reached:" in out
    assert "the deputy after 10 minutes without an answer" in out
    rows = incident("preview", "--party", "justice-bureau", "--json").json
    urgent = [row for row in rows if row["profile"] == "urgent"]
    assert urgent
    assert {row["then"] for row in urgent} <= {None, "telegram after 5 minutes", "deputy after 10 minutes"}
