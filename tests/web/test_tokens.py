"""Tokens: shown once, limited in what they do and for whom, and over at once when they are ended."""

from __future__ import annotations

from datetime import date

import pytest

from alertd.engine.operations.tokens import NewToken, end_token, new_token
from alertd.engine.ruling.refusal import Refused
from alertd.store import tables
from tests.support.api import client_of, refused
from tests.support.pages import Pages
from tests.support.play import Play
from tests.support.register import at

REPORT = "yearly-report@2026/town-a"
OTHER = "yearly-report@2026/town-b"


def path_of(pages: Pages, name: str) -> str:
    return f"/deadlines/{pages.play.row(name).number}"


def test_without_a_token_nothing_is_said(pages: Pages) -> None:
    nobody = client_of(pages)
    nobody.secret = ""
    answered = nobody.get("/deadlines")
    refused(answered, 401, "no-token")
    assert answered.headers["www-authenticate"] == 'Bearer realm="alertd"'


def test_a_session_of_a_browser_is_none_here(pages: Pages) -> None:
    pages.sign_in()
    assert pages.get("/deadlines").status_code == 200
    refused(pages.get("/api/v1/deadlines"), 401, "no-token")


@pytest.mark.parametrize("secret", ["alertd-", "alertd-nearly", "x", "a b", ""])
def test_a_token_that_is_none_is_refused(pages: Pages, secret: str) -> None:
    answered = pages.get("/api/v1/deadlines", authorization=f"Bearer {secret}")
    refused(answered, 401, "bad-token")
    assert 'error="invalid_token"' in answered.headers["www-authenticate"]


def test_the_store_holds_no_secret(pages: Pages) -> None:
    platform = client_of(pages)
    assert platform.secret not in str([row._asdict() for row in pages.play.all(tables.tokens)])


def test_a_token_is_over_at_once_when_it_is_ended(pages: Pages) -> None:
    platform = client_of(pages)
    assert platform.get("/deadlines").status_code == 200
    pages.play.do(end_token, "platform")
    refused(platform.get("/deadlines"), 401, "bad-token")


def test_a_token_is_good_until_the_end_of_its_last_day(pages: Pages) -> None:
    platform = client_of(pages, until=date(2026, 12, 17))
    pages.play.now = at("2026-12-17T23:59")
    assert platform.get("/deadlines").status_code == 200
    pages.play.now = at("2026-12-18T00:00")
    refused(platform.get("/deadlines"), 401, "bad-token")


def test_its_last_use_is_kept_but_not_every_one(pages: Pages) -> None:
    platform = client_of(pages)
    platform.get("/deadlines")
    first = pages.play.now
    pages.play.now = at("2026-12-17T10:05")
    platform.get("/deadlines")
    assert [row.seen_at for row in pages.play.all(tables.tokens)] == [first]
    pages.play.now = at("2026-12-17T10:11")
    platform.get("/deadlines")
    assert [row.seen_at for row in pages.play.all(tables.tokens)] == [pages.play.now]


def test_it_does_only_what_it_was_made_for(pages: Pages) -> None:
    reader = client_of(pages, may=("report",))
    problem = refused(reader.get("/deadlines"), 403, "token-may-not")
    assert problem["values"] == {"name": "platform", "may": "read"}


def test_a_token_of_a_unit_sees_that_unit_alone(pages: Pages) -> None:
    town = client_of(pages, parties=("town-a",))
    seen = town.read("/deadlines?limit=200&finished=true")["deadlines"]
    assert seen
    assert {each["unit"] for each in seen} == {"town-a"}
    assert town.get(path_of(pages, REPORT)).status_code == 200
    refused(town.get(path_of(pages, OTHER)), 404, "no-deadline")


def test_a_token_of_a_person_sees_what_the_person_sees(pages: Pages) -> None:
    ann = client_of(pages, person="ann")
    assert {each["unit"] for each in ann.read("/deadlines")["deadlines"]} == {"town-a"}
    refused(ann.get(path_of(pages, OTHER)), 404, "no-deadline")
    gao = client_of(pages, "gao", person="gao")
    assert {each["unit"] for each in gao.read("/deadlines")["deadlines"]} == {"town-a", "town-b"}


def test_a_token_of_somebody_who_left_is_over(pages: Pages) -> None:
    ann = client_of(pages, person="ann")
    del pages.play.world.register.people["ann"]  # type: ignore[attr-defined]
    refused(ann.get("/deadlines"), 401, "bad-token")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (NewToken("Platform", ("read",)), "token-name"),
        (NewToken("-x", ("read",)), "token-name"),
        (NewToken("p", ("write",)), "token-may"),
        (NewToken("p", ()), "token-may"),
        (NewToken("p", ("read",), ("town-z",)), "no-unit-near"),
        (NewToken("p", ("read",), person="anne"), "no-person-near"),
        (NewToken("p", ("read",), until=date(2026, 12, 1)), "token-over"),
        (NewToken("p", ("read",), until=date(9000, 1, 1)), "far-year"),
    ],
)
def test_a_token_that_makes_no_sense_is_not_made(play: Play, asked: NewToken, code: str) -> None:
    with pytest.raises(Refused) as no:
        play.do(new_token, asked)
    assert no.value.code == code


def test_a_name_is_given_once_and_never_again(play: Play) -> None:
    play.do(new_token, NewToken("platform", ("read",)))
    play.do(end_token, "platform")
    with pytest.raises(Refused, match="token-known"):
        play.do(new_token, NewToken("platform", ("read",)))
    with pytest.raises(Refused, match="no-token"):
        play.do(end_token, "platform")


def test_making_and_ending_stay_on_record_without_the_secret(play: Play) -> None:
    made = play.do(new_token, NewToken("platform", ("read", "act"), ("town-a",), "ann"))
    play.do(end_token, "platform")
    rows = [row for row in play.all(tables.audit) if row.action.startswith("token-")]
    assert [row.action for row in rows] == ["token-made", "token-ended"]
    assert made.secret not in str([row._asdict() for row in rows])
