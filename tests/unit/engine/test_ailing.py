"""While a channel serves nobody, what waits for it takes another way, and nothing of it is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from alertd.engine.notify.telling import Word, tell
from alertd.engine.sending.ailing import leave_ill, note
from alertd.engine.sending.composing import Parcel
from alertd.store import addresses, illness, nodes, tables
from alertd.store.illness import Illness
from alertd.transports.base import Outcome, Result
from tests.support.play import ACCEPTED, Play
from tests.support.register import at, live_channels, tiny_register, with_person

AWAY = Outcome(Result.RETRY, "connect", "no connection", server=True)
NO = Outcome(Result.REFUSED, "550", "no")


def ill(
    play: Play, *channels: str, said: str = "connect: no connection", refused: tuple[int, ...] = ()
) -> None:
    play.do(note, {channel: Illness(play.now, said, refused) for channel in channels})


def leave(play: Play, *channels: str) -> int:
    left: int = play.do(leave_ill, channels)
    play.fire()
    return left


def routes(play: Play, person: str) -> list[tuple[str, str]]:
    return [(row.channel, row.state) for row in play.deliveries_to(person)]


def over(channel: str, outcome: Outcome = AWAY) -> Callable[[Parcel], Outcome]:
    """An answer of the providers: a channel that fails, others that take everything."""
    return lambda parcel: outcome if parcel.row.channel == channel else ACCEPTED


def test_messages_of_hour_clocks_take_the_persons_next_channel_at_once(play: Play) -> None:
    ill(play, "telegram")
    assert leave(play, "telegram") == 2
    play.deliver(over("telegram"))
    assert routes(play, "ann") == [("telegram", "waiting"), ("email", "accepted")]


def test_what_was_said_meanwhile_is_not_said_again_when_the_channel_serves(play: Play) -> None:
    ill(play, "telegram")
    leave(play, "telegram")
    play.deliver(over("telegram"))
    play.now += timedelta(minutes=20)
    ill(play)
    sent: list[Parcel] = play.deliver()
    assert [parcel.row.person for parcel in sent if parcel.row.channel == "telegram"] == []
    assert routes(play, "ann") == [("telegram", "dropped"), ("email", "accepted")]


def test_what_was_not_said_meanwhile_leaves_when_the_channel_serves(play: Play) -> None:
    ill(play, "telegram")
    leave(play, "telegram")
    play.deliver(lambda parcel: AWAY if parcel.row.channel == "telegram" else NO)
    ill(play)
    play.now += timedelta(minutes=20)
    play.deliver()
    assert ("telegram", "accepted") in routes(play, "ann")


def test_who_has_no_other_channel_is_given_the_time_of_a_hiccup_before_the_next_position(play: Play) -> None:
    register = tiny_register()
    for name in register.people:
        register = with_person(register, name, email="")
    play.world = replace(play.world, register=register)
    ill(play, "telegram")
    assert leave(play, "telegram") == 0
    play.now += timedelta(minutes=9, seconds=59)
    assert leave(play, "telegram") == 0
    play.now += timedelta(seconds=1)
    assert leave(play, "telegram") == 2
    assert play.admin_topics().count("channel-ill") == 1


def test_messages_of_day_clocks_wait_as_long_as_one_channel_is_tried(begin) -> None:
    play: Play = begin("2026-12-05T02:00", **live_channels())
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.fire()
    with play.store.write() as tx:
        tx.execute(tables.deliveries.update().values(by_the_hour=False))
    ill(play, "telegram")
    assert leave(play, "telegram") == 0
    play.now += timedelta(minutes=10)
    assert leave(play, "telegram") == 2


def test_what_is_decided_while_a_channel_is_ill_goes_over_the_next_one_first(begin) -> None:
    play: Play = begin("2026-12-05T02:00", **live_channels())
    ill(play, "telegram")
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.fire()
    assert routes(play, "ann") == [("email", "waiting")]


def test_with_every_channel_ill_it_goes_over_the_persons_own_first(begin) -> None:
    play: Play = begin("2026-12-05T02:00", **live_channels())
    ill(play, "telegram", "email")
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.fire()
    assert routes(play, "ann") == [("telegram", "waiting")]
    assert leave(play, "telegram", "email") == 0


def test_news_that_concern_no_deadline_leave_an_ill_channel_too(play: Play) -> None:
    play.do(tell, Word("gate-passed", "one", {"what": "x"}), [("town-a", None, "contact")])
    ill(play, "telegram")
    leave(play, "telegram")
    told = [row for row in play.deliveries_to("ann") if row.template == "told"]
    assert [row.channel for row in told] == ["telegram", "email"]


def test_the_admin_hears_once_and_over_a_channel_that_serves(play: Play) -> None:
    play.world = replace(play.world, admin_to=("ann@example.org",))
    ill(play, "email")
    ill(play, "email")
    told = [row for row in play.deliveries_to("admin") if row.payload["topic"] == "channel-ill"]
    assert [(row.channel, row.address) for row in told] == [("telegram", "1")]
    ill(play)
    well = [row for row in play.deliveries_to("admin") if row.payload["topic"] == "channel-well"]
    assert [(row.channel, row.address) for row in well] == [("email", "ann@example.org")]


def test_an_admin_whom_the_directory_does_not_know_is_mailed_when_mail_serves(play: Play) -> None:
    play.world = replace(play.world, admin_to=("root@example.org",))
    ill(play, "email")
    told = [row for row in play.deliveries_to("admin") if row.payload["topic"] == "channel-ill"]
    assert [(row.channel, row.address) for row in told] == [("email", "root@example.org")]


def test_however_many_messages_leave_an_ill_channel_the_admin_is_told_by_one(play: Play) -> None:
    play.world = replace(play.world, admin_to=("root@example.org",))
    ill(play, "telegram")
    leave(play, "telegram")
    assert play.admin_topics() == ["channel-ill"]


def test_what_was_refused_to_everybody_leaves_again_and_nobodys_address_is_blamed(play: Play) -> None:
    play.deliver(over("telegram", Outcome(Result.REFUSED, "400", "no", address_dead=True)))
    (row,) = [row for row in play.deliveries_to("ann") if row.channel == "telegram"]
    assert row.state == "refused"
    ill(play, "telegram", refused=(row.id,))
    ill(play)
    with play.store.read() as tx:
        again = tx.execute(select(tables.deliveries).where(tables.deliveries.c.id == row.id)).one()
        assert ("telegram", "1") not in addresses.unusable(tx, play.now)
    assert (again.state, again.last_resort, again.not_before) == ("waiting", True, play.now)
    assert "channel-well" in play.admin_topics()


def test_drills_and_what_is_on_hold_leave_no_ill_channel(begin) -> None:
    play: Play = begin("2026-12-05T02:00", live=False, **live_channels())
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.fire()
    ill(play, "inbox")
    assert leave(play, "inbox") == 0


def test_a_channel_that_another_node_can_use_is_not_left(play: Play) -> None:
    play.store.transact(lambda tx: nodes.beat(tx, play.world.node, "1", play.now, play.now, {}))
    play.store.transact(lambda tx: nodes.beat(tx, "other", "1", play.now, play.now, {}))
    ill(play, "telegram")
    assert leave(play, "telegram") == 0
    play.store.transact(
        lambda tx: illness.say(tx, "other", {"telegram": Illness(at("2026-12-05T02:00"), "")})
    )
    assert leave(play, "telegram") == 2
