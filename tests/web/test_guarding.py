"""What no request gets past, and what every answer says to the browser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alertd.config.web_shapes import Address, WebSettings
from alertd.store.errors import StoreFull
from alertd.web import guarding
from alertd.web.application import hosts_of
from alertd.web.routes import ROUTES
from tests.support.pages import Pages, address_of, pages_of
from tests.support.play import Play
from tests.support.register import with_obligation

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7 * 7777777 }}&amp;"


@pytest.mark.parametrize("path", ["/", "/login", "/board", "/nothing", "/deadlines/1", "/livez"])
def test_every_answer_keeps_the_browser_from_what_is_not_ours(pages: Pages, path: str) -> None:
    headers = pages.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


def test_the_style_sheet_is_kept_by_the_browser_and_pages_are_not(pages: Pages) -> None:
    page = pages.get("/login").text
    address = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    sheet = pages.get(address)
    assert (sheet.status_code, sheet.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert "immutable" in sheet.headers["cache-control"]


def test_no_page_has_a_script_or_a_style_of_its_own(pages: Pages) -> None:
    pages.sign_in()
    for route in ROUTES:
        if not route.changes:
            page = pages.get(address_of(pages.play, route.path, "yearly-report@2026/town-a")).text
            assert "<script" not in page
            assert "style=" not in page
            assert " onclick" not in page


@pytest.mark.parametrize("host", ["evil.test", "evil.test:8470", "127.0.0.1", "127.0.0.1:80", "", "a b"])
def test_a_name_that_is_not_ours_gets_nothing(pages: Pages, host: str) -> None:
    assert pages.get("/login", Host=host).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1:8470", "localhost:8470", "LOCALHOST:8470"])
def test_this_machine_is_called_by_its_names(pages: Pages, host: str) -> None:
    assert pages.get("/login", Host=host).status_code == 200


def test_behind_a_proxy_pages_are_called_by_their_public_name() -> None:
    found = hosts_of(WebSettings(Address("10.0.0.2", 8470), "https://alertd.gov.test", ("10.0.0.1",)))
    assert found == {"alertd.gov.test", "10.0.0.2:8470"}


def test_a_form_that_is_too_large_is_not_read(pages: Pages) -> None:
    most = guarding.LARGEST_BODY
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert pages.client.send("POST", "/enter", b"key=" + b"x" * (most - 4), kind).status_code == 400
    assert pages.client.send("POST", "/enter", b"key=" + b"x" * (most - 3), kind).status_code == 413

    async def parts() -> AsyncIterator[bytes]:  # nobody says how much it will be
        for _ in range(most // 1024 + 1):
            yield b"x" * 1024

    assert pages.client.send("POST", "/enter", parts(), kind).status_code == 413


async def test_a_form_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarding, "SLOWEST_BODY", 0.01)
    sent: list[Any] = []

    async def never() -> Any:
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    async def app(*_: Any) -> None:
        raise AssertionError("nobody gets that far")

    guard = guarding.Guard(app, ["here"])
    await guard({"type": "http", "headers": [(b"host", b"here"), (b"content-length", b"9")]}, never, send)
    assert sent[0]["status"] == 408


def test_what_is_written_in_files_and_forms_is_text(play: Play) -> None:
    register = with_obligation(
        play.world.register, "yearly-report", title={"en": HOSTILE, "zh-Hant": HOSTILE}
    )
    play.world = replace(play.world, register=register)
    pages = pages_of(play)
    pages.sign_in()
    number = play.row("yearly-report@2026/town-a").number
    for path in ("/board?by=item", "/deadlines", f"/deadlines/{number}", "/mine"):
        page = pages.get(path).text
        assert "<script" not in page
        assert "<img" not in page
        assert "54444439" not in page
        assert "&lt;script&gt;" in page
    for field in ("case", "party", "item"):
        page = pages.client.get(f"/deadlines?{field}=%3Cscript%3E%22%3E").text
        assert "<script" not in page
    pages.client.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    route=st.sampled_from(ROUTES),
    number=st.sampled_from(["0", "1", "3", "99999999999999999999", "007"]),
    fields=st.dictionaries(
        st.sampled_from(["by", "colour", "party", "item", "case", "which", "unit", "from", "to", "days",
                         "year", "occurrence", "as_of", "previous", "ranking", "every", "key", "token",
                         "once", "at", "result", "evidence", "reason", "done", "language", "back", "number"]),
        st.text(max_size=40),
        max_size=6,
    ),
)  # fmt: skip
def test_whatever_is_asked_is_answered(pages: Pages, route: Any, number: str, fields: dict[str, str]) -> None:
    """Nothing that comes from outside is a fault of the program."""
    if "alertd" not in pages.client.cookies:
        pages.sign_in()
    path = route.path.replace("{number:int}", number).replace("{message}", number)
    if route.path == "/leave":
        return
    clean = {name: value.encode("utf-8", "replace").decode() for name, value in fields.items()}
    if route.changes:
        answered = pages.client.post(path, data=clean)
    else:
        answered = pages.client.get(
            path + "?" + "&".join(f"{n}={v!r}" for n, v in clean.items()).replace("#", "")
        )
    assert answered.status_code in (200, 303, 400, 403, 404, 409)


def test_a_store_that_is_away_is_said_and_comes_back(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    pages.sign_in()

    def away(*_: Any, **__: Any) -> Any:
        raise StoreFull("no room on the disk")

    with monkeypatch.context() as faulty:
        faulty.setattr(type(pages.play.store), "read", away)
        answered = pages.get("/board", **{"Accept-Language": "en"})
        assert answered.status_code == 503
        assert "try again" in answered.text
    assert pages.get("/board").status_code == 200


def test_a_slip_of_the_program_is_said_without_its_words(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages.sign_in()

    def slips(*_: Any, **__: Any) -> Any:
        raise RuntimeError("secret words of the program")

    monkeypatch.setattr("alertd.web.pages.board.lights_of", slips)
    answered = pages.get("/board")
    assert answered.status_code == 500
    assert "secret words" not in answered.text
    assert "RuntimeError" not in answered.text
