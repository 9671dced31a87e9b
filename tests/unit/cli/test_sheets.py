"""Sheets of a month: totals and increments, dry runs, bad rows, and taking an import back."""

import json

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


def test_a_workbook_is_read_like_a_sheet(alertd):
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for row in (("party", "amount"), ("jd-0001", 12.5), ("jd-0002", 8)):
        page.append(row)
    path = alertd.folder.parent / "hours.xlsx"
    book.save(path)
    assert load(alertd, str(path)).code == 0
    assert totals(alertd) == {"jd-0001": 12.5, "jd-0002": 8}


def test_a_file_that_is_no_workbook_is_said_to_be_none(alertd):
    path = alertd.folder.parent / "hours.xlsx"
    path.write_text("party,amount\n", "utf-8")
    assert "no readable Excel workbook" in load(alertd, str(path)).err


@pytest.mark.parametrize("month", ["2026-13", "2026", "2099-01", "2026-q1"])
def test_the_month_is_one_that_has_begun(alertd, month):
    assert load(alertd, sheet(alertd, ["jd-0001,12,"]), "total", month).code != 0
