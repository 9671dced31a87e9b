"""Somebody is paged about a deadline: at once, once, and by whom it is for to do so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from alertd.engine.operations.paging import AGAIN_AFTER, MOST, Paged, page, whom
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor
from alertd.messages.catalogue import Catalogue
from alertd.store import audit, tables
from tests.support.play import Play
from tests.support.register import at, away, live_channels, tiny_register, with_person

REPORT = "yearly-report@2026/town-a"
OTHER = "yearly-report@2026/town-b"
CAI, GAO, EVE = Actor("cai"), Actor("gao"), Actor("eve")  # leader of town-a, supervisor, contact of town-b


@pytest.fixture
def night(begin: Any) -> Play:
    """The report is due on 30 December; it is three in the morning of the 24th."""
    play: Play = begin("2026-12-01T10:00", **live_channels())
    play.plan()
    play.go("2026-12-24T03:00")
    return play


def _page(play: Play, who: str = "ben", by: Actor = CAI, name: str = REPORT, reason: str = "fire") -> Paged:
    return play.do(page, play.row(name).number, who, reason, actor=by)


def test_the_message_leaves_at_once_by_night_though_the_clock_counts_days(night: Play) -> None:
    assert _page(night).person == "ben"
    (parcel,) = [each for each in night.deliver() if each.row.person == "ben"]
    assert parcel.message is not None
    words = Catalogue("en")
    assert words.say("tag.paged") in parcel.message.subject
    assert "fire" in parcel.message.text
    assert words.say("lead.paged") in " ".join(parcel.message.text.split())
    assert parcel.message.urgent


def test_what_is_asked_may_be_acknowledged_and_is_not_repeated(night: Play) -> None:
    _page(night, "eve", GAO)
    night.acknowledge(REPORT, "eve")
    heard = night.go("2026-12-24T04:30")
    assert [who for _, who, _ in heard].count("eve") == 1


@pytest.mark.parametrize("by", ["eve", "ann"])
def test_who_neither_leads_nor_watches_pages_nobody(night: Play, by: str) -> None:
    before = night.all(tables.deliveries)
    with pytest.raises(Refused, match="not-allowed"):
        _page(night, "ben", Actor(by))
    assert night.all(tables.deliveries) == before


def test_nobody_is_paged_about_the_same_within_ten_minutes(night: Play) -> None:
    _page(night)
    with pytest.raises(Refused, match="paged-lately"):
        _page(night, by=GAO)
    _page(night, "dan")  # somebody else is
    night.now += AGAIN_AFTER
    _page(night)


def test_nobody_is_paged_about_everything_within_an_hour(night: Play) -> None:
    for _ in range(MOST):
        _page(night)
        night.now += AGAIN_AFTER
    night.now = at("2026-12-24T03:55")
    with pytest.raises(Refused, match="paged-often"):
        _page(night, by=GAO, name=OTHER)
    night.now = at("2026-12-24T05:00")
    _page(night, by=GAO, name=OTHER)


def test_who_can_be_reached_over_nothing_is_named_at_once(night: Play) -> None:
    register = with_person(tiny_register(), "ben", email="", telegram=None)
    night.world = replace(night.world, register=register)
    with pytest.raises(Refused, match="paged-unreachable"):
        _page(night)


def test_who_is_away_is_not_paged_and_the_deputy_is_named(night: Play) -> None:
    register = away("ann", "2026-12-20", "2026-12-31")(tiny_register())
    night.world = replace(night.world, register=register)
    with pytest.raises(Refused, match=r"paged-away.*Ben"):
        _page(night, "ann")


def test_a_reason_is_asked_for_and_a_closed_deadline_is_nobodys_call(night: Play) -> None:
    with pytest.raises(Refused, match="reason-missing"):
        _page(night, reason=" ")
    night.done(REPORT, by="ann")
    with pytest.raises(Refused, match="wrong-state"):
        _page(night)


def test_what_was_handed_in_before_it_left_is_not_said(night: Play) -> None:
    _page(night)
    night.done(REPORT, by="ann")
    assert [each for each in night.deliver() if each.row.person == "ben" and each.message] == []


def test_it_is_on_record_with_whom_and_why(night: Play) -> None:
    _page(night)
    number = night.row(REPORT).number
    with night.store.read() as tx:
        last = list(audit.of_deadline(tx, number))[-1]
    assert (last.action, last.actor) == ("paged", "cai")
    assert (last.detail["person"], last.detail["reason"]) == ("ben", "fire")


def test_a_form_offers_the_unit_and_whoever_was_told(night: Play) -> None:
    row = night.row(REPORT)
    offered = {person.id for person in night.do(whom, row, actor=CAI)}
    assert {"ann", "ben", "dan"} <= offered
    assert not {"cai", "eve"} & offered
