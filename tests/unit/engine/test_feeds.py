"""A system that reports events falls silent: the admin hears once, and once that it is back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from alertd.engine.notify import feeds
from alertd.engine.operations.feeds import heard, reported
from alertd.engine.preview.checkup import feeds_finding
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor
from alertd.store.database import memory_store
from tests.support.play import Play
from tests.support.register import at, tiny_register, world

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
PLATFORM = Actor("token:platform", "token:platform")


@pytest.fixture
def play() -> Iterator[Play]:
    store = memory_store()
    yield Play(store, world(tiny_register(), feeds={"platform": HOUR}), "2026-12-01T10:00")
    store.close()


def look(play: Play, started: str = "2026-12-01T10:00") -> None:
    play.do(feeds.look, at(started))


def finding(play: Play) -> tuple[str, str, tuple[str, ...]]:
    with play.store.read() as tx:
        found = feeds_finding(play.scope(tx))
    return found.level, found.say, tuple(map(str, found.items))


def test_a_silence_is_told_once_and_so_is_its_end(play: Play) -> None:
    play.do(heard, "platform")
    play.now += HOUR
    look(play)
    assert play.admin_topics() == []
    for _ in range(3):
        play.now += MINUTE
        look(play)
    assert play.admin_topics() == ["feed-silent"]
    assert finding(play) == ("warn", "silent", ("platform: 2026-12-01 10:00:00",))
    play.do(heard, "platform")
    play.do(heard, "platform")
    assert play.admin_topics() == ["feed-silent", "feed-back"]
    assert finding(play)[:2] == ("ok", "heard")
    play.now += 2 * HOUR
    look(play)
    assert play.admin_topics().count("feed-silent") == 2


def test_one_that_was_never_heard_is_waited_for_from_when_it_was_named(play: Play) -> None:
    look(play)
    assert finding(play) == ("ok", "heard", ("platform: –",))
    play.now += HOUR + MINUTE
    look(play)
    assert play.admin_topics() == ["feed-silent"]


def test_our_own_downtime_accuses_nobody_until_an_interval_has_passed_since(play: Play) -> None:
    play.do(heard, "platform")
    play.now += 24 * HOUR
    look(play, "2026-12-02T09:30")
    assert play.admin_topics() == []
    play.now += 31 * MINUTE
    look(play, "2026-12-02T09:30")
    assert play.admin_topics() == ["feed-silent"]


def test_a_silence_that_was_told_is_not_told_again_after_a_restart(play: Play) -> None:
    play.do(heard, "platform")
    play.now += 2 * HOUR
    look(play)
    play.now += 5 * HOUR
    look(play, "2026-12-01T15:00")
    assert play.admin_topics() == ["feed-silent"]


def test_a_clock_that_was_set_back_does_not_silence_a_silence(play: Play) -> None:
    play.now += 240 * HOUR
    play.do(heard, "platform")
    play.now -= 240 * HOUR
    look(play)
    play.now += HOUR + MINUTE
    look(play)
    assert play.admin_topics() == ["feed-silent"]


def test_an_event_that_it_reports_is_a_sign_of_life(play: Play) -> None:
    play.now += 2 * HOUR
    with play.store.write() as tx:
        reported(play.scope(tx, PLATFORM))
    look(play)
    assert play.admin_topics() == []
    assert finding(play)[2] == ("platform: 2026-12-01 12:00:00",)


@pytest.mark.parametrize("who", [Actor("platform"), Actor("token:other", "token:other"), Actor("ann", "")])
def test_what_others_report_is_no_sign_of_its_life(play: Play, who: Actor) -> None:
    look(play)
    with play.store.write() as tx:
        reported(play.scope(tx, who))
    assert finding(play)[2] == ("platform: –",)


def test_only_a_feed_that_is_named_is_heard(play: Play) -> None:
    with pytest.raises(Refused) as refused:
        play.do(heard, "unknown")
    assert (refused.value.code, refused.value.values["known"]) == ("no-feed", "platform")
