"""`alertd web calendar-link`: the address of a calendar is given, renewed and ended by command."""

from __future__ import annotations

import re

import pytest

from alertd.engine.operations.calendars import read_by
from alertd.engine.ruling.scope import Scope
from alertd.installation import Installation
from tests.support.program import Program
from tests.unit.cli.conftest import NOW

CONTACT = "liang-huimin.justice-bureau"
UNIT = "justice-bureau"
ADDRESS = re.compile(r"^http://127\.0\.0\.1:8470/calendar/(\w+)\.ics$")


def secret_in(address: str) -> str:
    found = ADDRESS.match(address)
    assert found is not None, address
    return found[1]


def about(alertd: Program, secret: str) -> tuple[str, str, str] | None:
    """What is read at an address: for whom, and about what; None where nothing is."""
    installation = Installation.find(str(alertd.folder), alertd.environ, alertd.folder)
    store = installation.open_store(upgrade=False)
    try:
        with store.read() as tx:
            subject = read_by(Scope(tx, installation.written(), NOW), secret)
    finally:
        store.close()
    return (subject.holder, subject.about, subject.name) if subject else None


def test_it_is_shown_once_with_a_word_of_who_can_read_it(alertd: Program) -> None:
    ran = alertd("web", "calendar-link", CONTACT)
    assert (ran.code, ran.err) == (0, "")
    address, said = ran.out.splitlines()
    assert "shown once" in said
    assert about(alertd, secret_in(address)) == (CONTACT, "person", CONTACT)


@pytest.mark.parametrize(
    ("argv", "found"),
    [
        ((CONTACT,), (CONTACT, "person", CONTACT)),
        ((UNIT, "--about", "unit"), ("", "unit", UNIT)),
        (("司法局", "--about", "unit"), ("", "unit", UNIT)),
        ((UNIT, "--about", "unit", "--holder", CONTACT), (CONTACT, "unit", UNIT)),
        (("fire-1", "--about", "case"), ("", "case", "fire-1")),
    ],
)
def test_it_is_about_a_person_a_unit_or_a_case(
    incident: Program, argv: tuple[str, ...], found: tuple[str, str, str]
) -> None:
    ran = incident("web", "calendar-link", *argv, "--json")
    assert ran.code == 0, ran.err
    assert about(incident, secret_in(ran.json["address"])) == found


def test_a_new_one_ends_the_one_before(alertd: Program) -> None:
    first, second = (alertd("web", "calendar-link", CONTACT, "--json").json["address"] for _ in range(2))
    assert about(alertd, secret_in(first)) is None
    assert about(alertd, secret_in(second)) is not None


def test_it_is_ended_and_what_there_was_not_is_said(alertd: Program) -> None:
    assert "no such address" in alertd("web", "calendar-link", CONTACT, "--end").out
    address = alertd("web", "calendar-link", CONTACT, "--json").json["address"]
    assert alertd("web", "calendar-link", CONTACT, "--end", "--json").json == {"ended": True}
    assert about(alertd, secret_in(address)) is None
    assert alertd("web", "calendar-link", CONTACT, "--end", "--json").json == {"ended": False}


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("nobody.at-all",), "nobody.at-all"),
        (("no-bureau", "--about", "unit"), "no-bureau"),
        (("no-case", "--about", "case"), "no-case"),
        ((UNIT, "--about", "unit", "--holder", "nobody.at-all"), "nobody.at-all"),
        ((CONTACT, "--holder", "pan-zihan.justice-bureau"), ""),
    ],
)
def test_what_there_is_not_or_is_somebody_elses_is_refused_with_a_sentence(
    alertd: Program, argv: tuple[str, ...], said: str
) -> None:
    ran = alertd("web", "calendar-link", *argv)
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err
    assert len(ran.err.splitlines()) <= 3


def test_where_no_pages_are_served_there_is_no_address(alertd: Program) -> None:
    alertd.replace("config.toml", 'listen = "127.0.0.1:8470"', 'listen = ""')
    ran = alertd("web", "calendar-link", CONTACT)
    assert ran.code == 1
    assert "[web] listen" in ran.err


def test_a_public_address_is_what_telephones_are_given(alertd: Program) -> None:
    alertd.replace("config.toml", 'public_url = ""', 'public_url = "https://alertd.city.test"')
    address = alertd("web", "calendar-link", CONTACT, "--json").json["address"]
    assert address.startswith("https://alertd.city.test/calendar/")
