"""Turns of a recurring duty on both databases, with one node and with two."""

from __future__ import annotations

import pytest

from alertd.store import audit, deadlines, tables
from alertd.store.database import Store
from tests.support.play import Play
from tests.support.register import obligation, tiny_register, world

FOLLOW_UP = obligation(
    "follow-up",
    "every 12 hours while open",
    "hour-clock",
    "event.party",
    starts_on=("incident.published",),
    ends_on=("incident-information.done",),
)


@pytest.fixture
def incident(store: Store) -> Play:
    register = tiny_register()
    duties = {**register.obligations, FOLLOW_UP.id: FOLLOW_UP}
    play = Play(store, world(tiny_register(obligations=duties)), "2026-12-05T02:00")
    play.report("incident", "fire", published="2026-12-05T02:00")
    return play


def turns(play: Play) -> list[tuple[str, int, str]]:
    rows = [row for row in play.all(tables.deadlines) if row.obligation == "follow-up"]
    return [(row.occurrence, row.turn, row.result or row.state) for row in rows]


def test_a_turn_follows_another_until_they_end(incident: Play) -> None:
    incident.go("2026-12-06T03:00")
    assert turns(incident) == [
        ("fire", 1, "open"), ("fire.2", 2, "open"), ("fire.3", 3, "open"), ("fire.4", 4, "scheduled"),
    ]  # fmt: skip
    incident.report("information-published", "fire", published="2026-12-06T02:30")
    assert [state for _, _, state in turns(incident)] == ["missed", "missed", "ended", "ended"]
    kinds = sorted(row.kind for row in incident.all(tables.breaches))
    assert kinds == ["late", "missed", "missed"]


def test_a_turn_belongs_where_the_one_before_it_does(incident: Play) -> None:
    first, second = (row for row in incident.all(tables.deadlines) if row.obligation == "follow-up")
    given = {"unit": "town-b", "case_version": 3, "start_provisional": "published"}
    with incident.store.write() as tx:
        deadlines.change(tx, second.number, **given)
    incident.go("2026-12-05T14:00")
    third = incident.all(tables.deadlines)[-1]
    assert (third.turn, third.party, third.event_id, third.case_id) == (
        3,
        "town-a",
        first.event_id,
        first.case_id,
    )
    assert {name: getattr(third, name) for name in given} == given


def test_a_node_that_slept_plans_what_was_missed_in_one_go(incident: Play) -> None:
    incident.fire()
    incident.now = incident.now.replace(day=8)
    incident.fire()
    assert [state for _, _, state in turns(incident)] == ["open"] * 7 + ["scheduled"]
    before = turns(incident)
    incident.fire()
    assert turns(incident) == before


def test_the_chain_of_every_turn_holds(incident: Play) -> None:
    incident.go("2026-12-06T03:00")
    incident.report("information-published", "fire", published="2026-12-06T02:30")
    with incident.store.read() as tx:
        for row in incident.all(tables.deadlines):
            acts = [act.action for act in audit.of_deadline(tx, row.number)]
            assert len(acts) == row.audit_seq
            assert row.obligation != "follow-up" or acts[-1] in ("missed", "ended")
