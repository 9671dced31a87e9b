"""How grave it is: what a severity changes of a limit, up and back again, and what happens without one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from alertd.core.model import Obligation
from alertd.core.rules import parse_rule
from alertd.engine.operations import events, more_time
from alertd.engine.preview.checkup import severities_finding
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor
from alertd.engine.ruling.world import World
from alertd.store import tables
from tests.story.city import City, at, shipped

TOWN = "town-donghe"
INFORMATION = f"incident-information@fire/{TOWN}"
CONFERENCE = f"press-conference@fire/{TOWN}"
GRAVEST = "especially-major"
GRAVE = f"grave-report@fire/{TOWN}"


def graded(**changes: Any) -> World:
    """The shipped city where the information on an especially grave incident is due in two hours."""
    world, _ = shipped()
    duties = dict(world.register.obligations)
    information = duties["incident-information"]
    rules = {"especially-major": parse_rule("2 hours")}
    duties["incident-information"] = replace(information, severity_rules=rules, **changes)
    return replace(world, register=replace(world.register, obligations=duties))


def with_grave_report(world: World) -> World:
    duties: dict[str, Obligation] = dict(world.register.obligations)
    grave = replace(
        duties["press-conference"],
        id="grave-report",
        rule=parse_rule("12 hours"),
        severity=frozenset({"especially-major"}),
    )
    return replace(world, register=replace(world.register, obligations={**duties, grave.id: grave}))


@pytest.fixture
def city() -> City:
    found = City("2026-10-01 06:10", graded())
    found.report("major-incident", "fire", TOWN, published="2026-10-01 06:10")
    return found


def test_an_event_of_a_type_with_severities_needs_one() -> None:
    city = City("2026-10-01 06:10", graded())
    with pytest.raises(Refused, match="severity-missing"):
        city.report("major-incident", "fire", TOWN, severity="", published="2026-10-01 06:10")
    assert city.report("information-published", "fire", TOWN, published="2026-10-01 06:10") == []


def test_reported_as_graver_it_has_the_graver_limit_from_the_beginning() -> None:
    city = City("2026-10-01 06:10", graded())
    city.report("major-incident", "fire", TOWN, severity=GRAVEST, published="2026-10-01 06:10")
    assert city.row(INFORMATION).due == at("2026-10-01 08:10")
    assert city.row(CONFERENCE).due == at("2026-10-02 06:10")


def test_an_upgrade_counts_the_same_clock_from_its_original_start_and_says_so_once(city: City) -> None:
    assert city.row(INFORMATION).due == at("2026-10-01 11:10")
    told = {message.person for message in city.until("2026-10-01 07:00")}
    assert city.upgrade(city.event_of(INFORMATION), "especially-major") == []
    row = city.row(INFORMATION)
    assert (row.start, row.due, row.state) == (at("2026-10-01 06:10"), at("2026-10-01 08:10"), "open")
    assert city.row(CONFERENCE).due == at("2026-10-02 06:10")
    assert {line["why"] for line in city.trace(INFORMATION)} >= {"graver"}
    sent = city.until("2026-10-01 07:01")
    news = [message for message in sent if message.steps == ("event-upgraded",)]
    assert told <= {message.person for message in news}
    limits = "時限由10月1日(星期四)11:10改為10月1日(星期四)08:10"
    assert all(limits in "".join(message.text.split()) for message in news)
    assert not [message for message in sent if "moved" in message.steps]


def test_a_limit_that_is_over_by_the_graver_rule_speaks_at_once_and_what_comes_is_late(city: City) -> None:
    city.until("2026-10-01 09:00")
    city.upgrade(city.event_of(INFORMATION), "especially-major")
    assert city.row(INFORMATION).due == at("2026-10-01 08:10")
    assert [m for m in city.until("2026-10-01 09:01") if INFORMATION in m.deadlines]
    city.report("information-published", "fire", TOWN, published="2026-10-01 09:30")
    assert (city.row(INFORMATION).state, city.row(INFORMATION).breach) == ("done", "late")


def test_what_was_handed_in_before_it_was_graver_stays_in_time(city: City) -> None:
    city.until("2026-10-01 10:00")
    city.report("information-published", "fire", TOWN, published="2026-10-01 09:30")
    city.upgrade(city.event_of(CONFERENCE), "especially-major")
    assert (city.row(INFORMATION).due, city.row(INFORMATION).breach) == (at("2026-10-01 11:10"), "")


def test_a_corrected_severity_gives_the_limit_back_if_somebody_approves_it(city: City) -> None:
    event = city.event_of(INFORMATION)
    city.until("2026-10-01 07:00")
    city.upgrade(event, "especially-major")
    city.until("2026-10-01 07:10")
    with pytest.raises(Refused, match="approver-needed"):
        city.correct(event, severity="major")
    assert city.correct(event, severity="major", approver="deputy mayor") == [INFORMATION]
    assert city.row(INFORMATION).due == at("2026-10-01 11:10")
    assert {line["why"] for line in city.trace(INFORMATION)} >= {"graver", "regraded"}
    assert [m for m in city.until("2026-10-01 07:11") if "moved" in m.steps]
    # up again: an earlier limit needs nobody's approval
    assert city.correct(event, severity="especially-major") == [INFORMATION]
    assert city.row(INFORMATION).due == at("2026-10-01 08:10")


def test_a_corrected_severity_cancels_what_is_not_owed_and_starts_what_is() -> None:
    city = City("2026-10-01 06:10", with_grave_report(graded()))
    assert GRAVE in city.report(
        "major-incident", "fire", TOWN, severity=GRAVEST, published="2026-10-01 06:10"
    )
    event = city.event_of(GRAVE)
    with pytest.raises(Refused, match=GRAVE):
        city.correct(event, severity="major")
    city.correct(event, severity="major", approver="deputy mayor")
    assert city.row(GRAVE).state == "cancelled"
    city.correct(event, severity="especially-major")
    again = city.row(f"grave-report@fire.2/{TOWN}")
    assert (again.state, again.due) == ("open", at("2026-10-01 18:10"))


def test_a_corrected_severity_judges_anew_what_was_handed_in(city: City) -> None:
    city.until("2026-10-01 09:40")
    city.report("information-published", "fire", TOWN, published="2026-10-01 09:30")
    event = city.event_of(CONFERENCE)
    with pytest.raises(Refused, match="approver-needed"):
        city.correct(event, severity="especially-major")
    city.correct(event, severity="especially-major", approver="deputy mayor")
    assert city.row(INFORMATION).breach == "late"
    assert "rejudged-late" in {breach.kind for breach in city.breaches()}


def test_the_same_severity_again_is_nothing_to_correct(city: City) -> None:
    with pytest.raises(Refused, match="nothing-to-correct"):
        city.correct(city.event_of(INFORMATION), severity="major")
    with pytest.raises(Refused, match="no-severity"):
        city.correct(city.event_of(INFORMATION), severity="colossal")


def test_limits_of_days_are_replaced_too() -> None:
    world = graded(rule=parse_rule("10 working days"), policy="working-days")
    duty = world.register.obligations["incident-information"]
    duty = replace(duty, severity_rules={"especially-major": parse_rule("5 working days")})
    duties = {**world.register.obligations, duty.id: duty}
    city = City("2026-11-02 09:00", replace(world, register=replace(world.register, obligations=duties)))
    city.report("major-incident", "fire", TOWN, published="2026-11-02 09:00")
    assert city.row(INFORMATION).last_day == at("2026-11-16 00:00").date()
    city.upgrade(city.event_of(INFORMATION), "especially-major")
    assert city.row(INFORMATION).last_day == at("2026-11-09 00:00").date()


def test_a_corrected_start_keeps_the_rule_of_the_graver_severity(city: City) -> None:
    event = city.event_of(INFORMATION)
    city.upgrade(event, "especially-major")
    city.correct(event, published="2026-10-01 06:00")
    assert city.row(INFORMATION).due == at("2026-10-01 08:00")


def test_an_event_stored_without_a_severity_goes_on_and_is_named(city: City) -> None:
    def finding() -> Any:
        with city.store.read() as tx:
            return severities_finding(city.scope(tx))

    assert finding().level == "ok"
    event = city.event_of(INFORMATION)
    city.store.transact(lambda tx: tx.execute(update(tables.events).values(severity="")))
    assert (finding().level, finding().items) == ("warn", (event,))
    assert city.correct(event, severity="especially-major") == [INFORMATION]
    assert finding().level == "ok"
    city.store.transact(lambda tx: tx.execute(update(tables.events).values(severity="")))
    city.do(events.cancel, events.Cancel(event, "false alarm"))
    assert finding().level == "ok"


def test_a_paused_clock_takes_the_graver_rule_and_goes_on_by_it() -> None:
    world = graded(rule=parse_rule("10 working days"), policy="working-days")
    duty = world.register.obligations["incident-information"]
    duty = replace(duty, severity_rules={GRAVEST: parse_rule("5 working days")})
    duties = {**world.register.obligations, duty.id: duty}
    city = City("2026-11-02 09:00", replace(world, register=replace(world.register, obligations=duties)))
    city.report("major-incident", "fire", TOWN, published="2026-11-02 09:00")
    number = city.row(INFORMATION).number
    city.until("2026-11-04 09:00")
    city.do(more_time.suspend, number, None, "access is blocked", Actor("clerk"))
    city.until("2026-11-05 09:00")
    city.upgrade(city.event_of(INFORMATION), GRAVEST)
    assert (city.row(INFORMATION).state, city.row(INFORMATION).next_action_at) == ("suspended", None)
    city.until("2026-11-06 09:00")
    city.do(more_time.resume, number, None, "", Actor("clerk"))
    # five working days end on the 9th; the clock stood still on two of them
    assert city.row(INFORMATION).state == "open"
    assert city.row(INFORMATION).last_day == at("2026-11-11 00:00").date()
