"""Other systems hear what becomes of deadlines: what, in which order, and when they do not answer."""

from __future__ import annotations

import ast
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from alertd.core.subscriptions import KINDS, KNOWN, Wanted
from alertd.engine.notify.addressing import routes_of
from alertd.engine.operations import acts, more_time, moving
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor
from alertd.engine.ruling.world import Mode
from alertd.engine.sending.ailing import note
from alertd.engine.sending.expiring import KEPT_FOR, give_up_old
from alertd.engine.sending.readdressing import leave_channels
from alertd.store import tables
from alertd.store.database import Store, memory_store
from alertd.store.illness import Illness
from alertd.transports.base import Outcome, Result
from tests.support.play import Play
from tests.support.register import at, tiny_register, world

CHANNEL = "platform"
REPORT = "yearly-report@2026/town-a"
FIRE = "incident-information@fire/town-a"
GONE = Outcome(Result.RETRY, "unreachable", "no connection", server=True)
CHANNELS: dict[str, Any] = {
    "channels": ("inbox", CHANNEL),
    "transports": {"inbox": "inbox", CHANNEL: "webhook"},
}


@pytest.fixture
def store():
    made = memory_store()
    yield made
    made.close()


def play_of(store: Store, wanted: Wanted | None = None, now: str = "2026-12-01T10:00", **more: Any) -> Play:
    changes = {**CHANNELS, "subscriptions": {CHANNEL: wanted or Wanted()}, **more}
    begun = Play(store, world(tiny_register(), **changes), now)
    begun.plan()
    return begun


@pytest.fixture
def play(store: Store) -> Play:
    return play_of(store)


def told(play: Play, of: str = "") -> list[str]:
    """The kinds that were written down for the other system, in order."""
    return [kind for kind, subject in written(play) if of in ("", subject)]


def written(play: Play) -> list[tuple[str, str]]:
    rows = [row for row in play.all(tables.deliveries) if row.template == "change"]
    return [(row.payload["event"]["type"].split(".")[2], row.payload["event"]["subject"]) for row in rows]


def test_it_hears_what_becomes_of_a_deadline_and_when_it_opened(play: Play) -> None:
    assert set(told(play)) == {"opened"}
    play.report("incident", "fire", published="2026-12-01T10:00")
    play.acknowledge(FIRE, "ann")
    play.done(FIRE)
    play.do(acts.send_back, play.row(FIRE).number, "incomplete", actor=Actor("gao"))
    play.done(FIRE)
    play.do(acts.verify, play.row(FIRE).number, actor=Actor("gao"))
    assert told(play, FIRE) == ["opened", "acknowledged", "handed-in", "returned", "handed-in", "verified"]


def test_one_that_opens_later_is_told_when_it_opens(store: Store) -> None:
    play = play_of(store)
    later = "yearly-report@2027/town-a"
    assert told(play, later) == []
    play.go("2027-06-01T10:00")
    assert told(play, later)[:1] == ["opened"]


def test_it_hears_once_that_a_limit_has_passed_and_once_more_after_an_extension(play: Play) -> None:
    play.go("2026-12-30T23:59")
    assert "late" not in told(play, REPORT)
    asked = play.row(REPORT).number, at("2027-02-01").date(), "flood"
    play.do(more_time.ask_extension, *asked, actor=Actor("ann"))
    play.go("2027-01-20T10:00")
    assert told(play, REPORT).count("late") == 1
    play.do(more_time.grant_extension, asked[0], actor=Actor("gao"))
    assert told(play, REPORT)[-1] == "extended"
    play.go("2027-02-10T10:00")
    assert told(play, REPORT).count("late") == 2


def test_it_hears_of_a_deadline_that_is_another_units_now(play: Play) -> None:
    play.do(moving.reassign, play.row(REPORT).number, "office", "theirs", actor=Actor("gao"))
    assert told(play)[-1] == "reassigned"


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(frozenset({"handed-in"})), [("handed-in", FIRE)]),
        (Wanted(frozenset({"handed-in"}), frozenset({"town-b"})), []),
        (Wanted(frozenset({"handed-in", "returned"}), frozenset({"town-a"})), [("handed-in", FIRE)]),
    ],
)
def test_it_hears_what_it_subscribed_to(store: Store, wanted: Wanted, expected: list[Any]) -> None:
    play = play_of(store, wanted)
    play.report("incident", "fire", published="2026-12-01T10:00")
    play.done(FIRE)
    assert written(play) == expected


@pytest.mark.parametrize("mode", [Mode.REHEARSAL, Mode.REDIRECT])
def test_a_drill_is_told_to_no_other_system(store: Store, mode: Mode) -> None:
    play = play_of(store, mode=mode, redirect_to="me@example.org")
    play.report("incident", "fire", published="2026-12-01T10:00")
    play.done(FIRE)
    assert written(play) == []


def test_what_waits_when_messages_are_drills_again_waits_until_they_are_real(store: Store) -> None:
    play = play_of(store, mode=Mode.HOLD)
    waiting = len(written(play))
    assert waiting
    assert play.deliver() == []
    play.world = world(tiny_register(), **CHANNELS, subscriptions={CHANNEL: Wanted()}, mode=Mode.REHEARSAL)
    assert [parcel for parcel in play.deliver() if parcel.row.template == "change"] == []
    play.world = world(tiny_register(), **CHANNELS, subscriptions={CHANNEL: Wanted()})
    assert len([parcel for parcel in play.deliver() if parcel.row.template == "change"]) == waiting


def test_what_is_refused_is_no_change(play: Play) -> None:
    before = written(play)
    with pytest.raises(Refused):
        play.do(acts.verify, play.row(REPORT).number, actor=Actor("ann"))
    assert written(play) == before


def test_an_event_says_how_the_deadline_was_then_and_in_which_order(play: Play) -> None:
    play.report("incident", "fire", published="2026-12-01T10:00")
    play.done(FIRE)
    play.do(acts.send_back, play.row(FIRE).number, "incomplete", actor=Actor("gao"))
    sent = [parcel for parcel in play.deliver() if parcel.message and parcel.message.event]
    events = [json.loads(parcel.message.event) for parcel in sent if parcel.message]
    fire = [event for event in events if event["subject"] == FIRE]
    assert [event["data"]["state"] for event in fire] == ["open", "done", "returned"]
    assert [event["sequence"] for event in fire] == sorted(event["sequence"] for event in fire)
    assert len({event["sequence"] for event in fire}) == 3
    for event in events:
        # the attributes that CloudEvents 1.0.2 requires, and what a receiver counts on besides
        assert {"specversion", "id", "source", "type", "time", "datacontenttype", "data"} <= event.keys()
        assert event["specversion"] == "1.0"
    assert len({event["id"] for event in events}) == len(events)
    (handed,) = [event for event in fire if event["type"] == "alertd.deadline.handed-in"]
    assert handed["data"] == {
        **handed["data"],
        "id": FIRE,
        "case": "fire",
        "unit": "town-a",
        "due": "2026-12-01T07:00:00Z",
        "done_at": "2026-12-01T02:00:00Z",
        "breach": "",
    }


def test_no_event_has_a_text_that_somebody_wrote_or_anybodys_name(play: Play) -> None:
    play.report("incident", "fire", published="2026-12-01T10:00")
    play.done(FIRE, reason="a reason", evidence="a link")
    play.do(acts.send_back, play.row(FIRE).number, "incomplete", actor=Actor("gao"))
    said = json.dumps([row.payload for row in play.all(tables.deliveries) if row.template == "change"])
    for word in ("a reason", "a link", "incomplete", "gao", "clerk", "Case fire", "@example.org"):
        assert word not in said


def test_whoever_hears_by_machine_is_no_way_to_a_person(play: Play) -> None:
    person = play.world.register.people["ann"]
    assert all(channel != CHANNEL for channel, _ in routes_of(play.world, person, frozenset()))


# ---------------------------------------------------------------- the other system is away


def only_changes(play: Play) -> list[Any]:
    return [row for row in play.all(tables.deliveries) if row.template == "change"]


def test_while_the_other_system_is_away_nothing_is_lost_and_nobody_waits(play: Play) -> None:
    play.report("incident", "fire", published="2026-12-01T10:00")
    changes = len(only_changes(play))
    heard = play.go("2026-12-04T10:00", lambda p: GONE if p.row.channel == CHANNEL else _yes())
    assert {"ann"} <= {person for _, person, _ in heard}
    assert {row.state for row in only_changes(play)} == {"waiting"}
    play.go("2026-12-04T11:00")
    assert {row.state for row in only_changes(play)} == {"accepted"}
    assert len(only_changes(play)) >= changes
    assert "change-untold" not in play.admin_topics()


def _yes() -> Outcome:
    return Outcome(Result.ACCEPTED)


def test_the_admin_hears_that_it_is_away_and_that_it_is_back(play: Play) -> None:
    with play.store.write() as tx:
        note(play.scope(tx), {CHANNEL: Illness(play.now, "502")})
    with play.store.write() as tx:
        note(play.scope(tx), {})
    assert play.admin_topics() == ["subscriber-away", "channel-well"]


def test_after_fourteen_days_the_admin_hears_what_it_will_not_hear(play: Play) -> None:
    waiting = len(only_changes(play))
    play.now += KEPT_FOR
    assert play.do(give_up_old) == 0
    play.now += timedelta(minutes=1)
    assert play.do(give_up_old) == waiting
    play.fire()
    assert play.admin_topics().count("change-untold") == waiting
    assert {row.state for row in only_changes(play)} == {"refused"}


def test_what_waits_for_a_subscription_that_is_ended_is_told_to_the_admin(play: Play) -> None:
    waiting = len(only_changes(play))
    assert play.do(leave_channels, ["inbox"], True) == waiting
    play.fire()
    assert play.admin_topics().count("change-untold") == waiting


# ---------------------------------------------------------------- the table of kinds

#: what is no change of a deadline for anybody outside: how the program keeps its own record
OURS = {
    "retimed", "made-up", "carried-over", "next-version", "case-open-again", "exceeded", "unreachable",
    "afresh", "handed-over",
}  # fmt: skip


def _actions() -> set[str]:
    """What the engine calls a change: the first text of each Change, and the third of each patch."""
    found = set()
    for path in (Path(acts.__file__).parents[1]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", "")
            place = {"Change": 0, "patch": 2}.get(name)
            given = node.args[place] if place is not None and len(node.args) > place else None
            if isinstance(given, ast.Constant):
                found.add(str(given.value))
    return found


def test_every_change_is_somebody_elses_business_or_ours() -> None:
    found = _actions()
    assert {"done", "returned", "acknowledged"} <= found
    assert found - KINDS.keys() <= OURS
    assert not KINDS.keys() & OURS
    assert KNOWN.count("reopened") == 1
