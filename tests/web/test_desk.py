"""The screen of a duty room: it shows what its unit sees, and whoever acts gives name and PIN."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from alertd.core.sights import Sight
from alertd.engine.operations import pins
from alertd.store import audit, tables
from alertd.web.answering import token_of
from alertd.web.routes import ROUTES
from tests.support.pages import Pages, text_of
from tests.support.play import Play

REPORT = "yearly-report@2026/town-a"
OTHER = "yearly-report@2026/town-b"
PIN, WRONG = "204681", "204682"


@pytest.fixture
def desk(pages: Pages) -> Pages:
    """The screen of town-a; ann has a PIN, ben none."""
    pages.play.do(pins.set_pin, "ann", pins.kept_of(PIN))
    pages.sign_in("desk town-a")
    return pages


def path(play: Play) -> str:
    return f"/deadlines/{play.row(REPORT).number}"


def hand_in(desk: Pages, **who: str) -> httpx.Response:
    where = path(desk.play)
    return desk.press(where, f"{where}/handed-in", evidence="No. 12", **who)


def as_officer(officer: str, pin: str) -> dict[str, str]:
    return {"desk_officer": officer, "desk_pin": pin}


def authors(play: Play, action: str) -> list[tuple[str, str]]:
    number = play.row(REPORT).number
    with play.store.read() as tx:
        rows = audit.of_deadline(tx, number)
        return [(row.actor, row.account) for row in rows if row.action == action]


def test_a_desk_shows_what_its_unit_owes_and_nothing_of_others(desk: Pages) -> None:
    assert desk.get("/").headers["location"] == "/mine"
    assert f'href="{path(desk.play)}"' in desk.get("/mine").text
    assert f'href="/deadlines/{desk.play.row(OTHER).number}"' not in desk.get("/mine").text
    assert desk.get(f"/deadlines/{desk.play.row(OTHER).number}").status_code == 409
    assert desk.get("/board").status_code == 403
    assert desk.get("/me/sessions").status_code == 403
    assert "duty room, town-a" in desk.get("/mine").text


def test_nothing_is_done_before_somebody_says_who_they_are(desk: Pages) -> None:
    asked = hand_in(desk)
    assert asked.status_code == 200
    assert "Who does this?" in asked.text
    assert 'name="evidence" value="No. 12"' in asked.text
    assert PIN not in asked.text
    assert desk.play.row(REPORT).state == "open"
    assert [name for name in ("Ann", "Ben", "Cai", "Dan", "Eve") if f">{name}<" in asked.text] == [
        "Ann", "Ben", "Cai", "Dan",
    ]  # fmt: skip


def test_the_officer_is_on_record_with_the_desk_as_the_account(desk: Pages) -> None:
    answered = hand_in(desk, **as_officer("ann", PIN))
    assert answered.status_code == 303
    assert desk.play.row(REPORT).state == "done"
    assert authors(desk.play, "done") == [("ann", "desk:town-a")]


def test_the_form_is_sent_on_as_it_was_typed(desk: Pages) -> None:
    asked = hand_in(desk)
    given = _hidden(asked)
    answered = desk.client.post(f"{path(desk.play)}/handed-in", data=given | as_officer("ann", PIN))
    assert answered.status_code == 303
    again = desk.client.post(f"{path(desk.play)}/handed-in", data=given | as_officer("ann", PIN))
    assert again.status_code == 303  # pressed twice, done once
    assert len(authors(desk.play, "done")) == 1
    assert "No. 12" in str(desk.play.all(tables.audit))


def _hidden(asked: httpx.Response) -> dict[str, str]:
    main = asked.text[asked.text.index("<main") :]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', main))


@pytest.mark.parametrize(
    ("officer", "pin"),
    [
        ("ann", WRONG),
        ("ann", ""),
        ("ben", PIN),
        ("eve", PIN),
        ("gao", PIN),
        ("", PIN),
        ("nobody", ""),
        ("ann", "2" * 900),
    ],
)
def test_a_wrong_name_or_pin_does_nothing_and_says_the_same(desk: Pages, officer: str, pin: str) -> None:
    desk.play.do(pins.set_pin, "eve", pins.kept_of(PIN))
    asked = hand_in(desk, **as_officer(officer, pin))
    assert asked.status_code == 409
    assert "do not belong together" in text_of(asked.text)
    assert desk.play.row(REPORT).state == "open"
    assert pin == "" or f'value="{pin}"' not in asked.text


def test_after_five_wrong_ones_a_pin_waits_even_the_right_one_and_the_admin_hears_once(desk: Pages) -> None:
    for _ in range(7):
        asked = hand_in(desk, **as_officer("ann", WRONG))
    assert "Wait 15 minutes" in text_of(asked.text)
    assert hand_in(desk, **as_officer("ann", PIN)).status_code == 409
    assert desk.play.admin_topics().count("pin-guessed") == 1
    desk.play.go("2026-12-17T10:16")
    assert hand_in(desk, **as_officer("ann", PIN)).status_code == 303


def test_right_ones_do_not_count(desk: Pages) -> None:
    where = path(desk.play)
    for _ in range(7):
        answered = desk.press(where, f"{where}/received", **as_officer("ann", PIN))
        assert answered.status_code == 303
    assert desk.play.all(tables.sign_in_tries) == []


def test_a_desk_guesses_so_often_whoever_is_named(desk: Pages, monkeypatch: Any) -> None:
    monkeypatch.setattr(pins, "MOST_WRONG_AT_DESK", 3)
    for officer in ("ben", "cai", "dan"):
        hand_in(desk, **as_officer(officer, WRONG))
    assert "Wait 15 minutes" in text_of(hand_in(desk, **as_officer("ann", PIN)).text)


#: all but what everybody may press, and what the link of a message lets its reader do as themselves
BUTTONS = [each for each in ROUTES if each.changes and each.sight not in (Sight.ENTRANCE, Sight.MESSAGE)]


@pytest.mark.parametrize("route", BUTTONS, ids=[each.path for each in BUTTONS])
def test_every_button_asks_who_it_is(desk: Pages, route: Any) -> None:
    where = route.path.replace("{number:int}", str(desk.play.row(REPORT).number))
    token = token_of(desk.client.cookies["alertd"])
    answered = desk.client.post(where, data={"token": token})
    assert answered.status_code == 403 or "Who does this?" in answered.text
