"""`alertd plan`: what the files would change, and `--apply`."""

import shutil

import pytest

REPORT = "rule-of-law-report@2026/justice-bureau"


def earlier(alertd):
    alertd.replace("schedules/chapter-7.toml", "yearly by 12-30", "yearly by 12-20")


def test_unchanged_files_change_nothing(alertd):
    ran = alertd("plan", "--exit-code")
    assert (ran.code, ran.out) == (0, "The files are what rules; nothing would change.\n")


def test_a_moved_date_shows_old_and_new(alertd):
    earlier(alertd)
    ran = alertd("plan")
    assert ran.code == 0
    (line,) = [line for line in ran.out.splitlines() if "rule-of-law-report@2026" in line]
    assert line.startswith("~ rule-of-law-report@2026, 32 deadlines  ")
    assert "due from Wed 30 Dec 2026 24:00 to Sun 20 Dec 2026 24:00" in line


def test_who_hears_because_a_step_is_reached_by_the_new_limit_is_counted(alertd):
    earlier(alertd)
    assert "32 of them because a step is reached by the new limit" in alertd("plan").out
    found = alertd("plan", "--json").json
    (duty,) = found["told"]
    assert (duty["obligation"], duty["deadlines"], duty["news"]) == ("rule-of-law-report", 32, [])
    assert found["people"] == duty["reached"]
    assert found["messages"] == 32
    assert alertd("outbox", "--json").json == []  # looking tells nobody


def test_the_exit_code_tells_of_any_change(alertd):
    earlier(alertd)
    assert alertd("plan", "--exit-code").code == 2


def test_a_change_of_words_only_is_a_change_too(alertd):
    alertd.replace("schedules/chapter-7.toml", "§31", "§31(1)")
    ran = alertd("plan", "--exit-code")
    assert ran.code == 2
    assert ran.out.startswith("~ schedules/chapter-7.toml")


def test_nothing_is_changed_by_looking(alertd):
    earlier(alertd)
    alertd("plan")
    assert alertd("plan", "--exit-code").code == 2
    assert alertd.row(REPORT)["due"] == "2026-12-31T00:00:00+08:00"


def test_applying_needs_a_reason(alertd):
    earlier(alertd)
    ran = alertd("plan", "--apply")
    assert (ran.code, ran.out) == (1, "")
    assert "--reason" in ran.err
    assert alertd.row(REPORT)["due"] == "2026-12-31T00:00:00+08:00"


def test_applying_moves_what_it_said(alertd):
    earlier(alertd)
    ran = alertd("plan", "--apply", "--reason", "new plan", "--by", "clerk", "--json")
    assert (ran.code, ran.json["applied"]) == (0, True)
    assert alertd.row(REPORT)["due"] == "2026-12-21T00:00:00+08:00"
    moved = alertd("show", REPORT, "--json").json["history"][-1]
    assert (moved["action"], moved["detail"]["reason"]) == ("moved", "new plan")
    assert moved["actor"].startswith("clerk")
    assert alertd("plan", "--exit-code").code == 0


def test_what_vanished_stays_until_it_is_withdrawn(alertd):
    (alertd.folder / "schedules" / "chapter-7.toml").unlink()
    found = alertd("plan", "--json").json
    assert found["files"]["gone"] == ["schedules/chapter-7.toml"]
    assert REPORT in [row["id"] for row in found["withdrawn"]]
    assert alertd.row(REPORT)["state"] != "withdrawn"
    alertd("plan", "--apply", "--reason", "no longer ours")
    assert alertd.row(REPORT)["state"] == "withdrawn"


def test_json_has_old_and_new_of_every_column(alertd):
    earlier(alertd)
    found = alertd("plan", "--json").json
    move = next(move for move in found["moved"] if move["id"] == REPORT)
    assert move["changes"]["last_day"] == {"old": "2026-12-30", "new": "2026-12-20"}
    assert move["changes"]["due"]["new"] == "2026-12-21T00:00:00+08:00"
    assert found["waits"] is True
    assert found["files"] == {"new": [], "changed": ["schedules/chapter-7.toml"], "gone": []}


def test_a_large_change_says_that_it_waits(alertd):
    earlier(alertd)
    assert "alertd plan --apply" in alertd("plan").out


def test_on_a_terminal_a_long_list_is_cut(alertd):
    shutil.rmtree(alertd.folder / "var")
    whole = len(alertd("plan").out.splitlines())
    shutil.rmtree(alertd.folder / "var")
    alertd.answer = ""
    cut = alertd("plan").out.splitlines()
    assert len(cut) < whole
    assert any(line.startswith("+ … and ") for line in cut)


def test_one_changed_day_is_about_a_page_however_many_limits_it_moves(alertd):
    day = "off = [\n  { from = 2026-01-01"
    alertd.replace(
        "schedules/calendar.toml", day, day.replace("[", '[\n  { from = 2026-12-30, name = "special" },', 1)
    )
    ran = alertd("plan")
    (line,) = [line for line in ran.out.splitlines() if "rule-of-law-report" in line]
    assert line.startswith("~ rule-of-law-report@2026, 32 deadlines  close of business from Wed 30 Dec 2026")
    assert len(ran.out.splitlines()) < 40


@pytest.mark.parametrize("argv", [("plan",), ("plan", "--apply", "--reason", "x")])
def test_files_with_faults_are_not_compared(alertd, argv):
    alertd.replace("schedules/chapter-7.toml", "yearly by 12-30", "yearly by 13-30")
    ran = alertd(*argv)
    assert (ran.code, ran.out) == (78, "")
    assert ran.err.startswith("schedules/chapter-7.toml:")


def test_on_a_new_store_everything_is_opened(alertd):
    shutil.rmtree(alertd.folder / "var")
    found = alertd("plan", "--json").json
    assert REPORT in [row["id"] for row in found["opened"]]
    assert "schedules/chapter-7.toml" in found["files"]["new"]
