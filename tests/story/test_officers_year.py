"""Three hundred officers over a year: a sheet every month, one of them twice, and a transfer in September."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

from alertd.core.model import RosterMember, Stint
from alertd.engine.operations import progress
from alertd.engine.operations.progress import Added, Entry, Sheet
from alertd.engine.ruling.scope import Actor, Scope
from alertd.engine.ruling.world import World
from tests.story.city import City, shipped

DUTY, CLERK = "officer-training", Actor("clerk")
MOVER, IDLE, JOINER = "zf-0001", "zf-0002", "zf-0300"
MONTH_ENDS = ["01-31", "02-28", "03-31", "04-30", "05-31", "06-30", "07-31", "08-31", "09-30"]


def agencies() -> list[str]:
    return list(shipped()[0].register.groups["every-enforcement-agency"].members)


def world(joiners: str = "prorata") -> World:
    """Twelve agencies with twenty-five officers each; one moves on 1 September, one joins on 2 July."""
    known = shipped()[0]
    units = agencies()
    roster = {
        f"zf-{n:04}": RosterMember(f"zf-{n:04}", f"officer {n}", units[n % 12], date(2020, 1, 1))
        for n in range(1, 301)
    }
    stints = (Stint(units[1], None, date(2026, 8, 31)), Stint(units[2], date(2026, 9, 1)))
    roster[MOVER] = replace(roster[MOVER], unit=units[2], since=date(2026, 9, 1), stints=stints)
    roster[JOINER] = replace(roster[JOINER], since=date(2026, 7, 2))
    duty = replace(known.register.obligations[DUTY], joiners=joiners)
    return replace(known, register=replace(known.register, roster=roster, obligations={DUTY: duty}))


def load(
    city: City, day: str, hours: float, as_total: bool = True, skip: tuple[str, ...] = (IDLE, JOINER)
) -> Added:
    on = date.fromisoformat(f"2026-{day}")
    owing = [n for n, m in city.world.register.roster.items() if n not in skip]
    entries = [Entry(number, hours, on) for number in owing]
    sheet = Sheet({DUTY: entries}, f"{day} {hours} {as_total}", as_total)
    added = city._do(
        lambda tx: progress.import_sheet(Scope(tx, city.world, city.now, CLERK), sheet).added[DUTY]
    )
    assert isinstance(added, Added)
    return added


def rows(city: City) -> dict[str, str]:
    return {n: str(city.row(f"{DUTY}@2026/{n}").state) for n in city.world.register.roster if n != JOINER}


def test_a_year_of_three_hundred_officers() -> None:
    city = City("2026-01-05 09:00", world())
    messages = []
    for month, day in enumerate(MONTH_ENDS, start=1):
        messages += city.until(f"2026-{day} 18:00")
        assert len(load(city, day, 4.0 * month).totals) == 298
    assert load(city, "09-30", 36.0).known
    messages += city.until("2026-10-31 18:00")
    met = load(city, "10-31", 40.0).met
    assert len(met) == 298
    states = rows(city)
    assert [number for number, state in states.items() if state != "done"] == [IDLE]

    about = [m for m in messages if any(name.endswith(f"/{IDLE}") for name in m.deadlines)]
    assert [m.at[:7] for m in about] == [f"2026-{month:02}" for month in range(2, 11)]
    assert len({m.person for m in about}) == 1


def test_hours_and_deadline_follow_an_officer_to_the_new_unit() -> None:
    city = City("2026-08-30 09:00", world())
    load(city, "08-30", 10.0)
    before, after = agencies()[1], agencies()[2]
    assert city.row(f"{DUTY}@2026/{MOVER}").unit == before
    told = city.until("2026-09-03 00:00")
    assert city.row(f"{DUTY}@2026/{MOVER}").unit == after
    people = city.world.register.people
    to = {people[m.person].unit for m in told if any(name.endswith(f"/{MOVER}") for name in m.deadlines)}
    assert to == {after}
    load(city, "09-01", 40.0)
    assert city.row(f"{DUTY}@2026/{MOVER}").state == "done"


def test_who_joins_in_july_owes_half_and_who_is_exempt_owes_nothing_yet() -> None:
    city = City("2026-07-06 09:00", world())
    load(city, "07-06", 20.0, skip=())
    assert city.row(f"{DUTY}@2026/{JOINER}").state != "done"
    load(city, "07-06", 20.5, skip=())
    assert city.row(f"{DUTY}@2026/{JOINER}").state == "done"

    later = City("2026-07-06 09:00", world("exempt"))
    first = later.row(f"{DUTY}@2027/{JOINER}")
    assert first.last_day == date(2027, 12, 31)


def test_an_import_taken_back_opens_what_it_had_closed() -> None:
    city = City("2026-09-30 18:00", world())
    closed = load(city, "09-30", 40.0).met
    batch = hashlib.sha256(f"{DUTY}\n09-30 40.0 True".encode()).hexdigest()
    taken = city._do(lambda tx: progress.undo(Scope(tx, city.world, city.now, CLERK), batch[:10]))
    assert set(taken.added[DUTY].reopened) == set(closed)
    assert not load(city, "09-30", 40.0).known


def test_the_shipped_roster_has_its_transfer_its_joiners_and_its_leavers() -> None:
    city = City("2026-08-31 09:00")
    moved, comes, left, leaves = "jd-0179", "jd-0042", "jd-0021", "jd-0100"
    known = {row.id: row.unit for row in city.deadlines()}
    assert known[f"{DUTY}@2026/{moved}"] == "urban-management-bureau"
    assert f"{DUTY}@2026/{leaves}" in known  # until 31 October
    assert not {f"{DUTY}@2026/{comes}", f"{DUTY}@2026/{left}"} & known.keys()
    city.until("2026-09-02 09:00")
    assert city.row(f"{DUTY}@2026/{moved}").unit == "ecology-bureau"
    assert city.row(f"{DUTY}@2026/{comes}").unit == "public-security-bureau"
