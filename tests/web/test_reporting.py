"""An event is reported on pages: read back before it counts, counted once, and put right the same way."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from alertd.engine.operations.events import Report
from alertd.engine.operations.reading_back import report_read_back
from alertd.saying.events import clock_lines, stated
from alertd.saying.voice import Reader
from alertd.store import tables
from tests.support.pages import Pages, asked, text_of
from tests.support.register import at, with_obligation

#: what a case of that minute is called
CASE = "incident-20261217-0940"


def counted(pages: Pages, **more: str) -> httpx.Response:
    """Read an incident back, and press that it is right."""
    return pages.press(asked(**more), "/report")


def of_incident(pages: Pages, act: str) -> str:
    """The page of an act on the incident that these tests begin with."""
    (event,) = pages.play.all(tables.events)
    return f"/events/{event.id}/{act}"


@pytest.fixture(autouse=True)
def english(pages: Pages) -> None:
    pages.client.headers["Accept-Language"] = "en"


def test_what_an_event_would_do_is_read_back_as_the_command_line_says_it(pages: Pages) -> None:
    play = pages.play
    pages.sign_in("ann")
    said = pages.read(asked())
    reader = Reader(play.world, "en", play.now)
    what = Report("incident", CASE, ("town-a",), {"published": at("2026-12-17T09:40")})
    back = play.do(report_read_back, what)
    lines = [*stated(back, reader), *(line for clock in back.clocks for line in clock_lines(clock, reader))]
    assert lines
    assert [line for line in lines if line.strip() not in said] == []


def test_nothing_counts_before_the_button_is_pressed(pages: Pages) -> None:
    pages.sign_in("ann")
    before = play_of(pages)
    pages.read("/report")
    pages.read("/report?type=incident")
    pages.read(asked())
    assert play_of(pages) == before


def play_of(pages: Pages) -> list[Any]:
    """What reporting would change."""
    return [pages.play.all(table) for table in (tables.events, tables.cases, tables.deadlines, tables.audit)]


def test_pressed_it_counts_and_the_case_shows_its_clock(pages: Pages) -> None:
    play = pages.play
    pages.sign_in("ann")
    answered = counted(pages)
    assert answered.headers["location"] == f"/cases/{CASE}?done=reported"
    row = play.row(f"incident-information@{CASE}/town-a")
    assert row.due == at("2026-12-17T14:40")
    shown = pages.read(answered.headers["location"])
    assert "It counts" in shown
    assert "Mill" in shown
    assert f"Incident information ({CASE})" in shown
    last = play.all(tables.events)[-1]
    assert last.entered_by.startswith("ann (web:")


def test_without_a_time_it_happened_when_it_was_read_back_however_late_the_button(pages: Pages) -> None:
    play = pages.play
    pages.sign_in("ann")
    form = pages.hidden(asked(published=""), "/report")
    play.go("2026-12-17T10:20")
    assert pages.client.post("/report", data=form).status_code == 303
    last = play.all(tables.events)[-1]
    assert last.happened_at == at("2026-12-17T10:00")


def test_pressing_twice_reports_it_once(pages: Pages) -> None:
    pages.sign_in("ann")
    form = pages.hidden(asked(), "/report")
    first = pages.client.post("/report", data=form)
    again = pages.client.post("/report", data=form)
    assert first.headers["location"] == again.headers["location"] == f"/cases/{CASE}?done=reported"
    assert len(pages.play.all(tables.events)) == 2  # with the one that was there


def test_what_would_do_something_else_by_now_is_read_back_again(pages: Pages) -> None:
    """Somebody else began the case of that name meanwhile."""
    play = pages.play
    pages.sign_in("ann")
    form = pages.hidden(asked(), "/report")
    play.report("incident", CASE, published="2026-12-17T09:41")
    before = play_of(pages)
    answered = pages.client.post("/report", data=form)
    assert play_of(pages) == before
    assert "has changed meanwhile" in pages.read(answered.headers["location"])
    assert "which is known" in pages.read(answered.headers["location"])


def test_two_cases_of_one_minute_get_two_names(pages: Pages) -> None:
    pages.sign_in("ann")
    counted(pages)
    answered = counted(pages, title="Depot")
    assert answered.headers["location"] == f"/cases/{CASE}-2?done=reported"


def test_unconfirmed_is_a_choice_and_confirming_it_is_one_button(pages: Pages) -> None:
    pages.sign_in("ann")
    answered = counted(pages, unconfirmed="yes")
    case = answered.headers["location"].partition("?")[0]
    assert "not confirmed yet" in pages.read(case)
    event = pages.play.all(tables.events)[-1]
    path = f"/events/{event.id}/confirm"
    assert pages.press(path, path).headers["location"] == f"{case}?done=confirm"
    assert pages.play.all(tables.events)[-1].state == "recorded"
    assert pages.get(path).status_code == 409


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"published": "2027-12-17T09:40"}, "lies in the future"),
        ({"published": "yesterday"}, "yesterday"),
        ({"published": "2026-02-30T09:40"}, "2026-02-30T09:40"),
        ({"party": ""}, "unit"),
        ({"party": "town-z"}, "town-z"),
        ({"others": "town-b; nowhere"}, "nowhere"),
        ({"called": "水災"}, "水災"),
        ({"severity": "grave"}, "grave"),
        ({"due": "2026-12-30"}, "2026-12-30"),
        ({"due": "soon"}, "soon"),
        ({"urgent": "flood"}, "urgen"),
        ({"title": "x" * 1500}, "1500 characters"),
    ],
)
def test_what_cannot_be_is_said_above_the_form_which_keeps_what_was_typed(
    pages: Pages, given: dict[str, str], said: str
) -> None:
    pages.sign_in("ann")
    answered = pages.get(asked(**given))
    assert answered.status_code == 200, text_of(answered.text)
    fault = re.search(r'<p class="fault" role="alert">(.*?)</p>', answered.text)
    assert fault is not None
    assert said in fault[1]
    assert 'value="Mill"' in answered.text or "title" in given


def test_a_day_before_the_start_is_a_sentence_and_no_mistake_of_ours(pages: Pages) -> None:
    pages.sign_in("ann")
    wanted = {"type": "proposal", "party": "town-a", "received": "2026-12-17T09:00", "due": "2026-12-01"}
    answered = pages.get("/report?" + urlencode({**wanted, "step": "back"}))
    assert answered.status_code == 200
    assert 'role="alert"' in answered.text


def test_a_slip_of_the_hand_is_pointed_out(pages: Pages) -> None:
    pages.sign_in("ann")
    assert "more than a year ago" in pages.read(asked(published="2016-12-17T09:40"))


def test_an_event_that_does_nothing_says_so(pages: Pages) -> None:
    pages.sign_in("ann")
    wanted = {"type": "information-published", "party": "town-b", "case": "fire", "step": "back"}
    assert "starts and closes nothing" in pages.read("/report?" + urlencode(wanted))


def test_what_closes_a_clock_is_reported_from_its_case(pages: Pages) -> None:
    play = pages.play
    pages.sign_in("ann")
    form = pages.get("/report?type=information-published&case=fire").text
    assert '<option value="fire" selected>' in form
    assert '<option value="town-a" selected>' in form
    wanted = {
        "type": "information-published",
        "party": "town-a",
        "case": "fire",
        "published": "2026-12-17T09:50",
    }
    back = "/report?" + urlencode({**wanted, "step": "back"})
    assert "closes 1 deadline" in pages.read(back)
    assert pages.press(back, "/report").headers["location"] == "/cases/fire?done=reported"
    assert play.row("incident-information@fire/town-a").state == "done"


# ---------------------------------------------------------------- put right


def test_a_correction_shows_what_moves_before_it_does(pages: Pages) -> None:
    play = pages.play
    pages.sign_in("ann")
    path = of_incident(pages, "correct")
    assert 'name="published" value="2026-12-17T09:30"' in pages.get(path).text
    back = f"{path}?" + urlencode(
        {"published": "2026-12-17T09:00", "reason": "the clock was slow", "step": "back"}
    )
    said = pages.read(back)
    assert "from Thu 17 Dec 14:30 to Thu 17 Dec 14:00" in said
    assert play.row("incident-information@fire/town-a").due == at("2026-12-17T14:30")
    assert pages.press(back, path).headers["location"] == "/cases/fire?done=correct"
    assert play.row("incident-information@fire/town-a").due == at("2026-12-17T14:00")


def test_a_limit_that_becomes_later_asks_who_approved_it(pages: Pages) -> None:
    play = pages.play
    pages.sign_in("ann")
    path = of_incident(pages, "correct")
    given = {"published": "2026-12-17T09:50", "reason": "misheard", "step": "back"}
    answered = pages.get(f"{path}?{urlencode(given)}").text
    assert 'role="alert"' in answered
    assert re.search(r'<input name="approver"[^>]* required>', answered)
    pages.press(f"{path}?{urlencode({**given, 'approver': 'the mayor'})}", path)
    assert play.row("incident-information@fire/town-a").due == at("2026-12-17T14:50")


def test_a_false_alarm_takes_its_clocks_with_it_and_needs_a_reason(pages: Pages) -> None:
    play = pages.play
    pages.sign_in("ann")
    path = of_incident(pages, "cancel")
    assert 'role="alert"' in pages.get(f"{path}?step=back").text
    back = f"{path}?step=back&reason=a+drill"
    assert "cancels 1 deadline" in pages.read(back)
    assert pages.press(back, path).headers["location"] == "/cases/fire?done=cancel"
    assert play.row("incident-information@fire/town-a").state == "cancelled"
    assert "false alarm, withdrawn" in pages.read("/cases/fire")
    assert pages.get(path).status_code == 409


def test_another_units_event_is_as_if_there_were_none(pages: Pages) -> None:
    pages.sign_in("eve")
    for act in ("correct", "cancel", "confirm", "upgrade"):
        answered = pages.get(of_incident(pages, act))
        assert answered.status_code == 409
        assert "Mill" not in answered.text


def test_an_act_that_is_none_is_no_page_of_ours(pages: Pages) -> None:
    pages.sign_in("ann")
    assert pages.get(of_incident(pages, "destroy")).status_code == 400


def test_a_graver_severity_shows_what_it_adds_before_it_counts(pages: Pages) -> None:
    play = pages.play
    register = play.world.register
    kind = replace(register.event_types["incident"], severities=("minor", "major"))
    types = {**register.event_types, "incident": kind}
    changes = {"starts_on": ("incident.published",), "severity": frozenset({"major"})}
    register = with_obligation(replace(register, event_types=types), "hearing", **changes)
    play.world = replace(play.world, register=register)
    pages.sign_in("ann")
    answered = counted(pages, severity="minor")
    case = answered.headers["location"].partition("?")[0]
    event = play.all(tables.events)[-1].id
    path = f"/events/{event}/upgrade"
    assert 'value="minor"' not in pages.get(path).text  # only graver ones are offered
    back = f"{path}?step=back&severity=major"
    assert "Hearing (town-a): from Thu 17 Dec 09:40" in pages.read(back)
    assert pages.press(back, path).headers["location"] == f"{case}?done=upgrade"
    assert play.row(f"hearing@{CASE}/town-a").state in ("open", "scheduled")
    assert pages.get(path).status_code == 409  # there is none graver
