"""Damaged files given to commands: each ends with a fault at the file, and nothing of it was recorded."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing

import pytest

from tests.support import damages
from tests.support.program import Program, Ran

PROPOSALS = damages.workbook(
    ("case", "title", "lead", "co", "reply_due"),
    ("yi-1", "關於養老", "民政局", "財政局", "2026-12-30"),
)
HOURS = damages.workbook(("party", "amount", "on"), ("jd-0001", 8, "2026-09-01"))
PROPOSALS_CSV = "case,title,lead,co,reply_due\nyi-1,關於養老,民政局,財政局,2026-12-30\n".encode()
HOURS_CSV = "party,amount,on,note\njd-0001,8,2026-09-01,執法培訓\n".encode()
#: every command that takes a file: how it is called, a whole file, and its name
COMMANDS = {
    "proposals": (("event", "import"), PROPOSALS, "sheet.xlsx"),
    "hours": (("progress", "import", "--obligation", "officer-training"), HOURS, "sheet.xlsx"),
    "proposals as CSV": (("event", "import"), PROPOSALS_CSV, "sheet.csv"),
    "hours as CSV": (("progress", "import", "--obligation", "officer-training"), HOURS_CSV, "sheet.csv"),
    "a list": (("verify", "--from"), b"#1\n#2\n", "list.txt"),
    "a notice": (("calendar", "add", "--dry-run", "--from"), "国办发明电〔2026〕7号".encode(), "notice.txt"),
}
#: what can be wrong with any text
TEXTS = {
    "a byte that is no text": b"\xff\xfe\xfd\x00\x01",
    "zeros": bytes(4000),
    "UTF-16": "party,amount\njd-0001,8\n".encode("utf-16"),
    "a workbook by another name": HOURS,
    "too large": b"a,b\n" * 1_300_000,
    "too many rows": b"party,amount,on\n" + b"jd-0001,8,2026-09-01\n" * 20_001,
    "a quote that is never closed": b'party,"amount,on\njd-0001,8\n',
    "one endless line": b"party" * 100_000,
    "commas": b"party,amount,on\n" + b"," * 200_000 + b"x",
}


def run(alertd: Program, name: str, data: bytes) -> Ran:
    argv, _, file = COMMANDS[name]
    (alertd.folder / file).write_bytes(data)
    return alertd(*argv, file)


def recorded(alertd: Program) -> tuple[int, int, int]:
    with closing(sqlite3.connect(alertd.folder / "var" / "alertd.db")) as store:
        count = "select (select count(*) from events), (select count(*) from progress), "
        found = store.execute(count + "(select count(*) from audit)").fetchone()
    return tuple(found)


def expect_fault(alertd: Program, name: str, ran: Ran, before: Sequence[int]) -> None:
    assert (ran.code, ran.out) == (1, ""), ran.err
    assert ran.err.startswith(COMMANDS[name][2] + ":"), ran.err
    assert "Traceback" not in ran.err
    assert recorded(alertd) == before


@pytest.mark.parametrize("name", ["proposals", "hours"])
def test_whatever_is_wrong_with_a_workbook_is_a_fault_of_the_file(alertd: Program, name: str) -> None:
    before = recorded(alertd)
    some = list(damages.WORKBOOKS.values())[::5]  # all of them: tests/unit/config/test_workbooks.py
    for damage, _ in some:
        expect_fault(alertd, name, run(alertd, name, damage(COMMANDS[name][1])), before)


@pytest.mark.parametrize("name", ["proposals as CSV", "hours as CSV"])
def test_whatever_is_wrong_with_a_sheet_is_a_fault_of_the_file(alertd: Program, name: str) -> None:
    before = recorded(alertd)
    for text in TEXTS.values():
        expect_fault(alertd, name, run(alertd, name, text), before)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_file_damaged_by_chance_is_taken_or_refused(alertd: Program, name: str) -> None:
    whole = COMMANDS[name][1]
    for seed in range(10):
        ran = run(alertd, name, damages.by_chance(whole, seed))
        assert ran.code in (0, 1), (seed, ran.err)
        assert bool(ran.err) == (ran.code == 1)


@pytest.mark.parametrize("name", COMMANDS)
def test_what_is_no_file_is_a_fault(alertd: Program, name: str) -> None:
    argv, _, file = COMMANDS[name]
    os.mkfifo(alertd.folder / f"pipe-{file}")
    (alertd.folder / f"folder-{file}").mkdir()
    for found in (f"none-{file}", f"pipe-{file}", f"folder-{file}", "/dev/zero"):
        ran = alertd(*argv, found)
        assert (ran.code, "Traceback" in ran.err) == (1, False), ran.err


RULING = ("config.toml", "channels/email.toml", "schedules/policies.toml", "schedules/people.csv")
#: what can be wrong with the text of a file that rules
RULING_TEXTS = {
    "empty": b"",
    "deep": b"a = " + b"[" * 100_000,
    "deep and closed": b"a = " + b"[" * 3000 + b"]" * 3000,
    "deep tables": b"[" + b"a." * 5000 + b"b]\n",
    "a long number": b"a = " + b"9" * 100_000,
    "no day": b"a = 2026-02-30\n",
    "a far instant": b"a = 9999-12-31T23:59:59-23:59\n",
    "no number": b"a = nan\nb = inf\n",
    **TEXTS,
}


@pytest.mark.parametrize("file", RULING)
def test_whatever_is_wrong_with_a_file_that_rules_is_a_fault(alertd: Program, file: str) -> None:
    for name, text in RULING_TEXTS.items():
        (alertd.folder / file).write_bytes(text)
        ran = alertd("check")
        assert ran.code in (0, 1, 78), (name, ran.err)
        assert "Traceback" not in ran.err


@pytest.mark.parametrize("file", RULING)
def test_a_file_that_rules_damaged_by_chance_is_read_or_a_fault(alertd: Program, file: str) -> None:
    whole = (alertd.folder / file).read_bytes()
    for seed in range(8):
        (alertd.folder / file).write_bytes(damages.by_chance(whole, seed))
        ran = alertd("check")
        assert ran.code in (0, 1, 78), (seed, ran.err)
