"""How many texts may leave in a day: looked at before the call, and never in the way of an hour clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from alertd.core.text_messages import Texting
from alertd.engine.sending.caps import OVER_LIMIT
from alertd.engine.sending.delivering import follow_failures
from alertd.messages.catalogue import Catalogue
from alertd.store import tables
from alertd.transports.base import Outcome, Result
from tests.support.play import Play
from tests.support.register import tiny_register, with_person

ANN = "+8613800138000"
BOTH: dict[str, Any] = {
    "channels": ("sms", "email"),
    "transports": {"sms": "sms", "email": "email", "inbox": "inbox"},
}
ALONE: dict[str, Any] = {"channels": ("sms",), "transports": {"sms": "sms", "inbox": "inbox"}}


def texting(**more: Any) -> dict[str, Any]:
    return {"texting": {"sms": Texting("珠海市政府", **more)}}


def register():
    return with_person(tiny_register(), "ann", mobile=ANN, channels=())


def sent(play: Play, person: str = "ann") -> list[str]:
    return [p.row.channel for p in play.sent if p.row.person == person and p.message is not None]


def over(play: Play) -> list[str]:
    return [topic for topic in play.admin_topics() if topic == "texts-over-limit"]


def incidents(play: Play, count: int) -> None:
    for number in range(count):
        play.report("incident", f"fire-{number}", published="2026-12-07T10:00")
        play.fire()
        play.deliver()
        play.now += timedelta(seconds=40)


def test_an_hour_clock_passes_and_the_admin_hears(begin) -> None:
    play = begin("2026-12-07T10:00", register(), **BOTH, **texting(per_person=2))
    incidents(play, 4)
    assert sent(play)[:4] == ["sms"] * 4
    assert over(play) == ["texts-over-limit"]


def test_each_message_is_counted_once_however_often_it_is_tried(begin) -> None:
    play = begin("2026-12-07T10:00", register(), **BOTH, **texting(per_person=2))
    play.report("incident", "fire", published="2026-12-07T10:00")
    play.fire()
    play.deliver(lambda parcel: Outcome(Result.RETRY, "503", "later"))
    play.now += timedelta(seconds=5)
    play.deliver()
    mine = [row for row in play.all(tables.sendings) if row.person == "ann"]
    assert (len(mine), len([c for c in sent(play) if c == "sms"])) == (1, 2)


def again(play: Play, **changes: Any) -> None:
    """One more message to ann that says what the first one says."""
    row = play.deliveries_to("ann")[0]
    links = [link for link in play.all(tables.delivery_notices) if link.delivery == row.id]
    values = dict(row._mapping) | {
        "id": row.id + 1,
        "state": "waiting",
        "attempts": 0,
        "sent_at": None,
        "first_attempt_at": None,
        "message_id": "x@y",
        "bundle": "again",
        "not_before": play.now,
        **changes,
    }
    with play.store.write() as tx:
        tx.execute(tables.deliveries.insert().values(values))
        for link in links:
            tx.execute(tables.delivery_notices.insert().values(delivery=values["id"], notice=link.notice))


def day_clock(begin: Any, ways: dict[str, Any], **limits: Any) -> Play:
    """A message of a day clock for ann, when a text left to her already today."""
    play: Play = begin("2026-12-07T10:00", register(), **ways, **texting(**limits))
    incidents(play, 1)
    again(play, by_the_hour=False, due=None)
    return play


def test_over_the_limit_a_day_clock_goes_over_the_next_channel(begin) -> None:
    play = day_clock(begin, BOTH, per_person=1)
    play.deliver()
    play.do(follow_failures, 10)
    play.deliver()
    assert sent(play) == ["sms", "email"]
    assert over(play) == ["texts-over-limit"]
    said = [row.detail for row in play.all(tables.receipts) if row.result == "refused"]
    assert said == [Catalogue(play.world.language).say(OVER_LIMIT)]


def test_who_has_no_other_channel_waits_for_the_next_opening_and_loses_nothing(begin) -> None:
    play = day_clock(begin, ALONE, per_person=1)
    play.deliver()
    (row,) = [each for each in play.deliveries_to("ann") if each.bundle == "again"]
    opens = play.world.calendar.instant(play.now.astimezone(play.world.zone).date() + timedelta(days=1),
                                        play.world.office.opens)  # fmt: skip
    assert (row.state, row.attempts, row.not_before) == ("waiting", 0, opens)
    play.now = opens
    play.deliver()
    assert sent(play) == ["sms", "sms"]


def test_the_limit_of_the_whole_channel_counts_everybody(begin) -> None:
    play = begin("2026-12-07T10:00", register(), **BOTH, **texting(per_day=1))
    incidents(play, 2)
    assert over(play) == ["texts-over-limit"]


@pytest.mark.parametrize("limit", [0, 20])
def test_without_a_limit_reached_nothing_is_said(begin, limit: int) -> None:
    play = begin("2026-12-07T10:00", register(), **BOTH, **texting(per_person=limit))
    incidents(play, 3)
    assert (sent(play)[:3], over(play)) == (["sms"] * 3, [])


def test_no_two_texts_to_one_person_are_the_same(begin) -> None:
    play = begin("2026-12-07T10:00", register(), **BOTH, **texting())
    incidents(play, 1)
    again(play)
    parcels = [p for p in play.deliver() if p.row.person == "ann"]
    texts = [p.said for p in (*play.sent, *parcels) if p.row.person == "ann" and p.said]
    assert len(set(texts)) == 2
    marks = {r.mark for r in play.all(tables.sendings) if r.person == "ann"}
    assert len(marks) == 2
