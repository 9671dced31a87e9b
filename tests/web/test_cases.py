"""Cases on pages: the open ones, and one with all its clocks on a line of time."""

from __future__ import annotations

import re

import pytest

from alertd.store import tables
from alertd.web.timeline import strip_of, window_of
from tests.support.pages import Pages
from tests.support.register import at
from tests.support.spoiling import spoil

INCIDENT = "incident-information@fire/town-a"


@pytest.fixture(autouse=True)
def english(pages: Pages) -> None:
    pages.client.headers["Accept-Language"] = "en"


def test_a_supervisor_sees_every_open_case_and_a_unit_its_own(pages: Pages) -> None:
    play = pages.play
    play.report("draft", "park", parties="town-b", received="2026-12-17T09:00")
    seen = {}
    for who in ("gao", "ann", "eve"):
        pages.client.cookies.clear()
        pages.sign_in(who)
        seen[who] = set(re.findall(r'href="/cases/([a-z-]+)"', pages.get("/cases").text))
    assert seen == {"gao": {"fire", "park"}, "ann": {"fire"}, "eve": {"park"}}


def test_whoever_was_told_of_a_case_sees_it(pages: Pages) -> None:
    """The duty desk of the city was told of the incident in a town."""
    play = pages.play
    number = play.row(INCIDENT).number
    told = {notice.person for notice in play.all(tables.notices) if notice.deadline == number}
    outside = {name for name in told if play.world.register.people[name].unit not in ("town-a", "office")}
    outside |= {"han"} & told
    assert outside
    pages.sign_in(outside.pop())
    assert pages.get("/cases/fire").status_code == 200


def test_a_case_that_does_not_concern_somebody_is_as_if_there_were_none(pages: Pages) -> None:
    pages.sign_in("eve")
    hers, none = pages.get("/cases/fire"), pages.get("/cases/flood")
    assert (hers.status_code, none.status_code) == (409, 409)
    assert hers.text.replace("fire", "X") == none.text.replace("flood", "X")


def test_whoever_reported_a_case_sees_it_without_seeing_what_is_none_of_theirs(pages: Pages) -> None:
    pages.sign_in("eve")
    wanted = "/report?type=draft&party=town-a&received=2026-12-17T09:00&called=hers&step=back"
    assert pages.press(wanted, "/report").headers["location"] == "/cases/hers?done=reported"
    said = pages.read("/cases/hers")
    assert "1 limit of another unit belongs to this case" in said
    assert 'href="/deadlines/' not in pages.get("/cases/hers").text


def test_every_clock_has_its_strip_its_words_and_its_rows_in_the_table(pages: Pages) -> None:
    play = pages.play
    pages.sign_in("ann")
    play.done(INCIDENT, "2026-12-17T09:50", by="ann")
    page = pages.get("/cases/fire").text
    rows = [row for row in play.all(tables.deadlines) if row.case_id == "fire"]
    assert len(rows) == 2  # what follows from the hand-in too
    assert page.count('<svg class="strip') == 2
    for row in rows:
        assert f'href="/deadlines/{row.number}"' in page
    table = page[page.index('<table class="moments">') :]
    assert [word in table for word in ("starts: ", "limit: ", "handed in: ", "event: ", "now")] == [True] * 5
    assert "style=" not in page  # the policy of the server would not have it


def test_a_line_of_time_may_be_narrowed_where_that_shows_more(pages: Pages) -> None:
    pages.sign_in("ann")
    assert "span=" not in pages.get("/cases/fire").text  # all of it is within hours
    pages.play.done(INCIDENT, "2026-12-17T09:50", by="ann")  # the review takes ten days
    page = pages.get("/cases/fire").text
    assert 'href="/cases/fire?span=day"' in page
    assert pages.get("/cases/fire?span=day").status_code == 200
    assert pages.get("/cases/fire?span=century").status_code == 400


def test_what_cannot_be_read_of_a_case_is_named(pages: Pages) -> None:
    pages.sign_in("gao")
    spoil(pages.play, "deadlines", "due", INCIDENT)
    for path in ("/cases", "/cases/fire"):
        assert f"{INCIDENT} is missing here" in pages.read(path)


def test_a_clock_that_runs_past_its_limit_is_drawn_late_and_no_bar_is_too_thin_to_see() -> None:
    start, due, now = at("2026-12-17T09:00"), at("2026-12-17T10:00"), at("2026-12-17T11:00")
    window = window_of([start, now], now)
    strip = strip_of(window, start, due, None, now)
    assert strip.late is not None
    assert strip.late[0] == pytest.approx(window.place(due))
    assert strip.bar[0] + strip.bar[1] == pytest.approx(window.place(due))
    year = window_of([at("2026-01-01T00:00"), at("2026-12-31T00:00")], now)
    assert strip_of(year, start, due, due, now).bar[1] >= 0.8
    assert strip_of(year, start, None, None, now).open_end


def test_a_leader_pages_somebody_from_the_page_of_a_deadline(pages: Pages) -> None:
    play = pages.play
    path = f"/deadlines/{play.row(INCIDENT).number}"
    pages.sign_in("ann")  # a contact does not
    assert f'action="{path}/paged"' not in pages.get(path).text
    pages.client.cookies.clear()
    pages.sign_in("cai")
    answered = pages.press(path, f"{path}/paged", person="dan", reason="the fire spreads")
    assert answered.headers["location"] == f"{path}?done=paged"
    assert "leaves at once" in pages.read(answered.headers["location"])
    again = pages.press(path, f"{path}/paged", person="dan", reason="the fire spreads")
    assert again.status_code == 409
    assert "may be asked again after" in again.text


def test_a_deadline_of_a_case_leads_to_it(pages: Pages) -> None:
    pages.sign_in("ann")
    assert 'href="/cases/fire"' in pages.get(f"/deadlines/{pages.play.row(INCIDENT).number}").text
