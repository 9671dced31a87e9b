"""A draft on its way to deliberation: sent back once, reviewed again, asked for its result at the door."""

from __future__ import annotations

import pytest

from alertd.engine.ruling.refusal import Refused
from tests.story.city import City, at

STAGE = "submitted-for-deliberation"
DRAFTER = "finance-bureau"
REVIEW = "legality-review@draft-7/justice-bureau"
SECOND_REVIEW = "legality-review@draft-7.2/justice-bureau"


@pytest.fixture
def city() -> City:
    """The Friday before a make-up Sunday, with the National Day holiday ahead."""
    city = City("2026-09-18 10:00")
    city.report("review-requested", "draft-7", DRAFTER, received="2026-09-18 10:00")
    return city


def returned(city: City) -> None:
    city.until("2026-09-22 15:00")
    city.report("draft-returned", "draft-7", DRAFTER, issued="2026-09-22 15:00")


def resubmitted(city: City) -> None:
    city.until("2026-09-24 09:00")
    city.report("draft-resubmitted", "draft-7", DRAFTER, received="2026-09-24 09:00")


def test_the_review_takes_five_to_fifteen_working_days(city: City) -> None:
    row = city.row(REVIEW)
    assert row.earliest == at("2026-09-25 00:00")  # the whole of 09-24 counts
    assert row.last_day.isoformat() == "2026-10-15"


def test_the_clock_stands_still_while_the_draft_is_back_with_its_drafter(city: City) -> None:
    returned(city)
    assert city.row(REVIEW).state == "suspended"
    assert city.row(REVIEW).next_action_at is None


def test_handed_in_again_the_review_is_counted_anew_and_the_trace_says_so(city: City) -> None:
    returned(city)
    resubmitted(city)
    row = city.row(REVIEW)
    assert (row.state, row.case_version) == ("open", 2)
    assert row.earliest == at("2026-10-10 00:00")  # the whole of 10-09
    assert row.last_day.isoformat() == "2026-10-22"
    assert "runs-anew" in {line["why"] for line in city.trace(REVIEW)}


def test_the_gate_is_shut_until_this_version_has_passed(city: City) -> None:
    assert city.gate("draft-7", STAGE) == ["running"]
    returned(city)
    resubmitted(city)
    assert city.gate("draft-7", STAGE) == ["running"]
    city.until("2026-10-12 10:00")
    city.report("review-opinion-issued", "draft-7", DRAFTER, result="passed", issued="2026-10-12 10:00")
    assert city.gate("draft-7", STAGE) == []
    assert city.gate("draft-7", STAGE, version=1) == ["never-started"]


def test_a_failed_review_keeps_it_shut_and_changes_make_another_version_with_its_own_review(
    city: City,
) -> None:
    city.until("2026-09-28 10:00")
    city.report("review-opinion-issued", "draft-7", DRAFTER, result="failed", issued="2026-09-28 10:00")
    assert city.gate("draft-7", STAGE) == ["other-result"]
    city.until("2026-10-08 10:00")
    city.report("draft-resubmitted", "draft-7", DRAFTER, received="2026-10-08 10:00")
    assert city.row(SECOND_REVIEW).case_version == 2
    assert city.gate("draft-7", STAGE) == ["running"]


def test_what_passed_once_does_not_open_the_gate_for_a_later_version(city: City) -> None:
    city.until("2026-09-28 10:00")
    city.report("review-opinion-issued", "draft-7", DRAFTER, result="passed", issued="2026-09-28 10:00")
    assert city.gate("draft-7", STAGE) == []
    city.until("2026-10-08 10:00")
    city.report("draft-resubmitted", "draft-7", DRAFTER, received="2026-10-08 10:00")
    assert city.gate("draft-7", STAGE) == ["running"]
    assert city.gate("draft-7", STAGE, version=1) == []


def test_going_ahead_all_the_same_is_on_record_and_told_at_once_to_leader_reviewer_and_supervisor(
    city: City,
) -> None:
    city.until("2026-09-21 20:00")
    city.report(STAGE, "draft-7", DRAFTER, submitted="2026-09-21 20:00")
    breach = city.breaches()[0]
    assert (breach.kind, breach.case_id, breach.detail["gate"]) == (
        "gate",
        "draft-7",
        "normative-deliberation",
    )
    told = city.told("gate-shut")
    assert {city.positions_of(person)[0] for person in told} >= {"leader-in-charge"}
    units = {city.world.register.people[person].unit for person in told}
    assert units == {DRAFTER, "justice-bureau", "supervision-office"}
    city.until("2026-09-21 20:05")
    assert city.told("gate-shut", waiting=True) == []


def test_going_ahead_through_an_open_gate_is_no_breach(city: City) -> None:
    city.until("2026-09-28 10:00")
    city.report(
        "review-opinion-issued", "draft-7", DRAFTER, result="passed-after-changes", issued="2026-09-28 10:00"
    )
    city.report(STAGE, "draft-7", DRAFTER, submitted="2026-09-28 10:00")
    assert city.breaches() == []
    assert city.told("gate-shut") == []


def test_a_case_that_went_ahead_with_no_review_at_all_is_a_breach_too() -> None:
    city = City("2026-09-21 10:00")
    city.report(STAGE, "draft-8", DRAFTER, submitted="2026-09-21 10:00")
    assert [breach.case_id for breach in city.breaches()] == ["draft-8"]
    assert city.breaches()[0].detail["missing"] == [{"obligation": "legality-review", "why": "never-started"}]


def test_a_question_about_nothing_known_is_refused_and_not_answered(city: City) -> None:
    for case, stage, version in (
        ("draft-9", STAGE, None),
        ("draft-7", "no-such-stage", None),
        ("draft-7", STAGE, 5),
    ):
        with pytest.raises(Refused, match="no-"):
            city.gate(case, stage, version=version)


def test_the_cases_that_need_the_gate_soon_are_listed(city: City) -> None:
    assert city.coming("2026-10-10 00:00") == []
    assert city.coming("2026-10-20 00:00") == [("draft-7", "normative-deliberation", False)]
    planned = [("draft-7", STAGE, at("2026-09-30 09:00"))]
    assert city.coming("2026-10-10 00:00", planned) == [("draft-7", "normative-deliberation", False)]


def test_the_case_is_closed_with_its_last_clock_and_opens_again_with_the_next(city: City) -> None:
    assert city.case("draft-7").closed_at is None
    city.until("2026-09-28 10:00")
    city.report("review-opinion-issued", "draft-7", DRAFTER, result="failed", issued="2026-09-28 10:00")
    assert city.case("draft-7").closed_at == city.now
    city.until("2026-10-08 10:00")
    city.report("draft-resubmitted", "draft-7", DRAFTER, received="2026-10-08 10:00")
    assert city.case("draft-7").closed_at is None
    assert city.case("draft-7").version == 2


def test_entered_late_it_is_judged_by_when_it_went_ahead(city: City) -> None:
    city.until("2026-10-12 10:00")
    city.report("review-opinion-issued", "draft-7", DRAFTER, result="passed", issued="2026-10-09 10:00")
    city.report(STAGE, "draft-7", DRAFTER, submitted="2026-10-08 10:00")
    assert [each["why"] for each in city.breaches()[0].detail["missing"]] == ["too-late"]


def test_while_it_is_not_confirmed_that_it_went_ahead_no_leader_hears_of_it(city: City) -> None:
    city.until("2026-09-21 20:00")
    city.report(STAGE, "draft-7", DRAFTER, unconfirmed=True, submitted="2026-09-21 20:00")
    assert (city.breaches(), city.told("gate-shut")) == ([], [])
    city.until("2026-09-21 20:10")
    city.confirm(city.event("submitted-for-deliberation"))
    assert [breach.at for breach in city.breaches()] == [at("2026-09-21 20:00")]
    assert any("leader-in-charge" in city.positions_of(person) for person in city.told("gate-shut"))
