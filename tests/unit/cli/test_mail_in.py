"""`alertd mail-in`: a mail server hands a mail over, and hears by the exit code whether to keep it."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from alertd.core.signing import number_text, sign
from alertd.engine.sending import letters
from alertd.engine.sending.return_addresses import Purpose
from tests.support.program import Program, Ran
from tests.support.replies import bounce, reply

TABLE = '[mail-in]\nreplies = "alertd+{token}@gov.test"\nbounces = "bounce+{token}@gov.test"\n'
KEY = bytes(32)


@pytest.fixture
def program(alertd: Program) -> Program:
    config = (alertd.folder / "config.toml").read_text("utf-8")
    before, _, after = config.partition("[mail-in]")
    alertd.write("config.toml", before + TABLE + after[after.index("[web]") :])
    with closing(sqlite3.connect(alertd.folder / "var" / "alertd.db")) as store, store:
        store.execute("insert into settings values ('signing_keys', ?)", (f'["{KEY.hex()}"]',))
    return alertd


def handed(program: Program, raw: bytes, *more: str) -> Ran:
    program.given = raw
    return program("mail-in", *more)


def test_a_mail_that_answers_nothing_of_ours_is_given_back(program: Program) -> None:
    ran = handed(program, reply("alertd+nothing-at-all@gov.test", "done", "x@y.test"))
    assert (ran.code, ran.err) == (67, "")
    assert "no message of this installation" in ran.out


@pytest.mark.parametrize(
    "raw",
    [
        bounce("bounce+nothing-at-all@gov.test"),
        reply("alertd@gov.test", "away", "x@y.test", headers={"Auto-Submitted": "auto-replied"}),
    ],
)
def test_what_no_person_wrote_is_taken_whatever_it_is(program: Program, raw: bytes) -> None:
    assert handed(program, raw).code == 0


def test_the_recipient_of_the_envelope_counts_where_the_mail_names_another(program: Program) -> None:
    assert program("test-send", "inbox", "qin-wenbo.government-office").code == 0
    with closing(sqlite3.connect(program.folder / "var" / "alertd.db")) as store:
        (delivery,) = store.execute("select max(id) from deliveries").fetchone()
    number = number_text(delivery)
    to = f"alertd+{number}-{sign(KEY, Purpose.REPLY, (number,))}@gov.test"
    assert handed(program, reply("list@gov.test", "done", "x@y.test")).code == 67
    ran = handed(program, reply("list@gov.test", "done", "x@y.test"), "--recipient", to)
    assert (ran.code, ran.err) == (0, "")


def test_without_the_table_a_mail_waits_in_the_queue(alertd: Program) -> None:
    ran = handed(alertd, reply("alertd+x@gov.test", "done", "x@y.test"))
    assert ran.code == 75
    assert "[mail-in]" in ran.err


def test_while_the_store_is_away_a_mail_waits_in_the_queue(program: Program) -> None:
    program.replace("config.toml", '[store]\nurl = ""', '[store]\nurl = "postgresql://127.0.0.1:1/none"')
    assert handed(program, reply("alertd+x@gov.test", "done", "x@y.test")).code == 75


def test_a_mail_on_which_the_program_slips_waits_and_the_admin_hears(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slip(*args: object) -> None:
        raise ZeroDivisionError("secret words")

    monkeypatch.setattr(letters, "take_in", slip)
    ran = handed(program, reply("alertd+x@gov.test", "done", "x@y.test"))
    assert ran.code == 75
    assert "Traceback" not in ran.err
    assert "secret words" not in ran.out + ran.err
    told = program("outbox", "--json").json
    assert any("mail-put-aside" in str(row) or "put aside" in str(row) for row in told)


def test_on_a_terminal_it_says_what_it_wants(program: Program) -> None:
    program.answer = ""
    ran = program("mail-in")
    assert ran.code == 64
    assert "standard input" in ran.err
