"""Files that prove a hand-in: taken with it, given back to be kept, whatever is sent in their place."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alertd.store import tables
from alertd.web import guarding
from alertd.web.uploading import Form, UnreadForm, form_of
from tests.support.pages import SETTINGS, Pages, pages_of, text_of
from tests.support.play import Play

REPORT = "yearly-report@2026/town-a"
KIND = "multipart/form-data; boundary=x"


def page_of(play: Play) -> str:
    return f"/deadlines/{play.row(REPORT).number}"


def send(pages: Pages, *files: tuple[str, bytes, str], act: str = "handed-in") -> Any:
    path = page_of(pages.play)
    return pages.press(path, f"{path}/{act}", files=[("files", file) for file in files])


def kept(play: Play) -> list[Any]:
    return list(play.all(tables.evidence))


def test_a_file_comes_with_a_hand_in_and_is_given_back_as_it_was(pages: Pages) -> None:
    play = pages.play
    pages.sign_in("ann")
    content = bytes(range(256)) * 2000
    answered = send(
        pages, ("報告 終稿.pdf", content, "application/pdf"), ("a.jpg", b"\xff\xd8", "image/jpeg")
    )
    assert answered.status_code == 303, text_of(answered.text)
    assert play.row(REPORT).state == "done"
    first, second = kept(play)
    assert [first.name, second.name] == ["報告 終稿.pdf", "a.jpg"]
    page = pages.get(page_of(play)).text
    address = f"{page_of(play)}/files/{first.id}"
    assert f'href="{address}"' in page
    got = pages.get(address)
    assert (got.status_code, got.content) == (200, content)
    assert got.headers["content-disposition"].startswith("attachment;")
    assert got.headers["content-type"].startswith("application/pdf")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", ["x.html", "x.svg", "x.js", "x", "x.pdf.html"])
def test_what_a_browser_could_run_is_only_kept(pages: Pages, name: str) -> None:
    pages.sign_in("ann")
    send(pages, (name, b"<script>alert(1)</script>", "text/html"))
    (row,) = kept(pages.play)
    got = pages.get(f"{page_of(pages.play)}/files/{row.id}")
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith("attachment;")


def test_a_name_is_cleaned_and_a_path_is_none(pages: Pages) -> None:
    pages.sign_in("ann")
    send(pages, ("../../etc/passwd", b"a", "text/plain"), ("<img src=x>.pdf", b"b", ""))
    assert [row.name for row in kept(pages.play)] == ["passwd", "_img src=x_.pdf"]
    page = pages.get(page_of(pages.play)).text
    assert "<img src=x" not in page


def test_it_is_for_whom_the_deadline_is(pages: Pages) -> None:
    pages.sign_in("ann")
    send(pages, ("a.pdf", b"a", ""))
    (row,) = kept(pages.play)
    address = f"{page_of(pages.play)}/files/{row.id}"
    other = pages.play.row("yearly-report@2026/town-b").number
    for who, path, status in [
        ("gao", address, 200),
        ("", address, 200),
        ("eve", address, 409),
        ("eve", f"/deadlines/{other}/files/{row.id}", 404),
        ("ann", f"{page_of(pages.play)}/files/12345", 404),
    ]:
        pages.client.cookies.clear()
        pages.sign_in(who)
        assert pages.get(path).status_code == status, (who, path)
    pages.client.cookies.clear()
    assert pages.get(address).status_code == 303


def test_files_may_be_added_until_it_is_reviewed(pages: Pages) -> None:
    play = pages.play
    play.done(REPORT, by="ann")
    pages.sign_in("ann")
    assert send(pages, ("late.pdf", b"x", ""), act="attached").status_code == 303
    assert [row.name for row in kept(play)] == ["late.pdf"]


def test_the_same_form_sent_twice_keeps_them_once(pages: Pages) -> None:
    play = pages.play
    pages.sign_in("ann")
    page = pages.get(page_of(play)).text
    for _ in range(2):
        sent = pages.press_on(page, f"{page_of(play)}/attached", files=[("files", ("a.pdf", b"a", ""))])
        assert sent.status_code == 303
    assert len(kept(play)) == 1


def test_more_files_than_a_form_takes_and_an_empty_one_are_refused(pages: Pages) -> None:
    pages.sign_in("ann")
    many = send(pages, *((f"{at}.pdf", b"%d" % at, "") for at in range(6)))
    assert many.status_code == 400
    assert send(pages, ("empty.pdf", b"", "")).status_code == 409
    assert kept(pages.play) == []
    assert pages.play.row(REPORT).state == "open"


def test_nobody_chose_a_file_and_it_is_handed_in_all_the_same(pages: Pages) -> None:
    pages.sign_in("ann")
    assert send(pages, ("", b"", "application/octet-stream")).status_code == 303
    assert kept(pages.play) == []
    assert pages.play.row(REPORT).state == "done"


# ---------------------------------------------------------------- large, slow, half, from nobody


def test_files_larger_than_configured_are_not_taken(play: Play) -> None:
    pages = pages_of(play, replace(SETTINGS, upload_megabytes=1))
    pages.sign_in("ann")
    assert send(pages, ("a.pdf", b"a" * 2**20, "")).status_code == 303
    larger = b"b" * (2**20 + guarding.LARGEST_BODY)
    assert send(pages, ("b.pdf", larger, ""), act="attached").status_code == 413
    assert [row.size for row in kept(play)] == [2**20]
    pages.client.close()


def test_where_no_files_are_taken_a_form_is_as_small_as_any(play: Play) -> None:
    pages = pages_of(play, replace(SETTINGS, upload_megabytes=0))
    pages.sign_in("ann")
    assert send(pages, ("a.pdf", b"a" * guarding.LARGEST_BODY, "")).status_code == 413
    pages.client.close()


def test_a_large_form_of_nobody_is_not_even_read(pages: Pages) -> None:
    read = []

    async def parts() -> Any:
        for _ in range(100):
            read.append(1)
            yield b"x" * 1024

    path = f"{page_of(pages.play)}/handed-in"
    assert pages.client.send("POST", path, parts(), {"Content-Type": KIND}).status_code == 403
    pages.client.cookies.set("alertd", "guessed")
    assert pages.client.send("POST", path, parts(), {"Content-Type": KIND}).status_code == 403
    assert read == []


def test_other_pages_take_no_more_than_they_did(pages: Pages) -> None:
    pages.sign_in("ann")
    path = f"{page_of(pages.play)}/received"
    sent = pages.client.send("POST", path, b"x" * (guarding.LARGEST_BODY + 1), {"Content-Type": KIND})
    assert sent.status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x",
        b'--x\r\nContent-Disposition: form-data; name="reason"\r\n\r\nhalf',
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x\r\n',
        b"--x\r\nContent-Disposition: form-data\r\n\r\nb\r\n--x--\r\n",
        b"\x00" * 100,
    ],
)
def test_half_a_form_is_none(pages: Pages, body: bytes) -> None:
    pages.sign_in("ann")
    answered = pages.client.send("POST", f"{page_of(pages.play)}/handed-in", body, {"Content-Type": KIND})
    assert answered.status_code in (400, 403)
    assert pages.play.row(REPORT).state == "open"
    with pytest.raises(UnreadForm):
        form_of(KIND, body)


async def test_whoever_leaves_before_a_form_has_come_has_pressed_nothing() -> None:
    messages = [
        {"type": "http.request", "body": b"reason=ha", "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Any] = []

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    async def app(*_: Any) -> None:
        raise AssertionError("half a form was taken for one")

    scope = {"type": "http", "headers": [(b"host", b"here"), (b"content-length", b"90")]}
    await guarding.Guard(app, ["here"])(scope, receive, send)
    assert sent == []


async def test_only_so_many_send_files_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarding, "UPLOADS_AT_ONCE", 1)
    answered: list[int] = []
    begun, go_on = asyncio.Event(), asyncio.Event()

    class Large:
        def most(self, scope: Any) -> int:
            return 1000

        async def admits(self, scope: Any) -> bool:
            return True

    async def app(scope: Any, receive: Any, send: Any) -> None:
        begun.set()
        await go_on.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            answered.append(message["status"])

    guard = guarding.Guard(app, ["here"], Large())
    scope = {"type": "http", "headers": [(b"host", b"here"), (b"content-type", KIND.encode())]}
    first = asyncio.create_task(guard(scope, receive, send))
    await begun.wait()
    await guard(scope, receive, send)
    go_on.set()
    await first
    await guard(scope, receive, send)
    assert answered == [503, 200, 200]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300), cut=st.integers(0, 300))
def test_whatever_is_sent_as_a_form_is_read_or_refused(body: bytes, cut: int) -> None:
    whole = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n' + body + b"\r\n--x--\r\n"
    for sent in (body, whole[:cut], whole):
        try:
            assert isinstance(form_of(KIND, sent), Form)
        except UnreadForm:
            continue
