"""Sheets of a month: totals and increments, dry runs, bad rows, and taking an import back."""

import json
import sqlite3
from datetime import date, datetime

import openpyxl
import pytest

OFFICERS = ("jd-0001", "jd-0002")


def sheet(alertd, rows, name="hours.csv"):
    (alertd.folder.parent / name).write_text("party,amount,unit\n" + "\n".join(rows) + "\n", "utf-8")
    return str(alertd.folder.parent / name)


def load(alertd, file, meaning="total", month="2026-09", *more):
    return alertd(
        "progress",
        "import",
        file,
        "--obligation",
        "officer-training",
        "--as",
        meaning,
        "--month",
        month,
        *more,
    )


def totals(alertd):
    found = json.loads(alertd("list", "--obligation", "officer-training", "--json").out)
    return {
        each["party"]: each["measure"]["total"]
        for each in found
        if each["party"] in OFFICERS and "@2026/" in each["id"]
    }


def test_a_total_records_only_the_difference(alertd):
    file = sheet(alertd, ["jd-0001,12,", "jd-0002,8,"])
    assert load(alertd, file).code == 0
    ran = load(alertd, sheet(alertd, ["jd-0001,20,", "jd-0002,8,"]), "total", "2026-10")
    assert "jd-0001 尹慧敏: 12 → 20 hours" in ran.out
    assert "jd-0002" not in ran.out
    assert totals(alertd) == {"jd-0001": 20, "jd-0002": 8}


def test_increments_add_up_and_the_same_sheet_again_changes_nothing(alertd):
    file = sheet(alertd, ["jd-0001,12,"])
    load(alertd, file, "increment")
    assert "changed" in load(alertd, file, "increment").out
    load(alertd, file, "increment", "2026-10")
    assert totals(alertd)["jd-0001"] == 24


def test_a_dry_run_shows_the_difference_and_changes_nothing(alertd):
    ran = load(alertd, sheet(alertd, ["jd-0001,12,"]), "total", "2026-09", "--dry-run")
    assert "1 entry would be recorded:" in ran.out
    assert "jd-0001 尹慧敏: 0 → 12 hours" in ran.out
    assert totals(alertd)["jd-0001"] is None


def test_an_import_is_taken_back_once_and_may_then_come_again(alertd):
    file = sheet(alertd, ["jd-0001,12,", "jd-0002,40,"])
    batch = load(alertd, file).out.split()[-1]
    assert alertd("progress", "undo", batch).code == 0
    assert totals(alertd) == {"jd-0001": 0, "jd-0002": 0}
    assert alertd("progress", "undo", batch).code != 0
    assert load(alertd, file).code == 0
    assert totals(alertd)["jd-0001"] == 12


def test_every_bad_row_is_named_and_none_is_taken(alertd):
    rows = [
        "jd-0001,12,",
        "jd-0001,3,",
        "1.38E+10,4,",
        "jd-9999,4,",
        "jd-0002,四十,",
        "jd-0003,4,finance-bureau",
    ]
    ran = load(alertd, sheet(alertd, rows))
    assert ran.code != 0
    for line in (3, 4, 5, 6, 7):
        assert f"hours.csv:{line}:" in ran.err
    assert totals(alertd)["jd-0001"] is None


def workbook(alertd, *rows, name="hours.xlsx"):
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(alertd.folder.parent / name)
    return str(alertd.folder.parent / name)


def entries(alertd, party):
    """What was recorded for somebody: day and amount."""
    store = sqlite3.connect(alertd.folder / "var" / "alertd.db")
    found = store.execute(
        "select on_day, amount from progress where party = ? order by 1", (party,)
    ).fetchall()
    store.close()
    return found


def test_a_workbook_is_read_like_a_sheet(alertd):
    path = workbook(alertd, ("party", "amount"), ("jd-0001", 12.5), ("jd-0002", 8))
    assert load(alertd, path).code == 0
    assert totals(alertd) == {"jd-0001": 12.5, "jd-0002": 8}


def test_the_days_of_a_workbook_are_read_however_excel_keeps_them(alertd):
    days = (
        datetime(2026, 9, 1, 8, 30),  # noqa: DTZ001 a cell of Excel has no zone
        date(2026, 9, 2),
        46268,
        "2026-09-04",
        "2026/9/5",
        "2026年9月6日",
    )
    path = workbook(alertd, ("on", "party", "amount"), *((day, "jd-0001", 1) for day in days))
    assert alertd("progress", "import", path, "--obligation", "officer-training").code == 0
    assert entries(alertd, "jd-0001") == [(f"2026-09-0{n}", 1.0) for n in range(1, 7)]


def test_a_number_that_is_no_day_is_not_taken_for_one(alertd):
    path = workbook(alertd, ("party", "amount", "on"), ("jd-0001", 8, 46268.5), ("jd-0001", 46268, 3))
    ran = alertd("progress", "import", path, "--obligation", "officer-training")
    assert (ran.code, totals(alertd)["jd-0001"]) == (1, None)
    assert "hours.xlsx:C2: “46268.5” in “on” is no date" in ran.err
    assert "hours.xlsx:C3: “3” in “on” is no date" in ran.err


def test_every_bad_row_of_a_workbook_is_named_by_its_cell(alertd):
    path = workbook(
        alertd,
        ("party", "note", "amount"),
        ("jd-0001", "", 8),
        (13800000000.0, "a, “b”", 8),
        ("1.38E+10", "", 8),
        (),
        ("jd-0002", "two\nlines", "#REF!"),
        ("jd-0003", "", None),
        (None, "", 8),
        ("jd-0001", "", 4),
    )
    ran = load(alertd, path)
    assert ran.code == 1
    assert [line.split(": ")[0] for line in ran.err.splitlines()[:-1]] == [
        f"hours.xlsx:{cell}" for cell in ("A3", "A4", "C6", "C7", "A8", "A9")
    ]
    assert "13800000000" in ran.err.splitlines()[0]
    assert "Excel has shortened the number" in ran.err.splitlines()[1]
    assert totals(alertd) == {"jd-0001": None, "jd-0002": None}


def test_a_number_excel_shortened_is_said_once(alertd):
    ran = load(alertd, sheet(alertd, ["1.38E+10,4,"]))
    assert ran.err.count("hours.csv:2:") == 1
    assert "its digits are lost" in ran.err


def test_the_same_sheet_means_one_thing_as_a_total_and_another_as_an_increment(alertd):
    file = sheet(alertd, ["jd-0001,12,", "jd-0002,0,"])
    assert load(alertd, file, "increment", "2026-09").code == 0
    assert load(alertd, file, "increment", "2026-10").code == 0
    assert totals(alertd)["jd-0001"] == 24
    assert "24 → 12 hours" in load(alertd, file, "total", "2026-10").out
    assert [amount for _, amount in entries(alertd, "jd-0001")] == [12, 12, -12]
    assert entries(alertd, "jd-0002") == []


def test_a_dry_run_of_a_sheet_with_faults_names_them_all_the_same(alertd):
    ran = load(alertd, sheet(alertd, ["jd-0001,12,", "jd-0002,x,"]), "total", "2026-09", "--dry-run")
    assert (ran.code, ran.out) == (1, "")
    assert "hours.csv:3:9:" in ran.err


def test_a_dry_run_leaves_the_batch_free_for_the_import(alertd):
    file = sheet(alertd, ["jd-0001,12,"])
    load(alertd, file, "increment", "2026-09", "--dry-run")
    assert "12" in load(alertd, file, "increment", "2026-09").out
    assert totals(alertd)["jd-0001"] == 12


def test_a_sheet_saved_by_a_chinese_excel_is_read(alertd):
    path = alertd.folder.parent / "hours.csv"
    path.write_bytes("party,amount,unit,note\r\njd-0001,12,公安局,執法培訓\r\n".encode("gb18030"))
    assert load(alertd, str(path)).code == 0
    assert totals(alertd)["jd-0001"] == 12


def test_an_undone_import_takes_back_only_its_own_rows(alertd):
    first = load(alertd, sheet(alertd, ["jd-0001,12,"]), "increment", "2026-09").out.split()[-1]
    load(alertd, sheet(alertd, ["jd-0001,30,"], "more.csv"), "increment", "2026-10")
    assert alertd.row("officer-training@2026/jd-0001")["state"] == "done"
    ran = alertd("progress", "undo", first)
    assert "jd-0001 尹慧敏: 42 → 30 hours" in ran.out
    assert alertd.row("officer-training@2026/jd-0001")["state"] == "open"
    assert alertd("progress", "undo", "feedbeef").code == 1


def test_a_file_that_is_no_workbook_is_said_to_be_none(alertd):
    path = alertd.folder.parent / "hours.xlsx"
    path.write_text("party,amount\n", "utf-8")
    assert "this is a text under the name of a workbook" in load(alertd, str(path)).err


@pytest.mark.parametrize("month", ["2026-13", "2026", "2099-01", "2026-q1"])
def test_the_month_is_one_that_has_begun(alertd, month):
    assert load(alertd, sheet(alertd, ["jd-0001,12,"]), "total", month).code != 0
