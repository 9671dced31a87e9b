"""Signing in to pages: a key serves once and for a while, a session ends, and the store holds no secret."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alertd.core.rights import Act
from alertd.core.sights import SIGHTS, Eye, Sight, sees
from alertd.engine.operations import acts, signing_in
from alertd.engine.operations.signing_in import KEY_LASTS, OFFICE_LASTS, PERSON_LASTS, Entered, Visitor
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor
from alertd.store import audit, sign_ins, tables
from tests.support.play import Play
from tests.support.register import tiny_register


@pytest.fixture
def play(begin: Any) -> Play:
    begun: Play = begin("2026-12-01T10:00", tiny_register())
    return begun


def signed_in(play: Play, who: str = "") -> Entered:
    entered: Entered = play.do(signing_in.enter, play.do(signing_in.invite, who).key, "Firefox")
    return entered


def looks(play: Play, secret: str) -> Visitor:
    with play.store.read() as tx:
        return signing_in.visitor(tx, play.world, secret, play.now)


def test_whoever_holds_a_key_is_signed_in_as_the_person_it_is_for(play: Play) -> None:
    assert looks(play, signed_in(play, "ann").secret).person == "ann"
    office = looks(play, signed_in(play).secret)
    assert (office.signed_in, office.person) == (True, "")


def test_a_key_serves_once(play: Play) -> None:
    key = play.do(signing_in.invite).key
    play.do(signing_in.enter, key)
    with pytest.raises(Refused, match="key-over"):
        play.do(signing_in.enter, key)


@pytest.mark.parametrize("key", ["", "guessed", "k" * 5000, "\ud800"])
def test_what_is_no_key_signs_nobody_in(play: Play, key: str) -> None:
    play.do(signing_in.invite)
    with pytest.raises(Refused, match="key-over"):
        play.do(signing_in.enter, key)
    assert play.all(tables.sessions) == []


@pytest.mark.parametrize(("after", "serves"), [(KEY_LASTS - timedelta(seconds=1), True), (KEY_LASTS, False)])
def test_a_key_is_over_after_a_while(play: Play, after: timedelta, serves: bool) -> None:
    key = play.do(signing_in.invite).key
    play.now += after
    if serves:
        assert play.do(signing_in.enter, key).person == ""
    else:
        with pytest.raises(Refused, match="key-over"):
            play.do(signing_in.enter, key)


@pytest.mark.parametrize(("who", "lasts"), [("", OFFICE_LASTS), ("ann", PERSON_LASTS)])
def test_a_session_is_over_after_a_while(play: Play, who: str, lasts: timedelta) -> None:
    secret = signed_in(play, who).secret
    play.now += lasts - timedelta(seconds=1)
    assert looks(play, secret).signed_in
    play.now += timedelta(seconds=1)
    assert not looks(play, secret).signed_in


def test_who_signs_out_is_signed_out_once_and_nobody_else(play: Play) -> None:
    mine, other = signed_in(play, "ann").secret, signed_in(play, "ann").secret
    number = looks(play, mine).session
    assert play.do(signing_in.leave, number)
    assert not play.do(signing_in.leave, number)
    assert (looks(play, mine).signed_in, looks(play, other).signed_in) == (False, True)


def test_who_leaves_the_directory_is_signed_out_and_no_key_lets_them_in(play: Play) -> None:
    secret, key = signed_in(play, "ann").secret, play.do(signing_in.invite, "ann").key
    people = {name: person for name, person in play.world.register.people.items() if name != "ann"}
    play.world = replace(play.world, register=replace(play.world.register, people=people))
    assert not looks(play, secret).signed_in
    with pytest.raises(Refused, match="key-over"):
        play.do(signing_in.enter, key)


def test_the_store_holds_nothing_that_signs_anybody_in(play: Play) -> None:
    key = play.do(signing_in.invite).key
    secret = play.do(signing_in.enter, key).secret
    for table in tables.metadata.sorted_tables:
        stored = " ".join(str(row) for row in play.all(table))
        assert key not in stored, table.name
        assert secret not in stored, table.name


def test_it_is_on_record_who_was_let_in_and_by_which_session(play: Play) -> None:
    entered = signed_in(play, "ann")
    number = looks(play, entered.secret).session
    with play.store.read() as tx:
        rows = [(row.action, row.actor) for row in audit.of_deadline(tx, audit.REGISTER)]
        accounts = [row.account for row in audit.of_deadline(tx, audit.REGISTER)]
    assert rows[-2:] == [("invited", "clerk"), ("signed-in", "ann")]
    assert accounts[-1] == f"web:{number:x}"


def test_that_a_session_is_used_is_kept_every_ten_minutes(play: Play) -> None:
    secret, seen = signed_in(play).secret, []
    for _ in range(4):
        play.now += timedelta(minutes=5)
        visitor = looks(play, secret)
        if visitor.unnoted:
            play.do(lambda scope, session=visitor.session: signing_in.note_seen(scope.tx, session, scope.now))
        seen.append((play.now - play.all(tables.sessions)[0].seen_at) == timedelta(0))
    assert seen == [False, True, False, True]


def test_what_is_over_is_taken_away_after_a_month(play: Play) -> None:
    signed_in(play)
    play.now += OFFICE_LASTS + sign_ins.KEPT
    assert play.do(lambda scope: sign_ins.forget(scope.tx, scope.now)) == 1  # the key ended before
    play.now += timedelta(seconds=1)
    assert play.do(lambda scope: sign_ins.forget(scope.tx, scope.now)) == 1
    assert play.all(tables.sessions) == []


@pytest.mark.parametrize(
    ("who", "unit", "eyes"),
    [
        ("", "town-a", {Eye.OFFICE}),
        ("ann", "town-a", {Eye.PERSON, Eye.UNIT}),
        ("ann", "town-b", {Eye.PERSON}),
        ("ann", "", {Eye.PERSON}),
    ],
)
def test_what_somebody_is_towards_a_unit(play: Play, who: str, unit: str, eyes: set[Eye]) -> None:
    visitor = looks(play, signed_in(play, who).secret)
    assert signing_in.eyes_of(play.world, visitor, play.now, unit) == eyes


def test_who_belongs_to_the_supervisor_is_one(play: Play) -> None:
    register = replace(play.world.register, supervisor="town-a")
    play.world = replace(play.world, register=register)
    visitor = looks(play, signed_in(play, "ann").secret)
    assert Eye.SUPERVISOR in signing_in.eyes_of(play.world, visitor, play.now)


def test_nobody_sees_more_than_the_entrance_before_signing_in(play: Play) -> None:
    eyes = signing_in.eyes_of(play.world, Visitor(), play.now, "town-a")
    assert {sight for sight in Sight if sees(sight, eyes)} == {Sight.ENTRANCE}


def test_what_the_office_sees_is_everything_and_all_others_see_less() -> None:
    seen = {eye: {sight for sight in Sight if eye in SIGHTS[sight]} for eye in Eye}
    assert seen[Eye.OFFICE] == set(Sight) - {Sight.SELF, Sight.MESSAGE}
    assert seen[Eye.SUPERVISOR] == seen[Eye.OFFICE] - {Sight.KEEPING}
    assert seen[Eye.UNIT] == seen[Eye.SUPERVISOR] - {Sight.WHOLE}
    assert seen[Eye.DESK] == seen[Eye.UNIT] - {Sight.UNITS}
    assert seen[Eye.PERSON] == seen[Eye.DESK] | {Sight.SELF}
    assert seen[Eye.LINKED] == {Sight.ENTRANCE, Sight.MESSAGE}


def at_desk(play: Play, unit: str) -> Visitor:
    key = play.do(signing_in.invite, "", unit).key
    return looks(play, play.do(signing_in.enter, key, "Firefox").secret)


def test_a_duty_room_is_neither_a_person_nor_the_office(play: Play) -> None:
    desk = at_desk(play, "Town-A")
    assert (desk.signed_in, desk.person, desk.desk, desk.office) == (True, "", "town-a", False)
    assert desk.actor == Actor("desk:town-a", "desk:town-a", "town-a")
    assert replace(desk, person="ann").actor == Actor("ann", "desk:town-a")


@pytest.mark.parametrize(
    ("desk", "unit", "eyes"),
    [
        ("town-a", "town-a", {Eye.DESK, Eye.UNIT}),
        ("town-a", "town-b", {Eye.DESK}),
        ("office", "town-b", {Eye.DESK, Eye.SUPERVISOR}),
    ],
)
def test_a_duty_room_sees_what_its_unit_sees(play: Play, desk: str, unit: str, eyes: set[Eye]) -> None:
    register = replace(play.world.register, supervisor="office")
    play.world = replace(play.world, register=register)
    assert signing_in.eyes_of(play.world, at_desk(play, desk), play.now, unit) == eyes


def test_a_duty_room_sees_what_its_officers_were_told_of(play: Play) -> None:
    """The city's desk is asked about towns that have no duty officers of their own."""
    play.world = replace(play.world, register=replace(play.world.register, supervisor=""))
    play.report("incident", "fire", published="2026-12-01T10:00")
    play.go("2026-12-01T10:01")
    row = play.row("incident-information@fire/town-a")
    seen = {}
    for desk in ("town-a", "town-b", "office"):
        visitor = at_desk(play, desk)
        with play.store.read() as tx:
            seen[desk] = signing_in.may_look(play.scope(tx), visitor, row)
    assert seen == {"town-a": True, "town-b": False, "office": True}


def test_a_duty_room_does_nothing_until_an_officer_is_named(play: Play) -> None:
    play.plan()
    play.go("2026-12-17T10:00")
    row, desk = play.row("yearly-report@2026/town-a"), at_desk(play, "town-a")
    with play.store.read() as tx:
        assert acts.may(play.scope(tx, desk.actor), row) >= {Act.ACKNOWLEDGE, Act.HAND_IN}
        assert Act.WAIVE not in acts.may(play.scope(tx, desk.actor), row)
    with pytest.raises(Refused, match="officer-missing"):
        play.do(acts.acknowledge, row.number, actor=desk.actor)
    assert play.do(acts.acknowledge, row.number, actor=replace(desk, person="ann").actor) > play.now


def test_a_duty_room_whose_unit_is_gone_is_signed_out(play: Play) -> None:
    key = play.do(signing_in.invite, "", "town-a").key
    secret = play.do(signing_in.enter, key).secret
    units = {name: unit for name, unit in play.world.register.units.items() if name != "town-a"}
    play.world = replace(play.world, register=replace(play.world.register, units=units))
    assert not looks(play, secret).signed_in
