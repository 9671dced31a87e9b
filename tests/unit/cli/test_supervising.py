"""`alertd roll`, `board`, `bulletin`."""

import csv
import io

import openpyxl
import pytest

REPORT = "rule-of-law-report"
MINE = f"{REPORT}@2026/justice-bureau"
DECEMBER = ("bulletin", "--from", "2026-12-01", "--to", "2026-12-31")


def line_of(ran, unit):
    """One unit's line of a bulletin as CSV."""
    assert ran.code == 0, ran.err
    return next(row for row in csv.reader(io.StringIO(ran.out)) if row[:1] == [unit])


def test_a_roll_has_a_line_for_each_unit_with_whom_to_call(alertd):
    alertd("done", MINE)
    found = alertd("roll", REPORT, "--json").json
    units = {each["unit"]: each for each in found["units"]}
    assert (found["occurrence"], len(units)) == ("2026", 32)
    assert units["justice-bureau"]["mark"] == "handed-in"
    assert units["finance-bureau"]["mark"] == "missing"
    assert all(each["contact"] and each["phone"] for each in units.values())


def test_a_roll_counts_and_says_it_in_words(alertd):
    alertd("done", MINE)
    heading, counts, _, first, *_ = alertd("roll", REPORT).out.splitlines()
    assert "32 units" in heading
    assert counts == "handed in 1, missing 31"
    assert "021-" in first


@pytest.mark.parametrize("argv", [(REPORT, "--occurrence", "1999"), ("press-conference",)])
def test_a_roll_of_nothing_is_refused(alertd, argv):
    ran = alertd("roll", *argv)
    assert (ran.code, ran.out) == (1, "")
    assert argv[0] in ran.err


def test_an_unknown_obligation_is_named_with_the_nearest(alertd):
    assert REPORT in alertd("roll", "rule-of-law-reports").err


def test_the_board_counts_by_unit_and_by_item(alertd):
    items = {each["item"]: each for each in alertd("board", "--by", "item", "--json").json}
    assert (items[REPORT]["green"], items[REPORT]["red"]) == (32, 0)
    assert items[REPORT]["next_due"] == "2026-12-31T00:00:00+08:00"
    alertd.at("2027-01-02T09:00:00+08:00")
    units = {each["unit"]: each for each in alertd("board", "--json").json}
    assert units["justice-bureau"]["red"] >= 1
    assert alertd("board").out.splitlines()[-1].startswith("total")


def test_a_bulletin_counts_what_is_known_now(alertd):
    assert line_of(alertd(*DECEMBER), "Justice Bureau")[5] != "0"
    alertd("done", MINE)
    on_time = line_of(alertd(*DECEMBER), "Justice Bureau")[2]
    assert on_time == "1"


def test_the_same_instant_gives_the_same_bulletin_whatever_is_entered_or_renamed_later(alertd):
    as_of = ("--as-of", "2027-01-04T09:00")
    alertd.at("2027-01-04T09:00:00+08:00")
    then = alertd(*DECEMBER, *as_of).out
    assert line_of(alertd(*DECEMBER, *as_of), "Justice Bureau")[4] != "0"
    alertd.at("2027-01-11T09:00:00+08:00")
    assert alertd("done", MINE, "--at", "2026-12-29T09:00").code == 0
    alertd.replace("schedules/directory.toml", "Justice Bureau", "Bureau of Justice")
    assert alertd("plan", "--apply", "--reason", "renamed").code == 0
    assert "Bureau of Justice" in alertd(*DECEMBER).out
    assert alertd(*DECEMBER, *as_of).out == then
    january = alertd("bulletin", "--from", "2027-01-01", "--to", "2027-01-31", "--previous", as_of[1]).out
    assert "Bureau of Justice,Yearly report on law-based government (2026)" in january
    assert "open late,on time" in january


@pytest.mark.parametrize("shape", ["csv", "xlsx", "html"])
def test_a_bulletin_is_written_to_a_file(alertd, shape):
    name = f"bulletin.{shape}"
    ran = alertd(*DECEMBER, "--format", shape, "--out", name)
    assert (ran.code, ran.out) == (0, "")
    assert name in ran.err
    content = (alertd.folder / name).read_bytes()
    if shape == "xlsx":
        assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames[0] == "By unit"
    else:
        assert "Justice Bureau" in content.decode("utf-8-sig")
    assert [path.name for path in alertd.folder.glob("*bulletin*")] == [name]


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("bulletin", "--from", "2026-12-31", "--to", "2026-12-01"), "2026-12-01"),
        ((*DECEMBER, "--as-of", "2026-12-31T09:00"), "2026-12-31T09:00"),
        ((*DECEMBER, "--as-of", "2026-11-22T09:00", "--previous", "2026-11-23T08:00"), "--as-of"),
        ((*DECEMBER, "--format", "xlsx"), "--out"),
        (("bulletin", "--from", "December", "--to", "2026-12-01"), "December"),
    ],
)
def test_a_bulletin_that_cannot_be_is_refused(alertd, argv, said):
    ran = alertd(*argv)
    assert ran.code in (1, 64)
    assert ran.out == ""
    assert said in ran.err


def test_a_file_that_cannot_be_written_is_named(alertd):
    ran = alertd(*DECEMBER, "--out", "no-such-folder/bulletin.csv")
    assert ran.code == 1
    assert "no-such-folder/bulletin.csv" in ran.err
