"""Five busy months, with everything that happens to cases: whoever is told of it still gets few messages."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from functools import lru_cache

from tests.story.city import City, Message, shipped

STAGE = "submitted-for-deliberation"
BEGINNING = date(2026, 1, 5)  # a Monday
WEEKS = 22


def moment(week: int, day: int, clock: str) -> str:
    return f"{BEGINNING + timedelta(weeks=week, days=day)} {clock}"


def incident(city: City, week: int) -> list[Message]:
    """At 02:10 on a Saturday: confirmed too late, graver than thought, published in time or not."""
    case, town = f"incident-{week}", TOWNS[week % len(TOWNS)]
    sent = city.until(moment(week, 5, "02:10"))
    city.report(
        "major-incident", case, town, unconfirmed=True, severity="major", published=moment(week, 5, "02:10")
    )
    sent += city.until(moment(week, 5, "02:55"))
    event = city.event_of(f"incident-information@{case}/{town}")
    city.confirm(event)
    city.upgrade(event, "especially-major")
    late = moment(week, 5, "07:05" if week % 8 else "08:00")
    sent += city.until(late)
    city.report("information-published", case, town, published=late)
    sent += city.until(moment(week, 5, "16:00"))
    city.report("press-conference-held", case, town, started=moment(week, 5, "15:00"))
    return sent


def draft(city: City, week: int) -> list[Message]:
    """Asked for on Monday, acknowledged, sent back, handed in again."""
    case, drafter = f"draft-{week}", DEPARTMENTS[week % len(DEPARTMENTS)]
    sent = city.until(moment(week, 0, "09:00"))
    city.report("review-requested", case, drafter, received=moment(week, 0, "09:00"))
    sent += city.until(moment(week, 0, "09:30"))
    city.acknowledge(f"legality-review@{case}/justice-bureau", REVIEWER)
    sent += city.until(moment(week, 2, "15:00"))
    city.report("draft-returned", case, drafter, issued=moment(week, 2, "15:00"))
    sent += city.until(moment(week, 3, "10:00"))
    city.report("draft-resubmitted", case, drafter, received=moment(week, 3, "10:00"))
    return sent


def judged(city: City, week: int) -> None:
    """Later it goes to deliberation; every third draft without waiting for the opinion, which comes after."""
    case, drafter = f"draft-{week}", DEPARTMENTS[week % len(DEPARTMENTS)]
    now = city.now.strftime("%Y-%m-%d %H:%M")
    if week % 3 == 0:
        city.report(STAGE, case, drafter, submitted=now)
    city.report("review-opinion-issued", case, drafter, result="passed", issued=now)
    if week % 3:
        city.report(STAGE, case, drafter, submitted=now)


def proposals(city: City) -> None:
    for n in range(80):
        lead = DEPARTMENTS[n % len(DEPARTMENTS)]
        city.report("proposal-assigned", f"p-{n}", lead, date(2026, 8, 31), assigned="2026-04-01 09:00")


TOWNS = shipped()[0].register.groups["every-town"].members
REVIEWER = "liang-huimin.justice-bureau"
DEPARTMENTS = shipped()[0].register.groups["every-department"].members


@lru_cache(maxsize=1)
def months() -> tuple[City, list[Message]]:
    city = City("2026-01-01 00:00")
    sent: list[Message] = []
    for week in range(WEEKS):
        if week % 2 == 0:
            sent += draft(city, week)
        if week > 1 and week % 2 == 0:
            judged(city, week - 2)
        if week == 12:
            sent += city.until("2026-04-01 09:00")
            proposals(city)
        if week % 4 == 1:
            sent += incident(city, week)
    return city, sent + city.until(moment(WEEKS, 0, "00:00"))


def by_the_hour(city: City, message: Message) -> bool:
    """Whether it is about hour clocks only, which no budget counts."""
    duties = city.world.register.obligations
    about = [name.partition("@")[0] for name in message.deadlines if name]
    if not about:
        return message.steps[0].startswith("event-")
    return all(duties[name].rule.by_the_hour for name in about)


def test_it_had_every_kind_of_news() -> None:
    _, sent = months()
    steps = {step for message in sent for step in message.steps}
    assert steps >= {"done", "suspended", "restarted", "confirmed"}
    assert steps >= {"gate-shut", "event-unconfirmed", "event-upgraded"}


def test_nobody_gets_over_four_messages_a_week_and_no_principal_over_two_outside_hour_clocks() -> None:
    city, sent = months()
    counted = Counter(message.person for message in sent if not by_the_hour(city, message))
    weekly = {person: count / WEEKS for person, count in counted.items()}
    assert max(weekly.values()) <= 4
    assert max(rate for person, rate in weekly.items() if "principal" in city.positions_of(person)) <= 2


def test_one_thing_that_happens_is_one_message_to_each() -> None:
    _, sent = months()
    told = Counter(
        (message.at, message.person, message.steps[0]) for message in sent if message.deadlines == ("",)
    )
    assert max(told.values()) == 1
