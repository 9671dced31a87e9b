"""A store that fails cannot hold the message that says so: the admin gets it all the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alertd.engine.ruling.world import Mode
from alertd.engine.running.distress import AGAIN_AFTER, PATIENCE, Distress
from alertd.messages.render import Renderer
from alertd.store.errors import StoreBusy, StoreCorrupt, StoreFull, StoreMissing, StoreOther, StoreVanished
from alertd.transports.base import Outcome, Outgoing, Result
from tests.support.register import live_channels, world

NOW = 0.0
SOON = 30.0
DAMAGED = StoreCorrupt("store.db is not a usable database")
WORLD = replace(
    world(**live_channels()), admin_to=("admin@example.org", "office@example.org"), admin_name="Ma Wen"
)


class Mail:
    """A mail channel that keeps what it takes."""

    timeout, concurrency = 1.0, 1

    def __init__(self, result: Result = Result.ACCEPTED) -> None:
        self.sent: list[Outgoing] = []
        self.result = result

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def send(self, message: Outgoing) -> Outcome:
        self.sent.append(message)
        return Outcome(self.result)


@pytest.fixture
def mail() -> Mail:
    return Mail()


async def hear(distress, mail, fault, now, ruling=WORLD):
    return await distress.heard(fault, now, ruling, Renderer(), {"email": mail})


async def test_a_damaged_store_is_told_at_once_to_every_admin(mail) -> None:
    assert await hear(Distress(), mail, DAMAGED, NOW)
    assert [message.address for message in mail.sent] == ["admin@example.org", "office@example.org"]
    assert "damaged" in mail.sent[0].subject
    assert mail.sent[0].text.startswith("To Ma Wen:\n")
    assert "store.db is not a usable database" in mail.sent[0].text


@pytest.mark.parametrize(
    "fault",
    [
        StoreVanished("store.db was removed", "gone", "store.db"),
        StoreMissing("there is no store at store.db"),
        StoreOther("store.db is not the store that went live here"),
    ],
)
async def test_a_store_that_is_not_where_it_was_is_told_at_once(mail, fault) -> None:
    assert await hear(Distress(), mail, fault, NOW)
    assert mail.sent[0].subject.endswith("The database is not where it was: no reminders leave")
    assert str(fault) in " ".join(mail.sent[0].text.split())


async def test_it_is_not_told_again_with_every_round_but_again_while_it_lasts(mail) -> None:
    distress = Distress()
    await hear(distress, mail, DAMAGED, NOW)
    assert not await hear(distress, mail, DAMAGED, NOW + SOON)
    assert await hear(distress, mail, DAMAGED, NOW + AGAIN_AFTER)


async def test_what_was_over_and_comes_again_is_told_again(mail) -> None:
    distress = Distress()
    await hear(distress, mail, DAMAGED, NOW)
    distress.over()
    assert await hear(distress, mail, DAMAGED, NOW + SOON)


async def test_another_trouble_is_told_for_itself(mail) -> None:
    distress = Distress()
    await hear(distress, mail, StoreFull("no space"), NOW)
    assert await hear(distress, mail, DAMAGED, NOW + SOON)


async def test_a_store_that_is_locked_for_a_moment_is_no_message(mail) -> None:
    distress = Distress()
    assert not await hear(distress, mail, StoreBusy("locked"), NOW)
    distress.over()
    assert not await hear(distress, mail, StoreBusy("locked"), NOW + PATIENCE)
    assert await hear(distress, mail, StoreBusy("locked"), NOW + 2 * PATIENCE)


async def test_a_mistake_of_the_program_is_told_without_its_inside(mail) -> None:
    distress = Distress()
    await hear(distress, mail, KeyError("secret"), NOW)
    assert await hear(distress, mail, KeyError("secret"), NOW + PATIENCE)
    assert "KeyError" in mail.sent[0].text
    assert "secret" not in mail.sent[0].text


async def test_a_mail_that_did_not_leave_is_tried_again_with_the_next_round() -> None:
    distress, refusing, taking = Distress(), Mail(Result.RETRY), Mail()
    assert not await hear(distress, refusing, DAMAGED, NOW)
    assert await hear(distress, taking, DAMAGED, NOW + SOON)


async def test_on_hold_nothing_leaves(mail) -> None:
    assert not await hear(Distress(), mail, DAMAGED, NOW, replace(WORLD, mode=Mode.HOLD))
    assert mail.sent == []


async def test_without_a_mail_channel_there_is_nobody_to_tell(mail) -> None:
    assert not await hear(Distress(), mail, DAMAGED, NOW, world())
