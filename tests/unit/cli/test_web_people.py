"""`alertd web sessions`, `end-session` and `set-pin`: who is signed in to pages, ending that, and PINs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from alertd.core.pins import is_same
from alertd.engine.operations import signing_in
from alertd.store import tables
from tests.support.installed import installation
from tests.support.play import Play
from tests.support.program import Program
from tests.unit.cli.conftest import NOW

PERSON, COLLEAGUE = "liang-huimin.justice-bureau", "bai-siyuan.supervision-office"
DESK = "justice-bureau"
PIN, OTHER = "204681", "739152"

Enter = Callable[..., str]


@pytest.fixture
def play(alertd: Program) -> Iterator[Play]:
    """The store of the city, as a daemon that serves pages has it open."""
    found = installation(alertd.folder)
    with closing(found.open_store(upgrade=False)) as store:
        yield Play(store, found.ruling(store, NOW), "2026-11-23T09:00")


@pytest.fixture
def enter(play: Play) -> Enter:
    """Sign somebody in, "" the office, in a browser of this name; what the browser holds."""

    def entered(who: str = "", desk: str = "", about: str = "Firefox") -> str:
        key = play.do(signing_in.invite, who, desk).key
        return str(play.do(signing_in.enter, key, about).secret)

    return entered


def signed_in(play: Play, secret: str) -> bool:
    with play.store.read() as tx:
        return signing_in.visitor(tx, play.world, secret, play.now).signed_in


def number_of(alertd: Program, who: str) -> str:
    found = [row["number"] for row in alertd("web", "sessions", "--json").json if row["person"] == who]
    return str(found[0])


# ---------------------------------------------------------------- sessions


def test_nobody_is_signed_in_at_first(alertd: Program) -> None:
    assert alertd("web", "sessions").out == "Nobody is signed in.\n"
    assert alertd("web", "sessions", "--json").json == []


def test_everybody_who_is_signed_in_is_listed_without_what_their_browser_holds(
    alertd: Program, play: Play, enter: Enter
) -> None:
    held = [enter(PERSON), enter(), enter(desk=DESK, about="Edge on the wall")]
    said = alertd("web", "sessions")
    assert said.code == 0
    name = play.world.register.people[PERSON].name
    for words in (name, "the office", "duty room", "Edge on the wall", "since Mon 23 Nov 09:00"):
        assert words in said.out
    assert len(said.out.splitlines()) == 3
    listed = alertd("web", "sessions", "--json").json
    assert {(row["person"], row["desk"]) for row in listed} == {(PERSON, ""), ("", ""), ("", DESK)}
    assert {row["begun"] for row in listed} == {"2026-11-23T09:00:00+08:00"}
    assert not any(secret in said.out + str(listed) for secret in held)


def test_one_that_is_over_is_listed_no_more(alertd: Program, enter: Enter) -> None:
    enter(PERSON)
    alertd.at("2026-12-31T09:00:00+08:00")
    assert alertd("web", "sessions").out == "Nobody is signed in.\n"


def test_one_session_is_ended_at_once_by_its_number(alertd: Program, play: Play, enter: Enter) -> None:
    ended, stays = enter(PERSON), enter(COLLEAGUE)
    number = number_of(alertd, PERSON)
    said = alertd("web", "end-session", number)
    assert (said.code, said.out) == (0, "1 session is ended.\n")
    assert (signed_in(play, ended), signed_in(play, stays)) == (False, True)
    again = alertd("web", "end-session", number)
    assert again.code == 1
    assert f"There is no session {number}" in again.err
    rows = [row for row in play.all(tables.audit) if row.action == "signed-out"]
    assert len(rows) == 1


def test_all_of_a_person_or_of_a_duty_room_are_ended(alertd: Program, play: Play, enter: Enter) -> None:
    mine, desk, other = [enter(PERSON), enter(PERSON)], enter(desk=DESK), enter(COLLEAGUE)
    name = play.world.register.people[PERSON].name
    assert alertd("web", "end-session", "--of", name).out == "2 sessions are ended.\n"
    assert [signed_in(play, each) for each in (*mine, desk, other)] == [False, False, True, True]
    assert alertd("web", "end-session", "--desk", DESK).out == "1 session is ended.\n"
    assert [signed_in(play, each) for each in (desk, other)] == [False, True]
    assert alertd("web", "end-session", "--of", PERSON).out == "0 sessions are ended.\n"


@pytest.mark.parametrize(
    "argv",
    [
        (),
        ("1", "--of", PERSON),
        ("--of", PERSON, "--desk", DESK),
        ("none",),
        ("0",),
        ("-1",),
        ("9" * 400,),
        ("--of", "nobody-such"),
        ("--desk", "nowhere"),
    ],
)
def test_what_names_no_session_ends_none_and_says_so(
    alertd: Program, play: Play, enter: Enter, argv: tuple[str, ...]
) -> None:
    stays = enter(PERSON)
    said = alertd("web", "end-session", *argv)
    assert said.code != 0
    assert said.err
    assert "Traceback" not in said.err
    assert signed_in(play, stays)


# ---------------------------------------------------------------- the PIN


def kept(play: Play) -> dict[str, str]:
    return {row.person: row.hash for row in play.all(tables.pins)}


def test_the_office_sets_a_pin_from_a_pipe_and_takes_it_away(alertd: Program, play: Play) -> None:
    name = play.world.register.people[PERSON].name
    alertd.given = f"{PIN}\n".encode()
    said = alertd("web", "set-pin", PERSON)
    assert (said.code, said.out) == (0, f"{name} has a new PIN.\n")
    assert is_same(PIN, kept(play)[PERSON])
    alertd.given = f"  {OTHER}  \r\n".encode()
    assert alertd("web", "set-pin", name).code == 0  # a new one takes its place
    assert is_same(OTHER, kept(play)[PERSON])
    assert alertd("web", "set-pin", PERSON, "--remove").out == f"{name} has no PIN any more.\n"
    assert alertd("web", "set-pin", PERSON, "--remove").out == f"{name} had no PIN.\n"
    assert kept(play) == {}
    rows = [(row.action, row.detail) for row in play.all(tables.audit) if row.action.startswith("pin-")]
    assert rows == [("pin-set", {"person": PERSON})] * 2 + [("pin-removed", {"person": PERSON})]
    assert PIN not in str(play.all(tables.audit)) + said.out + said.err


def test_at_a_terminal_it_is_typed_twice_and_not_shown(
    alertd: Program, play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    def typing(*words: str) -> list[str]:
        asked, left = list[str](), list(words)

        def typed(prompt: str) -> str:
            asked.append(prompt)
            return left.pop(0)

        monkeypatch.setattr("getpass.getpass", typed)
        return asked

    alertd.answer = ""
    asked = typing(PIN, OTHER)
    said = alertd("web", "set-pin", PERSON)
    assert said.code == 1
    assert asked == ["PIN: ", "Once more: "]
    assert kept(play) == {}
    typing(PIN, PIN)
    assert alertd("web", "set-pin", PERSON).code == 0
    assert is_same(PIN, kept(play)[PERSON])


@pytest.mark.parametrize(
    "typed", [b"", b"\n", b"123456\n", b"1234\n", b"abcdef\n", "２０４６８１\n".encode()]
)
def test_a_pin_that_is_unfit_is_not_taken(alertd: Program, play: Play, typed: bytes) -> None:
    alertd.given = typed
    said = alertd("web", "set-pin", PERSON)
    assert said.code == 1
    assert "Traceback" not in said.err
    assert kept(play) == {}


def test_nobody_of_that_name_gets_no_pin(alertd: Program, play: Play) -> None:
    alertd.given = f"{PIN}\n".encode()
    for argv in (("nobody-such",), ("nobody-such", "--remove")):
        said = alertd("web", "set-pin", *argv)
        assert said.code == 1
        assert "nobody-such" in said.err
    assert kept(play) == {}
