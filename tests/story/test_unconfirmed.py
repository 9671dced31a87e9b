"""An incident nobody has confirmed yet, and one that turns out graver and was entered late."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alertd.core.rules import parse_rule
from alertd.engine.ruling.refusal import Refused
from tests.story.city import City, at, shipped

TOWN = "town-donghe"
INFORMATION = f"incident-information@fire/{TOWN}"
CONFERENCE = f"press-conference@fire/{TOWN}"
GRAVE = f"grave-report@fire/{TOWN}"
ON_DUTY = {"duty", "duty-leader"}


@pytest.fixture
def night() -> City:
    """02:10 on National Day: somebody rang the duty desk, and nobody has seen it."""
    city = City("2026-10-01 02:10")
    city.report("major-incident", "fire", TOWN, unconfirmed=True, published="2026-10-01 02:10")
    return city


def test_the_clocks_run_from_the_report_confirmed_or_not(night: City) -> None:
    assert night.row(INFORMATION).due == at("2026-10-01 07:10")


def test_only_the_people_on_duty_are_told(night: City) -> None:
    sent = night.until("2026-10-01 02:35")
    assert sent
    assert {position for message in sent for position in message.positions} <= ON_DUTY


def test_until_it_is_confirmed_every_message_says_that_it_is_not(night: City) -> None:
    sent = night.until("2026-10-01 05:00")
    assert {message.steps for message in sent} > {("event-unconfirmed",)}
    assert all("【待核實】" in message.subject for message in sent)
    night.confirm(night.event_of(INFORMATION))
    after = night.until("2026-10-01 07:30")
    assert after
    assert not any("待核實" in message.subject for message in after)


def test_the_deputy_of_somebody_on_duty_is_told_in_their_place_and_no_leader() -> None:
    world, _ = shipped()
    people = dict(world.register.people)
    leader = "gong-guangtian.government-office"
    day = at("2026-10-01 00:00").date()
    people[leader] = replace(people[leader], away=((day, day),))
    city = City("2026-10-01 02:10", replace(world, register=replace(world.register, people=people)))
    city.report("major-incident", "fire", TOWN, unconfirmed=True, published="2026-10-01 02:10")
    before = city.until("2026-10-01 02:40")
    assert {position for message in before for position in message.positions} == {"duty"}
    city.until("2026-10-01 02:41")
    assert city.told("event-unconfirmed")
    later = city.until("2026-10-01 07:00")
    standing_in = {m.person for m in later if "duty-leader" in m.positions}
    assert standing_in == {people[leader].deputy}
    assert {p for m in later for p in m.positions if INFORMATION in m.deadlines} <= ON_DUTY


def test_what_is_not_confirmed_in_thirty_minutes_is_told_to_leader_and_coordinating_office(
    night: City,
) -> None:
    night.until("2026-10-01 02:40")
    assert night.told("event-unconfirmed") == []
    night.until("2026-10-01 02:41")
    told = night.told("event-unconfirmed")
    units = {night.world.register.people[person].unit for person in told}
    assert units == {TOWN, "government-office"}
    assert any("leader-in-charge" in night.positions_of(person) for person in told)
    night.until("2026-10-01 04:00")
    assert night.told("event-unconfirmed") == told  # once


def test_whoever_was_told_hears_in_one_message_that_it_is_confirmed(night: City) -> None:
    first = {message.person for message in night.until("2026-10-01 02:20")}
    night.confirm(night.event_of(INFORMATION))
    news = [m for m in night.until("2026-10-01 02:20", including=True) if "confirmed" in m.steps]
    assert {message.person for message in news} == first
    assert len(news) == len(first)
    assert all(message.deadlines == (INFORMATION, CONFERENCE) for message in news)
    assert all("已核實" in message.subject for message in news)


def test_confirming_tells_who_was_held_back_at_the_level_reached(night: City) -> None:
    sent = night.until("2026-10-01 05:00")
    first = {message.person for message in sent if INFORMATION in message.deadlines}
    told = night.confirm(night.event_of(INFORMATION))
    assert told
    assert first.isdisjoint(told)
    news = night.until("2026-10-01 05:01")
    assert {message.person for message in news} >= set(told)
    about = [m for m in news if m.person in told and INFORMATION in m.deadlines]
    assert {m.steps[m.deadlines.index(INFORMATION)] for m in about} == {"half"}


def test_once_confirmed_the_next_steps_go_to_everybody_and_nobody_hears_that_it_was_open(night: City) -> None:
    night.until("2026-10-01 02:20")
    night.confirm(night.event_of(INFORMATION))
    sent = night.until("2026-10-01 07:00")
    assert any("principal" in message.positions for message in sent)
    assert night.told("event-unconfirmed") == []
    with pytest.raises(Refused, match="event-confirmed"):
        night.confirm(night.event_of(INFORMATION))


def test_a_false_alarm_is_cancelled_without_the_leaders_having_been_woken(night: City) -> None:
    night.until("2026-10-01 02:30")
    night.cancel(night.event_of(INFORMATION))
    night.until("2026-10-01 04:00")
    assert night.told("event-unconfirmed") == []
    assert night.row(INFORMATION).state == "cancelled"


def grave_world() -> City:
    """The shipped register with one duty more, for the gravest incidents only."""
    world, _ = shipped()
    duties = world.register.obligations
    grave = replace(
        duties["incident-information"],
        id="grave-report",
        rule=parse_rule("2 hours"),
        severity=frozenset({"especially-major"}),
    )
    register = replace(world.register, obligations={**duties, "grave-report": grave})
    return City("2026-10-01 06:15", replace(world, register=register))


def test_entered_late_corrected_upgraded_and_closed_clock_by_clock() -> None:
    city = grave_world()
    # four hours after it happened, and the clerk knows only when the duty desk heard of it
    started = city.report("major-incident", "fire", TOWN, severity="major", received="2026-10-01 02:40")
    assert started == [INFORMATION, CONFERENCE]
    assert city.row(INFORMATION).start_provisional == "published"
    event = city.event_of(INFORMATION)

    # the time of publication is found: earlier, so nobody need approve it
    city.until("2026-10-01 06:20")
    assert city.correct(event, published="2026-10-01 02:10") == [INFORMATION, CONFERENCE]
    assert city.row(INFORMATION).start_provisional == ""
    assert city.row(INFORMATION).due == at("2026-10-01 07:10")

    # it is graver than thought; what that asks for runs from the original start, and is over already
    assert city.upgrade(event, "especially-major") == [GRAVE]
    assert city.row(GRAVE).due == at("2026-10-01 04:10")
    with pytest.raises(Refused, match="not-higher"):
        city.upgrade(event, "major")

    city.until("2026-10-01 07:00")
    city.report("information-published", "fire", TOWN, published="2026-10-01 06:55")
    assert (city.row(INFORMATION).state, city.row(INFORMATION).breach) == ("done", "")
    assert (city.row(GRAVE).state, city.row(GRAVE).breach) == ("done", "late")
    assert [(b.kind, b.deadline) for b in city.breaches()] == [("late", city.row(GRAVE).number)]
    assert city.row(CONFERENCE).state == "open"
    assert city.case("fire").closed_at is None

    city.until("2026-10-01 20:00")
    city.report("press-conference-held", "fire", TOWN, started="2026-10-01 19:00")
    assert city.row(CONFERENCE).breach == ""


def test_an_upgrade_is_told_in_one_message_with_every_limit_and_whoever_is_asked_besides() -> None:
    city = grave_world()
    city.report("major-incident", "fire", TOWN, severity="major", published="2026-10-01 02:10")
    first = {message.person for message in city.until("2026-10-01 06:30")}
    city.upgrade(city.event_of(INFORMATION), "especially-major")
    told = city.told("event-upgraded")
    assert len(told) == len(set(told))
    assert first <= set(told)
    sent = city.until("2026-10-01 06:31")
    news = [m for m in sent if m.steps == ("event-upgraded",)]
    assert sorted(m.person for m in news) == sorted(told)
    assert {m.subject for m in news} == {"[alertd] 事件級別由重大提高為特別重大：fire"}
    # the new limit, counted from the original start, has passed already: a reminder of its own says so
    assert {m.person for m in sent if GRAVE in m.deadlines} <= set(told)
    facts = city.facts("event-upgraded")
    limits = [(clock["new"], at("2026-10-01 00:00").fromisoformat(clock["due"])) for clock in facts["clocks"]]
    assert limits == [
        (False, city.row(INFORMATION).due),
        (False, city.row(CONFERENCE).due),
        (True, at("2026-10-01 04:10")),
    ]


def test_who_is_asked_only_since_the_upgrade_is_named() -> None:
    city = grave_world()
    city.report("major-incident", "fire", TOWN, severity="major", published="2026-10-01 06:10")
    city.until("2026-10-01 06:20")
    # nothing has asked the principal yet; the limit of two hours, entered late, does so at once
    city.until("2026-10-01 08:00")
    before = city.asked("fire")
    city.upgrade(city.event_of(INFORMATION), "especially-major")
    names = {name for name, _ in city.facts("event-upgraded")["asked"]}
    city.until("2026-10-01 08:01")
    people = city.world.register.people
    assert names
    assert names == {people[person].name for person in city.asked("fire") - before}


def test_while_it_is_not_confirmed_an_upgrade_is_told_to_the_people_on_duty_only() -> None:
    city = grave_world()
    city.report(
        "major-incident", "fire", TOWN, unconfirmed=True, severity="major", published="2026-10-01 06:10"
    )
    city.until("2026-10-01 06:20")
    city.upgrade(city.event_of(INFORMATION), "especially-major")
    told = city.told("event-upgraded")
    assert told
    assert all(set(city.positions_of(person)) <= ON_DUTY for person in told)
    (subject,) = {m.subject for m in city.until("2026-10-01 06:21") if m.steps == ("event-upgraded",)}
    assert "【待核實】" in subject


def test_a_severity_the_type_does_not_know_is_refused(night: City) -> None:
    with pytest.raises(Refused, match="no-severity"):
        night.upgrade(night.event_of(INFORMATION), "colossal")
