"""`alertd unblock`: an address that was called dead is written to again at somebody's word."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from tests.support.program import Program
from tests.unit.cli.test_test_send import mail_to, telegram_to

PERSON, MAIL = "qin-wenbo.government-office", "qin-wenbo.government-office@example.org"
#: Monday 2026-11-23, 08:00, in microseconds
SINCE = 1_795_392_000_000_000


def block(alertd: Program, channel: str, address: str, at: int = SINCE) -> None:
    with closing(sqlite3.connect(alertd.folder / "var" / "alertd.db")) as store, store:
        store.execute("insert into blocked values (?, ?, ?, ?)", (channel, address, "550 5.1.1 no", at))


def blocked(alertd: Program) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(alertd.folder / "var" / "alertd.db")) as store:
        return store.execute("select channel, address from blocked order by 1, 2").fetchall()


@pytest.fixture
def dead(alertd: Program) -> Program:
    """A person whose mail and chat are called dead, and somebody else's chat."""
    mail_to(alertd, 25)
    telegram_to(alertd, "http://127.0.0.1:9")
    alertd.replace("schedules/people.csv", f"{MAIL},,", f"{MAIL},4242,")
    assert alertd("plan", "--apply", "--reason", "a chat").code == 0
    for channel, address in (("email", MAIL), ("telegram", "4242"), ("telegram", "17")):
        block(alertd, channel, address)
    return alertd


@pytest.mark.parametrize("who", [PERSON, "秦文博"])
def test_every_address_of_a_person_is_used_again(dead: Program, who: str) -> None:
    ran = dead("unblock", who)
    assert (ran.code, ran.err) == (0, "")
    assert MAIL in ran.out
    assert "4242" in ran.out
    assert blocked(dead) == [("telegram", "17")]


def test_one_channel_of_a_person(dead: Program) -> None:
    assert dead("unblock", PERSON, "--channel", "telegram", "--json").json == [
        {"channel": "telegram", "address": "4242"}
    ]
    assert blocked(dead) == [("email", MAIL), ("telegram", "17")]


def test_an_address_itself(dead: Program) -> None:
    assert dead("unblock", "17").code == 0
    assert ("telegram", "17") not in blocked(dead)


@pytest.mark.parametrize("argv", [("nobody",), (PERSON, "--channel", "inbox"), ("18",)])
def test_what_is_not_blocked_is_said(dead: Program, argv: tuple[str, ...]) -> None:
    ran = dead("unblock", *argv)
    assert (ran.code, ran.out) == (1, "")
    assert argv[0] in ran.err
    assert len(blocked(dead)) == 3


def test_a_block_that_is_over_is_none(alertd: Program) -> None:
    block(alertd, "email", MAIL, SINCE - 8 * 86_400_000_000)
    assert alertd("unblock", PERSON).code == 1


def test_a_channel_that_does_not_exist_is_named(dead: Program) -> None:
    ran = dead("unblock", PERSON, "--channel", "fax")
    assert ran.code == 1
    assert "fax" in ran.err


def test_it_is_on_record_who_said_so(dead: Program) -> None:
    dead("unblock", "17", "--by", "office")
    with closing(sqlite3.connect(dead.folder / "var" / "alertd.db")) as store:
        (found,) = store.execute(
            "select actor, detail from audit where action = 'address-unblocked'"
        ).fetchall()
    assert found[0] == "office"
    assert '"17"' in found[1]


def test_doctor_lists_what_is_blocked_and_the_way_out(dead: Program) -> None:
    found = next(each for each in dead("doctor", "--json").json["checks"] if each["check"] == "addresses")
    assert found["code"] == "blocked"
    assert f"email {MAIL} ({PERSON} 秦文博), 2026-11-23 – 2026-11-30: 550 5.1.1 no" in found["items"]
    assert "telegram 17, 2026-11-23 – 2026-11-30: 550 5.1.1 no" in found["items"]
    assert "alertd unblock" in found["todo"]
