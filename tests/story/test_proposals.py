"""Eighty proposals come as one sheet: all of it or nothing, and the same sheet twice is one."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from alertd.clock import SettableClock
from tests.support.program import Program

TOP = Path(__file__).resolve().parents[2]
HEAD = "case,title,lead,co,reply_due"
ROWS = [f"p-{n},件{n},finance-bureau,{'transport-bureau' if n % 2 else ''},2026-08-31" for n in range(1, 81)]


@pytest.fixture
def alertd(tmp_path: Path) -> Program:
    shutil.copy(TOP / "config.toml", tmp_path)
    for name in ("channels", "schedules"):
        shutil.copytree(TOP / name, tmp_path / name)
    return Program(tmp_path, SettableClock(datetime.fromisoformat("2026-04-01T09:00:00+08:00")))


def _sheet(program: Program, *rows: str) -> str:
    file = program.folder / "proposals.csv"
    file.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    return str(file)


def _listed(program: Program, obligation: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = program("list", "--obligation", obligation, "--json").json
    return found


def test_eighty_proposals_start_a_reply_each_and_an_opinion_where_it_is_shared(alertd: Program) -> None:
    assert alertd("event", "import", _sheet(alertd, *ROWS)).code == 0
    replies = _listed(alertd, "proposal-reply")
    opinions = _listed(alertd, "proposal-opinion")
    assert (len(replies), len(opinions)) == (80, 40)
    assert {each["due"] for each in replies} == {"2026-09-01T00:00:00+08:00"}
    assert max(each["due"] for each in opinions) < min(each["due"] for each in replies)
    assert alertd("event", "import", _sheet(alertd, *ROWS)).code == 0
    assert len(_listed(alertd, "proposal-reply")) == 80


def test_one_bad_row_keeps_all_of_it_out_and_every_bad_row_is_named(alertd: Program) -> None:
    bad = [
        "p-81,x,no-such-office,,2026-08-31",
        "p-82,x,finance-bureau,,2026-01-31",
        "p-1,x,finance-bureau,,2026-08-31",
    ]
    done = alertd("event", "import", _sheet(alertd, *ROWS, *bad))
    assert done.code == 1
    assert all(f"proposals.csv:{line}:" in done.out + done.err for line in (82, 83, 84))
    assert _listed(alertd, "proposal-reply") == []


def test_a_workbook_of_proposals_is_read_and_its_faults_are_named_by_cell(alertd: Program) -> None:
    book = openpyxl.Workbook()
    file = alertd.folder / "proposals.xlsx"
    for row in (HEAD.split(","), ["p-1", "件1", "finance-bureau", "", 46265]):
        book.worksheets[0].append(row)
    book.save(file)
    assert alertd("event", "import", str(file)).code == 0
    assert [each["due"] for each in _listed(alertd, "proposal-reply")] == ["2026-09-01T00:00:00+08:00"]
    book.worksheets[0].append(["p-2", "件2", "no-such-office", "", "2026-08-31"])
    book.worksheets[0].append(["p-3", "件3", "finance-bureau", "", "soon"])
    book.save(file)
    done = alertd("event", "import", str(file))
    assert done.code == 1
    assert [line.split(": ")[0] for line in done.err.splitlines()[:-1]] == [
        "proposals.xlsx:A3",
        "proposals.xlsx:E4",
    ]
    assert len(_listed(alertd, "proposal-reply")) == 1


def test_the_sheet_is_known_again_after_an_extension_has_moved_what_it_says(alertd: Program) -> None:
    sheet = _sheet(alertd, *ROWS)
    assert alertd("event", "import", sheet).code == 0
    reply = "proposal-reply@p-1/finance-bureau"
    argv = ("--due", "2026-09-30", "--reason", "須與省財政廳協調", "--by", "宋景明")
    assert alertd("extend", "ask", reply, *argv).code == 0
    assert "p-1" in alertd("requests").out
    granted = alertd("extend", "grant", reply, "--by", "薛文博")
    assert granted.code == 0
    assert "proposal-opinion@p-1/transport-bureau 隨之調整" in granted.out
    assert alertd("event", "import", sheet).code == 0
    assert alertd("show", reply, "--json").json["last_day"] == "2026-09-30"
    assert alertd("show", "proposal-opinion@p-1/transport-bureau", "--json").json["last_day"] == "2026-09-22"
    other = sheet.replace("proposals.csv", "other.csv")
    alertd.write("other.csv", f"{HEAD}\np-1,件1,finance-bureau,transport-bureau,2026-10-15\n")
    assert alertd("event", "import", other).code == 1
