"""`alertd calendar add`: the year's notice is shown, asked about, written and in force."""

import shutil
import tomllib

import opencc
import pytest

from alertd.messages.wrap import columns
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
    assert "3 weekend days are worked: Sat 30 Jan 2027, " in ran.out
    assert "Against the estimate for 2027, 6 days are different:" in ran.out
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
    city.write("notice.txt", NOTICE.replace("1月30日(周六)", "1月30日(周日)").replace("10月9日", "10月8日"))
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


def test_the_year_is_shown_as_twelve_months_with_what_is_off_and_what_is_worked(city):
    lines = add(city, "--dry-run").out.splitlines()
    start = lines.index("  Jan 2027                Feb 2027                Mar 2027")
    assert lines[start + 1] == "  Mo Tu We Th Fr Sa Su    Mo Tu We Th Fr Sa Su    Mo Tu We Th Fr Sa Su"
    assert lines[start + 2] == "               1* 2* 3*    1  2  3  4  5* 6* 7*    1  2  3  4  5  6  7"
    assert lines[start + 3] == "   4  5  6  7  8  9 10     8* 9*10*11*12 13 14     8  9 10 11 12 13 14"
    assert lines[start + 6] == "  25 26 27 28 29 30+31                            29 30 31"
    months = [line for line in lines if line.endswith(" 2027") and line.startswith("  ") and ":" not in line]
    assert sum(line.count(" 2027") for line in months) == 12
    assert "  * off by the notice   + weekend day that is worked" in lines


@pytest.mark.parametrize("language", ["zh-Hant", "zh-Hans"])
def test_the_months_line_up_in_chinese(city, language):
    city.replace("config.toml", 'language = "en"', f'language = "{language}"')
    lines = add(city, "--dry-run").out.splitlines()
    start = next(at for at, line in enumerate(lines) if "2027年2月 " in line)
    assert columns(lines[start].partition("2027年2月")[0]) == 26
    assert lines[start + 1] == "  " + "   ".join(["一 二 三 四 五 六 日"] * 3).replace("日   ", "日    ")
    assert lines[start + 2].startswith(" " * 14 + " 1* 2* 3*")


def test_december_before_is_shown_where_the_notice_changes_it(city):
    changed = NOTICE.replace(
        "1月1日(周五)至3日(周日)放假，共3天。",
        "2026年12月31日(周四)至1月3日(周日)放假调休，共4天。12月27日(周日)上班。",
    )
    city.write("notice.txt", changed.replace("。12月27日", "。2026年12月27日"))
    out = add(city, "--dry-run").out
    assert "  Dec 2026                Jan 2027" in out
    assert "  21 22 23 24 25 26 27+" in out
    assert "  28 29 30 31*" in out


def test_what_was_left_out_is_shown_beside_what_was_read(city):
    advice = "。鼓励各单位安排职工在2月12日(周五)休息。\n三、清明节"
    city.write("notice.txt", NOTICE.replace("。\n三、清明节", advice) + "相关稿件:2月放假\n关于我们\n")
    ran = add(city, "--dry-run")
    assert ran.code == 0
    assert "1 passage with a date was left out, as it orders nothing:\n" in ran.out
    assert "  line 6: 鼓励各单位安排职工在2月12日(周五)休息\n" in ran.out
    assert "passages without a date were left out too." in ran.out
    assert add(city, "--dry-run", "--json").json["left_out"][-1] == {"line": 17, "text": "关于我们"}


def test_json_has_the_years_and_what_moves(city):
    found = add(city, "--dry-run", "--json").json
    assert found["file"] == CALENDAR
    assert found["years"][0]["off"]["2027-02-11"] == "spring-festival"
    assert found["changed"]["2027-01-30"] == "work"
    assert found["moved"] == []
