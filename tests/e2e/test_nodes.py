"""Two real daemons on one real PostgreSQL, each with a folder of its own, and one real mail server."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from alertd.engine.running import alarm
from alertd.engine.sending.receipts import IN_FLIGHT
from alertd.service import Service
from tests.support.botapi import FakeBotAPI
from tests.support.burst import (
    WAITING,
    identities,
    incident,
    once_only,
    ready_to_send,
    two_sites,
    units_of,
)
from tests.support.daemon import CONNECTIONS, PATIENCE, Daemon, Site, until
from tests.support.postgres import find_binaries, stoppable_server
from tests.support.smtp import SmtpSink

pytestmark = pytest.mark.needs("postgres")

RUNNING = "select id from nodes where stopped_at is null"
DUTY = "fang-yunzhou.government-office"


@pytest.fixture
def sites(tmp_path: Path, postgres_url: str) -> tuple[Site, Site]:
    return two_sites(tmp_path, postgres_url)


#: seconds after which a lease of mail is over, and some more (engine.sending.leases)
LEASE = 200.0


async def wait(happened: Any, what: str, *daemons: Daemon, patience: float = PATIENCE) -> Any:
    return await asyncio.to_thread(
        until, happened, what, lambda: "\n\n".join(daemon.output() for daemon in daemons), patience
    )


async def burst(site: Site, count: int) -> None:
    """One incident that concerns so many units: some messages for each, all due at once."""
    await asyncio.to_thread(lambda: incident(site, "fire", units_of(site)[:count]))


async def test_nodes_that_start_together_plan_once_and_share_the_sending(sites: tuple[Site, Site]) -> None:
    async with SmtpSink(delay=0.05) as sink:
        ready_to_send(sites, sink)
        one, two = sites[0].daemon(), sites[1].daemon()
        await asyncio.gather(asyncio.to_thread(one.start), asyncio.to_thread(two.start))
        try:
            applied = "select count(*) from audit where deadline = 0 and action = 'revision-applied'"
            assert sites[0].rows(applied)[0][0] == 1
            assert len(sites[0].rows(RUNNING)) == 2
            await burst(sites[0], 25)
            await wait(lambda: len(sink.messages) > 12, "some mails", one, two)
            await wait(lambda: not sites[0].rows(WAITING), "an empty outbox", one, two)
            sent = identities(sink)
            intended = {
                row[0] for row in sites[0].rows("select message_id from deliveries where channel = 'email'")
            }
            assert set(sent) == intended
            assert max(sent.values()) == 1
            shares = sites[0].rows("select node, count(*) from receipts group by node")
            assert len(shares) == 2, shares
            assert once_only(sites[0]) == []
        finally:
            one.stop()
            two.stop()


@pytest.mark.parametrize("ahead", [180.0, -180.0])
async def test_nodes_whose_clocks_are_minutes_apart_send_once_and_decide_at_one_time(
    sites: tuple[Site, Site], ahead: float
) -> None:
    async with SmtpSink(delay=0.3) as sink:
        ready_to_send(sites, sink)
        one, two = sites[0].daemon(), sites[1].daemon(ahead)
        with one, two:
            await burst(sites[0], 25)
            await wait(lambda: len(sink.messages) > 12, "some mails", one, two)
            await wait(lambda: not sites[0].rows(WAITING), "an empty outbox", one, two)
            assert max(identities(sink).values()) == 1
            shares = sites[0].rows("select node, count(*), min(at), max(at) from receipts group by node")
            assert len(shares) == 2, shares
            began, ended = max(share[2] for share in shares), min(share[3] for share in shares)
            assert began < ended, "their receipts are of one time"
            assert one.events("taken-over") == two.events("taken-over") == []
            (apart,) = two.events("clock-apart")
            assert abs(apart["seconds"] - ahead) < 5
            shown = json.loads(await asyncio.to_thread(sites[0].run, "nodes", "--json"))
            assert {each["state"] for each in shown} == {"running"}
            assert sorted(round(each["clock_ahead"] / 10) for each in shown) == sorted([0, ahead / 10])
            doctor = json.loads(await asyncio.to_thread(sites[0].run, "doctor", "--json"))
            (found,) = [check for check in doctor["checks"] if check["check"] == "clock"]
            assert (found["level"], found["code"], len(found["items"])) == ("warn", "apart", 1)


async def test_kill_9_of_one_in_a_burst_loses_nothing_and_the_other_takes_over(
    sites: tuple[Site, Site],
) -> None:
    async with SmtpSink(delay=0.2) as sink:
        ready_to_send(sites, sink)
        one, two = sites[0].daemon(), sites[1].daemon()
        one.start()
        with two:
            await burst(sites[0], 25)
            leased = "select count(*) from deliveries where lease_owner = :node and state = 'leased'"
            first = next(row[0] for row in sites[0].rows("select id from nodes order by started_at limit 1"))
            await wait(lambda: sites[0].rows(leased, node=first)[0][0] > CONNECTIONS, "a lease", one, two)
            await asyncio.to_thread(one.kill)
            left = sites[0].rows(
                "select id, not_before from deliveries where lease_owner = :node and state = 'leased'",
                node=first,
            )
            assert left
            await wait(lambda: not sites[1].rows(WAITING), "an empty outbox", one, two)
            taken = two.events("taken-over")
            assert [entry["nodes"] for entry in taken] == [[first]]
            sent_at = dict(map(tuple, sites[0].rows("select id, sent_at from deliveries")))
            assert all(sent_at[identity] < lease_end for identity, lease_end in left)
            sent = identities(sink)
            intended = {
                row[0] for row in sites[0].rows("select message_id from deliveries where channel = 'email'")
            }
            assert set(sent) == intended
            assert sum(count - 1 for count in sent.values()) <= IN_FLIGHT * CONNECTIONS
            assert max(sent.values()) <= 2
            assert once_only(sites[0]) == []


async def test_the_bot_is_asked_by_one_node_and_by_the_other_when_that_one_dies(
    sites: tuple[Site, Site],
) -> None:
    async with FakeBotAPI() as bot:
        for site in sites:
            site.telegram_to(bot.url)
        one, two = sites[0].daemon(), sites[1].daemon()
        one.start()
        await wait(lambda: bot.polls, "the bot is asked", one)
        post = "select value from settings where name = 'listener.telegram'"
        with two:
            first = sites[0].rows(post)[0][0]
            await asyncio.to_thread(one.kill)
            seen = len(bot.polls)
            await wait(lambda: sites[1].rows(post)[0][0] != first, "the other one listens", two)
            await wait(lambda: len(bot.polls) > seen, "the bot is asked again", two)
        assert sites[1].rows(post)[0][0] == '""'  # it ended in order


async def test_a_file_saved_on_one_node_rules_on_both_and_an_old_copy_does_not_come_back(
    sites: tuple[Site, Site],
) -> None:
    newest = "select text from revisions where file = 'schedules/policies.toml' and state = 'applied'"
    with sites[0].daemon() as one, sites[1].daemon() as two:
        sites[0].edit("schedules/policies.toml", lambda old: old + "\n# said on one\n")
        await wait(lambda: sites[0].rows(newest)[0][0].endswith("# said on one\n"), "applied", one, two)
        behind = await wait(lambda: two.events("older-than-what-rules"), "the other heard of it", one, two)
        assert behind[-1]["files"] == ["schedules/policies.toml"]
        two.hang_up()
        await wait(lambda: len(two.events("reloaded")) >= 2, "the other read its own files again", two)
        assert sites[0].rows(newest)[0][0].endswith("# said on one\n")
        sites[0].edit("schedules/policies.toml", lambda old: old.replace("\n# said on one\n", ""))
        await wait(
            lambda: "said on one" not in sites[0].rows(newest)[0][0], "taken back where it was said", one
        )


def missed(daemon: Daemon) -> bool:
    """Whether it noticed that the store is away."""
    return bool(daemon.events("receipts-wait") or daemon.events("round-failed"))


async def test_postgresql_that_is_away_for_a_while_costs_nothing(tmp_path: Path) -> None:
    binaries = find_binaries()
    assert binaries is not None
    with stoppable_server(binaries) as server:
        sites = two_sites(tmp_path, server.url)
        async with SmtpSink(delay=0.1) as sink:
            ready_to_send(sites, sink)
            with sites[0].daemon() as one, sites[1].daemon() as two:
                await burst(sites[0], 25)
                await wait(lambda: len(sink.messages) >= 4, "some mails", one, two)
                await asyncio.to_thread(server.stop)
                await wait(lambda: missed(one) or missed(two), "the store is missed", one, two)
                await asyncio.to_thread(server.start)
                # What was leased by a commit whose answer was lost comes again when the lease is over.
                await wait(lambda: not sites[0].rows(WAITING), "an empty outbox", one, two, patience=LEASE)
                sent = identities(sink)
                query = "select message_id from deliveries where channel = 'email'"
                assert set(sent) == {row[0] for row in sites[0].rows(query)}
                assert sum(count - 1 for count in sent.values()) <= 2 * CONNECTIONS


async def test_what_one_node_is_told_wakes_another_that_nothing_else_would_wake(
    sites: tuple[Site, Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second node runs in this process without its floor of 30 seconds: only PostgreSQL can wake it."""
    monkeypatch.setattr(alarm, "FLOOR_SECONDS", 86_400)
    async with SmtpSink() as sink:
        ready_to_send(sites, sink)
        service = Service(sites[1].installation())
        running = asyncio.create_task(service.run())
        try:
            await at_rest(service)
            assert sink.messages == []
            await burst(sites[0], 1)
            await wait(lambda: sink.messages, "a mail from the node that was woken")
        finally:
            service.stop()
            await running


async def at_rest(service: Service) -> None:
    """Wait until the node has made no round for two seconds: its start, and reading its files, are over."""
    rounds = quiet = 0
    while quiet < 20:
        await asyncio.sleep(0.1)
        now = service.dispatcher.rounds if service.dispatcher else 0
        quiet = quiet + 1 if now == rounds > 0 else 0
        rounds = now
