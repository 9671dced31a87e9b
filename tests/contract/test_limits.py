"""PostgreSQL holds to the width of its columns and takes no NUL; SQLite takes anything. Nothing may break."""

from dataclasses import replace

import pytest

from alertd.engine.sending.delivering import Attempt, record
from alertd.store import tables
from alertd.store.database import Store
from alertd.transports.base import Outcome, Result
from tests.support.play import ACCEPTED, Play
from tests.support.register import tiny_register, world


@pytest.fixture
def play(store: Store) -> Play:
    return Play(store, world(), "2026-12-05T02:00")


def test_the_longest_case_fits_everywhere_it_is_written(play: Play) -> None:
    case = "c" * 120
    play.report("incident", case, published="2026-12-05T02:00")
    play.go("2026-12-05T03:00")
    assert {row.state for row in play.all(tables.deliveries)} == {"accepted"}


def test_the_longest_ids_of_people_and_cases_fit_in_one_message(play: Play) -> None:
    register = tiny_register()
    longest = {name: f"{name}.".ljust(80, "x") for name in register.people}
    people = {longest[name]: replace(person, id=longest[name]) for name, person in register.people.items()}
    play.world = world(replace(register, people=people))
    play.report("incident", "c" * 120, published="2026-12-05T02:00")
    play.go("2026-12-05T03:00")
    assert {row.state for row in play.deliveries_to(longest["ann"])} == {"accepted"}


def test_a_provider_may_answer_anything_at_any_length(play: Play) -> None:
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.fire()
    parcels = play.lease("inbox")
    answer = Outcome(Result.REFUSED, "5" * 500, "no\0 such\0 mailbox " * 100, address_dead=True)
    play.do(record, [Attempt(parcel, answer, 0.1) for parcel in parcels])
    receipts = play.all(tables.receipts)
    assert {row.result for row in receipts} == {"refused"}
    assert all("\0" not in row.detail for row in receipts)


def test_a_message_that_falls_back_again_and_again_keeps_a_name_that_fits(play: Play) -> None:
    play.world = world(
        channels=("telegram", "email", "inbox"),
        transports={"telegram": "telegram", "email": "email", "inbox": "inbox"},
    )
    play.report("incident", "c" * 120, published="2026-12-05T02:00")
    refused = Outcome(Result.REFUSED, "550", "no")
    play.go("2026-12-05T02:00", lambda parcel: ACCEPTED if parcel.row.person == "admin" else refused)
    assert {row.channel for row in play.deliveries_to("ann")} == {"telegram", "email"}


def test_what_the_admin_cannot_be_told_at_all_is_not_told_for_ever(play: Play) -> None:
    play.report("incident", "fire", published="2026-12-05T02:00")
    refused = Outcome(Result.REFUSED, "550", "no")
    play.go("2026-12-05T02:01", lambda parcel: refused)
    assert {row.state for row in play.deliveries_to("admin")} == {"refused"}
