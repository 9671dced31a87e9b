"""A colleague of the same unit is asked in the place of who was; the unit and its leaders are as before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from alertd.core.handing import handed_on
from alertd.core.model import Person, Register
from alertd.engine.operations import moving
from alertd.engine.operations.handing_over import HandedOver, colleagues, hand_over
from alertd.engine.operations.more_time import ask_extension
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor
from alertd.store import audit, tables
from tests.support.play import Play
from tests.support.register import away, tiny_register, with_person

INCIDENT = "incident-information@fire/town-a"
REPORT = "yearly-report@2026/town-a"
ANN, CAI = Actor("ann"), Actor("cai")


def _people(*more: str) -> Register:
    """The register with further clerks of town-a, who hold no position."""
    register = tiny_register()
    clerks = {
        name: Person(name, name.title(), "town-a", (), f"{name}@example.org", 900 + at)
        for at, name in enumerate(more)
    }
    return replace(register, people={**register.people, **clerks})


def _incident(begin: Callable[..., Play], register: Register | None = None) -> Play:
    play = begin("2026-12-05T02:00", register or _people("bob", "joe"))
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.go("2026-12-05T02:01")
    return play


def _hand(play: Play, to: str, by: Actor = ANN, name: str = INCIDENT, reason: str = "") -> HandedOver:
    return play.do(hand_over, play.row(name).number, to, reason, actor=by)


def _times(heard: list[Any], person: str) -> list[str]:
    return [when[6:] for when, who, _ in heard if who == person]


def test_the_colleague_is_told_now_and_chased_on_and_who_handed_over_has_peace(begin: Any) -> None:
    play = _incident(begin)
    assert _hand(play, "bob", reason="Ann is on site") == HandedOver("bob", ("ann",))
    heard = play.go("2026-12-05T02:59")
    assert _times(heard, "ann") == []
    assert _times(heard, "bob") == ["02:01", "02:11", "02:21", "02:31"]


def test_the_steps_to_come_ask_the_colleague_and_leaders_hear_as_before(begin: Any) -> None:
    play = _incident(begin)
    _hand(play, "bob")
    heard = play.go("2026-12-05T06:59")
    assert _times(heard, "ann") == []
    assert "04:30" in _times(heard, "bob")
    assert _times(heard, "cai") == ["04:30"]


def test_who_hands_over_and_to_whom_is_on_record(begin: Any) -> None:
    play = _incident(begin)
    _hand(play, "bob", reason="on site")
    number = play.row(INCIDENT).number
    with play.store.read() as tx:
        last = audit.of_deadline(tx, number)[-1]
    assert (last.action, last.actor) == ("handed-over", "ann")
    assert {"to": "bob", "from": ["ann"], "reason": "on site"}.items() <= last.detail.items()
    assert play.row(INCIDENT).handed == ("ann>bob",)


def test_before_anybody_was_asked_the_contact_hands_on_what_will_come(begin: Any) -> None:
    play = begin("2026-12-01T10:00", _people("bob"))
    play.plan()
    _hand(play, "bob", CAI, REPORT)
    heard = play.go("2026-12-31T09:00")
    about = [who for _, who, steps in heard if "handed-over" not in steps]
    notices = {n.person for n in play.all(tables.notices) if n.deadline == play.row(REPORT).number and n.ask}
    assert notices == {"bob"}
    assert "bob" in about


def test_a_leader_hands_it_out_in_the_place_of_who_was_asked(begin: Any) -> None:
    play = _incident(begin)
    assert _hand(play, "bob", CAI).places == ("ann",)
    assert _times(play.go("2026-12-05T02:25"), "ann") == []


def test_it_is_handed_on_and_back(begin: Any) -> None:
    play = _incident(begin)
    _hand(play, "bob")
    assert _hand(play, "joe", Actor("bob")).places == ("bob",)
    assert play.row(INCIDENT).handed == ("ann>joe", "bob>joe")
    _hand(play, "ann", Actor("joe"))
    assert play.row(INCIDENT).handed == ("bob>ann", "joe>ann")
    heard = play.go("2026-12-05T05:00")
    assert "04:30" in _times(heard, "ann")
    assert not {"04:30"} & {*_times(heard, "bob"), *_times(heard, "joe")}


def test_to_whom_it_is_handed_already_it_is_not_handed_again(begin: Any) -> None:
    play = _incident(begin)
    _hand(play, "bob")
    with pytest.raises(Refused, match="handed-already"):
        _hand(play, "bob", CAI)
    with pytest.raises(Refused, match="handed-already"):
        _hand(play, "bob", Actor("bob"))


def test_only_a_colleague_of_the_unit_who_is_there_and_can_be_told(begin: Any) -> None:
    register = with_person(_people("bob", "joe", "kim"), "kim", email="", telegram=None)
    register = away("joe", "2026-12-01", "2026-12-09")(register)
    channels = {
        "channels": ("telegram", "email"),
        "transports": {"telegram": "telegram", "email": "email", "inbox": "inbox"},
    }
    play = begin("2026-12-05T02:00", register, **channels)
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.go("2026-12-05T02:01")
    before = [play.all(table) for table in tables.metadata.sorted_tables]
    for to, code in [
        ("eve", "not-a-colleague"),
        ("joe", "colleague-away"),
        ("kim", "colleague-unreachable"),
        ("nobody", "no-person"),
    ]:
        with pytest.raises(Refused) as refused:
            _hand(play, to)
        assert refused.value.code.startswith(code)
    assert [play.all(table) for table in tables.metadata.sorted_tables] == before
    row = play.row(INCIDENT)
    offered = play.do(lambda scope: colleagues(scope, row), actor=ANN)
    assert {person.id for person in offered} >= {"bob", "cai"}
    assert not {person.id for person in offered} & {"ann", "eve", "joe", "kim"}


def test_a_colleague_who_is_away_when_a_step_comes_is_not_asked_but_who_handed_over_is(begin: Any) -> None:
    play = _incident(begin)
    _hand(play, "bob")
    changed = away("bob", "2026-12-05", "2026-12-09")(play.world.register)
    play.world = replace(play.world, register=changed)
    assert "04:30" in _times(play.go("2026-12-05T05:00"), "ann")


def test_another_unit_begins_with_its_own_people(begin: Any) -> None:
    play = _incident(begin)
    _hand(play, "bob")
    play.do(moving.reassign, play.row(INCIDENT).number, "town-b", "theirs", Actor("gao"))
    assert play.row(INCIDENT).handed == ()


def test_who_has_no_part_in_it_hands_nothing_over(begin: Any) -> None:
    play = _incident(begin)
    with pytest.raises(Refused, match="not-allowed"):
        _hand(play, "bob", Actor("eve"))


def test_a_misspelt_name_is_not_the_office(begin: Any) -> None:
    play = _incident(begin)
    with pytest.raises(Refused, match="no-person"):
        _hand(play, "bob", Actor("anne-marie", "root"))


def test_what_is_to_be_decided_is_not_handed_over(begin: Any) -> None:
    play = begin("2026-12-01T10:00", _people("bob"))
    play.plan()
    play.go("2026-12-17T10:00")
    _hand(play, "bob", CAI, REPORT)
    play.do(hand_over, play.row(REPORT).number, "ann", "", actor=Actor("bob"))
    play.do(ask_extension, play.row(REPORT).number, date(2027, 1, 15), "slow", actor=ANN)
    heard = play.go("2026-12-17T11:00")
    assert "cai" in {who for _, who, steps in heard if "requested" in steps}


def test_nobody_hands_to_each_other_for_ever() -> None:
    handed: tuple[str, ...] = ()
    for by, to in [("a", "b"), ("b", "c"), ("c", "a"), ("a", "b"), ("b", "a")]:
        handed = handed_on(handed, frozenset({by}), to)
    assert handed == ("b>a", "c>a")
