"""`alertd check`: every fault of every file in one go."""

import re


def test_the_shipped_files_have_no_faults(alertd):
    ran = alertd("check")
    assert ran.code == 0
    assert re.match(r"No faults: \d+ obligations, \d+ units, \d+ people", ran.out)


def test_every_fault_of_every_file_is_one_line(alertd):
    alertd.replace("schedules/chapter-7.toml", "yearly by 12-30", "yearly by 13-30")
    alertd.replace("schedules/chapter-5.toml", 'policy = "hour-clock"', 'policy = "hour-clok"')
    alertd.replace("channels/email.toml", "port = ", "prot = ")
    ran = alertd("check")
    assert ran.code == 1
    places = re.findall(r"^(\S+?):\d+:\d+: ", ran.out, re.MULTILINE)
    assert {"schedules/chapter-7.toml", "schedules/chapter-5.toml", "channels/email.toml"} == set(places)
    assert "did you mean" in ran.out
    assert ran.out.splitlines()[-1].endswith("faults.")


def test_a_plan_below_a_national_minimum_is_warned_of_at_its_rule_with_the_source(alertd):
    ran = alertd("check")
    assert ran.code == 0
    (said,) = ran.err.splitlines()
    ((file, line, column),) = re.findall(r"^warning (\S+):(\d+):(\d+): ", said)
    rule = (alertd.folder / file).read_text("utf-8").splitlines()[int(line) - 1]
    assert rule[int(column) - 1 :] == '"at least 5 working days"'
    assert "Legality review of a major decision (§13)" in said
    assert "“at least 5 working days”, below the national “at least 7 working days”" in said
    assert "《重大行政決策程序暫行條例》(2019)第二十六條" in said
    alertd.replace(file, '"at least 5 working days"', '"at least 7 working days"')
    assert alertd("check").err == ""


def test_a_file_that_is_gone_is_named(alertd):
    assert "is missing" not in alertd("check").err
    (alertd.folder / "schedules/people.csv").unlink()
    ran = alertd("check")
    assert (ran.code, ran.err.splitlines()[0][:39]) == (0, "warning schedules/people.csv is missing")


def test_a_broken_template_is_named(alertd):
    alertd.write("channels/templates/message.txt.j2", "line one\n{% if %}\n")
    ran = alertd("check")
    assert ran.code == 1
    assert "channels/templates/message.txt.j2:2:1: " in ran.out


def test_faults_as_json_have_their_place(alertd):
    alertd.replace("schedules/chapter-7.toml", "yearly by 12-30", "yearly by 13-30")
    ran = alertd("check", "--json")
    assert ran.code == 1
    (fault,) = ran.json
    assert (fault["file"], fault["code"]) == ("schedules/chapter-7.toml", "text-no-such-date")
    assert fault["line"] > 1
    assert alertd("check", "--json").json == ran.json


def test_no_faults_are_an_empty_list(alertd):
    ran = alertd("check", "--json")
    assert (ran.code, ran.json) == (0, [])


def test_a_fault_in_the_configuration_itself_is_listed_like_any_other(alertd):
    alertd.replace("config.toml", 'zone = "Asia/Shanghai"', 'zone = "Asia/Shangai"')
    ran = alertd("check")
    assert ran.code == 1
    assert re.match(r"config\.toml:\d+:\d+: ", ran.out)


def test_checking_makes_no_store(alertd, tmp_path):
    (alertd.folder / "var").rename(tmp_path / "away")
    assert alertd("check").code == 0
    assert not (alertd.folder / "var").exists()


def test_a_rule_that_may_be_meant_otherwise_is_marked_at_its_place(alertd):
    files = {path: path.read_text("utf-8") for path in alertd.folder.glob("schedules/chapter-*.toml")}
    file = next(path for path, text in files.items() if '"5 working days before"' in text)
    alertd.replace(f"schedules/{file.name}", '"5 working days before"', '"15日前"')
    said = alertd("check").err
    ((line, column),) = re.findall(rf"{file.name}:(\d+):(\d+): “15日前” is read as", said)
    rule = file.read_text("utf-8").splitlines()[int(line) - 1]
    assert rule[int(column) - 1 :].startswith('"15日前"')


def past(alertd, rule):
    """A duty more, of which nothing was ever opened; the place of its rule."""
    file = alertd.folder / "schedules/chapter-8.toml"
    lines = ["[[obligation]]", 'id = "new-report"', 'title = "New report"', 'source = { clause = "§1" }']
    lines += ['owed_by = "unit:justice-bureau"', 'policy = "yearly-report"', f"rule = {rule}"]
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return "schedules/chapter-8.toml:7:8: "


def test_a_duty_whose_date_is_past_is_named_with_the_date_and_what_to_do(alertd):
    place = past(alertd, '"by 2026-05-13"')
    ran = alertd("check")
    assert ran.code == 0
    (line,) = [line for line in ran.err.splitlines() if "is past" in line]
    assert line.startswith(f"warning {place}")
    assert "its date Wed 13 May 2026 is past, so nothing is opened" in line
    assert "write another date" in line


def test_a_duty_whose_date_is_past_is_not_named_once_it_was_opened_in_time(alertd):
    alertd.replace("schedules/chapter-7.toml", 'rule = "yearly by 12-30"', 'rule = "by 2026-12-30"')
    assert alertd("plan", "--apply", "--reason", "one date").code == 0
    assert "is past" not in alertd("check").err
    alertd.at("2027-01-04T10:00:00+08:00")
    assert "is past" not in alertd("check").err


def test_plan_says_it_too(alertd):
    past(alertd, '"yearly by 12-30"\nvalid_to = 2025-12-31')
    ran = alertd("plan")
    assert "its “valid_to” Wed 31 Dec 2025 is past" in ran.err
    assert alertd("plan", "--json").json["never"] == [
        {"obligation": "new-report", "why": "ended", "day": "2025-12-31"}
    ]
