"""Handing in to a receiver who reviews: returned, struck off, waived; and the receiver's own short clock."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from alertd.engine.operations import acts
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor
from alertd.store import audit
from tests.support.play import Play
from tests.support.register import at, only, tiny_register, with_obligation

REPORT = "yearly-report@2026/town-a"
OTHER = "yearly-report@2026/town-b"
GAO, ANN, DAN = Actor("gao"), Actor("ann"), Actor("dan")  # receiver, contact and principal of town-a


@pytest.fixture
def reviewed(begin: Any) -> Play:
    """Two towns that owe a report to the office, which reviews it within 5 working days."""
    register = with_obligation(only(tiny_register(), "yearly-report"), "yearly-report", closes="verify")
    play: Play = begin("2026-12-01T10:00", register)
    play.plan()
    play.go("2026-12-17T10:00")
    return play


def do(play: Play, work: Any, name: str, *args: Any, **more: Any) -> Any:
    return play.do(work, play.row(name).number, *args, **more)


def history(play: Play, name: str) -> list[Any]:
    number = play.row(name).number
    with play.store.read() as tx:
        return audit.of_deadline(tx, number)


def test_a_hand_in_starts_the_receivers_own_clock(reviewed: Play) -> None:
    reviewed.done(REPORT, by="ann")
    row = reviewed.row(REPORT)
    assert (row.state, row.review_due) == ("done", at("2026-12-25"))
    assert row.next_action_at is not None


def test_without_a_review_the_hand_in_ends_it(begin: Any) -> None:
    play = begin("2026-12-01T10:00", only(tiny_register(), "yearly-report"))
    play.plan()
    play.done(REPORT, by="ann")
    row = play.row(REPORT)
    assert (row.review_due, row.next_action_at, row.waits) == (None, None, "closed")


def test_where_nobody_receives_it_nobody_reviews_it(begin: Any) -> None:
    register = with_obligation(
        only(tiny_register(), "yearly-report"), "yearly-report", closes="verify", receiver=None
    )
    play = begin("2026-12-01T10:00", register)
    play.plan()
    play.done(REPORT, by="ann")
    row = play.row(REPORT)
    assert (row.review_due, row.next_action_at, row.waits) == (None, None, "closed")


def test_the_receiver_is_asked_halfway_on_the_last_day_and_after_it_and_the_owner_is_not(
    reviewed: Play,
) -> None:
    reviewed.done(REPORT, by="ann")
    reviewed.done(OTHER, by="eve")
    heard = reviewed.go("2027-01-10")
    asked = [(when, who) for when, who, steps in heard if any(s.startswith("review-") for s in steps)]
    assert asked == [
        ("12-21T08:30", "gao"),
        ("12-24T08:30", "gao"),
        ("12-25T08:30", "gao"),
    ]
    assert reviewed.row(REPORT).waits == "review"
    assert not [who for _, who, steps in heard if who == "ann"]


def test_a_review_waits_for_its_end_only_when_nobody_is_asked_any_more(reviewed: Play) -> None:
    reviewed.done(REPORT, by="ann")
    reviewed.go("2026-12-24T12:00")
    assert (reviewed.row(REPORT).next_action_at, reviewed.row(REPORT).waits) == (at("2026-12-25T08:30"), "")
    reviewed.go("2026-12-25T12:00")
    assert (reviewed.row(REPORT).next_action_at, reviewed.row(REPORT).waits) == (None, "review")


def test_one_message_asks_for_the_review_of_all_that_came_in(reviewed: Play) -> None:
    reviewed.done(REPORT, by="ann")
    reviewed.done(OTHER, by="eve")
    reviewed.go("2026-12-21T08:30")
    body = reviewed.deliveries_to("gao")[-1].body
    assert "To be reviewed" in body
    assert "town-a, town-b" in body


def test_struck_off_is_closed_and_told(reviewed: Play) -> None:
    reviewed.done(REPORT, by="ann")
    do(reviewed, acts.verify, REPORT, GAO)
    row = reviewed.row(REPORT)
    assert (row.state, row.next_action_at, row.waits, row.review_due) == ("verified", None, "closed", None)
    heard = reviewed.go("2027-01-10")
    assert ("12-17T10:00", "ann", ("done", "verified")) not in heard
    assert any(who == "ann" and "verified" in steps for _, who, steps in heard)
    assert not any(s.startswith("review-") for _, _, steps in heard for s in steps if "town-a" in s)


def test_returned_with_a_date_is_open_again_until_that_day(reviewed: Play) -> None:
    reviewed.done(REPORT, by="ann")
    do(reviewed, acts.send_back, REPORT, "figures missing", GAO, date(2027, 1, 8))
    row = reviewed.row(REPORT)
    assert (row.state, row.last_day, row.due, row.done_at) == (
        "returned", date(2027, 1, 8), at("2027-01-09"), None,
    )  # fmt: skip
    assert row.next_action_at is not None
    assert history(reviewed, REPORT)[-1].action == "returned"
    heard = reviewed.go("2027-01-09")
    assert any(who == "ann" and "returned" in steps for _, who, steps in heard)
    assert any(who == "ann" and "last" in steps for _, who, steps in heard)


def test_the_files_do_not_move_a_limit_that_was_set_by_an_act(reviewed: Play) -> None:
    reviewed.done(REPORT, by="ann")
    do(reviewed, acts.send_back, REPORT, "figures missing", GAO, date(2027, 1, 8))
    assert reviewed.plan().moved == []
    assert reviewed.row(REPORT).last_day == date(2027, 1, 8)


def test_returned_without_a_date_keeps_its_limit(reviewed: Play) -> None:
    due = reviewed.row(REPORT).due
    reviewed.done(REPORT, by="ann")
    do(reviewed, acts.send_back, REPORT, "figures missing", GAO)
    assert (reviewed.row(REPORT).state, reviewed.row(REPORT).due) == ("returned", due)


def test_what_was_late_and_came_back_stays_late(reviewed: Play) -> None:
    reviewed.go("2027-01-04T10:00")
    assert reviewed.done(REPORT, by="ann") == "late"
    do(reviewed, acts.send_back, REPORT, "figures missing", GAO, date(2027, 1, 15))
    reviewed.done(REPORT, by="ann")
    assert reviewed.row(REPORT).breach == "late"


def test_a_return_wants_a_reason_and_a_limit_ahead(reviewed: Play) -> None:
    reviewed.done(REPORT, by="ann")
    with pytest.raises(Refused, match="reason-missing"):
        do(reviewed, acts.send_back, REPORT, " ", GAO)
    with pytest.raises(Refused, match="end-over"):
        do(reviewed, acts.send_back, REPORT, "x", GAO, date(2026, 12, 16))
    with pytest.raises(Refused, match="day-needed"):
        do(reviewed, acts.send_back, REPORT, "x", GAO, at("2027-01-05T12:00"))


@pytest.mark.parametrize("who", ["ann", "dan", "eve"])
def test_whoever_owes_it_does_not_strike_it_off(reviewed: Play, who: str) -> None:
    reviewed.done(REPORT, by="ann")
    with pytest.raises(Refused, match="not-allowed") as refused:
        do(reviewed, acts.verify, REPORT, Actor(who))
    assert refused.value.values == {"deadline": REPORT, "person": who.title(), "act": "verify"}


def test_what_is_not_handed_in_is_neither_returned_nor_struck_off(reviewed: Play) -> None:
    for work, args in ((acts.verify, (GAO,)), (acts.send_back, ("x", GAO))):
        with pytest.raises(Refused, match="wrong-state"):
            do(reviewed, work, REPORT, *args)


def test_who_is_not_in_the_directory_acts_as_the_admin_and_the_audit_says_so(reviewed: Play) -> None:
    reviewed.done(REPORT, by="ann")
    do(reviewed, acts.verify, REPORT, Actor("root", "root"))
    last = history(reviewed, REPORT)[-1]
    assert (last.action, last.detail["as"]) == ("verified", ["admin"])


def test_waiving_names_who_approved_it(reviewed: Play) -> None:
    with pytest.raises(Refused, match="approver-needed-for"):
        do(reviewed, acts.waive, REPORT, "merged", GAO, "")
    do(reviewed, acts.waive, REPORT, "merged with town-b", GAO, "Mayor Li")
    row = reviewed.row(REPORT)
    assert (row.state, row.next_action_at, row.waits) == ("waived", None, "closed")
    assert any(who == "ann" and "waived" in steps for _, who, steps in reviewed.go("2026-12-18T10:00"))


def test_a_late_entry_is_marked(reviewed: Play) -> None:
    reviewed.done(REPORT, "2026-12-15T10:00", by="gao")
    assert history(reviewed, REPORT)[-1].detail["entered_late"] is True
    reviewed.go("2026-12-17T12:00")
    assert "LATE ENTRY" in reviewed.deliveries_to("ann")[-1].body
