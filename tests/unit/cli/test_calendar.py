"""`alertd calendar add`: the year's notice is shown, asked about, written and in force."""

import shutil
import tomllib

import opencc
import pytest

from tests.unit.config.notices import CHANGED_2019, COMING, notice

CALENDAR = "schedules/calendar.toml"
NOTICE = notice(2027, COMING)


@pytest.fixture
def city(alertd):
    alertd.write("notice.txt", NOTICE)
    return alertd


def years(alertd):
    return {
        table["year"]: table for table in tomllib.loads((alertd.folder / CALENDAR).read_text("utf-8"))["year"]
    }


def add(alertd, *argv):
    return alertd("calendar", "add", "--from", "notice.txt", *argv)


def test_the_days_are_shown_and_what_differs_from_the_estimate(city):
    ran = add(city, "--dry-run")
    assert ran.code == 0
    assert "Spring Festival       Fri 5 Feb 2027 to Thu 11 Feb 2027  7 days" in ran.out
    assert "6 weekend days are worked: Sat 30 Jan 2027, " in ran.out
    assert "Against the estimate for 2027, 10 days are different:" in ran.out
    assert "  Sat 30 Jan 2027  a working day now\n  Thu 11 Feb 2027  off now\n" in ran.out
    assert years(city)[2027]["status"] == "provisional"


def test_nothing_is_written_without_a_yes(city):
    assert add(city).code == 64
    city.answer = "n\n"
    assert add(city).code == 1
    assert years(city)[2027]["status"] == "provisional"


def test_a_yes_writes_the_year_and_lets_it_rule(city):
    city.answer = "y\n"
    ran = add(city, "--by", "clerk")
    assert ran.code == 0
    assert ran.out.endswith("Entered in schedules/calendar.toml, and in force.\n")
    assert years(city)[2027]["status"] == "official"
    assert city("plan", "--exit-code").code == 0
    row = city.row("enforcement-statistics@2026/water-bureau")
    assert city("show", row["id"], "--json").json["history"][-1]["actor"].startswith("clerk")


def test_what_was_provisional_is_firm(city):
    before = city.row("enforcement-statistics@2026/water-bureau")
    add(city, "--yes")
    after = city.row("enforcement-statistics@2026/water-bureau")
    assert (before["provisional"], after["provisional"]) == (True, False)
    assert before["due"] == after["due"]


def test_other_changes_in_the_files_are_not_released_with_it(city):
    city.replace("schedules/chapter-7.toml", "yearly by 12-30", "yearly by 12-20")
    ran = add(city, "--yes")
    assert ran.code == 0
    assert "alertd plan --apply" in ran.out
    assert years(city)[2027]["status"] == "official"
    assert city("plan", "--json").json["files"]["changed"] == [CALENDAR, "schedules/chapter-7.toml"]


def test_a_notice_with_faults_changes_nothing_and_names_each(city):
    city.write("notice.txt", NOTICE.replace("1月30日(周六)", "1月30日(周日)").replace("9月26日", "9月27日"))
    ran = add(city, "--yes")
    assert (ran.code, ran.out) == (1, "")
    lines = ran.err.splitlines()
    assert [line.split(":")[0] for line in lines] == ["notice.txt"] * len(lines)
    assert "2027-01-30 is no" in lines[0]
    assert years(city)[2027]["status"] == "provisional"


def test_a_change_to_a_year_that_is_not_kept_is_refused(city):
    city.write("notice.txt", CHANGED_2019.replace("2019年", "2035年").replace("(星期日)", ""))
    assert add(city, "--yes").code == 78


def test_a_notice_saved_by_notepad_in_china_is_read(city):
    city.write("notice.txt", NOTICE, "gb18030")
    assert add(city, "--yes").code == 0


def test_a_notice_pasted_in_traditional_characters_is_read(city):
    city.write("notice.txt", opencc.OpenCC("s2t").convert(NOTICE))
    assert "週六" in (city.folder / "notice.txt").read_text("utf-8")
    ran = add(city, "--yes")
    assert (ran.code, years(city)[2027]["status"]) == (0, "official")


def test_a_year_written_in_an_unusual_way_is_shown_to_be_entered_by_hand(city):
    (begin, end) = (text := (city.folder / CALENDAR).read_text("utf-8")).split("[[year]]\nyear = 2027\n")
    unusual = end.replace('status = "provisional"', 'status = """provisional"""', 1)
    city.write(CALENDAR, f"{begin}[[year]]\nyear = 2027\n{unusual}")
    ran = add(city, "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert 'to = 2027-02-11, name = "spring-festival"' in ran.err
    assert text != (city.folder / CALENDAR).read_text("utf-8")


def test_where_nothing_runs_yet_the_file_is_written(city):
    shutil.rmtree(city.folder / "var")
    ran = add(city, "--yes")
    assert ran.code == 0
    assert "no limit moves" in ran.out
    assert years(city)[2027]["status"] == "official"
    assert not (city.folder / "var").exists()


def test_a_file_that_cannot_be_written_leaves_everything_as_it_was(city, monkeypatch):
    monkeypatch.setattr("alertd.cli.rewriting.write_over", _refuse)
    ran = add(city, "--yes")
    assert ran.code == 1
    assert "no file was changed" in ran.err
    assert city("plan", "--exit-code").code == 0
    assert city.row("enforcement-statistics@2026/water-bureau")["provisional"] is True


def _refuse(path, text):
    raise PermissionError(13, "Permission denied", str(path))


def test_json_has_the_years_and_what_moves(city):
    found = add(city, "--dry-run", "--json").json
    assert found["file"] == CALENDAR
    assert found["years"][0]["off"]["2027-02-11"] == "spring-festival"
    assert found["changed"]["2027-01-30"] == "work"
    assert found["moved"] == []
