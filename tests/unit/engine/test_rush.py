"""Off the rush hour of those providers that ask for it: day clocks are spread, hour clocks never wait."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from alertd.core.pacing import RUSH, off_the_rush
from tests.support.play import Play
from tests.support.register import ZONE, at, tiny_register, with_person

WECOM: dict[str, Any] = {"channels": ("wecom",), "transports": {"wecom": "wecom", "inbox": "inbox"}}


def begun(begin: Any, now: str, **ways: Any) -> Play:
    played: Play = begin(now, with_person(tiny_register(), "ann", wecom="ann"), **ways)
    return played


def test_a_day_clock_is_spread_and_the_days_news_is_one_message_still(begin: Any) -> None:
    play = begun(begin, "2026-12-16T08:00", **WECOM)
    play.plan()
    play.go("2026-12-17T08:00")
    first = play.deliveries_to("ann")
    assert first
    for row in first:
        local = row.sent_at.astimezone(ZONE)
        opening = local.replace(hour=8, minute=30, second=0, microsecond=0)
        assert row.sent_at == off_the_rush(opening, "ann", ZONE)
        assert timedelta(0) < row.sent_at - opening < RUSH
    assert len({row.sent_at.date() for row in first}) == len(first)


def test_an_hour_clock_never_waits(begin: Any) -> None:
    play = begun(begin, "2026-12-05T02:00", **WECOM)
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.go("2026-12-05T02:00")
    assert [row.sent_at for row in play.deliveries_to("ann")] == [at("2026-12-05T02:00")]


def test_other_channels_leave_at_opening(begin: Any) -> None:
    play = begun(
        begin, "2026-12-16T08:00", channels=("email",), transports={"email": "email", "inbox": "inbox"}
    )
    play.plan()
    play.go("2026-12-17T08:00")
    assert {f"{row.sent_at.astimezone(ZONE):%H:%M:%S}" for row in play.deliveries_to("ann")} == {"08:30:00"}
