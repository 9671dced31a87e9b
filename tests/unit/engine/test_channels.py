"""What an attempt ended with says of its channel, and what that means for the message."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from alertd.core.breaker import FAILURES, SAME_REFUSALS
from alertd.engine.running.channels import WEAK_PAUSE, Allowance, Channels
from alertd.store.illness import NOT_STARTED, Illness
from alertd.transports.base import Outcome, Result
from alertd.transports.inbox import InboxTransport
from tests.unit.engine.test_dispatcher import Watch

AWAY = Outcome(Result.RETRY, "connect", "no connection", server=True)
DENIED = Outcome(Result.REFUSED, "550", "relaying denied", address_dead=True)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def channels(watch: Watch) -> Channels:
    return Channels(watch)


@pytest.fixture
def mail() -> InboxTransport:
    return InboxTransport()


def row(number: int, attempts: int = 0) -> Any:
    return SimpleNamespace(id=number, person=f"p{number}", channel="email", attempts=attempts)


def tried(channels: Channels, mail: InboxTransport, count: int, outcome: Outcome) -> list[Outcome]:
    found = []
    for number in range(count):
        channels.began(mail, row(number))
        found.append(channels.ended(mail, row(number), outcome))
    return found


def test_failures_of_the_provider_make_its_channel_ill(
    channels: Channels, mail: InboxTransport, watch: Watch
) -> None:
    assert tried(channels, mail, FAILURES, AWAY) == [AWAY] * FAILURES
    ill = channels.ill({"email": mail}, ("email",))
    assert ill == {"email": Illness(watch.now(), "connect no connection")}
    assert channels.allowance(mail) == Allowance(most=0, again=True)
    watch.seconds += channels.rests_for(mail)
    assert channels.allowance(mail) == Allowance(most=1, again=True)


def test_a_provider_that_refuses_everybody_has_refused_nobody(
    channels: Channels, mail: InboxTransport
) -> None:
    before, last = tried(channels, mail, SAME_REFUSALS, DENIED)[:-1], SAME_REFUSALS - 1
    assert before == [DENIED] * last  # nobody could know yet
    outcome = channels.ended(mail, row(9), DENIED)
    assert (outcome.result, outcome.address_dead, outcome.code) == (Result.RETRY, False, "550")
    (illness,) = channels.ill({"email": mail}, ()).values()
    assert set(range(SAME_REFUSALS)) <= set(illness.refused)


def test_a_channel_that_could_not_be_started_is_ill(channels: Channels, watch: Watch) -> None:
    assert channels.ill({}, ("email",)) == {"email": Illness(watch.now(), NOT_STARTED)}


def test_a_channel_with_new_settings_begins_well(channels: Channels, mail: InboxTransport) -> None:
    tried(channels, mail, FAILURES, AWAY)
    renewed = InboxTransport()
    assert channels.ill({"email": renewed}, ("email",)) == {}
    channels.ended(mail, row(9), AWAY)  # an attempt of before ends
    assert channels.ill({"email": renewed}, ("email",)) == {}


def test_the_day_it_fell_ill_is_the_first(channels: Channels, mail: InboxTransport, watch: Watch) -> None:
    tried(channels, mail, FAILURES, AWAY)
    began = watch.now()
    watch.seconds += 60
    channels.ended(mail, row(9), AWAY)
    assert channels.ill({"email": mail}, ())["email"].since == began


def test_where_nothing_of_what_is_due_may_be_tried_it_is_looked_at_a_moment_later(
    channels: Channels, mail: InboxTransport, watch: Watch
) -> None:
    assert channels.rests_for(mail) == 0.0
    channels.pause(mail)
    assert channels.rests_for(mail) == WEAK_PAUSE
    watch.seconds += WEAK_PAUSE
    assert channels.rests_for(mail) == 0.0
