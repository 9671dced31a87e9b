"""A mail server that takes connections and says nothing: everybody is reached over the next channel."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.support.botapi import FakeBotAPI
from tests.support.burst import everybody_has_a_chat, incident, units_of
from tests.support.daemon import Daemon, Site, until
from tests.support.smtp import SmtpSink, silent_server


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@asynccontextmanager
async def hanging(site: Site, count: int) -> AsyncIterator[tuple[Daemon, FakeBotAPI]]:
    """A live daemon whose mail server hangs: of an incident in so many units all have heard over Telegram."""
    site.edit("schedules/people.csv", everybody_has_a_chat)
    async with silent_server() as port, FakeBotAPI() as api:
        site.mail_to(port)
        site.telegram_to(api.url)
        site.go_live()
        with site.daemon() as daemon:
            await asyncio.to_thread(lambda: incident(site, "flood", units_of(site)[:count]))
            await heard(daemon, "channel-ill")
            await asyncio.to_thread(until, lambda: not unreached(site), "everybody", daemon.output)
            yield daemon, api


def unreached(site: Site) -> list[str]:
    rows = site.rows(
        "select distinct person from deliveries where template = 'message' and person not in "
        "(select person from deliveries where template = 'message' and state = 'accepted')"
    )
    return [row[0] for row in rows]


async def test_a_mail_server_that_hangs_keeps_nobody_from_hearing(site: Site) -> None:
    async with hanging(site, 40) as (_, api):
        told = site.rows("select count(*) from deliveries where bundle like 'admin|channel-ill%'")
        abandoned = site.rows("select 1 from deliveries where bundle like 'admin|delivery-abandoned%'")
        doctor = await asyncio.to_thread(site.run, "doctor", code=1)
    assert told[0][0] == 1
    assert abandoned == []
    assert "email" in doctor
    assert len({call.params["chat_id"] for call in api.calls if call.method == "sendMessage"}) > 40


async def test_when_the_server_speaks_again_nobody_hears_the_same_twice(site: Site) -> None:
    waiting = "select 1 from deliveries where template = 'message' and state in ('waiting', 'leased')"
    async with hanging(site, 10) as (daemon, _), SmtpSink() as sink:
        site.mail_to(sink.port)
        daemon.hang_up()
        await heard(daemon, "channel-well")
        await asyncio.to_thread(until, lambda: not site.rows(waiting), "drained", daemon.output)
        mailed = [mail for mail in sink.messages if b"alertd channel" not in mail.data]
    reached = site.rows("select person from deliveries where template = 'message' and state = 'accepted'")
    assert len(reached) == len(set(reached))
    assert len(mailed) <= 4  # what was in the server's hands


async def heard(daemon: Daemon, event: str) -> None:
    await asyncio.to_thread(until, lambda: daemon.events(event), event, daemon.output)
