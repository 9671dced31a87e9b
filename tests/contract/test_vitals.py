"""How the whole is, counted by both databases: how deadlines stand, what waits, what came of attempts."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from alertd.core.standing import standing_of
from alertd.engine.deadlines.figures import Figures
from alertd.engine.reporting.attempts import BOUNDS, CLASSES, Attempts, class_of
from alertd.engine.reporting.vitals import UNREADABLE, Vitals, running, vitals_of
from alertd.engine.ruling.world import Mode
from alertd.store import illness, nodes, settings, tables
from alertd.store.database import Store
from alertd.store.deadlines import UNFINISHED
from alertd.store.illness import Illness
from alertd.transports.base import Outcome, Result
from tests.support.play import Play
from tests.support.register import at, tiny_register, world

BUSY = Outcome(Result.RETRY, "451", "come again")


@pytest.fixture
def play(store: Store) -> Play:
    begun = Play(store, world(tiny_register()), "2026-12-01T10:00")
    begun.plan()
    return begun


def vitals(play: Play) -> Vitals:
    with play.store.read() as tx:
        return vitals_of(play.scope(tx), shared=False)


def one_by_one(play: Play) -> Counter[str]:
    """The standings of unfinished deadlines, each looked at by itself."""
    with play.store.read() as tx:
        scope = play.scope(tx)
        figures = Figures(scope)
        rows = tx.execute(select(tables.deadlines).where(tables.deadlines.c.state.in_(UNFINISHED)))
        found: Counter[str] = Counter()
        for row in rows:
            measured = figures.measure(row.obligation) is not None and row.opens_at <= play.now
            standing = (
                figures.standing(row, play.now)
                if measured
                else standing_of(row, play.now, scope.world.calendar)
            )
            found["suspended" if row.state == "suspended" else str(standing)] += 1
    return found


@pytest.mark.parametrize(
    "now",
    [
        "2026-12-02T09:00", "2026-12-04T13:59", "2026-12-04T14:00", "2026-12-24T23:59", "2026-12-25T00:00",
        "2026-12-26T12:00", "2026-12-30T23:59", "2026-12-31T00:00", "2026-12-31T00:01", "2027-12-28T08:00",
    ],
)  # fmt: skip
def test_the_database_counts_standings_as_they_are_looked_at_one_by_one(play: Play, now: str) -> None:
    play.report("incident", "fire", published="2026-12-01T10:00")
    play.now = at("2026-12-04T11:30")
    play.report("incident", "flood", published="2026-12-04T11:30")
    play.report("draft", "paper", received="2026-12-04T11:30")
    play.report("proposal", "p1", due=at("2026-12-28").date(), received="2026-12-04T11:30")
    play.now = at(now)
    counted = vitals(play)
    assert counted.standings == {**one_by_one(play), UNREADABLE: 0}
    assert counted.provisional == sum(row.provisional for row in play.all(tables.deadlines))


def test_one_that_is_paused_or_cannot_be_read_has_a_name_of_its_own(play: Play) -> None:
    row = play.row("yearly-report@2026/town-a")
    with play.store.write() as tx:
        change = update(tables.deadlines).where(tables.deadlines.c.number == row.number)
        tx.execute(change.values(state="suspended"))
    measured = [row for row in play.all(tables.deadlines) if row.obligation == "training"]
    broken = next(row for row in measured if row.opens_at <= play.now)
    with play.store.write() as tx:
        tx.execute(text("UPDATE deadlines SET last_day = 'no day' WHERE number = :n"), {"n": broken.number})
    counted = vitals(play).standings
    assert (counted["suspended"], counted[UNREADABLE]) == (1, 1)


def test_what_waits_is_counted_from_when_it_first_ought_to_have_left(play: Play) -> None:
    play.report("incident", "fire", published="2026-12-01T10:00")
    play.fire()
    waiting = vitals(play).channels["inbox"]
    assert (waiting.messages > 0, waiting.seconds) == (True, 0.0)
    play.deliver(lambda _: BUSY)  # to be tried again in a moment, which is not when it was due
    play.now += timedelta(seconds=100)
    assert vitals(play).channels["inbox"].seconds == 100.0
    play.deliver()
    assert vitals(play).channels["inbox"] == (waiting.__class__)(0, 0.0, False)


def test_nothing_waits_too_long_while_sending_is_on_hold(store: Store) -> None:
    play = Play(store, world(tiny_register(), mode=Mode.HOLD), "2026-12-01T10:00")
    play.plan()
    play.report("incident", "fire", published="2026-12-01T10:00")
    play.fire()
    play.now += timedelta(hours=3)
    waits = vitals(play).channels["inbox"]
    assert (waits.messages > 0, waits.seconds) == (True, 0.0)


def test_each_queue_says_how_long_its_first_has_waited(play: Play) -> None:
    assert set(vitals(play).queues.values()) == {0.0}
    play.report("incident", "fire", published="2026-12-01T10:00")
    play.now += timedelta(seconds=30)
    assert vitals(play).queues["deadlines"] == 30.0


def test_channels_nodes_and_a_held_change_are_told(play: Play) -> None:
    with play.store.write() as tx:
        nodes.beat(tx, "one", "1", play.now, play.now, {})
        nodes.beat(tx, "two", "1", play.now, play.now - timedelta(minutes=4), {})
        illness.say(tx, "one", {"inbox": Illness(play.now, "gone")})
        illness.say(tx, "two", {"inbox": Illness(play.now, "gone")})
        settings.put(tx, settings.HELD, {"one": "digest"})
    found = vitals(play)
    assert (found.channels["inbox"].ill, found.nodes, found.beat) == (True, {"running": 1, "silent": 1}, 0)
    assert found.held
    assert found.feeds == {}
    with play.store.read() as tx:
        assert running(tx, play.now, shared=False)
        assert not running(tx, play.now + timedelta(minutes=1), shared=True)
        assert not running(tx, play.now + timedelta(minutes=4), shared=False)


# ---------------------------------------------------------------- attempts


@pytest.fixture
def attempts(play: Play) -> Attempts:
    """Counts what is written from now on, at once."""
    found = Attempts(settled=-1.0)
    look(play, found)
    return found


def look(play: Play, attempts: Attempts) -> None:
    with play.store.read() as tx:
        attempts.look(play.scope(tx))


def test_every_attempt_is_counted_once_by_channel_and_what_came_of_it(play: Play, attempts: Attempts) -> None:
    play.report("incident", "fire", published="2026-12-01T10:00")
    play.fire()
    tried = len(play.deliver(lambda _: BUSY))
    look(play, attempts)
    look(play, attempts)
    assert attempts.results == {("inbox", "retry"): tried}
    assert attempts.again == {"busy": tried}
    play.now += timedelta(seconds=10)
    play.deliver()
    look(play, attempts)
    assert attempts.results["inbox", "accepted"] == tried


def test_lateness_runs_from_when_a_message_was_to_leave_until_it_was_accepted(
    play: Play, attempts: Attempts
) -> None:
    play.report("incident", "fire", published="2026-12-01T10:00")  # two hours ago: nobody could know
    play.now += timedelta(seconds=4)
    play.fire()
    play.now += timedelta(seconds=3)
    sent = len(play.deliver())
    look(play, attempts)
    place = BOUNDS.index(10.0)
    assert attempts.late["hours"].counts[place] == sent
    assert attempts.late["hours"].total == 7.0 * sent
    assert sum(attempts.late["days"].counts) == 0


def test_what_is_held_until_the_office_opens_is_not_late(play: Play, attempts: Attempts) -> None:
    play.go("2026-12-16T08:30")  # reached at the opening
    look(play, attempts)
    late = attempts.late["days"]
    assert (sum(late.counts) > 0, late.total) == (True, 0.0)


def test_a_repeat_is_late_only_from_when_it_was_decided(play: Play, attempts: Attempts) -> None:
    play.report("incident", "fire", published="2026-12-01T10:00")
    play.go("2026-12-01T10:45")
    look(play, attempts)
    assert attempts.late["hours"].total == 0.0


def test_codes_of_providers_are_told_in_a_few_words() -> None:
    said = {class_of(code) for code in ("451", "429", "auth", "timeout", "tls", "words", "9.9.9 nonsense")}
    assert said == {"busy", "login", "connection", "encryption", "ours", "other"}
    assert said <= set(CLASSES)
