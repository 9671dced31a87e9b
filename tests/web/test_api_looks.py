"""What other systems look at: cases in sight however many there are, figures as known then, and at once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from alertd.web.api import cases
from alertd.web.counting import Counts
from tests.support.api import Client, client_of, refused
from tests.support.pages import Pages, pages_of
from tests.support.play import Play

REPORT = "yearly-report@2026/town-a"


@pytest.fixture
def office(pages: Pages) -> Client:
    return client_of(pages, "office")


# ---------------------------------------------------------------- cases


def test_a_token_of_one_unit_sees_its_cases_behind_many_of_others(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it does not see takes no place in its list."""
    monkeypatch.setattr(cases, "_MOST", 2)
    for number in range(3):
        pages.play.go(f"2026-12-17T11:0{number}")
        pages.play.report("incident", f"other-{number}", "town-b", published="2026-12-17T10:30")
    town = client_of(pages, "town", parties=("town-a",))
    assert [each["id"] for each in town.read("/cases")["cases"]] == ["fire"]
    assert [each["id"] for each in client_of(pages, "all").read("/cases")["cases"]] == ["other-2", "other-1"]
    by_ann = client_of(pages, "ann-s", person="ann")
    assert [each["id"] for each in by_ann.read("/cases")["cases"]] == ["fire"]


def test_a_list_of_cases_has_the_newest_of_those_in_sight(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cases, "_MOST", 2)
    for number in range(3):
        pages.play.go(f"2026-12-17T11:0{number}")
        pages.play.report("incident", f"ours-{number}", "town-b town-a", published="2026-12-17T10:30")
    town = client_of(pages, "town", parties=("town-a",))
    assert [each["id"] for each in town.read("/cases")["cases"]] == ["ours-2", "ours-1"]


def test_a_case_concerns_whoever_owes_something_in_it_and_is_no_party(pages: Pages) -> None:
    """It was given to another unit after all."""
    from alertd.engine.operations import moving
    from alertd.engine.ruling.scope import Actor

    number = pages.play.row("incident-information@fire/town-a").number
    pages.play.do(moving.reassign, number, "town-b", "theirs", actor=Actor("gao"))
    town = client_of(pages, "town", parties=("town-b",))
    assert [each["id"] for each in town.read("/cases")["cases"]] == ["fire"]


# ---------------------------------------------------------------- the bulletin


def test_a_bulletin_is_read_as_it_was_known_then(office: Client, pages: Pages) -> None:
    play, days = pages.play, "from=2026-12-01&to=2026-12-31"
    play.go("2026-12-18T09:00")
    play.done(REPORT, by="ann")
    play.go("2026-12-18T10:00")

    def handed_in(query: str) -> int:
        total = office.read(f"/bulletin?{days}{query}")["total"]
        return int(total["on_time"])

    assert handed_in("") == handed_in("&as_of=2026-12-18T09:30:00%2B08:00") == 1
    assert handed_in("&as_of=2026-12-18T08:30:00%2B08:00") == 0
    found = office.read(f"/bulletin?{days}&as_of=2026-12-18T08:30:00%2B08:00")
    assert found["as_of"] == "2026-12-18T08:30:00+08:00"


def test_a_bulletin_is_compared_with_the_issue_before(office: Client) -> None:
    days = "from=2026-12-01&to=2026-12-31"
    found = office.read(f"/bulletin?{days}&previous=2026-12-16T09:00:00%2B08:00")
    assert found["previous"] == "2026-12-16T09:00:00+08:00"
    assert found["before"]
    assert not office.read(f"/bulletin?{days}")["before"]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ("as_of=2027-01-01T00:00:00Z", "figures-ahead"),
        ("previous=2026-12-17T00:00:00Z&as_of=2026-12-16T00:00:00Z", "previous-after"),
        ("as_of=0001-01-01T00:00:00%2B08:00", "far-year"),
        ("previous=9999-12-31T23:59:59-08:00", "far-year"),
        ("as_of=2026-12-17", "fields"),
        ("as_of=2026-12-17T09:00", "fields"),
    ],
)
def test_figures_of_an_instant_that_cannot_be_are_refused(office: Client, more: str, code: str) -> None:
    refused(office.get(f"/bulletin?from=2026-12-01&to=2026-12-31&{more}"), 422, code)


# ---------------------------------------------------------------- what was counted before


def test_whoever_looks_at_the_board_sees_what_another_system_did_at_once(play: Play) -> None:
    pages = pages_of(play, counts=Counts(60.0))
    pages.sign_in()
    before = pages.read("/board")
    client = client_of(pages)
    assert client.post(f"/deadlines/{play.row(REPORT).number}/hand-in").status_code == 200
    assert pages.read("/board") != before
    pages.client.close()


def test_what_was_being_counted_when_something_was_done_is_not_kept() -> None:
    counts, begun, go_on = Counts(60.0), threading.Event(), threading.Event()

    def before() -> str:
        begun.set()
        go_on.wait(30)
        return "before"

    at, rules, found = datetime(2026, 12, 17, tzinfo=UTC), object(), list[str]()
    asking = threading.Thread(target=lambda: found.append(counts.get("board", rules, at, before).found))
    asking.start()
    begun.wait(30)
    counts.forget()
    go_on.set()
    asking.join()
    assert found == ["before"]
    assert counts.get("board", rules, at, lambda: "after").found == "after"
