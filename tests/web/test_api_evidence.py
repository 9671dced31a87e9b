"""Files that prove a hand-in, from another system: kept as pages keep them, each with its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from alertd.store import tables
from alertd.web import guarding
from tests.support.api import Client, client_of, refused
from tests.support.pages import SETTINGS, Pages, pages_of
from tests.support.play import Play

REPORT = "yearly-report@2026/town-a"
KIND = "multipart/form-data; boundary=x"


@pytest.fixture
def office(pages: Pages) -> Client:
    return client_of(pages, "office")


def path_of(play: Play) -> str:
    return f"/deadlines/{play.row(REPORT).number}/files"


def test_a_file_is_kept_listed_with_its_hash_and_given_back_as_it_was(office: Client, pages: Pages) -> None:
    content, path = bytes(range(256)) * 800, path_of(pages.play)
    added = office.upload(path, ("報告 終稿.pdf", content), ("../a.jpg", b"\xff\xd8"))
    assert added.status_code == 200, added.text
    listed = office.read(path)
    assert added.json() == listed
    first, second = listed["files"]
    assert (first["name"], first["kind"], first["size"]) == ("報告 終稿.pdf", "application/pdf", len(content))
    assert first["sha256"] == hashlib.sha256(content).hexdigest()
    assert second["name"] == "a.jpg"
    got = office.get(f"{path}/{first['file']}")
    assert (got.status_code, got.content) == (200, content)
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith("attachment;")
    pages.sign_in("ann")
    assert "報告 終稿.pdf" in pages.read(path.removesuffix("/files"))  # pages show the same
    rows = [row for row in pages.play.all(tables.audit) if row.action == "evidence-kept"]
    assert [(row.actor, row.detail["sha256"]) for row in rows] == [
        ("token:office", each["sha256"]) for each in (first, second)
    ]


def test_the_same_again_is_kept_once_with_and_without_a_key(office: Client, pages: Pages) -> None:
    path = path_of(pages.play)
    first = office.upload(path, ("a.pdf", b"a"), idempotency_key='"k"').json()
    assert office.upload(path, ("a.pdf", b"a")).json() == first
    assert office.upload(path, ("a.pdf", b"a"), idempotency_key='"k"').json() == first
    assert len(pages.play.all(tables.evidence)) == 1
    other = office.upload(path, ("a.pdf", b"b"), idempotency_key='"k"')
    refused(other, 422, "key-reused")
    refused(office.upload(path, ("b.pdf", b"a"), idempotency_key='"k"'), 422, "key-reused")


def test_files_are_for_whom_the_deadline_is(office: Client, pages: Pages) -> None:
    path = path_of(pages.play)
    (file,) = office.upload(path, ("a.pdf", b"a")).json()["files"]
    by_ann, by_eve = client_of(pages, "ann-s", person="ann"), client_of(pages, "eve-s", person="eve")
    reads = client_of(pages, "reads", ("read",))
    assert by_ann.get(f"{path}/{file['file']}").content == b"a"
    for asked in (by_eve.get(path), by_eve.get(f"{path}/{file['file']}"), by_eve.upload(path, ("x", b"x"))):
        refused(asked, 404, "no-deadline")
    refused(reads.upload(path, ("x", b"x")), 403, "token-may-not")
    other = f"/deadlines/{pages.play.row('yearly-report@2026/town-b').number}/files"
    refused(office.get(f"{other}/{file['file']}"), 404, "no-file")
    assert len(pages.play.all(tables.evidence)) == 1


@pytest.mark.parametrize("name", ["0", "zz", "ffffffffffffffffffff", "-1", "0x1", "%EF%BC%91"])
def test_a_file_there_is_none_of_is_said(office: Client, pages: Pages, name: str) -> None:
    refused(office.get(f"{path_of(pages.play)}/{name}"), 404, "no-file")


def test_after_it_was_reviewed_no_more_are_taken(office: Client, pages: Pages) -> None:
    play = pages.play
    play.done(REPORT, by="ann")
    assert office.upload(path_of(play), ("late.pdf", b"x")).status_code == 200
    assert office.post(f"/deadlines/{play.row(REPORT).number}/verify").status_code == 200
    refused(office.upload(path_of(play), ("later.pdf", b"y")), 409, "wrong-state")


# ---------------------------------------------------------------- large, half, of nobody


def test_more_files_than_a_form_takes_and_an_empty_one_are_refused(office: Client, pages: Pages) -> None:
    path = path_of(pages.play)
    many = [(f"{at}.pdf", b"%d" % at) for at in range(6)]
    refused(office.upload(path, *many), 400, "many-files")
    refused(office.upload(path, ("a.pdf", b"a"), ("empty.pdf", b"")), 422, "file-empty")
    assert pages.play.all(tables.evidence) == []


@pytest.mark.parametrize(
    ("kind", "body", "status", "code"),
    [
        ("application/json", b"{}", 415, "kind"),
        ("", b"", 415, "kind"),
        (KIND, b"", 400, "form"),
        (KIND, b'--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\nhal', 400, "form"),
        (KIND, b'--x\r\nContent-Disposition: form-data; name="reason"\r\n\r\nb\r\n--x--\r\n', 422, "fields"),
        (KIND, b"--x--\r\n", 422, "fields"),
    ],
)
def test_what_is_no_form_with_files_is_refused(
    office: Client, pages: Pages, kind: str, body: bytes, status: int, code: str
) -> None:
    refused(office.post(path_of(pages.play), body, content_type=kind), status, code)
    assert pages.play.all(tables.evidence) == []


@pytest.fixture
def small(play: Play) -> Iterator[Pages]:
    """Pages that take files of one megabyte."""
    found = pages_of(play, replace(SETTINGS, upload_megabytes=1))
    yield found
    found.client.close()


def test_files_larger_than_configured_are_a_problem(small: Pages) -> None:
    office, path = client_of(small), path_of(small.play)
    assert office.upload(path, ("a.pdf", b"a" * 2**20)).status_code == 200
    refused(office.upload(path, ("b.pdf", b"b" * (2**20 + guarding.LARGEST_BODY))), 413, "too-large")
    assert [row.size for row in small.play.all(tables.evidence)] == [2**20]


def test_files_of_nobody_are_not_even_read(office: Client, pages: Pages) -> None:
    read = []

    async def parts() -> Any:
        for _ in range(100):
            read.append(1)
            yield b"x" * 1024

    path = f"/api/v1{path_of(pages.play)}"
    for given, code in (
        ({}, "no-token"),
        ({"authorization": "Bearer alertd-guessed"}, "bad-token"),
        ({"authorization": f"Basic {office.secret}"}, "bad-token"),
    ):
        answered = pages.client.send("POST", path, parts(), {"content-type": KIND, **given})
        refused(answered, 401, code)
        assert answered.headers["www-authenticate"].startswith("Bearer")
    assert read == []


def test_other_addresses_take_no_more_than_they_did(office: Client, pages: Pages) -> None:
    path = f"/deadlines/{pages.play.row(REPORT).number}/hand-in"
    refused(office.upload(path, ("a.pdf", b"a" * guarding.LARGEST_BODY)), 413, "too-large")
    refused(office.upload(path, ("a.pdf", b"a")), 415, "kind")
