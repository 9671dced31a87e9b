"""Who and what is meant by a name, and that a slip in one passes for nobody, by whatever way it comes in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alertd.core.rights import NEEDS_KNOWN
from alertd.engine.operations import acts
from alertd.engine.ruling.naming import (
    acting,
    event_type_named,
    obligation_named,
    party_named,
    person_named,
    unit_named,
)
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor
from tests.support.play import Play
from tests.support.register import only, tiny_register

REGISTER = tiny_register()
INCIDENT = "incident-information@fire/town-a"


def _long_ids():
    """People whose ids are long enough for a slip to be seen."""
    ann = replace(REGISTER.people["ann"], id="ann-of-the-office.town-a", name="Ann")
    return replace(REGISTER, people={**REGISTER.people, ann.id: ann, "ann": REGISTER.people["dan"]})


def test_who_acts_is_a_person_by_id_or_name() -> None:
    name = REGISTER.people["ann"].name
    assert acting(REGISTER, "ANN", "root") == acting(REGISTER, name, "root") == Actor("ann", "root")


def test_nobody_named_is_the_account() -> None:
    assert acting(REGISTER, "", "root") == Actor("root", "root")
    assert not acting(REGISTER, "", "root").named


def test_a_name_of_its_own_is_the_office() -> None:
    assert acting(REGISTER, "a clerk at the desk", "root") == Actor("a clerk at the desk", "root")
    assert acting(None, "ann-of-the-ofice.town-a", "root").name == "ann-of-the-ofice.town-a"


def test_a_slip_in_an_id_is_no_name_of_its_own() -> None:
    with pytest.raises(Refused) as refused:
        acting(_long_ids(), "ann-of-the-ofice.town-a", "root")
    assert refused.value.code == "no-person-near"
    assert refused.value.values["near"] == "Ann (ann-of-the-office.town-a)"


def test_of_two_people_with_one_name_an_id_tells() -> None:
    twins = {name: replace(REGISTER.people["ann"], id=name, name="Li Wei") for name in ("li-1", "li-2")}
    with pytest.raises(Refused, match="several-people") as refused:
        person_named(replace(REGISTER, people=twins), "Li Wei")
    assert refused.value.values["ids"] == "li-1, li-2"


@pytest.mark.parametrize(
    ("find", "text", "code"),
    [
        (unit_named, "town-aa", "no-unit-near"),
        (unit_named, "zzzzzz", "no-unit"),
        (party_named, "JD-1X", "no-officer-near"),
        (obligation_named, "yearly-reprot", "no-obligation-near"),
        (obligation_named, "zzzzzz", "no-obligation"),
        (event_type_named, "incidnt", "no-event-type-near"),
        (event_type_named, "zzzzzz", "no-event-type"),
    ],
)
def test_what_is_unknown_is_refused_with_what_may_be_meant(find, text, code) -> None:
    with pytest.raises(Refused) as refused:
        find(REGISTER, text)
    assert (refused.value.code, refused.value.values["found"]) == (code, text)


@pytest.mark.parametrize("name", ["Anne", "zzzzzz"])
def test_who_is_named_and_unknown_does_not_acknowledge_for_everybody(begin, name: str) -> None:
    play: Play = begin("2026-12-05T02:00", only(tiny_register(), "incident-information"))
    play.report("incident", "fire", occurred="2026-12-05T02:00")
    play.go("2026-12-05T02:01")
    with pytest.raises(Refused, match="no-person"):
        play.do(acts.acknowledge, play.row(INCIDENT).number, actor=Actor(name, "root"))
    assert play.row(INCIDENT).acknowledged_until is None
    play.do(acts.acknowledge, play.row(INCIDENT).number, actor=Actor("root", "root"))
    assert play.row(INCIDENT).acknowledged_until is not None


def test_only_what_is_about_oneself_asks_for_it(begin) -> None:
    play: Play = begin("2026-12-05T02:00", only(tiny_register(), "incident-information"))
    play.report("incident", "fire", occurred="2026-12-05T02:00")
    play.do(acts.hand_in, play.row(INCIDENT).number, acts.HandIn(), actor=Actor("somebody else", "root"))
    assert {str(act) for act in NEEDS_KNOWN} == {"acknowledge", "take-back", "hand-over"}
