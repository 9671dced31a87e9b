"""What somebody may try against the pages, on every address of the tables (docs/threats.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest

from alertd.config.web_shapes import Address, WebSettings
from alertd.core.model import Person
from alertd.engine.operations import acts, signing_in
from alertd.engine.operations.acts import HandIn
from alertd.store import addresses, tables
from alertd.web.page import Route
from alertd.web.routes import ENDPOINTS, ROUTES
from tests.support.documents import TOP, table
from tests.support.pages import Pages, address_of, pages_of
from tests.support.play import Play
from tests.unit.test_proof import complaints

REPORT, OTHER = "yearly-report@2026/town-a", "yearly-report@2026/town-b"
METHODS = [(each.path, each.method) for each in ROUTES] + [(each.path, each.method) for each in ENDPOINTS]
ADDRESSES = sorted({path for path, _ in METHODS})
SHOWN = [route for route in ROUTES if not route.changes]
PRESSED = [route for route in ROUTES if route.changes]
PLACED = sorted({path for path in ADDRESSES if "{" in path})
#: who may look but not at everything: of the unit of the deadline, of another one, nobody
ATTACKERS = ("eve", "nobody")


def named(route: Route) -> str:
    return f"{route.method} {route.path}"


def stored(play: Play) -> list[list[Any]]:
    """What acts change; when a session was seen is none of it."""
    kept = (tables.deadlines, tables.events, tables.requests, tables.audit, tables.deliveries, tables.blocked)
    return [list(play.all(each)) for each in kept]


def signed_in(pages: Pages, who: str) -> None:
    pages.client.cookies.clear()
    if who != "nobody":
        pages.sign_in(who)


# ---------------------------------------------------------------- what every answer says


@pytest.mark.parametrize("who", ["", "nobody"])
def test_every_answer_of_every_address_keeps_the_browser_to_what_is_ours(pages: Pages, who: str) -> None:
    signed_in(pages, who)
    for path in (*ADDRESSES, "/nothing", "/livez", "/static/none"):
        for method in ("GET", "POST", "HEAD", "OPTIONS", "DELETE"):
            headers = pages.client.send(method, address_of(pages.play, path, REPORT), b"").headers
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy, (method, path)
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert headers["x-frame-options"] == "DENY"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["cross-origin-resource-policy"] == "same-origin"
            assert headers["cache-control"] == "no-store", (method, path)
            assert "access-control-allow-origin" not in headers
            assert "server" not in headers


def test_no_answer_says_what_the_server_is_made_of(pages: Pages) -> None:
    for path in ("/nothing", "/enter?key=%00", "/deadlines?colour=x"):
        answered = pages.get(path)
        for name in ("uvicorn", "starlette", "python", "sqlite", "traceback", "pydantic"):
            assert name not in (answered.text + str(answered.headers)).lower()


# ---------------------------------------------------------------- methods


def test_a_method_that_is_not_in_the_table_does_nothing(pages: Pages) -> None:
    pages.sign_in()
    before = stored(pages.play)
    for path in ADDRESSES:
        there = address_of(pages.play, path, REPORT)
        known = {method for at, method in METHODS if at == path}
        known |= {"HEAD"} if "GET" in known else set()
        for method in {"POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "HEAD", "PROPFIND"} - known:
            answered = pages.client.send(method, there, b"")
            assert answered.status_code in (404, 405), (method, path)
            assert "alertd=" not in answered.text  # TRACE gives nobody's cookie back
    assert stored(pages.play) == before


def test_no_header_and_no_field_turns_a_look_into_an_act(pages: Pages) -> None:
    pages.sign_in()
    before = stored(pages.play)
    for route in SHOWN:
        path = address_of(pages.play, route.path, REPORT)
        pages.get(
            f"{path}?_method=POST&method=POST",
            **{"X-HTTP-Method-Override": "POST", "X-Method-Override": "PUT"},
        )
    assert stored(pages.play) == before


def test_a_head_is_the_page_without_its_text(pages: Pages) -> None:
    pages.sign_in()
    for route in SHOWN:
        path = address_of(pages.play, route.path, REPORT)
        assert pages.client.send("HEAD", path, b"").status_code == pages.get(path).status_code


# ---------------------------------------------------------------- places


NO_PLACES = (
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..%5c..%5cwindows",
    "%252e%252e%252f",
    "%00",
    "a%00.html",
    "/etc/passwd",
    "file:%2f%2f%2fetc%2fpasswd",
    "'%20OR%201=1--",
    "%0d%0aSet-Cookie:%20a=b",
    "-1",
    "9" * 400,
    "%ff%fe",
    "%E2%80%AE",
    "{{7*7}}",
    "%3Cscript%3E",
)


@pytest.mark.parametrize("path", PLACED)
def test_a_name_in_an_address_is_a_name_and_no_place(pages: Pages, path: str) -> None:
    pages.sign_in()
    for there in NO_PLACES:
        address = re.sub(r"{[^}]+}", there.replace("\\", ""), path)
        answered = pages.get(address)
        assert answered.status_code in (303, 400, 401, 403, 404, 405, 409), address
        assert "root:" not in answered.text
        assert "<script>" not in answered.text
        assert "set-cookie" not in answered.headers
        assert answered.status_code != 303 or answered.headers["location"].startswith("/")


# ---------------------------------------------------------------- other people's matters


@pytest.mark.parametrize("who", ATTACKERS)
@pytest.mark.parametrize("path", PLACED)
def test_nobody_opens_what_is_another_units(pages: Pages, path: str, who: str) -> None:
    """The deadline, its case, its event and the messages about it are of another unit."""
    signed_in(pages, who)
    answered = pages.get(address_of(pages.play, path, REPORT))
    assert answered.status_code in (303, 401, 403, 404, 405, 409)
    assert "Yearly report" not in answered.text


@pytest.mark.parametrize("who", ATTACKERS)
@pytest.mark.parametrize("route", PRESSED, ids=named)
def test_nobody_does_anything_to_what_is_another_units(pages: Pages, route: Route, who: str) -> None:
    """Also with the token of a form of one's own, which proves only who one is."""
    signed_in(pages, who)
    if route.path in ("/leave", "/report", "/language", "/enter", "/login"):
        return  # about oneself, or about nothing that there is yet
    token = ""
    if who != "nobody":
        found = re.search(r'name="token" value="(\w+)"', pages.get("/mine").text)
        assert found is not None
        token = found[1]
    before = stored(pages.play)
    given = {"token": token, "reason": "because", "once": "x", "state": "x", "channel": "email", "days": "7"}
    answered = pages.client.post(address_of(pages.play, route.path, REPORT), data=given)
    assert answered.status_code in (303, 400, 401, 403, 404, 409)
    assert stored(pages.play) == before


def test_a_session_that_was_ended_is_not_played_again(pages: Pages) -> None:
    pages.sign_in("ann")
    held = pages.client.cookies["alertd"]
    pages.press("/mine", "/leave")
    pages.client.cookies.clear()
    for path in ("/mine", f"/deadlines/{pages.play.row(REPORT).number}"):
        assert pages.get(path, Cookie=f"alertd={held}").headers["location"] == "/login"


def test_a_session_ends_for_whoever_leaves_the_directory(pages: Pages) -> None:
    pages.sign_in("ann")
    register = pages.play.world.register
    people = {name: person for name, person in register.people.items() if name != "ann"}
    pages.play.world = replace(pages.play.world, register=replace(register, people=people))
    assert pages.get("/mine").headers["location"] == "/login"


def test_what_signs_in_is_too_long_to_be_guessed_and_is_not_in_the_store(play: Play) -> None:
    keys = {play.do(signing_in.invite, "ann").key for _ in range(20)}
    entered = play.do(signing_in.enter, next(iter(keys)))
    assert len(keys) == 20
    for secret in (*keys, entered.secret):
        assert len(secret) >= 43  # 256 bits
        for each in tables.metadata.sorted_tables:
            assert secret not in str(play.all(each))


# ---------------------------------------------------------------- where a browser is sent


@pytest.mark.parametrize("route", [each for each in ROUTES if not each.token], ids=named)
@pytest.mark.parametrize(
    "back", ["https://evil.test/", "//evil.test", "/\\evil.test", "/%0d%0ax:y", "/\tevil"]
)
def test_no_field_sends_a_browser_elsewhere(pages: Pages, route: Route, back: str) -> None:
    names = [name for name in route.takes.model_fields if name not in ("language", "key")]
    given = {"language": "en", "key": "x"} | dict.fromkeys((*names, "back", "next", "to", "url"), back)
    answered = pages.client.post(address_of(pages.play, route.path, REPORT), data=given)
    where = answered.headers.get("location", "/")
    assert where.startswith("/")
    assert not where.startswith(("//", "/\\"))
    assert "\n" not in where
    assert "evil.test" not in where.partition("?")[0]


@pytest.mark.parametrize(
    "host", ["evil.test", "127.0.0.1:8470.evil.test", "127.0.0.1:8470@evil.test", "[::1]"]
)
def test_no_name_of_somebody_elses_is_answered_or_said_again(pages: Pages, host: str) -> None:
    for headers in ({"Host": host}, {"X-Forwarded-Host": host}, {"Forwarded": f"host={host}"}):
        answered = pages.get("/", **headers)
        assert answered.status_code == (421 if "Host" in headers else 303)
        assert "evil" not in answered.text + answered.headers.get("location", "")


# ---------------------------------------------------------------- what is written is text

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}"
LINK = "javascript:alert(1)"
#: elements that run or load something, and attributes that do
FORBIDDEN = {"script", "img", "iframe", "object", "embed", "foreignobject", "math", "base", "audio", "video"}


class Marks(HTMLParser):
    """The elements of a page, and where they lead."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in FORBIDDEN:
            self.wrong.append(tag)
        for name, value in attrs:
            leads = name in ("href", "src", "action", "formaction")
            if (
                name.startswith("on")
                or name == "style"
                or (leads and (value or "").strip()[:11] == LINK[:11])
            ):
                self.wrong.append(f"{tag} {name}={value}")


@pytest.fixture
def hostile(play: Play) -> Iterator[Pages]:
    """Everything that somebody may have written, written by somebody who means harm."""
    register = play.world.register
    text = {"en": HOSTILE, "zh-Hant": HOSTILE}
    people: dict[str, Person] = {
        name: replace(person, name=HOSTILE[:60]) for name, person in register.people.items()
    }
    units = {name: replace(unit, name=text) for name, unit in register.units.items()}
    duties = {
        name: replace(duty, title=text, source=replace(duty.source, clause=HOSTILE, note=HOSTILE))
        for name, duty in register.obligations.items()
    }
    types = {name: replace(kind, title=text) for name, kind in register.event_types.items()}
    changed = replace(register, people=people, units=units, obligations=duties, event_types=types)
    play.world = replace(play.world, register=changed)
    what = HandIn(evidence=f"{LINK} {HOSTILE}", reason=HOSTILE)
    play.do(acts.hand_in, play.row(OTHER).number, what)
    play.do(acts.verify, play.row(OTHER).number, HOSTILE)
    play.do(lambda scope: addresses.block(scope.tx, "inbox", HOSTILE, HOSTILE, scope.now))
    found = pages_of(play)
    found.sign_in()
    yield found
    found.client.close()


def test_what_somebody_wrote_is_text_on_every_page(hostile: Pages) -> None:
    for route in SHOWN:
        for name in (REPORT, OTHER):
            path = address_of(hostile.play, route.path, name)
            marks = Marks()
            answered = hostile.get(path)
            if answered.headers["content-type"].startswith("text/html"):
                marks.feed(answered.text)
            assert marks.wrong == [], path
            assert answered.status_code != 500, path
            assert "49" not in answered.text.partition("onerror")[2][:60]


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_what_is_asked_is_text_on_the_page_that_answers(pages: Pages, route: Route) -> None:
    """Also on pages that say that something went wrong."""
    pages.sign_in()
    path = address_of(pages.play, route.path, REPORT)
    for name in route.takes.model_fields:
        for value in (HOSTILE, LINK):
            if route.changes:
                answered = pages.client.post(path, data={name: value, "language": "en"})
            else:
                answered = pages.get(f"{path}?{name}={quote(value)}")
            marks = Marks()
            marks.feed(answered.text)
            assert marks.wrong == [], (path, name)
            assert answered.status_code != 500


# ---------------------------------------------------------------- cookies


def test_no_answer_gives_a_cookie_that_scripts_or_other_sites_get(play: Play) -> None:
    settings = WebSettings(Address("127.0.0.1", 8470), "https://alertd.gov.test", ("127.0.0.1",))
    pages = pages_of(play, settings, "https://alertd.gov.test")
    given: list[str] = []
    key = play.do(signing_in.invite).key
    for path, data in (("/enter", {"key": key}), ("/language", {"language": "en", "back": "/"})):
        given += pages.client.post(path, data=data).headers.get_list("set-cookie")
    assert len(given) == 3  # the session, the end of signing in, the language
    for cookie in given:
        assert cookie.startswith("__Host-")
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert cookie.endswith("Secure")
    pages.client.close()


# ---------------------------------------------------------------- the page


def test_each_threat_names_tests_that_hold_it() -> None:
    rows = table(TOP / "docs/threats.md", "who, and what for | what stops it")
    assert len(rows) > 20
    assert complaints(rows, 3) == []
