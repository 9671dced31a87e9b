"""Everything that is done to one deadline on its page: offered to whom it is for, done once, said."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alertd.core.rights import RIGHTS
from alertd.store import audit, tables
from alertd.web.pages.doing import FORMS
from tests.support.pages import Pages, pages_of, text_of
from tests.support.play import Play
from tests.support.register import with_obligation

REPORT = "yearly-report@2026/town-a"
INCIDENT = "incident-information@fire/town-a"


@pytest.fixture
def play(play: Play) -> Play:
    """The report is reviewed; the mails of the people say who they are."""
    register = with_obligation(play.world.register, "yearly-report", closes="verify")
    play.world = replace(play.world, register=register)
    return play


def page_of(play: Play, name: str = REPORT) -> str:
    return f"/deadlines/{play.row(name).number}"


def recorded(play: Play, name: str = REPORT) -> list[Any]:
    number = play.row(name).number
    with play.store.read() as tx:
        return list(audit.of_deadline(tx, number))


def does(pages: Pages, act: str, who: str, name: str = REPORT, **given: Any) -> Any:
    """Somebody signs in, opens the page, fills in a form and presses; what is said then."""
    pages.client.cookies.clear()
    pages.sign_in(who)
    path = page_of(pages.play, name)
    answered = pages.press(path, f"{path}/{act}", **given)
    assert answered.status_code == 303, text_of(answered.text)
    said = pages.get(answered.headers["location"])
    assert 'role="status"' in said.text
    return recorded(pages.play, name)[-1]


def test_every_right_that_people_have_has_its_form() -> None:
    assert {form.act for form in FORMS} == set(RIGHTS)


def test_a_supervisors_month_needs_no_command_line(pages: Pages) -> None:
    play = pages.play
    assert does(pages, "suspended", "gao", reason="materials are missing").action == "suspended"
    assert does(pages, "resumed", "gao").action == "resumed"
    assert does(pages, "reassigned", "gao", unit="town-b", reason="theirs").action == "reassigned"
    assert play.row(REPORT).unit == "town-b"
    assert does(pages, "reassigned", "gao", unit="town-a", reason="no").action == "reassigned"
    assert does(pages, "handed-in", "ann").action == "done"
    assert does(pages, "returned", "gao", reason="no seal", end="2027-01-08").action == "returned"
    assert f"{play.row(REPORT).last_day}" == "2027-01-08"
    assert does(pages, "handed-in", "ann").action == "done"
    assert does(pages, "verified", "gao").action == "verified"
    assert does(pages, "reopened", "gao", reason="the wrong one").action == "reopened"
    last = does(pages, "waived", "gao", reason="merged", approver="Li")
    assert (last.action, last.detail["approver"]) == ("waived", "Li")
    assert does(pages, "restarted", "gao", INCIDENT, reason="another fire").action == "restarted"


def test_more_time_is_asked_for_and_decided(pages: Pages) -> None:
    play = pages.play
    assert does(pages, "more-time", "ann", end="2027-01-15", reason="slow").action == "extension-asked"
    pages.client.cookies.clear()
    pages.sign_in("cai")
    waiting = pages.read("/requests")
    assert "slow" in waiting
    assert does(pages, "granted", "cai").action == "extended"
    assert f"{play.row(REPORT).last_day}" == "2027-01-15"
    assert "slow" not in pages.read("/requests")


def test_more_time_is_refused_with_a_reason(pages: Pages) -> None:
    does(pages, "more-time", "ann", end="2027-01-15", reason="slow")
    assert does(pages, "not-granted", "gao", reason="no").action == "extension-refused"


def test_not_ours_is_said_and_decided(pages: Pages) -> None:
    play = pages.play
    number = play.row(INCIDENT).number
    does(pages, "not-ours", "ann", INCIDENT, unit="town-b", reason="over the border")
    pages.client.cookies.clear()
    pages.sign_in("gao")
    assert f'href="/deadlines/{number}"' in pages.get("/requests").text
    assert does(pages, "kept", "gao", INCIDENT, reason="yours").action == "decline-refused"
    does(pages, "not-ours", "ann", INCIDENT, reason="truly")
    assert does(pages, "given-away", "gao", INCIDENT, unit="town-b").action == "reassigned"
    assert play.row(INCIDENT).unit == "town-b"


def test_nobody_decides_what_they_asked_for_themselves(pages: Pages) -> None:
    does(pages, "more-time", "cai", end="2027-01-15", reason="slow")
    page = pages.get(page_of(pages.play)).text
    assert "/granted" not in page
    assert "slow" in text_of(page)
    assert "slow" in pages.read("/requests")  # what they wait for
    hidden = pages.hidden(page_of(pages.play), f"{page_of(pages.play)}/handed-in")
    answered = pages.client.post(f"{page_of(pages.play)}/granted", data=hidden)
    assert answered.status_code == 409


def test_received_is_taken_back(pages: Pages) -> None:
    play = pages.play
    does(pages, "received", "ann")
    assert play.row(REPORT).acknowledged_until is not None
    assert does(pages, "taken-back", "ann").action == "received-taken-back"
    assert play.row(REPORT).acknowledged_until is None
    assert "/taken-back" not in pages.get(page_of(play)).text


def test_it_is_handed_to_a_colleague(pages: Pages) -> None:
    last = does(pages, "handed-over", "ann", colleague="ben", reason="on site")
    assert (last.action, last.detail["to"]) == ("handed-over", "ben")


def test_a_page_offers_colleagues_and_no_other_people(pages: Pages) -> None:
    pages.sign_in("ann")
    page = pages.get(page_of(pages.play)).text
    offered = page[page.index('name="colleague"') :].partition("</select>")[0]
    assert set(re.findall(r'value="(\w+)"', offered)) == {"ben", "cai", "dan"}


def test_the_office_names_who_approved_it(pages: Pages) -> None:
    does(pages, "more-time", "ann", end="2027-01-15", reason="slow")
    pages.client.cookies.clear()
    pages.sign_in()
    form = pages.get(page_of(pages.play)).text
    form = form[form.index("/granted") :].partition("</form>")[0]
    assert 'name="approver"' in form
    assert does(pages, "granted", "", approver="Li").detail["approver"] == "Li"


# ---------------------------------------------------------------- twice, and too late


@pytest.mark.parametrize(
    ("act", "who", "given"),
    [
        ("received", "ann", {}),
        ("handed-over", "ann", {"colleague": "ben"}),
        ("more-time", "ann", {"end": "2027-01-15", "reason": "slow"}),
        ("suspended", "gao", {"reason": "wait"}),
        ("waived", "gao", {"reason": "merged", "approver": "Li"}),
        ("reassigned", "gao", {"unit": "town-b", "reason": "theirs"}),
    ],
)
def test_every_act_pressed_twice_does_it_once(
    pages: Pages, act: str, who: str, given: dict[str, str]
) -> None:
    play = pages.play
    pages.sign_in(who)
    path = page_of(play)
    hidden = pages.hidden(path, f"{path}/{act}")
    before = len(recorded(play))
    first = pages.client.post(f"{path}/{act}", data=hidden | given)
    after = len(recorded(play))
    again = pages.client.post(f"{path}/{act}", data=hidden | given)
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["location"] == again.headers["location"]
    assert len(recorded(play)) == after > before


def test_a_form_opened_before_somebody_else_acted_says_so_and_does_nothing(pages: Pages) -> None:
    """What is struck off is what was seen: not a hand-in that came after it was returned."""
    play = pages.play
    play.done(REPORT, by="ann")
    pages.sign_in("gao")
    path = page_of(play)
    opened = pages.get(path).text
    does(pages, "returned", "", reason="no seal")
    play.now += timedelta(hours=1)
    play.done(REPORT, by="ann")
    pages.client.cookies.clear()
    pages.sign_in("gao")
    fresh = pages.hidden(path, f"{path}/verified")
    stale = re.search(r'name="seen" value="([^"]*)"', opened)
    assert stale is not None
    assert stale[1] != fresh["seen"]
    answered = pages.client.post(
        f"{path}/verified", data=fresh | {"seen": stale[1]}, headers={"Accept-Language": "en"}
    )
    assert answered.status_code == 409
    assert "Meanwhile somebody else acted" in text_of(answered.text)
    assert f'href="{path}"' in answered.text
    assert play.row(REPORT).state == "done"


def test_a_reminder_that_left_meanwhile_is_no_reason_to_ask_again(pages: Pages) -> None:
    play = pages.play
    pages.sign_in("ann")
    path = page_of(play)
    opened = pages.get(path).text
    play.go("2026-12-24T10:00")
    assert pages.press_on(opened, f"{path}/received").status_code == 303


@pytest.mark.parametrize(
    ("act", "given"),
    [
        ("suspended", {}),
        ("reassigned", {"unit": "", "reason": "x"}),
        ("reassigned", {"unit": "nowhere", "reason": "x"}),
        ("waived", {"reason": "x"}),
        ("suspended", {"reason": "x", "at": "yesterday"}),
        ("attached", {}),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_done(pages: Pages, act: str, given: dict[str, str]) -> None:
    pages.sign_in("gao")
    path = page_of(pages.play)
    before = len(recorded(pages.play))
    answered = pages.press(path, f"{path}/{act}", **given)
    assert answered.status_code == 409
    assert "--" not in text_of(answered.text)
    assert len(recorded(pages.play)) == before


def test_words_of_the_command_line_are_not_said_on_a_page(pages: Pages) -> None:
    play = pages.play
    pages.sign_in("gao")
    path = page_of(play)
    for act in ("suspended", "waived", "reassigned"):
        said = text_of(pages.press(path, f"{path}/{act}", unit="town-b").text)
        assert "--" not in said, said
        assert "alertd " not in said, said


# ---------------------------------------------------------------- several at once


def test_what_waits_for_review_is_struck_off_together(pages: Pages) -> None:
    play = pages.play
    for town in ("a", "b"):
        play.done(f"yearly-report@2026/town-{town}", by="clerk")
    pages.sign_in("gao")
    numbers = [str(play.row(f"yearly-report@2026/town-{town}").number) for town in ("a", "b")]
    page = pages.get("/reviews").text
    assert set(numbers) <= set(re.findall(r'name="numbers" value="(\d+)"', page))
    answered = pages.press_on(page, "/reviews", numbers=numbers)
    assert answered.headers["location"].startswith("/reviews?count=2")
    assert {row.state for row in play.all(tables.deadlines) if str(row.number) in numbers} == {"verified"}
    again = pages.press_on(page, "/reviews", numbers=numbers)
    assert again.status_code == 303


def test_of_several_all_are_done_or_none(pages: Pages) -> None:
    play = pages.play
    play.done(REPORT, by="clerk")
    pages.sign_in("gao")
    page = pages.get("/reviews").text
    numbers = [str(play.row(REPORT).number), str(play.row(INCIDENT).number)]
    assert pages.press_on(page, "/reviews", numbers=numbers).status_code == 409
    assert play.row(REPORT).state == "done"
    assert pages.press_on(page, "/reviews").status_code == 409


def test_several_are_handed_in_together(pages: Pages) -> None:
    play = pages.play
    pages.sign_in("ann")
    page = pages.get("/together").text
    numbers = [str(play.row(name).number) for name in (REPORT, INCIDENT)]
    assert set(numbers) <= set(re.findall(r'name="numbers" value="(\d+)"', page))
    given = {"evidence": "No. 12", "at": "2026-12-17T09:45", "numbers": numbers}
    answered = pages.press_on(page, "/together", **given)
    assert answered.status_code == 303, text_of(answered.text)
    assert play.row(REPORT).state == play.row(INCIDENT).state == "done"
    assert recorded(play)[-1].detail["evidence"] == "No. 12"


def test_nobody_ticks_what_is_not_theirs_to_see(pages: Pages) -> None:
    play = pages.play
    pages.sign_in("eve")
    page = pages.get("/together").text
    answered = pages.press_on(page, "/together", numbers=[str(play.row(REPORT).number)])
    assert answered.status_code == 409
    assert play.row(REPORT).state == "open"


def test_whoever_has_nothing_to_decide_is_told_so(play: Play) -> None:
    pages = pages_of(play)
    pages.sign_in("eve")
    assert pages.read("/requests")
    assert pages.read("/reviews")
    pages.client.close()
