"""Which cases concern somebody, who was paged and what is ahead, on both databases."""

from __future__ import annotations

from datetime import datetime

import pytest

from alertd.engine.deadlines.figures import Figures
from alertd.engine.operations.paging import page
from alertd.engine.reporting.cases import Whose, case, concerns, free_case, open_cases
from alertd.engine.reporting.on_duty import told
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor
from alertd.store.database import Store
from alertd.store.rows import DeadlineRow
from alertd.store.types import Unreadable
from tests.support.play import Play
from tests.support.register import at, tiny_register, world

TOWN_A, TOWN_B = Whose("town-a", ("ann",)), Whose("town-b", ("eve",))
INCIDENT = "incident-information@fire/town-a"


@pytest.fixture
def play(store: Store) -> Play:
    """An incident in town-a, a draft in town-b and one that is closed."""
    begun = Play(store, world(tiny_register()), "2026-12-05T02:00")
    begun.report("incident", "fire", published="2026-12-05T01:30")
    begun.report("draft", "park", parties="town-b", received="2026-12-04T09:00")
    begun.report("draft", "over", parties="town-b", received="2026-12-03T09:00")
    begun.done("draft-review@over/town-b", reason="at once")
    begun.go("2026-12-05T02:01")
    return begun


def names(play: Play, whose: Whose | None) -> list[str]:
    found, count, lost = play.do(open_cases, whose, 10)
    assert (len(found), lost) == (count, [])
    return sorted(each.id for each in found)


def test_a_case_concerns_whose_unit_owes_something_in_it_and_whoever_was_told(play: Play) -> None:
    assert names(play, None) == ["fire", "park"]
    assert names(play, TOWN_A) == ["fire"]
    assert names(play, TOWN_B) == ["park"]
    assert names(play, Whose("office", ("han",))) == ["fire"]  # the duty desk was told
    assert names(play, Whose("nowhere", ())) == []
    assert [play.do(concerns, name, TOWN_B) for name in ("park", "OVER", "fire")] == [True, True, False]


def test_a_list_of_cases_says_how_many_there_are(play: Play) -> None:
    found, count, _ = play.do(open_cases, None, 1)
    assert (len(found), count) == (1, 2)


def test_a_figure_that_cannot_be_read_leaves_the_other_cases_in_the_list(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Figures.standing

    def unreadable_in_town_b(figures: Figures, row: DeadlineRow, now: datetime) -> str | None:
        if row.party == "town-b":
            raise Unreadable("figure")
        return read(figures, row, now)

    monkeypatch.setattr(Figures, "standing", unreadable_in_town_b)
    found, count, lost = play.do(open_cases, None, 10)
    assert (count, {each.id: len(each.clocks) for each in found}) == (2, {"fire": 1, "park": 0})
    assert [each.name for each in lost] == ["draft-review@park/town-b"]


def test_a_case_has_its_events_and_its_clocks_in_their_order(play: Play) -> None:
    play.report("information-published", "fire", published="2026-12-05T01:45")
    found = play.do(case, "FIRE")
    assert [event.type for event in found.events] == ["incident", "information-published"]
    assert [stood.row.obligation for stood in found.clocks] == ["incident-information", "incident-review"]
    assert found.events[0].instants == {"published": at("2026-12-05T01:30")}


def test_a_name_that_is_taken_is_not_given_again(play: Play) -> None:
    instant = at("2026-12-05T01:30")
    name = play.do(free_case, "incident", instant)
    assert name == "incident-20261205-0130"
    play.report("incident", name, published="2026-12-05T01:30")
    assert play.do(free_case, "incident", instant) == f"{name}-2"


def test_nobody_is_paged_twice_about_one_thing_at_a_time(play: Play) -> None:
    number = play.row(INCIDENT).number
    play.do(page, number, "dan", "now", actor=Actor("cai"))
    with pytest.raises(Refused, match="paged-lately"):
        play.do(page, number, "dan", "now", actor=Actor("gao"))


def test_somebody_is_shown_the_steps_that_name_them(play: Play) -> None:
    coming = play.do(told, "dan").coming
    assert [(each.row.id, each.ask) for each in coming][:2] == [(INCIDENT, False), (INCIDENT, False)]
    assert [each.at for each in coming] == sorted(each.at for each in coming)
