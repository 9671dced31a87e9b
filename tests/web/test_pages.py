"""Pages show what the command line says; what is pressed is done once; opening one changes nothing."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import pytest

from alertd.engine.reporting.board import board
from alertd.engine.reporting.whole import explained, whole
from alertd.saying.rows import row_limit, row_party, row_title
from alertd.saying.voice import Reader
from alertd.saying.whole import counting, facts, history, messages, steps
from alertd.store import audit, tables
from alertd.web.routes import ROUTES
from tests.support.pages import Pages, address_of, text_of
from tests.support.play import Play
from tests.support.spoiling import spoil

REPORT = "yearly-report@2026/town-a"
INCIDENT = "incident-information@fire/town-a"


def stored(play: Play) -> list[object]:
    """Everything in the store but that sessions are used."""
    return [play.all(table) for table in tables.metadata.sorted_tables if table.name != "sessions"]


def recorded(play: Play) -> list[Any]:
    """The audit of the report, oldest first."""
    number = play.row(REPORT).number
    with play.store.read() as tx:
        return list(audit.of_deadline(tx, number))


def page_of(play: Play, name: str) -> str:
    return f"/deadlines/{play.row(name).number}"


@pytest.mark.parametrize("by", ["unit", "item"])
def test_a_count_of_the_board_opens_a_list_with_as_many(pages: Pages, by: str) -> None:
    pages.sign_in()
    lights = pages.play.do(board, by)
    assert {light.total for light in lights} - {0}
    page = pages.get(f"/board?by={by}").text
    for light in lights:
        for colour in ("red", "yellow", "green", "grey"):
            wanted = {"colour": colour, by: light.name}
            address = f"/deadlines?{urlencode(wanted)}"
            count = getattr(light, colour)
            assert (address.replace("&", "&amp;") in page) == bool(count)
            shown = pages.get(address).text
            assert shown.count('<li class="entry">') == count


def test_a_page_says_of_a_deadline_what_the_command_line_says(pages: Pages) -> None:
    play = pages.play
    play.acknowledge(REPORT, "ann")
    pages.sign_in()
    said = pages.read(page_of(play, REPORT))
    reader = Reader(play.world, play.world.language, play.now)
    with play.store.read() as tx:
        scope = play.scope(tx)
        found, why = whole(scope, REPORT), explained(scope, REPORT)
    row = found.stood.row
    told = [row_title(row, reader), row_limit(row, reader)]
    for rows in (facts(found, reader), messages(found, reader), history(found, reader)):
        told += [cell for each in rows for cell in each]
    told += [cell for each in (*counting(why, reader), *steps(why, reader)) for cell in each]
    assert [text for text in told if re.sub(r"\s+", " ", text).strip() not in said] == []


def test_somebody_sees_first_what_presses_most(pages: Pages) -> None:
    play = pages.play
    play.go("2027-01-04T10:00")  # the report is overdue, other things are not
    pages.sign_in("ann")
    page = pages.get("/mine").text
    colours = [colour for colour in re.findall(r'class="state (\w*)"', page) if colour]
    order = ["red", "yellow", "grey", "green"]
    begun = page.split("<h2>")[0]
    colours = re.findall(r'class="state (\w*)"', begun)
    assert colours == sorted(colours, key=order.index)
    assert {"red", "green"} <= set(colours) or {"red", "grey"} <= set(colours)


def test_nobody_sees_another_units_matter_among_theirs(pages: Pages) -> None:
    play = pages.play
    pages.sign_in("eve")
    page = pages.get("/mine").text
    shown = {int(number) for number in re.findall(r'href="/deadlines/(\d+)"', page)}
    rows = {row.number: row for row in play.all(tables.deadlines)}
    assert shown
    assert {rows[number].unit for number in shown} == {"town-b"}


def test_who_was_asked_about_another_units_matter_sees_it(pages: Pages) -> None:
    """The duty desk of the city is asked about an incident in a town."""
    play = pages.play
    number = play.row(INCIDENT).number
    asked = {n.person for n in play.all(tables.notices) if n.deadline == number and n.ask}
    outside = {name for name in asked if play.world.register.people[name].unit != "town-a"}
    assert outside
    pages.sign_in(outside.pop())
    assert f'href="/deadlines/{number}"' in pages.get("/mine").text
    assert pages.get(f"/deadlines/{number}").status_code == 200


@pytest.mark.parametrize("path", ["/mine", "/deadlines"])
def test_what_cannot_be_read_is_named_among_what_can(pages: Pages, path: str) -> None:
    pages.sign_in("gao" if path == "/deadlines" else "ann")
    spoil(pages.play, "deadlines", "due", REPORT)
    answered = pages.get(path, **{"Accept-Language": "en"})
    assert answered.status_code == 200
    assert f"{REPORT} is missing here" in text_of(answered.text)
    assert '<li class="entry">' in answered.text


# ---------------------------------------------------------------- pressing


def test_received_rests_reminders_and_says_so(pages: Pages) -> None:
    play = pages.play
    pages.sign_in("ann")
    path = page_of(play, REPORT)
    answered = pages.press(path, f"{path}/received")
    assert answered.headers["location"] == f"{path}?done=received"
    assert play.row(REPORT).acknowledged_until is not None
    assert 'role="status"' in pages.get(answered.headers["location"]).text
    last = recorded(play)[-1]
    assert (last.action, last.actor, last.account[:4]) == ("acknowledged", "ann", "web:")


def test_handed_in_with_when_and_what_proves_it(pages: Pages) -> None:
    play = pages.play
    pages.sign_in("ann")
    path = page_of(play, REPORT)
    given = {"at": "2026-12-17T09:15", "evidence": "No. 12"}
    assert pages.press(path, f"{path}/handed-in", **given).status_code == 303
    row = play.row(REPORT)
    assert (row.state, f"{row.done_at:%H:%M}") == ("done", "01:15")
    assert recorded(play)[-1].detail["evidence"] == "No. 12"


def test_pressing_twice_does_it_once(pages: Pages) -> None:
    play = pages.play
    pages.sign_in("ann")
    path = page_of(play, REPORT)
    page = pages.get(path).text
    form = page[page.index(f'action="{path}/handed-in"') :]
    given = dict(re.findall(r'name="(token|once)" value="([^"]*)"', form)[:2])
    first = pages.client.post(f"{path}/handed-in", data=given)
    again = pages.client.post(f"{path}/handed-in", data=given)
    assert (first.status_code, again.status_code) == (303, 303)
    assert [row.action for row in recorded(play)].count("done") == 1


@pytest.mark.parametrize("at", ["2026-12-18T10:00", "2026-13-01T10:00", "tomorrow", "2026-13-17", "9" * 400])
def test_what_cannot_be_when_is_refused_and_nothing_is_done(pages: Pages, at: str) -> None:
    play = pages.play
    pages.sign_in("ann")
    path, before = page_of(play, REPORT), stored(play)
    answered = pages.press(path, f"{path}/handed-in", at=at)
    assert answered.status_code == 409, answered.text
    assert stored(play) == before


def test_a_refusal_is_a_sentence(pages: Pages) -> None:
    play = pages.play
    pages.sign_in("ann")
    path = page_of(play, REPORT)
    play.done(REPORT, by="ann")
    number, token = play.row(REPORT).number, re.search(r'name="token" value="(\w+)"', pages.get(path).text)
    assert token is not None
    answered = pages.client.post(f"/deadlines/{number}/handed-in", data={"token": token[1]})
    assert answered.status_code == 409
    assert REPORT in text_of(answered.text)


def test_a_page_offers_only_what_may_be_done(pages: Pages) -> None:
    play = pages.play
    play.done(REPORT, by="ann")
    pages.sign_in("ann")
    page = pages.get(page_of(play, REPORT)).text
    assert "/received" not in page
    assert "/handed-in" not in page


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
    ],
)
def test_a_form_from_elsewhere_does_nothing(pages: Pages, headers: dict[str, str]) -> None:
    play = pages.play
    pages.sign_in("ann")
    path = page_of(play, REPORT)
    token = re.search(r'name="token" value="(\w+)"', pages.get(path).text)
    assert token is not None
    before = stored(play)
    answered = pages.client.post(f"{path}/received", data={"token": token[1]}, headers=headers)
    assert answered.status_code == 403
    assert stored(play) == before


@pytest.mark.parametrize("token", ["", "x", "0" * 64])
def test_a_form_without_the_token_of_its_session_does_nothing(pages: Pages, token: str) -> None:
    pages.sign_in("ann")
    before = stored(pages.play)
    answered = pages.client.post(f"{page_of(pages.play, REPORT)}/received", data={"token": token})
    assert answered.status_code == 403
    assert stored(pages.play) == before


def test_the_token_of_one_session_serves_no_other(pages: Pages) -> None:
    pages.sign_in("ann")
    path = page_of(pages.play, REPORT)
    token = re.search(r'name="token" value="(\w+)"', pages.get(path).text)
    assert token is not None
    pages.client.cookies.clear()
    pages.sign_in("ben")
    assert pages.client.post(f"{path}/received", data={"token": token[1]}).status_code == 403


def test_opening_pages_changes_nothing(pages: Pages) -> None:
    """Browsers fetch ahead, scanners open links, people go back and forth."""
    play = pages.play
    pages.sign_in()
    before = stored(play)
    for route in ROUTES:
        if not route.changes:
            path = address_of(play, route.path, REPORT)
            assert pages.get(path).status_code in (
                200,
                303,
                403,
                404,
            )  # no link is called so, no page of its own
    assert stored(play) == before


def test_looking_at_pages_takes_no_lock_of_a_writer(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever leaves a board open stands in nobody's way; that a session is used is kept now and then."""
    pages.sign_in()
    monkeypatch.setattr(type(pages.play.store), "write", lambda *_, **__: pytest.fail("a page wrote"))
    for path in ("/board", "/mine", "/deadlines", page_of(pages.play, REPORT)):
        assert pages.get(path).status_code == 200


def test_what_is_pressed_wakes_the_daemon(play: Play) -> None:
    from tests.support.pages import pages_of

    woken: list[bool] = []
    pages = pages_of(play, done=lambda: woken.append(True))
    pages.sign_in("ann")
    woken.clear()
    path = page_of(play, REPORT)
    pages.press(path, f"{path}/handed-in")
    pages.client.close()
    assert woken == [True]


def test_the_office_acts_as_the_office(pages: Pages) -> None:
    play = pages.play
    pages.sign_in()
    path = page_of(play, REPORT)
    assert pages.press(path, f"{path}/received").status_code == 303
    assert play.row(REPORT).acknowledged_until is not None
    assert recorded(play)[-1].actor.startswith("web:")


def test_a_list_that_is_sent_opens_as_it_was(pages: Pages) -> None:
    pages.sign_in("gao")
    page = pages.get("/deadlines?party=town-a&colour=yellow").text
    assert '<option value="yellow" selected>' in page
    assert 'name="party" value="town-a"' in page
    rows = {row.number: row for row in pages.play.all(tables.deadlines)}
    shown = {int(number) for number in re.findall(r'href="/deadlines/(\d+)"', page)}
    assert {rows[number].unit for number in shown} <= {"town-a"}


def test_a_case_is_a_list_of_all_its_clocks(pages: Pages) -> None:
    play = pages.play
    pages.sign_in()
    shown = pages.get("/deadlines?case=fire").text
    assert shown.count('<li class="entry">') == len(
        [row for row in play.all(tables.deadlines) if row.case_id == "fire"]
    )
    reader = Reader(play.world, play.world.language, play.now)
    assert row_party(play.row(INCIDENT), reader) in text_of(shown)


def test_a_count_of_days_is_drawn_as_a_calendar_and_one_of_hours_as_a_line(pages: Pages) -> None:
    play = pages.play
    pages.client.headers["Accept-Language"] = "en"
    pages.sign_in()
    play.report("draft", "park", received="2026-12-17T09:00")
    page = pages.get(page_of(play, "draft-review@park/town-a")).text
    assert re.findall(r"<caption>(.*?)</caption>", page) == ["Dec 2026", "Jan 2027"]
    days = re.findall(r'<td class="day ([a-z-]+)(?: last)?">(\d+) <span>(.*?)</span>', page)
    assert days[0] == ("start", "17", "start")
    assert days[1] == ("counted", "18", "day 1")
    assert days[2] == ("skipped", "19", "off")
    assert days[-1] == ("counted", "7", "limit")
    hours = pages.read(page_of(play, INCIDENT))
    assert "10:30 hour 1 11:30 hour 2" in hours
    assert "14:30 limit" in hours
