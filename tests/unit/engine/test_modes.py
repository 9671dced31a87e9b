"""Where messages go: rehearsal, redirect, hold; and people who went on leave meanwhile."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alertd.engine.notify.telling import TOLD
from alertd.engine.ruling.world import Mode
from alertd.engine.sending.delivering import claim
from alertd.store import tables
from tests.support.play import Play
from tests.support.register import at, away, live_channels, tiny_register, with_person, world
from tests.support.rows import add_delivery

INCIDENT = "incident-information@fire/town-a"


def _incident(begin, *args, **changes) -> Play:
    play: Play = begin("2026-12-05T02:00", *args, **changes)
    play.report("incident", "fire", published="2026-12-05T02:00")
    return play


def test_a_rehearsal_keeps_everything_in_the_inbox_marked_as_a_drill(begin) -> None:
    play = _incident(begin, mode=Mode.REHEARSAL, **live_channels())
    assert [p.message.subject[:6] for p in _delivered(play) if p.message] == ["[DRILL"] * 2
    assert {(row.channel, row.drill, row.state) for row in play.all(tables.deliveries)} == {
        ("inbox", True, "accepted")
    }


def _delivered(play: Play):
    play.fire()
    return play.deliver()


def test_redirected_messages_go_to_one_address_marked_as_a_drill(begin) -> None:
    play = _incident(begin, mode=Mode.REDIRECT, redirect_to="me@example.org", **live_channels())
    parcels = _delivered(play)
    assert {(p.row.channel, p.row.address, p.row.drill) for p in parcels} == {
        ("email", "me@example.org", True)
    }
    assert {p.row.person for p in parcels} == {"ann", "han"}


def test_on_hold_everything_is_decided_and_nothing_leaves(begin) -> None:
    play = _incident(begin, mode=Mode.HOLD)
    assert play.go("2026-12-05T04:40") == []
    assert {row.state for row in play.all(tables.deliveries)} == {"waiting"}
    assert play.row(INCIDENT).fired == ("started", "half")


def test_what_was_held_leaves_when_the_hold_ends(begin) -> None:
    play = _incident(begin, mode=Mode.HOLD)
    play.fire()
    play.world = replace(play.world, mode=Mode.LIVE)
    play.now += timedelta(minutes=30)
    assert sorted(p.row.person for p in play.deliver()) == ["ann", "han"]


def test_what_is_no_longer_owed_when_the_hold_ends_is_dropped(begin) -> None:
    play = _incident(begin, mode=Mode.HOLD)
    play.go("2026-12-05T02:05")
    play.done(INCIDENT, by="ann")
    play.world = replace(play.world, mode=Mode.LIVE)
    assert play.go("2026-12-05T02:10") == [("12-05T02:05", "han", ("done",))]
    dropped = play.deliveries_to("ann")[0]
    assert (dropped.state, dropped.attempts) == ("dropped", 0)  # nothing was tried


def test_a_drill_that_still_waits_is_not_joined_by_what_is_real(begin) -> None:
    play: Play = begin("2026-12-04T18:00", mode=Mode.REHEARSAL)
    play.report("draft", "one", received="2026-12-04T17:00")
    play.fire()
    play.world = replace(play.world, mode=Mode.LIVE)
    play.report("draft", "two", received="2026-12-04T17:00")
    play.fire()
    assert [row.drill for row in play.all(tables.deliveries)] == [True, False]


def test_a_message_held_over_an_hour_goes_to_the_deputy_of_whoever_left_meanwhile(begin) -> None:
    play: Play = begin("2026-12-04T18:00")
    play.report("draft", "rules", received="2026-12-04T17:00")
    play.fire()
    play.world = world(away("ann", "2026-12-07", "2026-12-11")(tiny_register()))
    heard = play.go("2026-12-07T09:00")
    assert heard == [("12-07T08:30", "ben", ("open",))]
    (notice,) = play.all(tables.notices)
    assert (notice.person, notice.deputy_for) == ("ben", "Ann")
    due = play.row("draft-review@rules/town-a").due
    assert [(row.person, row.state, row.due) for row in play.all(tables.deliveries)] == [
        ("ann", "dropped", due),
        ("ben", "accepted", due),
    ]
    assert "Ann" in play.deliveries_to("ben")[0].body


@pytest.mark.parametrize("decided", ["2026-12-07T07:45", "2026-12-07T07:30"])  # to the minute an hour
def test_a_message_held_for_no_more_than_an_hour_is_not_addressed_anew(begin, decided: str) -> None:
    play: Play = begin(decided)
    play.report("draft", "rules", received="2026-12-04T17:00")
    play.fire()
    play.world = world(away("ann", "2026-12-07", "2026-12-11")(tiny_register()))
    assert play.go("2026-12-07T09:00") == [("12-07T08:30", "ann", ("open",))]


def test_news_that_was_held_long_still_goes_to_whom_it_names(begin) -> None:
    """It carries no notices: a message made anew for the deputy would have nothing to say."""
    play: Play = begin("2026-12-07T08:30", away("ann", "2026-12-07", "2026-12-11")(tiny_register()))
    held = {"created_at": at("2026-12-04T18:00"), "not_before": play.now}
    with play.store.write() as tx:
        news = add_delivery(tx, "ann", template=TOLD, **held)
        rows = claim(tx, play.world, "inbox", play.now, 10, timedelta(minutes=1))
    assert [(row.id, row.person) for row in rows] == [(news, "ann")]
    assert [row.state for row in play.all(tables.deliveries)] == ["leased"]


def test_without_a_deputy_a_held_message_still_goes_to_its_person(begin) -> None:
    play: Play = begin("2026-12-04T18:00")
    play.report("draft", "rules", received="2026-12-04T17:00")
    play.fire()
    gone = with_person(away("ann", "2026-12-07", "2026-12-11")(tiny_register()), "ann", deputy=None)
    play.world = world(gone)
    assert play.go("2026-12-07T09:00") == [("12-07T08:30", "ann", ("open",))]


def test_a_step_goes_to_whoever_is_there_when_it_is_reached(begin) -> None:
    play = _incident(begin, away("ann", "2026-12-05", "2026-12-05")(tiny_register()))
    assert [who for _, who, _ in play.go("2026-12-05T02:00")] == ["han", "ben"]
    stood_in_for = {notice.person: notice.deputy_for for notice in play.all(tables.notices)}
    assert stood_in_for == {"han": "", "ben": "Ann"}


def test_an_empty_position_is_told_to_the_admin_once_a_day(begin) -> None:
    register = tiny_register()
    people = {name: person for name, person in register.people.items() if name != "eve"}
    play: Play = begin("2026-12-05T02:00", replace(register, people=people))
    play.report("incident", "fire", "town-b", published="2026-12-05T02:00")
    play.go("2026-12-05T08:00")
    assert play.admin_topics() == ["vacant"]
    (told,) = [row for row in play.all(tables.deliveries) if row.template == "admin"]
    assert play.admin_told()[0][1]["unit"] == "town-b"
    assert not told.drill


def test_the_admin_is_greeted_by_the_name_config_toml_gives(begin) -> None:
    play: Play = begin("2026-12-05T02:00", replace(tiny_register(), people={}))
    play.world = replace(play.world, admin_name="馬文", language="zh-Hans")
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.go("2026-12-05T02:01")
    told = [parcel.message for parcel in play.sent if parcel.row.template == "admin"]
    assert told
    assert all(message and message.text.startswith("马文：\n") for message in told)


def test_a_step_that_reaches_nobody_is_told_to_the_admin(begin) -> None:
    register = tiny_register()
    play: Play = begin("2026-12-05T02:00", replace(register, people={}))
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.go("2026-12-05T02:00")
    assert "nobody" in play.admin_topics()
    assert play.row(INCIDENT).next_action_at == at("2026-12-05T04:30")


def test_a_real_message_still_waiting_does_not_leave_while_rehearsing_again(begin) -> None:
    play = _incident(begin, mode=Mode.HOLD, **live_channels())
    play.fire()
    play.world = replace(play.world, mode=Mode.REHEARSAL)
    assert play.deliver() == []
    play.world = replace(play.world, mode=Mode.LIVE)
    assert {p.row.drill for p in play.deliver()} == {False}


def test_before_going_live_even_what_is_on_hold_is_a_drill_in_the_inbox(begin) -> None:
    play = _incident(begin, mode=Mode.HOLD, live=False, **live_channels())
    play.fire()
    assert {(row.channel, row.drill) for row in play.all(tables.deliveries)} == {("inbox", True)}


def test_who_heard_of_it_in_a_rehearsal_only_hears_nothing_more_after_going_live(begin) -> None:
    play = _incident(begin, mode=Mode.REHEARSAL, live=False, **live_channels())
    play.go("2026-12-05T02:05")
    play.world = play.world.sending()
    play.done(INCIDENT, by="han")
    assert play.go("2026-12-05T02:10") == []
