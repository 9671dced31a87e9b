"""One entry of the store is damaged in the night of three incidents: two are dealt with as if it were not."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from alertd.store import reading, tables
from alertd.store.errors import StoreUnreadable
from tests.story.city import City
from tests.support.play import told_in


@pytest.fixture
def night() -> City:
    """02:10 on National Day: three incidents, and something damages the entry of the first."""
    city = City("2026-10-01 02:00")
    towns = [unit for unit in city.world.register.units if unit.startswith("town-")][:3]
    city.until("2026-10-01 02:10")
    for number, town in enumerate(towns):
        city.report("major-incident", f"fire-{number}", town, published="2026-10-01 02:10")
    return city


def _damage(city: City, deadline: str, value: str | None) -> None:
    with city.store.write() as tx:
        tx.execute(
            text("update deadlines set last_day = :v where id = :k"),
            {"v": value, "k": deadline},
        )


def _told(city: City) -> list[str]:
    with city.store.read() as tx:
        rows = reading.found(
            tx, select(tables.deliveries).where(tables.deliveries.c.template == "admin")
        ).rows
    told = told_in(row.payload for row in rows)
    return [values["id"] for topic, values in told if topic == "row-put-off"]


def test_the_others_are_told_in_time_and_the_damaged_one_once_it_is_mended(night: City) -> None:
    clocks = [row.id for row in night.deadlines() if row.obligation == "incident-information"]
    damaged, sound = clocks[0], set(clocks[1:])
    _damage(night, damaged, "2026-13-99")
    heard = night.until("2026-10-01 04:00")
    assert sound <= {
        name for message in heard if message.at == "2026-10-01 02:10" for name in message.deadlines
    }
    assert damaged not in {name for message in heard for name in message.deadlines}
    assert _told(night) == [damaged]
    with pytest.raises(StoreUnreadable, match=r"deadlines\.last_day"):
        night.row(damaged)

    _damage(night, damaged, None)
    heard = night.until("2026-10-01 04:10")
    assert damaged in {name for message in heard for name in message.deadlines}
    night.until("2026-10-01 06:00")
    assert _told(night) == [damaged]


def test_who_acts_on_the_damaged_one_is_told_which_it_is_and_nothing_changes(night: City) -> None:
    clocks = [row.id for row in night.deadlines() if row.obligation == "incident-information"]
    _damage(night, clocks[0], "2026-13-99")
    with pytest.raises(StoreUnreadable):
        night.hand_in(clocks[0])
    night.hand_in(clocks[1])
    assert night.row(clocks[1]).state == "done"
    _damage(night, clocks[0], None)
    assert night.row(clocks[0]).state != "done"
