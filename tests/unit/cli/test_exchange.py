"""`alertd export` and `alertd import`: the files as a workbook, and back after somebody filled it in."""

from pathlib import Path

import openpyxl
import pytest

from alertd.cli.plan import importing
from tests.support import damages

FILES = ("directory.toml", "people.csv", "event-types.toml", "chapter-1.toml")


@pytest.fixture
def book(alertd):
    """The path of a workbook just exported."""
    ran = alertd("export", "--xlsx", "city.xlsx")
    assert (ran.code, ran.err) == (0, "")
    return alertd.folder / "city.xlsx"


def change(path, sheet="People", cell="G2", value="0571-1"):
    book = openpyxl.load_workbook(path)
    book[sheet][cell].value = value
    book.save(path)


def files(alertd):
    return {path.name: path.read_bytes() for path in (alertd.folder / "schedules").iterdir()}


def test_the_export_says_what_it_holds_and_overwrites_nothing(alertd, book):
    before = book.read_bytes()
    ran = alertd("export", "--xlsx", "city.xlsx")
    assert ran.code == 1
    assert "city.xlsx exists; nothing is overwritten" in ran.err
    assert book.read_bytes() == before


def test_sheets_can_be_filtered_and_headings_stay_in_sight(book):
    sheets = openpyxl.load_workbook(book).worksheets
    assert [sheet.title for sheet in sheets] == [
        *("About", "Units", "Groups", "People", "Duties", "Policies", "Event types")
    ]
    for sheet in (sheets[1], sheets[3], sheets[4]):
        assert sheet.auto_filter.ref.startswith("A1:")
        assert sheet.freeze_panes == "C2"
        widths = [column.width for column in sheet.column_dimensions.values()]
        assert len(widths) == len(list(sheet[1]))
        assert all(8 <= width <= 52 for width in widths)


def test_a_dry_run_shows_the_differences_and_writes_nothing(alertd, book):
    before = files(alertd)
    change(book)
    ran = alertd("import", "city.xlsx", "--dry-run")
    assert ran.code == 0
    assert "-qin-wenbo.government-office,秦文博" in ran.out
    assert "+qin-wenbo.government-office,秦文博" in ran.out
    assert "People: 1 changed (qin-wenbo.government-office)" in ran.out
    assert files(alertd) == before
    assert not (alertd.folder / importing.KEPT).exists()


def test_what_is_written_is_kept_as_it_was_and_opens_in_excel(alertd, book):
    before = files(alertd)
    change(book)
    ran = alertd("import", "city.xlsx", "--yes")
    assert (ran.code, ran.err) == (0, "")
    after = files(alertd)
    assert {name for name in after if after[name] != before[name]} == {"people.csv"}
    assert after["people.csv"].startswith(b"\xef\xbb\xbf")
    (kept,) = (alertd.folder / importing.KEPT).rglob("people.csv")
    assert kept.read_bytes() == before["people.csv"]
    assert str(kept.parents[1]) in ran.out
    assert "A running daemon takes them up within seconds." in ran.out
    assert alertd("check").code == 0


def test_a_large_change_is_said_to_wait_for_the_daemon(alertd, book):
    alertd.replace("config.toml", "deadlines = 20", "deadlines = 0")
    change(book, "Duties", "I3", "yearly by 11-30")
    ran = alertd("import", "city.xlsx", "--yes")
    assert "Duties: 1 changed (certificates-abolished)" in ran.out
    assert "holds it until alertd plan --apply" in ran.out


def test_a_duty_that_is_gone_runs_on_until_somebody_withdraws_it(alertd, book):
    workbook = openpyxl.load_workbook(book)
    workbook["Duties"].delete_rows(3)
    workbook.save(book)
    ran = alertd("import", "city.xlsx", "--yes")
    assert "Duties: 1 removed (certificates-abolished)" in ran.out
    assert "2 deadlines are no longer in the files; they run on" in ran.out


def test_without_an_answer_nothing_is_written(alertd, book):
    before = files(alertd)
    change(book)
    ran = alertd("import", "city.xlsx")
    assert ran.code == 64
    alertd.answer = "n\n"
    assert alertd("import", "city.xlsx").code == 1
    assert files(alertd) == before
    alertd.answer = "y\n"
    assert alertd("import", "city.xlsx").code == 0
    assert files(alertd) != before


def test_hand_edits_made_meanwhile_are_never_taken_back_silently(alertd, book):
    change(book)
    alertd.replace("schedules/people.csv", "021-0000-0007", "021-0000-7777")
    before = files(alertd)
    ran = alertd("import", "city.xlsx", "--yes")
    assert ran.code == 1
    assert "+fang-yunzhou.government-office,方雲舟" in ran.out
    assert "was not made from them as they are now" in ran.err
    assert files(alertd) == before
    assert alertd("import", "city.xlsx", "--yes", "--replace").code == 0
    assert b"021-0000-7777" not in files(alertd)["people.csv"]


def test_the_same_workbook_may_come_again_and_again(alertd, book):
    change(book)
    assert alertd("import", "city.xlsx", "--yes").code == 0
    again = alertd("import", "city.xlsx", "--yes")
    assert (again.code, again.out) == (0, "The files say this already; nothing is to be changed.\n")
    change(book, cell="G3", value="0571-2")
    assert alertd("import", "city.xlsx", "--yes").code == 0
    alertd.replace("schedules/people.csv", "021-0000-0007", "021-0000-7777")
    change(book, cell="G4", value="0571-3")
    assert alertd("import", "city.xlsx", "--yes").code == 1


def test_a_workbook_that_only_adds_needs_no_leave(alertd):
    head = ("Name", "Unit", "Positions", "Email")
    rows = damages.workbook(head, ("李娜", "財政局", "contact", "lina@city.test"))
    workbook = alertd.folder / "new.xlsx"
    workbook.write_bytes(rows)
    renamed = openpyxl.load_workbook(workbook)
    renamed.worksheets[0].title = "人员"
    renamed.save(workbook)
    ran = alertd("import", "new.xlsx", "--dry-run")
    assert "People: 175 removed" in ran.out  # a sheet is the whole of its kind, and says so before it counts
    assert alertd("import", "new.xlsx", "--yes").code == 1


def test_every_fault_is_named_by_sheet_and_cell_and_nothing_is_written(alertd, book):
    before = files(alertd)
    change(book, cell="C2", value="沒有局")
    change(book, "Duties", "I3", "yearly by")
    ran = alertd("import", "city.xlsx", "--yes")
    assert ran.code == 1
    assert "city.xlsx!People!C2: there is no unit “沒有局”" in ran.err
    assert "city.xlsx!Duties!I3: " in ran.err
    assert files(alertd) == before


def test_a_unit_that_other_files_name_cannot_go(alertd, book):
    workbook = openpyxl.load_workbook(book)
    for name, column in (("Units", "A"), ("People", "C"), ("Groups", "E"), ("Duties", "N")):
        sheet = workbook[name]
        gone = [
            cell.row for cell in sheet[column] if cell.value and "public-security-bureau" in str(cell.value)
        ]
        for row in reversed(gone):
            sheet.delete_rows(row) if name != "Groups" else None
    workbook.save(book)
    ran = alertd("import", "city.xlsx", "--dry-run")
    assert ran.code == 1
    assert "schedules/roster.csv:2:13: there is no unit “public-security-bureau”" in ran.err


@pytest.mark.parametrize("name", damages.WORKBOOKS)
def test_a_damaged_workbook_ends_with_a_sentence(alertd, name):
    damage, _ = damages.WORKBOOKS[name]
    (alertd.folder / "city.xlsx").write_bytes(damage(damages.workbook(("Name",), ("財政局",))))
    ran = alertd("import", "city.xlsx", "--yes")
    assert ran.code == 1
    assert "city.xlsx" in ran.err


def test_files_with_faults_are_mended_first(alertd, book):
    alertd.write("schedules/chapter-9.toml", "[[obligation]]\n")
    assert alertd("import", "city.xlsx").code == 78
    assert alertd("export", "--xlsx", "other.xlsx").code == 78


def test_what_is_no_workbook_is_wrong_usage(alertd):
    assert alertd("import", "people.csv").code == 64
    assert alertd("import", "gone.xlsx").code == 1


def test_all_files_are_written_or_none(alertd, book, monkeypatch):
    workbook = openpyxl.load_workbook(book)
    workbook["People"]["G2"].value = "0571-1"
    workbook["Units"]["E3"].value = "發改"
    workbook.save(book)
    before = files(alertd)

    put = Path.replace

    def failing(path, target):
        if str(target).endswith("people.csv") and b"0571-1" in path.read_bytes():
            raise OSError(28, "No space left on device", str(target))
        return put(path, target)

    monkeypatch.setattr(Path, "replace", failing)
    ran = alertd("import", "city.xlsx", "--yes")
    assert ran.code == 1
    assert "people.csv" in ran.err
    assert files(alertd) == before


def test_an_interruption_in_the_middle_of_writing_leaves_no_half(alertd, book, monkeypatch):
    workbook = openpyxl.load_workbook(book)
    workbook["People"]["G2"].value = "0571-1"
    workbook["Units"]["E3"].value = "發改"
    workbook.save(book)
    before, put, written = files(alertd), Path.replace, []

    def interrupted(path, target):
        written.append(target)
        if len(written) == 2:
            raise KeyboardInterrupt
        return put(path, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    assert alertd("import", "city.xlsx", "--yes").code == 1
    assert files(alertd) == before


def test_each_import_keeps_its_own_copies(alertd, book):
    for number in range(3):  # the clock stands still
        change(book, value=f"0571-{number}")
        assert alertd("import", "city.xlsx", "--yes").code == 0
    kept = sorted((alertd.folder / importing.KEPT).rglob("people.csv"))
    assert [b"0571-%d" % number in path.read_bytes() for number, path in enumerate(kept, -1)] == [
        False,
        True,
        True,
    ]


def test_a_cell_that_excel_would_cut_off_is_said(alertd):
    members = ", ".join(f'"unit-{number}"' for number in range(4000))
    units = "".join(f'[[unit]]\nid = "unit-{number}"\nname = "第{number}中學"\n' for number in range(4000))
    alertd.write(
        "schedules/2027/directory.toml", f'{units}[[group]]\nid = "all"\ntitle = "x"\nmembers = [{members}]\n'
    )
    ran = alertd("export", "--xlsx", "city.xlsx")
    assert ran.code == 1
    assert "“all” of the sheet Groups has a cell with more than 32767 characters" in ran.err
    assert not (alertd.folder / "city.xlsx").exists()


def test_figures_of_an_import_can_be_read_by_a_program(alertd, book):
    change(book)
    found = alertd("import", "city.xlsx", "--dry-run", "--json").json
    assert found["files"] == ["schedules/people.csv"]
    assert found["sheets"]["person"]["changed"] == ["qin-wenbo.government-office"]
    assert (found["based"], found["written"]) == (True, False)
