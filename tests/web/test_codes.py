"""Signing in by a code, on pages: everybody is answered the same, and where messages stay is said."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from alertd.engine.ruling.world import Mode
from alertd.store import tables
from alertd.web.asking import caller_of
from tests.support.pages import Pages, text_of


def code_sent(pages: Pages) -> str:
    pages.play.deliver()
    (row,) = [each for each in pages.play.deliveries_to("ann") if each.template == "sign-in"][-1:]
    found = re.search(r"\b\d{6}\b", row.body)  # the play's only channel is the inbox, which keeps its words
    assert found
    return found[0]


def test_an_official_signs_in_by_a_code_alone(pages: Pages) -> None:
    answered = pages.press("/login", "/login", who="ann")
    assert (answered.status_code, answered.headers["location"]) == (303, "/code")
    assert "six digits" in pages.read("/code")
    answered = pages.press("/code", "/code", code=code_sent(pages))
    assert answered.headers["location"] == "/"
    assert pages.get("/").headers["location"] == "/mine"
    assert "alertd_entering" not in pages.client.cookies


def test_a_wrong_code_says_how_often_one_may_guess_and_then_that_it_is_over(pages: Pages) -> None:
    pages.press("/login", "/login", who="ann")
    code = code_sent(pages)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    where = [pages.press("/code", "/code", code=wrong).headers["location"] for _ in range(5)]
    assert where == [f"/code?left={left}" for left in (4, 3, 2, 1, 0)]
    assert "1 guess is left" in pages.read("/code?left=1")
    assert "There is no code" in pages.read("/code?left=0")
    assert pages.press("/code", "/code", code=code).headers["location"] == "/code?left=0"


@pytest.mark.parametrize("who", ["ann", "nobody-here", "", "x" * 190])
def test_the_answer_is_the_same_whoever_it_is(pages: Pages, who: str) -> None:
    answered = pages.press("/login", "/login", who=who)
    shown = text_of(pages.get("/code").text)
    cookie = re.sub(r"=[\w-]{43};", "=X;", answered.headers["set-cookie"])
    assert answered.status_code == 303
    assert answered.headers["location"] == "/code"
    assert cookie == "alertd_entering=X; Path=/; Max-Age=600; HttpOnly; SameSite=Lax"
    assert not re.search(r"\bann\b", shown, re.IGNORECASE)
    assert "If somebody here is called so" in shown


def test_a_name_that_is_too_long_is_refused_whoever_it_is(pages: Pages) -> None:
    assert pages.press("/login", "/login", who="x" * 1500).status_code == 409


@pytest.mark.parametrize(
    ("mode", "said"), [(Mode.REHEARSAL, "alertd outbox"), (Mode.HOLD, "held"), (Mode.REDIRECT, "one address")]
)
def test_where_messages_stay_is_said(pages: Pages, mode: Mode, said: str) -> None:
    pages.play.world = replace(pages.play.world, mode=mode, redirect_to="test@example.org")
    assert said in pages.read("/login")
    pages.press("/login", "/login", who="ann")
    assert said in pages.read("/code")


def test_whoever_never_asked_for_a_code_is_told_so(pages: Pages) -> None:
    assert "has not asked for a code" in pages.read("/code")
    assert pages.client.post("/code", data={"code": "123456"}).headers["location"] == "/code?left=0"


def test_who_is_signed_in_already_asks_for_nothing(pages: Pages) -> None:
    pages.sign_in("ann")
    assert pages.client.post("/login", data={"who": "ben"}).headers["location"] == "/"
    assert pages.client.post("/code", data={"code": "1"}).headers["location"] == "/"
    assert pages.play.all(tables.sign_in_codes) == []


def test_a_form_from_elsewhere_asks_for_no_code(pages: Pages) -> None:
    for form in ("/login", "/code"):
        answered = pages.client.post(form, data={"who": "ann"}, headers={"Sec-Fetch-Site": "cross-site"})
        assert answered.status_code == 403
    assert pages.play.all(tables.sign_in_codes) == []


@pytest.mark.parametrize(
    ("host", "caller"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", ""),
        ("", ""),
    ],
)
def test_callers_are_counted_by_address_or_network(host: str, caller: str) -> None:
    assert caller_of(host) == caller
