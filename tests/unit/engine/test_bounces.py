"""A mail that came back goes the way of a refusal: address, next channel, next position, admin."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alertd.engine.preview.checkup import OK
from alertd.engine.preview.comparing import sent_finding
from alertd.engine.ruling.signing_keys import signing_key
from alertd.engine.sending.letters import Taken, take_in
from alertd.mailin.reading import read
from alertd.store import addresses
from tests.support.play import Play
from tests.support.replies import MAIL_IN, bounce, reply

INCIDENT = "incident-information@fire/town-a"
MAIL_FIRST = {
    "channels": ("email", "telegram"),
    "transports": {"email": "email", "telegram": "telegram", "inbox": "inbox"},
    **MAIL_IN,
}


@pytest.fixture
def play(begin) -> Play:
    begun: Play = begin("2026-12-05T02:00", **MAIL_FIRST)
    begun.store.transact(signing_key)
    begun.report("incident", "fire", published="2026-12-05T02:00")
    begun.go("2026-12-05T02:00")
    return begun


def to_ann(play: Play):
    return next(p.message for p in play.sent if p.row.person == "ann" and p.row.channel == "email")


def came_back(play: Play, **how: str) -> Taken:
    return play.do(take_in, read(bounce(to_ann(play).sender, **how)))


def state(play: Play) -> str:
    return str(next(row.state for row in play.deliveries_to("ann") if row.channel == "email"))


def unusable(play: Play) -> bool:
    with play.store.read() as tx:
        return bool(addresses.unusable(tx, play.now))


def by_telegram(play: Play) -> list[str]:
    return [p.row.person for p in play.sent if p.row.channel == "telegram"]


def test_an_address_that_does_not_exist_is_marked_and_the_next_channel_used(play: Play) -> None:
    assert came_back(play) is Taken.BOUNCED
    play.go("2026-12-05T02:01")
    assert state(play) == "refused"
    assert unusable(play)
    assert by_telegram(play) == ["ann"]
    assert {"address-dead", "delivery-abandoned"} <= set(play.admin_topics())


def test_a_full_mailbox_is_another_way_but_no_dead_address(play: Play) -> None:
    assert came_back(play, status="5.2.2", said="mailbox full") is Taken.BOUNCED
    play.go("2026-12-05T02:01")
    assert (state(play), unusable(play), by_telegram(play)) == ("refused", False, ["ann"])


def test_a_mail_that_is_late_goes_another_way_once_and_may_still_arrive(play: Play) -> None:
    late = {"status": "4.4.1", "action": "delayed", "said": "timed out"}
    assert [came_back(play, **late) for _ in range(2)] == [Taken.BOUNCED, Taken.PASSED_OVER]
    play.go("2026-12-05T02:01")
    assert (state(play), unusable(play), by_telegram(play)) == ("accepted", False, ["ann"])


def test_where_no_channel_is_left_the_next_position_hears(begin) -> None:
    mail = {"channels": ("email",), "transports": {"email": "email", "inbox": "inbox"}}
    play = begin("2026-12-05T02:00", **mail, **MAIL_IN)
    play.store.transact(signing_key)
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.go("2026-12-05T02:00")
    before = {p.row.person for p in play.sent}
    assert came_back(play) is Taken.BOUNCED
    play.go("2026-12-05T02:01")
    assert {p.row.person for p in play.sent} - before - {"admin"}


def test_the_same_bounce_twice_is_one(play: Play) -> None:
    raw = read(bounce(to_ann(play).sender))
    assert [play.do(take_in, raw) for _ in range(2)] == [Taken.BOUNCED, Taken.PASSED_OVER]
    play.go("2026-12-05T02:01")
    assert by_telegram(play) == ["ann"]


def test_a_bounce_after_the_hand_in_tells_nobody_but_marks_the_address(play: Play) -> None:
    play.done(INCIDENT)
    sent = len(play.sent)
    assert came_back(play) is Taken.BOUNCED
    play.fire()
    play.deliver()
    assert [p.row.person for p in play.sent[sent:] if p.row.channel == "telegram"] == []
    assert unusable(play)


def test_a_bounce_that_comes_after_weeks_marks_no_address(play: Play) -> None:
    play.done(INCIDENT)
    play.now += timedelta(days=9)
    assert came_back(play) is Taken.BOUNCED
    play.fire()
    assert not unusable(play)


@pytest.mark.parametrize("forged", ["changed", "reply-address", "plain"])
def test_a_forged_bounce_does_nothing(play: Play, forged: str) -> None:
    mail = to_ann(play)
    to = {
        "changed": mail.sender.replace("@", "x@"),
        "reply-address": mail.reply_to,
        "plain": "alertd@gov.example",
    }[forged]
    assert play.do(take_in, read(bounce(to))) is Taken.UNKNOWN
    play.go("2026-12-05T02:01")
    assert (state(play), unusable(play), by_telegram(play)) == ("accepted", False, [])


def test_a_holiday_reply_to_the_envelope_sender_is_no_bounce(play: Play) -> None:
    raw = reply(
        to_ann(play).sender, "I am away", "ann@example.org", headers={"Auto-Submitted": "auto-replied"}
    )
    assert play.do(take_in, read(raw)) is Taken.PASSED_OVER
    assert state(play) == "accepted"


@pytest.mark.parametrize("how", [{}, {"status": "4.4.1", "action": "delayed"}])
def test_what_the_store_says_afterwards_holds_together(play: Play, how: dict[str, str]) -> None:
    came_back(play, **how)
    play.go("2026-12-05T02:01")
    with play.store.read() as tx:
        assert sent_finding(tx).level == OK
