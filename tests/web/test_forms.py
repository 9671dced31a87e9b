"""What forms of a deadline ask for: a day whose time is not known, and files while they are taken."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from alertd.store import tables
from tests.support.pages import Pages, text_of
from tests.support.register import at, with_obligation

REPORT = "yearly-report@2026/town-a"
INCIDENT = "incident-information@fire/town-a"
PDF = [("files", ("seal.pdf", b"%PDF", "application/pdf"))]


def page_of(pages: Pages, name: str = REPORT) -> str:
    return f"/deadlines/{pages.play.row(name).number}"


def hand_in(pages: Pages, name: str = REPORT, **given: str) -> Any:
    path = page_of(pages, name)
    return pages.press(path, f"{path}/handed-in", **given)


@pytest.mark.parametrize(
    ("given", "happened"),
    [
        ({"at": "2026-12-16"}, "2026-12-16T23:59:59.999999"),
        ({"at": "2026-12-16", "time": ""}, "2026-12-16T23:59:59.999999"),
        ({"at": "2026-12-16", "time": "08:30"}, "2026-12-16T08:30"),
        ({"time": "08:30"}, "2026-12-17T08:30"),
        ({"at": "", "time": ""}, "2026-12-17T10:00"),
        ({"at": "2026-12-16T08:30"}, "2026-12-16T08:30"),
    ],
)
def test_a_day_is_handed_in_with_its_time_or_without(
    pages: Pages, given: dict[str, str], happened: str
) -> None:
    """As `alertd done --at 2026-12-16` does it: a day counts whole."""
    pages.sign_in("ann")
    assert hand_in(pages, **given).status_code == 303
    assert pages.play.row(REPORT).done_at == at(happened)


@pytest.mark.parametrize(
    "given", [{"at": "2026-12-16", "time": "25:00"}, {"time": "soon"}, {"at": "2026-12-18"}]
)
def test_what_is_no_time_or_lies_ahead_is_said(pages: Pages, given: dict[str, str]) -> None:
    pages.sign_in("ann")
    assert hand_in(pages, **given).status_code == 409
    assert pages.play.row(REPORT).state == "open"


def test_where_hours_count_the_time_is_asked_for_and_a_day_is_not_taken(pages: Pages) -> None:
    pages.sign_in("ann")
    fields = [re.findall(r'<input type="(\S+)" name="(?:at|time)"', pages.get(page_of(pages, name)).text)
              for name in (REPORT, INCIDENT)]  # fmt: skip
    assert fields == [["date", "time"], ["datetime-local"]]
    assert hand_in(pages, INCIDENT, at="2026-12-17").status_code == 409
    assert hand_in(pages, INCIDENT, at="2026-12-17T09:45").status_code == 303


def test_several_are_handed_in_on_a_day_whose_time_is_not_known(pages: Pages) -> None:
    pages.sign_in("ann")
    page = pages.get("/together").text
    number = str(pages.play.row(REPORT).number)
    assert pages.press_on(page, "/together", numbers=[number], at="2026-12-15").status_code == 303
    assert pages.play.row(REPORT).done_at == at("2026-12-15T23:59:59.999999")


def test_a_clock_is_stopped_since_a_day(pages: Pages) -> None:
    pages.sign_in("gao")
    path = page_of(pages)
    assert pages.press(path, f"{path}/suspended", reason="wait", at="2026-12-16").status_code == 303
    assert pages.play.row(REPORT).state == "suspended"


def test_whom_to_page_is_not_asked_where_there_is_nobody(pages: Pages) -> None:
    play = pages.play
    pages.sign_in("gao")
    assert f'action="{page_of(pages)}/paged"' in pages.get(page_of(pages)).text
    register = play.world.register
    alone = {"gao": register.people["gao"]}
    play.world = replace(play.world, register=replace(register, people=alone))
    assert f'action="{page_of(pages)}/paged"' not in pages.get(page_of(pages)).text


def test_no_colleague_is_asked_for_where_there_is_none(pages: Pages) -> None:
    play = pages.play
    pages.sign_in("ann")
    assert f'action="{page_of(pages)}/handed-over"' in pages.get(page_of(pages)).text
    register = play.world.register
    others = {name: each for name, each in register.people.items() if each.unit != "town-a" or name == "ann"}
    play.world = replace(play.world, register=replace(register, people=others))
    assert f'action="{page_of(pages)}/handed-over"' not in pages.get(page_of(pages)).text


# ---------------------------------------------------------------- files


def test_a_report_that_was_returned_takes_files_and_one_that_was_reviewed_says_why_not(pages: Pages) -> None:
    play = pages.play
    register = with_obligation(play.world.register, "yearly-report", closes="verify")
    play.world = replace(play.world, register=register)
    path = page_of(pages)
    play.done(REPORT, by="ann")
    pages.sign_in("gao")
    pages.press(path, f"{path}/returned", reason="no seal")
    pages.client.cookies.clear()
    pages.client.headers["accept-language"] = "en"
    pages.sign_in("ann")
    assert pages.press(path, f"{path}/attached", files=PDF).status_code == 303
    assert "no more files" not in pages.read(path)
    assert hand_in(pages).status_code == 303
    pages.client.cookies.clear()
    pages.sign_in("gao")
    pages.press(path, f"{path}/verified")
    pages.client.cookies.clear()
    pages.sign_in("ann")
    page = pages.get(path).text
    assert f'action="{path}/attached"' not in page
    assert "no more files are taken" in text_of(page)
    assert "seal.pdf" in text_of(page)
    assert len(pages.play.all(tables.evidence)) == 1
