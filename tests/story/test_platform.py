"""An incident platform reports an incident, and hears by webhook what becomes of it; nobody asks alertd."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from alertd.core.subscriptions import Wanted
from alertd.engine.sending.composing import Parcel
from alertd.transports.base import Outcome, Result
from alertd.transports.webhook import WebhookOptions, WebhookTransport
from tests.story.city import City, shipped
from tests.support.hook import KEY, SECRET, Hook, hook

TOWN = "town-donghe"
INFORMATION = f"incident-information@fire/{TOWN}"
CONFERENCE = f"press-conference@fire/{TOWN}"
KINDS = frozenset({"opened", "acknowledged", "late", "handed-in", "returned", "cancelled"})


class Listened(City):
    """A city to which one more system listens: it hears of one town."""

    def __init__(self, now: str) -> None:
        self.changes: list[Parcel] = []
        world = shipped()[0]
        super().__init__(
            now,
            replace(
                world,
                channels=(*world.channels, "platform"),
                transports={**world.transports, "platform": "webhook"},
                subscriptions={"platform": Wanted(KINDS, frozenset({TOWN}))},
            ),
        )

    def _went_out(self, parcel: Parcel, when) -> None:
        if parcel.message is not None and parcel.message.event:
            self.changes.append(parcel)
        super()._went_out(parcel, when)


@pytest.fixture
def platform() -> Iterator[Hook]:
    with hook() as found:
        yield found


@pytest.fixture
def city() -> Listened:
    found = Listened("2026-10-01 02:00")
    found.changes.clear()  # what was open at the beginning
    return found


async def posted(city: Listened, platform: Hook) -> list[Outcome]:
    """What left for the platform until now, each posted as its channel posts it."""
    transport = WebhookTransport(WebhookOptions(platform.url, SECRET))
    sent = []
    for parcel in city.changes:
        assert parcel.message is not None
        sent.append(await transport.send(parcel.message))
    await transport.stop()
    city.changes.clear()
    return sent


async def test_the_platform_hears_of_the_night_of_a_fire_as_it_goes_on(
    city: Listened, platform: Hook
) -> None:
    city.report("major-incident", "fire", TOWN, published="2026-10-01 02:00")
    first = city.until("2026-10-01 02:05")
    await posted(city, platform)
    assert platform.types == [("opened", INFORMATION), ("opened", CONFERENCE)]

    asked = next(message.person for message in first if "duty" in message.positions)
    city.acknowledge(INFORMATION, asked)
    city.until("2026-10-01 06:00")
    city.close(INFORMATION)
    city.until("2026-10-01 06:01")
    await posted(city, platform)
    assert platform.types[2:4] == [("acknowledged", INFORMATION), ("handed-in", INFORMATION)]
    handed_in = platform.heard[3].event
    assert (handed_in["data"]["case"], handed_in["data"]["done_at"]) == ("fire", "2026-09-30T22:00:00Z")

    city.until("2026-10-03 10:00")
    await posted(city, platform)
    assert ("late", CONFERENCE) in platform.types
    assert all(heard.is_signed_by(KEY) for heard in platform.heard)


async def test_what_it_gets_twice_it_knows_by_its_id_and_what_is_older_by_its_number(
    city: Listened, platform: Hook
) -> None:
    city.report("major-incident", "fire", TOWN, published="2026-10-01 02:00")
    city.until("2026-10-01 02:05")
    platform.answers.append("cut")  # it took the first one, and the answer was lost
    again = list(city.changes)
    first = await posted(city, platform)
    assert [outcome.result for outcome in first] == [Result.UNKNOWN, Result.ACCEPTED]
    city.changes += again[:1]
    await posted(city, platform)
    ids = [heard.headers["webhook-id"] for heard in platform.heard]
    assert (len(ids), len(set(ids))) == (3, 2)
    assert platform.heard[0].body == platform.heard[2].body


async def test_other_towns_are_not_its_business(city: Listened, platform: Hook) -> None:
    city.report("major-incident", "flood", "town-qinghe", published="2026-10-01 02:00")
    city.until("2026-10-01 04:00")
    assert city.changes == []


def test_nobody_of_the_directory_is_told_less_because_a_system_listens(city: Listened) -> None:
    city.report("major-incident", "fire", TOWN, published="2026-10-01 02:00")
    plain = City("2026-10-01 02:00")
    plain.report("major-incident", "fire", TOWN, published="2026-10-01 02:00")
    told = [(m.at, m.person, m.steps) for m in city.until("2026-10-01 08:00") if m.person != "platform"]
    assert sorted(told) == sorted((m.at, m.person, m.steps) for m in plain.until("2026-10-01 08:00"))
