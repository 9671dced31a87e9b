"""A major incident: two clocks that run through the night until each is stopped by its own act."""

from __future__ import annotations

import pytest

from alertd.engine.ruling.refusal import Refused
from tests.story.city import City

TOWN = "town-donghe"
INFORMATION = f"incident-information@fire/{TOWN}"
CONFERENCE = f"press-conference@fire/{TOWN}"


@pytest.fixture
def night() -> City:
    """02:10 on National Day: everybody is at home."""
    return City("2026-10-01 02:10")


def test_one_report_starts_both_clocks_of_the_party_and_of_nobody_else(night: City) -> None:
    started = night.report("major-incident", "fire", TOWN, published="2026-10-01 02:10")
    assert started == [INFORMATION, CONFERENCE]


def test_the_limit_is_five_hours_to_the_minute_holiday_or_not(night: City) -> None:
    night.report("major-incident", "fire", TOWN, published="2026-10-01 02:10")
    assert night.row(INFORMATION).due.astimezone(night.now.tzinfo).strftime("%d %H:%M") == "01 07:10"


def test_both_clocks_come_in_one_message_at_once_in_the_middle_of_the_night(night: City) -> None:
    night.report("major-incident", "fire", TOWN, published="2026-10-01 02:10")
    first = night.until("2026-10-01 02:15")
    assert first
    assert {message.at for message in first} == {"2026-10-01 02:10"}
    assert all(message.deadlines == (INFORMATION, CONFERENCE) for message in first)
    people = [message.person for message in first]
    assert len(people) == len(set(people))


def test_the_principal_hears_before_the_limit_not_after_it(night: City) -> None:
    night.report("major-incident", "fire", TOWN, published="2026-10-01 02:10")
    sent = night.until("2026-10-01 07:10")
    assert any("principal" in message.positions for message in sent)


def test_an_acknowledgement_stops_the_repeats_and_not_the_next_step(night: City) -> None:
    night.report("major-incident", "fire", TOWN, published="2026-10-01 02:10")
    first = night.until("2026-10-01 02:15")
    asked = next(message.person for message in first if "duty" in message.positions)
    night.acknowledge(INFORMATION, asked)
    night.acknowledge(CONFERENCE, asked)
    assert night.until("2026-10-01 02:45") == []
    assert any("half" in message.steps for message in night.until("2026-10-01 04:45"))


@pytest.mark.parametrize("answered", [False, True])
def test_a_superior_is_told_of_an_escalation_only_where_nobody_answered(night: City, answered: bool) -> None:
    night.report("major-incident", "fire", TOWN, published="2026-10-01 02:10")
    first = night.until("2026-10-01 04:00")
    if answered:
        asked = next(message.person for message in first if "duty" in message.positions)
        night.acknowledge(INFORMATION, asked)
    half = night.until("2026-10-01 04:45")
    (chief,) = {message.subject[:7] for message in half if "section-chief" in message.positions}
    assert (chief == "[提級催辦] ") is not answered


def test_unacknowledged_the_duty_desk_is_reminded_every_ten_minutes_at_most_six_times(night: City) -> None:
    night.report("major-incident", "fire", TOWN, published="2026-10-01 02:10")
    night.until("2026-10-01 02:11")
    repeats = night.until("2026-10-01 04:40")
    person = next(message.person for message in repeats)
    assert [m.at[-5:] for m in repeats if m.person == person] == [
        "02:20", "02:30", "02:40", "02:50", "03:00", "03:10",
    ]  # fmt: skip


def test_publishing_in_time_stops_that_clock_only(night: City) -> None:
    night.report("major-incident", "fire", TOWN, published="2026-10-01 02:10")
    night.until("2026-10-01 05:00")
    night.report("information-published", "fire", TOWN, published="2026-10-01 04:55")
    assert night.row(INFORMATION).state == "done"
    assert night.row(INFORMATION).breach == ""
    assert night.row(CONFERENCE).state == "open"


def test_those_who_were_told_hear_that_it_is_done(night: City) -> None:
    night.report("major-incident", "fire", TOWN, published="2026-10-01 02:10")
    told = {message.person for message in night.until("2026-10-01 02:15")}
    night.report("information-published", "fire", TOWN, published="2026-10-01 02:14")
    news = [m for m in night.until("2026-10-01 02:16") if m.steps == ("done",)]
    assert {message.person for message in news} == told


def test_a_press_conference_in_time_never_closes_late_information(night: City) -> None:
    night.report("major-incident", "fire", TOWN, published="2026-10-01 02:10")
    night.until("2026-10-01 09:00")
    night.report("press-conference-held", "fire", TOWN, started="2026-10-01 08:30")
    assert night.row(CONFERENCE).state == "done"
    assert night.row(INFORMATION).state == "open"
    night.report("information-published", "fire", TOWN, published="2026-10-01 08:50")
    assert night.row(INFORMATION).breach == "late"


def test_on_time_is_judged_by_when_it_happened_not_by_when_it_was_entered(night: City) -> None:
    night.report("major-incident", "fire", TOWN, published="2026-10-01 02:10")
    night.until("2026-10-01 11:00")
    night.report("information-published", "fire", TOWN, published="2026-10-01 07:10")
    assert night.row(INFORMATION).breach == ""


def test_entered_four_hours_late_the_steps_passed_meanwhile_are_one_message_at_the_highest_level() -> None:
    city = City("2026-10-01 06:15")
    city.report("major-incident", "fire", TOWN, published="2026-10-01 02:10")
    sent = city.until("2026-10-01 06:16")
    about = [m for m in sent if INFORMATION in m.deadlines]
    people = [message.person for message in about]
    assert len(people) == len(set(people))
    assert {message.steps[message.deadlines.index(INFORMATION)] for message in about} == {"most"}
    assert not any("併入" in message.text for message in about)  # nobody was told anything before
    assert not any("提級催辦]" in message.subject for message in about)  # nor has failed to act


def test_steps_passed_while_no_daemon_ran_are_said_to_be_in_the_message_to_those_told_before() -> None:
    city = City("2026-10-01 02:10")
    city.report("major-incident", "fire", TOWN, published="2026-10-01 02:10")
    before = {message.person for message in city.until("2026-10-01 02:15")}
    city.sleep("2026-10-01 06:15")
    about = [m for m in city.until("2026-10-01 06:16", including=True) if INFORMATION in m.deadlines]
    said = {message.person: "併入" in message.text for message in about}
    assert said == {person: person in before for person in said}
    assert set(said.values()) == {True, False}


def test_with_another_start_than_the_plan_names_the_missing_instant_is_asked_for(night: City) -> None:
    night.report("major-incident", "fire", TOWN, received="2026-10-01 02:10")
    assert night.row(INFORMATION).start_provisional == "published"


def test_a_correction_to_an_earlier_time_moves_the_limit_and_is_told() -> None:
    city = City("2026-10-01 03:00")
    city.report("major-incident", "fire", TOWN, published="2026-10-01 02:40")
    city.until("2026-10-01 03:05")
    moved = city.correct(city.event_of(INFORMATION), published="2026-10-01 02:10")
    assert INFORMATION in moved
    assert city.row(INFORMATION).due.astimezone(city.now.tzinfo).strftime("%H:%M") == "07:10"
    assert any("moved" in message.steps for message in city.until("2026-10-01 03:06"))


def test_a_correction_to_a_later_time_needs_an_approver(night: City) -> None:
    night.report("major-incident", "fire", TOWN, published="2026-10-01 02:10")
    event = night.event_of(INFORMATION)
    with pytest.raises(Refused, match="approver"):
        night.correct(event, published="2026-10-01 02:10:30")
    night.correct(event, approver="leader", published="2026-10-01 02:10:30")


def test_a_cancelled_drill_counts_nowhere_even_where_it_was_handed_in() -> None:
    day = City("2026-11-30 09:00")
    for case in ("drill", "fire"):
        day.report("major-incident", case, TOWN, published="2026-11-30 09:00")
    for case in ("drill", "fire"):
        day.hand_in(f"incident-information@{case}/{TOWN}", happened="2026-11-30 09:00")
    day.until("2026-11-30 10:00")
    before = day.bulletin("2026-11-30", "2026-12-01", "2026-11-30 10:00").total
    assert (before.owed, before.on_time) == (4, 2)
    day.until("2026-11-30 11:00")
    day.cancel(day.event_of(f"incident-information@drill/{TOWN}"))
    day.until("2026-12-03 09:00")
    made = day.bulletin("2026-11-30", "2026-12-01", "2026-12-03 09:00")
    assert (made.total.owed, made.total.on_time, made.total.open_late) == (2, 1, 1)
    assert [known.row.case_id for known in made.late] == ["fire"]
    assert day.bulletin("2026-11-30", "2026-12-01", "2026-11-30 10:00").total == before
    after = day.bulletin("2026-12-02", "2026-12-02", "2026-12-03 09:00", "2026-11-30 10:00")
    corrected = {each.either.row.id for each in after.corrections}
    assert corrected == {f"{duty}@drill/{TOWN}" for duty in ("incident-information", "press-conference")}


def test_a_drill_that_was_cancelled_by_mistake_and_reported_again_counts() -> None:
    day = City("2026-11-30 09:00")
    day.report("major-incident", "fire", TOWN, published="2026-11-30 09:00")
    name = f"incident-information@fire/{TOWN}"
    day.hand_in(name, happened="2026-11-30 09:00")
    day.cancel(day.event_of(name))
    day.report("major-incident", "fire", TOWN, published="2026-11-30 09:00")
    day.until("2026-12-03 09:00")
    made = day.bulletin("2026-11-30", "2026-12-01", "2026-12-03 09:00")
    assert (made.total.owed, made.total.on_time) == (2, 1)


def test_a_false_alarm_stops_everything_and_those_told_hear_it(night: City) -> None:
    night.report("major-incident", "fire", TOWN, published="2026-10-01 02:10")
    told = {message.person for message in night.until("2026-10-01 02:15")}
    night.cancel(night.event_of(INFORMATION))
    news = night.until("2026-10-01 02:16")
    assert {m.person for m in news if "cancelled" in m.steps} == told
    assert len(news) == len(told)  # both clocks in one message
    assert night.until("2026-10-03 00:00") == []
