"""Sixty reports on pages alone: handed in from telephones, two returned, one late, and all struck off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from alertd.core.model import Group, OrgUnit, Person
from alertd.store import tables
from alertd.store.database import memory_store
from tests.support.pages import Pages, pages_of
from tests.support.play import Play
from tests.support.register import only, tiny_register, with_obligation, world

TOWNS = [f"town-{number:02}" for number in range(1, 61)]


@pytest.fixture
def play() -> Iterator[Play]:
    """Sixty towns that owe a report by 30 December, which the office reviews; all were reminded."""
    register = only(with_obligation(tiny_register(), "yearly-report", closes="verify"), "yearly-report")
    units = {town: OrgUnit(town, {"en": town.title()}) for town in TOWNS}
    people = {
        f"clerk-{town}": Person(f"clerk-{town}", town, town, ("contact",), f"{town}@example.org", 1000 + at)
        for at, town in enumerate(TOWNS)
    }
    register = replace(
        register,
        units={**register.units, **units},
        groups={"every-town": Group("every-town", {"en": "Every town"}, tuple(TOWNS))},
        people={**register.people, **people},
    )
    store = memory_store()
    begun = Play(store, world(register), "2026-12-01T10:00")
    begun.plan()
    begun.go("2026-12-17T10:00")
    yield begun
    store.close()


def page_of(play: Play, town: str) -> str:
    return f"/deadlines/{play.row(f'yearly-report@2026/{town}').number}"


def by(pages: Pages, who: str) -> Pages:
    pages.client.cookies.clear()
    pages.sign_in(who)
    return pages


def hand_in(pages: Pages, town: str, at: str = "") -> None:
    """The town's contact opens the page, chooses the report, and presses."""
    path = page_of(pages.play, town)
    report = ("files", (f"{town}.pdf", f"%PDF {town} {at}".encode(), "application/pdf"))
    pressed = by(pages, f"clerk-{town}").press(path, f"{path}/handed-in", files=[report], at=at)
    assert pressed.status_code == 303, pressed.text


def test_sixty_reports_two_returned_one_late(play: Play) -> None:
    pages = pages_of(play)
    for town in TOWNS[:-1]:
        hand_in(pages, town)

    for town in TOWNS[:2]:  # the office opens two, finds no seal, and names another day
        path = page_of(play, town)
        supervisor = by(pages, "gao")
        assert f"{town}.pdf" in supervisor.read(path)
        returned = supervisor.press(path, f"{path}/returned", reason="no seal", end="2027-01-08")
        assert returned.status_code == 303

    play.go("2026-12-31T09:00")  # one has still not come
    hand_in(pages, TOWNS[-1])
    for town in TOWNS[:2]:
        assert "no seal" in by(pages, f"clerk-{town}").read(page_of(play, town))
        hand_in(pages, town, at="2026-12-31T08:45")

    page = by(pages, "gao").get("/reviews?item=yearly-report").text
    numbers = re.findall(r'name="numbers" value="(\d+)"', page)
    assert len(numbers) == 60
    struck = pages.press_on(page, "/reviews", numbers=numbers)
    assert struck.headers["location"] == "/reviews?count=60&item=yearly-report"
    assert "60" in pages.read(struck.headers["location"])

    rows = [row for row in play.all(tables.deadlines) if row.occurrence == "2026"]
    assert {row.state for row in rows} == {"verified"}
    assert [row.party for row in rows if row.breach] == [TOWNS[-1]]
    assert len(play.all(tables.evidence)) == 62
    pages.client.close()
