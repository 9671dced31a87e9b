"""Going live: what stands in the way, and what changes at that moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from alertd.engine.cases.events import report
from alertd.engine.cases.reported import Reported
from alertd.engine.firing.fire import fire
from alertd.engine.operations.going_live import (
    GoLive,
    go_live,
    is_example,
    live_since,
    obstacles,
    overdue_now,
    rehearsal,
)
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor, Scope
from alertd.engine.ruling.world import Mode
from alertd.store import audit, settings
from alertd.store.tables import deadlines, deliveries, notices
from tests.support.installed import NOW, change, installation, lay_down, started, with_real_addresses

CLERK = Actor("clerk")


@pytest.fixture
def city(tmp_path):
    return with_real_addresses(lay_down(tmp_path))


@pytest.fixture
def running(city):
    found, store = started(city)
    yield found, store
    store.close()


def _codes(world, senders=(), faults=(), blocked=frozenset()):
    return {each.code: each.items for each in obstacles(world, senders, faults, blocked)}


@pytest.mark.parametrize(
    "address", ["a@example.org", "A <a@mail.Example.COM>", "a@x.invalid", "a@example.net.", "a@city.example"]
)
def test_shipped_addresses_are_recognised(address):
    assert is_example(address)


@pytest.mark.parametrize("address", ["a@city.gov.cn", "a@notexample.org", "a@example.org.cn", "a@mail.test"])
def test_addresses_of_ones_own_are_not(address):
    assert not is_example(address)


def test_the_shipped_files_may_not_go_live(tmp_path):
    world = installation(lay_down(tmp_path)).written()
    found = _codes(world, ["alertd <alertd@example.org>"], ["config.toml:1:1: wrong"])
    assert list(found) == ["faults", "examples", "no-channel"]
    assert "[admin] to admin@example.org" in found["examples"]
    assert "sender alertd <alertd@example.org>" in found["examples"]
    assert any(item.startswith("qin-wenbo.government-office ") for item in found["examples"])


def test_a_city_with_addresses_and_a_channel_of_its_own_may(city):
    assert _codes(installation(city).written(), ["alertd@city.gov.test"]) == {}


def test_somebody_only_the_inbox_would_reach_stands_in_the_way(city):
    change(city / "schedules/people.csv", "qin-wenbo.government-office@city.gov.test", "", "utf-8-sig")
    assert _codes(installation(city).written()) == {"unreachable": ("qin-wenbo.government-office 秦文博",)}


def test_an_address_the_provider_refuses_reaches_nobody(city):
    blocked = frozenset({("email", "qin-wenbo.government-office@city.gov.test")})
    assert list(_codes(installation(city).written(), blocked=blocked)) == ["unreachable"]


def test_going_live_is_recorded_audited_and_told_once(running):
    found, store = running
    world = found.ruling(store, NOW)
    assert store.transact(lambda tx: go_live(Scope(tx, world, NOW, CLERK), GoLive(12)).changed)
    assert not store.transact(lambda tx: go_live(Scope(tx, world, NOW, CLERK), GoLive(12)).changed)
    with store.read() as tx:
        assert live_since(tx) == NOW
        entries = [row for row in audit.of_deadline(tx, audit.REGISTER) if row.action == "went-live"]
        told = tx.execute(select(deliveries).where(deliveries.c.template == "admin")).fetchall()
    assert [(entry.actor, entry.detail) for entry in entries] == [("clerk", {"people": 12})]
    assert [row.payload["topic"] for row in told] == ["went-live"]
    assert [(row.channel, row.drill) for row in told] == [("email", False)]


def test_the_daemons_that_run_notice_that_another_rule_holds(running):
    found, store = running
    world = found.ruling(store, NOW)
    with store.read() as tx:
        before = settings.get(tx, settings.APPLIED)
    store.transact(lambda tx: go_live(Scope(tx, world, NOW, CLERK), GoLive(1)))
    with store.read() as tx:
        assert settings.get(tx, settings.APPLIED) == before + 1


def _messages(store):
    with store.read() as tx:
        return tx.execute(select(deliveries).where(deliveries.c.template == "message")).fetchall()


def test_what_was_reached_before_is_said_once_for_real(running):
    found, store = running
    late = NOW + timedelta(days=35)  # nobody ran the daemon over the reminders of the yearly reports
    world = found.ruling(store, NOW)
    store.transact(lambda tx: go_live(Scope(tx, world, late, CLERK), GoLive(1)))
    live = world.sending()
    assert store.transact(lambda tx: fire(Scope(tx, live, late), 1000)) == 0
    messages = _messages(store)
    assert messages
    assert {(row.channel, row.drill) for row in messages} == {("email", False)}
    assert len({row.person for row in messages}) == len(messages)


def _incident(tx, world, now):
    instants = {"published": now}
    event = Reported("major-incident", "i-1", ("justice-bureau",), instants, severity="major")
    report(Scope(tx, world, now, CLERK), event)
    fire(Scope(tx, world, now), 1000)


def test_what_a_rehearsal_would_repeat_is_let_go(running):
    found, store = running
    world = found.ruling(store, NOW)
    store.transact(lambda tx: _incident(tx, world, NOW))
    repeated = select(notices.c.id).where(notices.c.next_at.is_not(None))
    with store.read() as tx:
        before = set(tx.execute(repeated).scalars())
    store.transact(lambda tx: go_live(Scope(tx, world, NOW, CLERK), GoLive(1)))
    with store.read() as tx:
        after = set(tx.execute(repeated).scalars())
    assert before
    assert after
    assert not before & after


def test_a_real_message_never_joins_a_drill_that_still_waits(running):
    found, store = running
    now = NOW + timedelta(days=10)  # the evening: what is said now waits for the office to open
    redirected = replace(found.ruling(store, NOW), mode=Mode.REDIRECT, redirect_to="trial@city.gov.test")

    def fire_again(tx, world):
        tx.execute(update(deadlines).values(fired=(), next_action_at=now))
        while fire(Scope(tx, world, now), 1000):
            pass

    store.transact(lambda tx: fire_again(tx, redirected))
    with store.read() as tx:
        drills = rehearsal(tx).waiting
    store.transact(lambda tx: fire_again(tx, redirected.sending()))
    rows = _messages(store)
    with store.read() as tx:
        assert rehearsal(tx).waiting == drills > 0
    assert {row.address for row in rows if row.drill} == {"trial@city.gov.test"}
    assert {row.person for row in rows if not row.drill} == {row.person for row in rows if row.drill}
    assert "trial@city.gov.test" not in {row.address for row in rows if not row.drill}


def test_what_is_late_at_that_moment_is_counted(running):
    found, store = running
    assert found.ruling(store, NOW)
    with store.read() as tx:
        assert overdue_now(tx, NOW) == 0
        assert overdue_now(tx, NOW + timedelta(days=60)) > 0


def test_without_the_record_live_in_the_file_means_rehearsal(city):
    started(city)[1].close()
    change(city / "config.toml", 'mode = "rehearsal"', 'mode = "live"')
    found, store = started(city)
    assert found.ruling(store, NOW).mode is Mode.REHEARSAL
    world = found.ruling(store, NOW)
    store.transact(lambda tx: go_live(Scope(tx, world, NOW, CLERK), GoLive(1)))
    assert found.ruling(store, NOW).mode is Mode.LIVE
    store.close()


def test_nobody_goes_live_past_what_stands_in_the_way(running):
    found, store = running
    world = found.ruling(store, NOW)
    for asked in (
        GoLive(1, senders=("alertd@example.org",)),
        GoLive(1, faults=("people.csv:1:1: …",)),
        GoLive(1, differ=True),
    ):
        with pytest.raises(Refused, match="not-ready"):
            store.transact(lambda tx, asked=asked: go_live(Scope(tx, world, NOW, CLERK), asked))
    with store.read() as tx:
        assert live_since(tx) is None
