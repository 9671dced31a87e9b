"""What a form of a duty room carries through the question who acts: each value of each field, and files."""

from __future__ import annotations

import html
import re
from typing import Any

import httpx
import pytest

from alertd.engine.operations import pins
from alertd.store import audit, tables
from tests.support.pages import Pages, text_of
from tests.support.play import Play

REPORT, INCIDENT = "yearly-report@2026/town-a", "incident-information@fire/town-a"
PIN, WRONG = "204681", "204682"
OFFICER = {"desk_officer": "ann", "desk_pin": PIN}
FILES = [
    ("files", ("報告.pdf", b"%PDF report", "application/pdf")),
    ("files", ("seal.jpg", b"\xff\xd8 seal", "image/jpeg")),
]


@pytest.fixture
def desk(pages: Pages) -> Pages:
    """The screen of town-a; ann has a PIN."""
    pages.play.do(pins.set_pin, "ann", pins.kept_of(PIN))
    pages.client.headers["accept-language"] = "en"
    pages.sign_in("desk town-a")
    return pages


def path(play: Play) -> str:
    return f"/deadlines/{play.row(REPORT).number}"


def sent_again(asked: httpx.Response) -> dict[str, list[str]]:
    """What the form that asks who it is sends of itself: every value of each hidden field."""
    main = asked.text[asked.text.index("<main") : asked.text.index("</main>")]
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', main):
        fields.setdefault(name, []).append(html.unescape(value))
    return fields


def ask(desk: Pages, act: str = "handed-in", **given: Any) -> httpx.Response:
    """Press a button with files, before anybody has said who they are."""
    where = path(desk.play)
    return desk.press(where, f"{where}/{act}", files=FILES, **given)


def again(desk: Pages, asked: httpx.Response, files: Any = FILES, **who: str) -> httpx.Response:
    where = f"{path(desk.play)}/handed-in"
    return desk.client.post(where, data={**sent_again(asked), **OFFICER, **who}, files=files)


def kept(play: Play) -> list[tuple[str, str]]:
    return [(row.name, row.by) for row in play.all(tables.evidence)]


def test_files_are_asked_for_again_by_name_and_kept_of_nobody(desk: Pages) -> None:
    asked = ask(desk, evidence="No. 12", result="")
    assert asked.status_code == 200
    said = text_of(asked.text)
    assert "報告.pdf, seal.jpg" in said
    assert 'enctype="multipart/form-data"' in asked.text
    assert re.search(r'<input type="file" name="files" multiple required>', asked.text)
    assert "%PDF" not in asked.text
    assert kept(desk.play) == []
    assert desk.play.row(REPORT).state == "open"


def test_what_was_typed_and_the_files_come_with_the_officer(desk: Pages) -> None:
    asked = ask(desk, evidence="No. 12 <sealed>", at="2026-12-16", time="08:30")
    answered = again(desk, asked)
    assert answered.status_code == 303, text_of(answered.text)
    row = desk.play.row(REPORT)
    assert row.state == "done"
    assert [name for name, _ in kept(desk.play)] == ["報告.pdf", "seal.jpg"]
    assert {by.partition(" (")[0] for _, by in kept(desk.play)} == {"ann"}
    with desk.play.store.read() as tx:
        done = [each for each in audit.of_deadline(tx, row.number) if each.action == "done"]
    assert [(each.actor, each.account, each.detail["evidence"]) for each in done] == [
        ("ann", "desk:town-a", "No. 12 <sealed>")
    ]


def test_a_hand_in_that_had_files_is_not_taken_without_them(desk: Pages) -> None:
    """A browser that does not ask for them, or a form that was sent from its history."""
    asked = ask(desk)
    without = again(desk, asked, files=None)
    assert without.status_code == 409
    assert "have to be chosen again" in text_of(without.text)
    assert "報告.pdf, seal.jpg" in text_of(without.text)
    assert desk.play.row(REPORT).state == "open"
    assert again(desk, without).status_code == 303
    assert len(kept(desk.play)) == 2


def test_a_wrong_pin_asks_for_the_files_once_more(desk: Pages) -> None:
    wrong = again(desk, ask(desk, evidence="No. 12"), desk_pin=WRONG)
    assert wrong.status_code == 409
    assert "do not belong together" in text_of(wrong.text)
    assert "報告.pdf, seal.jpg" in text_of(wrong.text)
    assert sent_again(wrong)["evidence"] == ["No. 12"]
    assert sent_again(wrong)["desk_files"] == ["報告.pdf", "seal.jpg"]
    assert WRONG not in wrong.text
    assert kept(desk.play) == []
    assert again(desk, wrong).status_code == 303


def test_a_form_without_files_asks_for_none(desk: Pages) -> None:
    where = path(desk.play)
    asked = desk.press(where, f"{where}/handed-in", evidence="No. 12")
    assert 'type="file"' not in asked.text
    assert again(desk, asked, files=None).status_code == 303
    assert kept(desk.play) == []


def test_sent_twice_it_is_done_once(desk: Pages) -> None:
    asked = ask(desk)
    assert [again(desk, asked).status_code for _ in range(2)] == [303, 303]
    assert len(kept(desk.play)) == 2


# ---------------------------------------------------------------- fields that are given several times


def test_all_that_were_ticked_are_handed_in_and_not_the_first_alone(desk: Pages) -> None:
    play = desk.play
    numbers = [str(play.row(name).number) for name in (REPORT, INCIDENT)]
    page = desk.get("/together").text
    assert set(numbers) <= set(re.findall(r'name="numbers" value="(\d+)"', page))
    asked = desk.press_on(page, "/together", numbers=numbers, at="2026-12-17T09:45", evidence="No. 12")
    assert "Who does this?" in asked.text
    assert sent_again(asked)["numbers"] == numbers
    answered = desk.client.post("/together", data={**sent_again(asked), **OFFICER})
    assert answered.headers["location"].startswith("/together?count=2")
    assert play.row(REPORT).state == play.row(INCIDENT).state == "done"


def test_all_units_of_an_event_come_through(desk: Pages) -> None:
    page = desk.get(
        "/report?type=incident&party=town-a&others=town-b&others=office&published=2026-12-17T09:40&step=back"
    ).text
    found = re.search(r'<form method="post" action="/report" .*?</form>', page, re.DOTALL)
    assert found is not None
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', found[0]):
        fields.setdefault(name, []).append(value)
    asked = desk.client.post("/report", data=fields)
    assert sent_again(asked)["others"] == ["town-b", "office"]
    assert desk.client.post("/report", data={**sent_again(asked), **OFFICER}).status_code == 303
    last = desk.play.all(tables.events)[-1]
    assert last.parties == ("town-a", "town-b", "office")
    assert last.entered_by.partition(" (")[0] == "ann"
