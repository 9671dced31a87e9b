"""A report is published once it is accepted, and not before; the co-handler speaks before a reply is."""

from __future__ import annotations

from datetime import date

import pytest

from alertd.core.model import State
from alertd.engine.operations import acts
from alertd.engine.ruling.refusal import Refused
from tests.story.city import City

REPORT = "rule-of-law-report@2026/town-donghe"
PUBLISHED = "rule-of-law-report-published@rule-of-law-report.2026/town-donghe"


def _strike_off(city: City) -> None:
    number = city.row(REPORT).number
    city._do(lambda tx: acts.verify(city.scope(tx, "clerk"), number))


def test_handing_in_a_report_starts_no_publication() -> None:
    city = City("2026-12-02 09:00")
    city.hand_in(REPORT)
    with pytest.raises(AssertionError):
        city.row(PUBLISHED)


def test_an_accepted_report_is_to_be_published_within_twenty_working_days() -> None:
    city = City("2026-12-02 09:00")
    city.hand_in(REPORT)
    _strike_off(city)
    row = city.row(PUBLISHED)
    assert (row.state, row.last_day) == (State.OPEN, date(2026, 12, 30))


def test_striking_it_off_twice_starts_it_once() -> None:
    city = City("2026-12-02 09:00")
    city.hand_in(REPORT)
    _strike_off(city)
    with pytest.raises(Refused):
        _strike_off(city)
    assert city.row(PUBLISHED).state == State.OPEN


def test_the_opinion_of_a_co_handler_is_due_five_working_days_before_the_reply() -> None:
    city = City("2026-06-01 09:00")
    started = city.report(
        "proposal-shared", "proposal-17", "finance-bureau", date(2026, 8, 31), assigned="2026-06-01 09:00"
    )
    (opinion,) = started
    row = city.row(opinion)
    assert row.state == State.OPEN
    assert row.last_day == date(2026, 8, 24)
    told = [m for m in city.until("2026-09-02 00:00") if opinion in m.deadlines]
    assert told[0].at[:10] == "2026-06-01"
    assert any(m.at[:10] == "2026-08-24" for m in told)


def test_a_report_taken_back_is_not_to_be_published_and_accepted_again_it_is() -> None:
    city = City("2026-12-02 09:00")
    city.close(REPORT)
    _strike_off(city)
    city.until("2026-12-03 09:00")
    city.reopen(REPORT)
    assert (city.row(PUBLISHED).state, city.row(PUBLISHED).result) == (State.CANCELLED, "ended")
    news = [m for m in city.until("2026-12-04 09:00") if PUBLISHED in m.deadlines]
    assert {m.steps[m.deadlines.index(PUBLISHED)] for m in news} == {"ended"}
    city.close(REPORT)
    _strike_off(city)
    again = PUBLISHED.replace(".2026/", ".2026.2/")
    assert (city.row(again).state, city.row(again).last_day) == (State.OPEN, date(2027, 1, 4))


def test_what_was_published_meanwhile_stays_published() -> None:
    city = City("2026-12-02 09:00")
    city.close(REPORT)
    _strike_off(city)
    city.close(PUBLISHED)
    city.reopen(REPORT)
    assert city.row(PUBLISHED).state == State.DONE
    city.close(REPORT)
    _strike_off(city)
    assert [row.id for row in city.deadlines() if row.obligation == "rule-of-law-report-published"] == [
        PUBLISHED
    ]


def test_another_towns_publication_is_untouched() -> None:
    city = City("2026-12-02 09:00")
    other = "rule-of-law-report@2026/town-liuan"
    for report in (REPORT, other):
        city.close(report)
        number = city.row(report).number
        city._do(lambda tx, n=number: acts.verify(city.scope(tx, "clerk"), n))
    city.reopen(other)
    assert city.row(PUBLISHED).state == State.OPEN
