"""A clock of minutes presses from its first one: no card is green with nine minutes left."""

from __future__ import annotations

from alertd.store.database import memory_store
from tests.support.play import Play
from tests.support.register import only, tiny_register, with_obligation, world

GREEN = "#2e7d32"


def test_a_message_of_a_ten_minute_clock_is_yellow_with_nine_minutes_left() -> None:
    register = with_obligation(
        only(tiny_register(), "incident-information"), "incident-information", rule="10 minutes"
    )
    store = memory_store()
    play = Play(store, world(register), "2026-12-05T02:01")
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.fire()
    for parcel in play.deliver():
        assert parcel.rendered is not None
        assert "[Near]" in parcel.rendered.text
        assert "9 min left" in " ".join(parcel.rendered.text.split())
        assert GREEN not in parcel.rendered.html
    assert play.sent
    store.close()
