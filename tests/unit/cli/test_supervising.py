"""`alertd roll`, `board`, `bulletin`."""

import csv
import io

import openpyxl
import pytest

from alertd.messages.wrap import columns

REPORT = "rule-of-law-report"
MINE = f"{REPORT}@2026/justice-bureau"
DECEMBER = ("bulletin", "--from", "2026-12-01", "--to", "2026-12-31")


def line_of(ran, unit):
    """One unit's line of a bulletin as CSV."""
    assert ran.code == 0, ran.err
    return next(row for row in csv.reader(io.StringIO(ran.out)) if row[:1] == [unit])


def test_a_roll_has_a_line_for_each_unit_with_whom_to_call(alertd):
    alertd("done", MINE)
    alertd("verify", MINE)
    found = alertd("roll", REPORT, "--json").json
    units = {each["unit"]: each for each in found["units"]}
    assert (found["occurrence"], len(units)) == ("2026", 32)
    assert units["justice-bureau"]["mark"] == "handed-in"
    assert units["finance-bureau"]["mark"] == "missing"
    assert all(each["contact"] and each["phone"] for each in units.values())


def test_a_roll_counts_and_says_it_in_words(alertd):
    alertd("done", MINE)
    alertd("verify", MINE)
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


@pytest.fixture
def eventful(alertd):
    """4 January 2027: one report of each mark; town-liuan has until the 15th."""
    alertd("extend", "ask", f"{REPORT}@2026/town-liuan", "--due", "2027-01-15", "--reason", "flood")
    alertd("extend", "grant", f"{REPORT}@2026/town-liuan", "--approver", "石若蘭")
    alertd.at("2026-12-21T09:00:00+08:00")
    alertd("done", MINE)
    alertd("verify", MINE)
    alertd("done", f"{REPORT}@2026/audit-bureau")
    alertd("return", f"{REPORT}@2026/audit-bureau", "--reason", "佐證材料不全", "--due", "2027-01-08")
    alertd("waive", f"{REPORT}@2026/water-bureau", "--reason", "merged", "--approver", "石若蘭")
    alertd("suspend", f"{REPORT}@2026/petitions-bureau", "--reason", "audit")
    alertd.at("2027-01-04T09:00:00+08:00")
    return alertd


def test_each_unit_of_a_roll_says_where_it_stands(eventful):
    found = eventful("roll", REPORT, "--json").json
    marks = {each["unit"]: each["mark"] for each in found["units"]}
    named = (
        "justice-bureau",
        "audit-bureau",
        "water-bureau",
        "petitions-bureau",
        "town-liuan",
        "town-donghe",
    )
    assert [marks[unit] for unit in named] == [
        "handed-in", "returned", "waived", "suspended", "missing", "overdue"
    ]  # fmt: skip
    units = {each["unit"]: each for each in found["units"]}
    assert [unit for unit in units if units[unit]["extended"]] == ["town-liuan"]
    assert units["audit-bureau"]["reason"] == "佐證材料不全"
    assert units["audit-bureau"]["due"] == "2027-01-09T00:00:00+08:00"


@pytest.mark.parametrize("language", ["zh-Hant", "en"])
def test_the_columns_of_a_roll_line_up_in_any_script(eventful, language):
    eventful.replace("config.toml", 'language = "en"', f'language = "{language}"')
    _, _, heads, *lines = eventful("roll", REPORT).out.splitlines()
    lines = [line for line in lines if "021-" in line]
    assert len(lines) == 32
    words = ("情況", "電話", "備註") if language == "zh-Hant" else ("standing", "telephone", "remarks")
    starts = {columns(heads[: heads.index(word)]) for word in words}
    for line in lines:
        cut = {columns(line[:at]) for at in range(1, len(line)) if line[at - 1] == " " and line[at] != " "}
        phone = columns(line[: line.index("021-")])
        assert phone in starts
        assert min(starts) in cut
    chinese = ("已報", "退回", "免予辦理", "暫停計時", "未報", "逾期", "已延期", "佐證材料不全")
    english = ("handed in", "returned", "waived", "paused", "missing", "overdue", "extended", "佐證材料不全")
    said = "\n".join(lines)
    assert [word for word in (chinese if language == "zh-Hant" else english) if word not in said] == []


def test_a_rate_of_nothing_is_not_applicable_in_the_roll_and_grey_on_the_board(alertd):
    name = "enforcement-recording"
    grey = {each["item"]: each for each in alertd("board", "--by", "item", "--json").json}[name]["grey"]
    alertd("rate", "set", name, "water-bureau", "0", "0", "--on", "2026-11-20")
    units = {each["unit"]: each["mark"] for each in alertd("roll", name, "--json").json["units"]}
    assert (units["water-bureau"], units["transport-bureau"]) == ("not-applicable", "missing")
    lights = {each["item"]: each for each in alertd("board", "--by", "item", "--json").json}
    assert lights[name]["grey"] == grey
    alertd.at("2027-01-04T09:00:00+08:00")
    alertd("plan", "--apply", "--reason", "daily")
    assert alertd.row(f"{name}@2026/water-bureau")["state"] == "done"
    units = {
        each["unit"]: each["mark"]
        for each in alertd("roll", name, "--occurrence", "2026", "--json").json["units"]
    }
    assert units["water-bureau"] == "not-applicable"


def test_a_roll_of_officers_counts_them_apart_from_their_units(alertd):
    assert "297 people in 12 units" in alertd("roll", "officer-training").out.splitlines()[0]


def test_a_terminal_shows_the_colours_of_the_board(alertd):
    alertd.at("2027-01-02T09:00:00+08:00")
    assert "\x1b[" not in alertd("board").out
    alertd.answer = ""
    assert "\x1b[31m" in alertd("board").out


def test_what_was_carried_over_says_so_everywhere(alertd):
    alertd("year", "new", "2027", "--from", "2026", "--end", REPORT, "--yes")
    alertd.at("2027-01-04T09:00:00+08:00")
    alertd("plan", "--apply", "--reason", "daily")
    late = f"{REPORT}@2026/town-donghe"
    assert alertd.row(late)["carried_from"] == "2020 §31"
    listed = next(line for line in alertd("list").out.splitlines() if "Donghe" in line and "2026" in line)
    assert "Yearly report on law-based government (2026, carried over from 2020 §31)" in listed
    assert "2020 §31" in alertd("show", late).out
    units = {each["id"]: each for each in alertd("roll", REPORT, "--json").json["units"]}
    assert units[late]["carried_from"] == "2020 §31"
    assert "carried over from 2020 §31" in alertd("roll", REPORT).out
    for by, name in (("unit", "town-donghe"), ("item", REPORT)):
        lights = {each[by]: each["carried"] for each in alertd("board", "--by", by, "--json").json}
        assert lights[name] == (1 if by == "unit" else 32)
    (item,) = [each for each in alertd(*DECEMBER, "--json").json["late"] if each["id"] == late]
    assert item["carried_from"] == "2020 §31"
    assert "(2026), carried over from 2020 §31" in alertd(*DECEMBER).out


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
