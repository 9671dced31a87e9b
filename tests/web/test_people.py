"""People on pages: who is on duty, as steps find them; what somebody is told, as the directory says it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from alertd.core.model import Register
from alertd.core.shifts import DutyPlan, Hours, Rotation
from alertd.core.ways import plain
from alertd.store import addresses
from alertd.web.routes import ROUTES
from tests.support.pages import Pages
from tests.support.register import away, live_channels, tiny_register, with_person


@pytest.fixture(autouse=True)
def english(pages: Pages) -> None:
    pages.client.headers["Accept-Language"] = "en"


def ruled(pages: Pages, change: Callable[[Register], Register]) -> None:
    pages.play.world = replace(pages.play.world, register=change(tiny_register()), **live_channels())


def test_who_is_on_duty_is_who_a_step_of_that_day_would_find(pages: Pages) -> None:
    play = pages.play
    on_leave = away("han", "2026-12-18", "2026-12-18")
    ruled(pages, lambda register: on_leave(with_person(register, "han", deputy="ian")))
    pages.sign_in("ann")
    assert "duty officer Han 021-0008" in pages.read("/duty")
    assert "duty officer Ian for Han, who is away" in pages.read("/duty?day=2026-12-18")
    at = play.now + timedelta(days=1)
    (holder,) = play.world.directory.resolve("duty", "town-a", None, at).holders
    assert (holder.person.id, holder.deputy_for) == ("ian", "Han")


def test_ones_own_unit_and_an_empty_position_are_shown(pages: Pages) -> None:
    ruled(pages, lambda register: with_person(register, "han", positions=("contact",)))
    pages.sign_in("ann")
    said = pages.read("/duty")
    assert "contact person Ann" in said
    assert "principal Dan" in said
    assert "The position is empty: who is above it answers." in said


def test_the_roster_is_shown_from_now_to_the_next_shift(pages: Pages) -> None:
    turns = Rotation(
        "desk", "office", "duty", (("han",), ("ian",)), (Hours(time(8), time(8)),), date(2026, 1, 1)
    )
    ruled(pages, lambda register: replace(register, duty=DutyPlan((turns,))))
    pages.sign_in("ann")
    said = pages.read("/duty")
    assert re.search(r"now, until \S+ \d+ \S+ 08:00 (Han|Ian)", said), said
    assert re.search(r"08:00 to \S+ \d+ \S+ 08:00 (Han|Ian)", said), said
    assert "The position is empty" not in said


def test_a_gap_of_the_roster_is_marked(pages: Pages) -> None:
    over = Rotation(
        "desk", "office", "duty", (("ian",),), (Hours(time(8), time(8)),), date(2026, 1, 1), date(2026, 1, 1)
    )
    ruled(pages, lambda register: replace(register, duty=DutyPlan((over,))))
    pages.sign_in("ann")
    said = pages.read("/duty")
    assert "(the roster names nobody for this time)" in said
    assert "Han 021-0008" in said


def test_what_is_no_day_is_refused_in_a_sentence(pages: Pages) -> None:
    pages.sign_in("ann")
    assert pages.get("/duty?day=soon").status_code == 409


def test_somebody_sees_their_channels_with_the_address_hidden(pages: Pages) -> None:
    play = pages.play
    ruled(pages, lambda register: with_person(register, "ann", channels=plain("email", "telegram")))
    play.store.transact(lambda tx: addresses.block(tx, "telegram", "1", "gone", play.now))
    pages.sign_in("ann")
    said = pages.read("/me")
    assert "email an…@example.org in use" in said
    assert "blocked: the provider takes nothing for it" in said
    assert "ann@example.org" not in pages.get("/me").text


def test_somebody_sees_what_names_them_next_and_whether_it_asks(pages: Pages) -> None:
    pages.sign_in("ben")  # the section chief, who is informed of the second step
    said = pages.read("/me")
    assert re.search(r"Yearly report \(2026\) Wed 23 Dec 08:30 informed", said), said
    assert "Deputy" not in said


def test_the_page_about_oneself_is_for_people_alone(pages: Pages) -> None:
    pages.sign_in()
    assert pages.get("/me").status_code == 403
    assert any(route.path == "/me" for route in ROUTES)


def test_what_else_is_ones_own_is_led_to(pages: Pages) -> None:
    pages.sign_in("ann")
    page = pages.get("/me").text
    for path in ("/me/sessions", "/me/pin", "/calendar"):
        assert f'href="{path}"' in page
        assert pages.get(path).status_code == 200
