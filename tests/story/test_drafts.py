"""A draft on its way: a consultation that must not be too short, a review that must not be too slow."""

from __future__ import annotations

import pytest

from alertd.engine.ruling.refusal import Refused
from tests.story.city import City, at

REVIEW = "legality-review@draft-7/justice-bureau"
CONSULTATION = "draft-consultation@draft-7/finance-bureau"


def reviewed(received: str) -> City:
    city = City(received)
    city.report("review-requested", "draft-7", "finance-bureau", received=received)
    return city


def test_the_reviewer_owes_the_review_whoever_drafted() -> None:
    city = reviewed("2026-09-28 10:00")
    assert city.row(REVIEW).party == "justice-bureau"


def test_five_to_fifteen_working_days_skip_the_holiday_and_count_the_saturday_worked_for_it() -> None:
    row = reviewed("2026-09-28 10:00").row(REVIEW)
    assert row.earliest == at("2026-10-11 00:00")
    assert row.last_day.isoformat() == "2026-10-23"
    assert row.due == at("2026-10-24 00:00")


def test_the_minimum_is_soft_and_asks_for_a_reason() -> None:
    city = reviewed("2026-09-28 10:00")
    city.until("2026-10-09 10:00")
    with pytest.raises(Refused, match="reason"):
        city.hand_in(REVIEW)
    assert city.hand_in(REVIEW, reason="urgent, agreed by the leader in charge") == "early-soft"


def test_the_maximum_is_hard_and_late_stays_late() -> None:
    city = reviewed("2026-09-28 10:00")
    city.until("2026-10-26 10:00")
    assert city.hand_in(REVIEW) == "late"


def test_handed_in_at_the_last_minute_is_in_time() -> None:
    city = reviewed("2026-09-28 10:00")
    city.until("2026-10-26 10:00")
    assert city.hand_in(REVIEW, happened="2026-10-24 00:00") == ""


def test_a_consultation_of_thirty_days_may_end_after_thirty_full_days_and_has_no_limit() -> None:
    city = City("2026-05-01 09:00")
    city.report("consultation-opened", "draft-7", "finance-bureau", published="2026-05-01 09:00")
    row = city.row(CONSULTATION)
    assert row.earliest == at("2026-06-01 00:00")
    assert row.due is None


def test_a_consultation_closed_too_early_is_on_record_and_closed() -> None:
    city = City("2026-05-01 09:00")
    city.report("consultation-opened", "draft-7", "finance-bureau", published="2026-05-01 09:00")
    city.until("2026-05-20 09:00")
    city.report("consultation-closed", "draft-7", "finance-bureau", ended="2026-05-20 09:00")
    row = city.row(CONSULTATION)
    assert (row.state, row.breach) == ("done", "early-soft")


def test_the_drafter_hears_when_the_thirty_days_are_over() -> None:
    city = City("2026-05-01 09:00")
    city.report("consultation-opened", "draft-7", "finance-bureau", published="2026-05-01 09:00")
    sent = city.until("2026-06-02 00:00")
    assert any(m.at == "2026-06-01 08:30" and CONSULTATION in m.deadlines for m in sent)


def test_the_same_report_again_changes_nothing() -> None:
    city = reviewed("2026-09-28 10:00")
    assert city.report("review-requested", "draft-7", "finance-bureau", received="2026-09-28 10:00") == []
    assert city.row(REVIEW).state == "open"
