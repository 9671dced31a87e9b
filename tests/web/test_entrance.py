"""Signing in: opening a link does nothing, pressing its button does it once."""

from __future__ import annotations

import pytest

from alertd.config.web_shapes import Address, WebSettings
from alertd.engine.operations import signing_in
from alertd.store import tables
from tests.support.pages import Pages, pages_of
from tests.support.play import Play


def test_whoever_is_not_signed_in_is_shown_how(pages: Pages) -> None:
    answered = pages.get("/board")
    assert (answered.status_code, answered.headers["location"]) == (303, "/login")
    assert "alertd web login-link" in pages.read("/login")


def test_opening_a_link_signs_nobody_in_and_uses_nothing_up(pages: Pages) -> None:
    """Scanners of mail open every link, some of them more than once."""
    key = pages.play.do(signing_in.invite).key
    for _ in range(3):
        assert pages.get(f"/enter?key={key}").cookies == {}
    assert pages.play.all(tables.sessions) == []
    assert pages.press(f"/enter?key={key}", "/enter").headers["location"] == "/"


def test_the_button_leads_to_what_somebody_sees_first(pages: Pages) -> None:
    pages.sign_in("ann")
    assert pages.get("/").headers["location"] == "/mine"
    pages.sign_in()
    assert pages.get("/").headers["location"] == "/mine"  # who is in by one key stays so


def test_the_office_sees_the_board_first(pages: Pages) -> None:
    pages.sign_in()
    assert pages.get("/").headers["location"] == "/board"


def test_a_button_pressed_twice_is_no_fault(pages: Pages) -> None:
    key = pages.play.do(signing_in.invite).key
    first = pages.client.post("/enter", data={"key": key})
    second = pages.client.post("/enter", data={"key": key})
    assert (first.status_code, second.status_code) == (303, 303)
    assert len(pages.play.all(tables.sessions)) == 1


def test_a_link_that_was_used_says_so(pages: Pages) -> None:
    key = pages.play.do(signing_in.invite).key
    pages.client.post("/enter", data={"key": key})
    pages.client.cookies.clear()
    answered = pages.client.post("/enter", data={"key": key}, headers={"Accept-Language": "en"})
    assert answered.status_code == 409
    assert "used already" in answered.text
    assert answered.cookies == {}


@pytest.mark.parametrize(
    ("settings", "base", "name", "secure"),
    [
        (WebSettings(Address("127.0.0.1", 8470)), "http://127.0.0.1:8470", "alertd", False),
        (
            WebSettings(Address("127.0.0.1", 8470), "https://alertd.gov.test", ("127.0.0.1",)),
            "https://alertd.gov.test",
            "__Host-alertd",
            True,
        ),
    ],
)
def test_a_browser_gives_its_session_to_nobody_else(
    play: Play, settings: WebSettings, base: str, name: str, secure: bool
) -> None:
    pages = pages_of(play, settings, base)
    key = play.do(signing_in.invite).key
    said = pages.client.post("/enter", data={"key": key}).headers["set-cookie"]
    assert said.startswith(f"{name}=")
    assert "HttpOnly; SameSite=Lax" in said
    assert said.endswith("; Secure") == secure
    assert "Path=/;" in said
    assert "Domain" not in said
    pages.client.close()


def test_who_signs_out_is_out_and_the_browser_forgets(pages: Pages) -> None:
    pages.sign_in("ann")
    answered = pages.press("/mine", "/leave")
    assert "alertd=;" in answered.headers["set-cookie"]
    pages.client.cookies.clear()
    assert pages.get("/mine").headers["location"] == "/login"


def test_a_session_that_is_over_opens_nothing(pages: Pages) -> None:
    pages.sign_in()
    assert pages.get("/board").status_code == 200
    pages.play.now += signing_in.OFFICE_LASTS
    assert pages.get("/board").headers["location"] == "/login"


@pytest.mark.parametrize("secret", ["", "guessed", "x" * 3000, "%00", '"'])
def test_a_made_up_session_opens_nothing(pages: Pages, secret: str) -> None:
    pages.sign_in()
    pages.client.cookies.clear()
    assert pages.get("/board", Cookie=f"alertd={secret}").headers["location"] == "/login"


# ---------------------------------------------------------------- the language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),  # as the node has it
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh-Hant"),
        ("zh-CN,zh;q=0.9", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("zh-Hant-CN", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("de-DE,en-GB;q=0.7", "en"),
        ("en;q=0.1,zh-TW;q=0.2", "zh-Hant"),
        ("zh-TW;q=0,en;q=0.5", "en"),
        ("de", "en"),
        (";;;,q=,zh-TW;q=x", "en"),
    ],
)
def test_a_page_speaks_the_language_of_the_browser(pages: Pages, header: str, language: str) -> None:
    pages.client.headers["accept-language"] = header
    assert f'<html lang="{language}">' in pages.get("/login").text


def test_a_language_chosen_by_hand_stays(pages: Pages) -> None:
    answered = pages.client.post("/language", data={"language": "zh-Hans", "back": "/login"})
    assert answered.headers["location"] == "/login"
    assert '<html lang="zh-Hans">' in pages.get("/login", **{"Accept-Language": "en"}).text
    assert "登录" in pages.get("/login").text


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.test/",
        "//evil.test",
        "/\\evil.test",
        "javascript:alert(1)",
        "evil",
        "/a\r\nx: y",
        "",
        "/é",
    ],
)
def test_nobody_is_sent_elsewhere(pages: Pages, back: str) -> None:
    answered = pages.client.post("/language", data={"language": "en", "back": back})
    assert answered.headers["location"] == "/"


def test_a_language_there_is_none_of_is_refused(pages: Pages) -> None:
    answered = pages.client.post("/language", data={"language": "fr"})
    assert answered.status_code == 400
    assert answered.cookies == {}
