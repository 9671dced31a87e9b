"""Who is signed in where, and ending that at once; the PIN of an officer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alertd.core.pins import is_same
from alertd.engine.operations import signing_in
from alertd.store import tables
from tests.support.pages import Pages, pages_of
from tests.support.play import Play


@pytest.fixture
def other(play: Play, pages: Pages) -> Pages:
    """Another browser of the same person."""
    again = pages_of(play)
    again.sign_in("ann")
    return again


def number_of(pages: Pages) -> str:
    """The session of a browser, by what the page of its holder says is this one."""
    with pages.play.store.read() as tx:
        secret = pages.client.cookies["alertd"]
        return f"{signing_in.visitor(tx, pages.play.world, secret, pages.play.now).session:x}"


def test_people_see_their_own_sessions_and_end_one_at_once(pages: Pages, other: Pages) -> None:
    pages.sign_in("ann")
    third = pages_of(pages.play)
    third.sign_in("ben")
    said = pages.read("/me/sessions")
    assert said.count("this one") == 1
    assert pages.get("/me/sessions").text.count('name="session" value="') == 3  # two, and all others
    pages.press("/me/sessions", "/me/sessions", session=number_of(other), every="")
    assert other.get("/mine").headers["location"] == "/login"  # with what the browser still holds
    assert pages.get("/mine").status_code == 200
    assert third.get("/mine").status_code == 200
    for each in (other, third):
        each.client.close()


def test_all_others_are_ended_in_one_go(pages: Pages, other: Pages) -> None:
    pages.sign_in("ann")
    pages.press("/me/sessions", "/me/sessions", every="yes")
    assert other.get("/mine").headers["location"] == "/login"
    assert pages.get("/mine").status_code == 200
    other.client.close()


def test_nobody_ends_the_session_of_somebody_else(pages: Pages, other: Pages) -> None:
    pages.sign_in("ben")
    answered = pages.press("/me/sessions", "/me/sessions", session=number_of(other), every="")
    assert answered.status_code == 409
    assert other.get("/mine").status_code == 200
    for text in ("", "zz", "-1", "9" * 400):
        assert pages.press("/me/sessions", "/me/sessions", session=text, every="").status_code == 409
    other.client.close()


def test_the_office_ends_any_and_all_of_a_person(pages: Pages, other: Pages) -> None:
    again = pages_of(pages.play)
    again.sign_in("ann")
    pages.sign_in()
    assert "Ann" in pages.read("/sessions")
    pages.press("/sessions", "/sessions", session=number_of(other), every="yes")
    assert other.get("/mine").headers["location"] == "/login"
    assert again.get("/mine").headers["location"] == "/login"
    assert pages.get("/board").status_code == 200
    for each in (other, again):
        each.client.close()


def test_who_leaves_the_directory_is_out_at_once(pages: Pages, other: Pages) -> None:
    people = {name: person for name, person in pages.play.world.register.people.items() if name != "ann"}
    pages.play.world = replace(pages.play.world, register=replace(pages.play.world.register, people=people))
    assert other.get("/mine").headers["location"] == "/login"
    other.client.close()


# ---------------------------------------------------------------- the PIN


def test_an_official_sets_a_pin_and_takes_it_away(pages: Pages) -> None:
    pages.sign_in("ann")
    answered = pages.press("/me/pin", "/me/pin", pin="204681", again="204681")
    assert answered.headers["location"] == "/me/pin?done=set"
    (row,) = pages.play.all(tables.pins)
    assert is_same("204681", row.hash)
    pages.press("/me/pin", "/me/pin/remove")
    assert pages.play.all(tables.pins) == []


@pytest.mark.parametrize(
    ("pin", "again"), [("204681", "204682"), ("123456", "123456"), ("", ""), ("abcdef", "abcdef")]
)
def test_a_pin_that_is_unfit_or_mistyped_changes_nothing(pages: Pages, pin: str, again: str) -> None:
    pages.sign_in("ann")
    assert pages.press("/me/pin", "/me/pin", pin=pin, again=again).status_code == 409
    assert pages.play.all(tables.pins) == []
