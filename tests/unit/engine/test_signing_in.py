"""Signing in to pages: a key serves once and for a while, a session ends, and the store holds no secret."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alertd.core.sights import SIGHTS, Eye, Sight, sees
from alertd.engine.operations import signing_in
from alertd.engine.operations.signing_in import KEY_LASTS, OFFICE_LASTS, PERSON_LASTS, Entered, Visitor
from alertd.engine.ruling.refusal import Refused
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
    assert seen[Eye.OFFICE] == set(Sight)
    assert seen[Eye.SUPERVISOR] == set(Sight) - {Sight.KEEPING}
    assert seen[Eye.UNIT] == seen[Eye.SUPERVISOR] - {Sight.WHOLE}
    assert seen[Eye.PERSON] == seen[Eye.UNIT] - {Sight.UNITS}
