"""`alertd year new`: shown, asked about, written and in force; nothing doubled, nothing lost."""

import shutil

import pytest

REPORT = "rule-of-law-report@2026/town-donghe"
TURN = ("year", "new", "2027", "--from", "2026")


def deadlines(alertd):
    return {row["id"]: (row["number"], row["due"], row["state"]) for row in alertd("list", "--json").json}


def schedule_files(alertd):
    return sorted(str(path.relative_to(alertd.folder)) for path in alertd.folder.glob("schedules/**/*.toml"))


def test_a_dry_run_shows_and_changes_nothing(alertd):
    before = schedule_files(alertd)
    ran = alertd(*TURN, "--end", "rule-of-law-report", "--dry-run")
    assert ran.code == 0
    assert "+ schedules/2027/chapter-4.toml" in ran.out
    assert "- schedules/chapter-7.toml" in ran.out
    assert "1 duty ends with 2026:\n  rule-of-law-report" in ran.out
    assert REPORT in ran.out
    assert "The calendar of 2027 is an estimate." in ran.out
    assert schedule_files(alertd) == before
    assert alertd("plan", "--exit-code").code == 0


def test_nothing_is_written_without_a_yes(alertd):
    assert alertd(*TURN).code == 64
    alertd.answer = "\n"
    assert alertd(*TURN).code == 1
    assert "schedules/chapter-4.toml" in schedule_files(alertd)


def test_yearly_duties_go_on_with_their_deadlines_and_none_is_doubled(alertd):
    before = deadlines(alertd)
    ran = alertd(*TURN, "--yes", "--by", "clerk")
    assert ran.code == 0
    assert ran.out.endswith("Written to schedules/2027, and in force.\n")
    assert deadlines(alertd) == before
    assert alertd("plan", "--exit-code").code == 0
    assert alertd("check").code == 0


def test_what_ends_keeps_its_open_items_and_loses_those_planned_ahead(alertd):
    before = deadlines(alertd)
    alertd(*TURN, "--end", "rule-of-law-report", "--yes")
    later = deadlines(alertd)
    assert later[REPORT] == before[REPORT]
    gone = {name for name in before if before[name] != later.get(name)}
    assert gone
    assert all(name.startswith("rule-of-law-report@2027/") for name in gone)
    assert alertd("show", REPORT, "--json").json["carried_from"] is None


def test_what_is_still_open_when_the_plan_is_over_is_carried_over(alertd):
    alertd(*TURN, "--end", "rule-of-law-report", "--yes")
    alertd("done", "rule-of-law-report@2026/town-liuan")
    alertd.at("2027-01-04T09:00:00+08:00")
    alertd.replace("schedules/2027/chapter-4.toml", "§16", "§15")
    assert alertd("plan", "--apply", "--reason", "clause of 2027").code == 0
    shown = alertd("show", REPORT, "--json").json
    assert shown["carried_from"] == "2020 §31"
    assert [each["action"] for each in shown["history"]].count("carried-over") == 1
    assert "Carried over from  2020 §31" in alertd("show", REPORT).out
    assert alertd("show", "rule-of-law-report@2026/town-liuan", "--json").json["carried_from"] is None


def test_a_duty_that_is_not_there_cannot_end(alertd):
    ran = alertd(*TURN, "--end", "rule-of-law-reprot", "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert "rule-of-law-report" in ran.err


@pytest.mark.parametrize(
    ("years", "code"), [(("2026", "2026"), 64), (("2025", "2026"), 64), (("27", "26"), 64)]
)
def test_a_plan_takes_over_from_an_earlier_one(alertd, years, code):
    assert alertd("year", "new", years[0], "--from", years[1], "--yes").code == code


def test_the_year_is_turned_once(alertd):
    assert alertd(*TURN, "--yes").code == 0
    ran = alertd(*TURN, "--yes")
    assert ran.code == 1
    assert "schedules/2027/chapter-4.toml" in ran.err


def test_the_year_after_takes_the_folder_of_this_one(alertd):
    assert alertd(*TURN, "--end", "rule-of-law-report", "--yes").code == 0
    ran = alertd("year", "new", "2028", "--from", "2027", "--yes")
    assert ran.code == 0
    files = schedule_files(alertd)
    assert "schedules/2026/chapter-7.toml" in files
    assert "schedules/2028/chapter-4.toml" in files
    assert not [file for file in files if "/2027/" in file]
    assert not (alertd.folder / "schedules/2027").exists()


def test_changes_that_wait_are_not_released_with_it(alertd):
    alertd.replace("schedules/chapter-7.toml", "yearly by 12-30", "yearly by 12-20")
    ran = alertd(*TURN, "--yes")
    assert ran.code == 1
    assert "alertd plan" in ran.err
    assert "schedules/chapter-4.toml" in schedule_files(alertd)


def test_a_file_written_in_an_unusual_way_stops_it(alertd):
    alertd.replace("schedules/chapter-7.toml", 'plan = "2020"', 'plan = """2020"""')
    alertd("plan", "--apply", "--reason", "test")
    ran = alertd(*TURN, "--yes")
    assert ran.code == 1
    assert "schedules/chapter-7.toml" in ran.err


def test_a_folder_that_cannot_be_written_leaves_everything_as_it_was(alertd, monkeypatch):
    from alertd.cli import rewriting

    before = {path: path.read_bytes() for path in alertd.folder.glob("schedules/**/*") if path.is_file()}
    real = rewriting.write_over

    def full(path, text):
        if path.name == "chapter-5.toml":
            raise OSError(28, "No space left on device", str(path))
        real(path, text)

    monkeypatch.setattr(rewriting, "write_over", full)
    ran = alertd(*TURN, "--yes")
    assert (ran.code, "no file was changed" in ran.err) == (1, True)
    assert {p: p.read_bytes() for p in alertd.folder.glob("schedules/**/*") if p.is_file()} == before
    assert alertd("plan", "--exit-code").code == 0


def test_where_nothing_runs_yet_the_files_are_moved(alertd):
    shutil.rmtree(alertd.folder / "var")
    assert alertd(*TURN, "--yes").code == 0
    assert "schedules/2027/chapter-4.toml" in schedule_files(alertd)
    assert not (alertd.folder / "var").exists()
    assert alertd("check").code == 0


def test_json_says_what_becomes_of_each(alertd):
    found = alertd(*TURN, "--end", "rule-of-law-report", "--dry-run", "--json").json
    assert found["ends"] == ["rule-of-law-report"]
    assert "officer-training" in found["goes_on"]
    assert REPORT in found["carried"]
    assert {name.partition("/")[0] for name in found["carried"]} == {"rule-of-law-report@2026"}
    assert "schedules/2026/chapter-7.toml" in found["files"]["written"]
    assert "schedules/chapter-7.toml" in found["files"]["removed"]
