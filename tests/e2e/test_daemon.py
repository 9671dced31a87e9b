"""The real daemon as a process, with a real mail server and a Bot API beside it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path

import pytest

from alertd.engine.sending.receipts import IN_FLIGHT
from tests.support.botapi import FakeBotAPI
from tests.support.burst import WAITING, identities
from tests.support.daemon import CONNECTIONS, Daemon, Site, until
from tests.support.smtp import SmtpSink

DUTY = "fang-yunzhou.government-office"
CHAT = 4242


@pytest.fixture
async def sink() -> AsyncIterator[SmtpSink]:
    async with SmtpSink() as server:
        yield server


@pytest.fixture
async def bot() -> AsyncIterator[FakeBotAPI]:
    async with FakeBotAPI() as api:
        yield api


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def subjects(sink: SmtpSink) -> list[str]:
    found = []
    for received in sink.messages:
        message = message_from_bytes(received.data)
        found.append(str(make_header(decode_header(message["Subject"]))))
    return found


async def wait(happened: object, what: str, daemon: Daemon) -> object:
    return await asyncio.to_thread(until, happened, what, daemon.output)  # type: ignore[arg-type]


def report(site: Site, case: str, happened: datetime, unit: str = "justice-bureau") -> str:
    return site.run(
        "event", "report", "major-incident", "--severity", "major", "--subject", case, "--party", unit,
        "--published", happened.isoformat(), "--title", "演習", "--yes",
    )  # fmt: skip


async def test_an_incident_reaches_the_duty_desk_by_mail_and_by_telegram_within_seconds(
    site: Site, sink: SmtpSink, bot: FakeBotAPI
) -> None:
    site.mail_to(sink.port)
    site.telegram_to(bot.url)
    site.chat(DUTY, CHAT)
    site.go_live()
    with site.daemon() as daemon:
        await asyncio.to_thread(report, site, "fire-1", datetime.now(UTC))
        await wait(lambda: len(sink.messages) >= 5, "five mails", daemon)
        calls = await wait(
            lambda: [c for c in bot.calls if c.method == "sendMessage"], "a chat message", daemon
        )
        assert all("發佈權威信息" in subject or "事項" in subject for subject in subjects(sink))
        assert not any("演練" in subject for subject in subjects(sink))
        assert calls[0].params["chat_id"] == str(CHAT)  # type: ignore[index]


async def test_pressing_received_in_the_chat_is_recorded_for_that_person(
    site: Site, sink: SmtpSink, bot: FakeBotAPI
) -> None:
    site.mail_to(sink.port)
    site.telegram_to(bot.url)
    site.chat(DUTY, CHAT)
    site.go_live()
    with site.daemon() as daemon:
        await asyncio.to_thread(report, site, "fire-1", datetime.now(UTC))
        calls = await wait(
            lambda: [c for c in bot.calls if c.method == "sendMessage"], "a chat message", daemon
        )
        keyboard = json.loads(calls[0].params["reply_markup"])["inline_keyboard"]  # type: ignore[index]
        await bot.press(CHAT, keyboard[0][0]["callback_data"])
        answers = await wait(
            lambda: [c for c in bot.calls if c.method == "answerCallbackQuery"], "an answer", daemon
        )
        assert "簽收" in answers[0].params["text"]  # type: ignore[index]
        query = "select count(*) from notices where person = :person and acknowledged_at is not null"
        await wait(lambda: site.rows(query, person=DUTY)[0][0], "the acknowledgement", daemon)
        others = "select count(*) from notices where person <> :person and acknowledged_at is not null"
        assert site.rows(others, person=DUTY)[0][0] == 0


async def test_each_later_step_reaches_one_position_higher(site: Site, sink: SmtpSink) -> None:
    site.mail_to(sink.port)
    site.go_live()
    reported_late = datetime.now(UTC) - timedelta(hours=4, seconds=2)  # 80 % of five hours
    with site.daemon() as daemon:
        await asyncio.to_thread(report, site, "fire-1", reported_late)
        asked = "select distinct position from notices order by position"
        await wait(
            lambda: "principal" in {row[0] for row in site.rows(asked)}, "the principal is told", daemon
        )
        merged = site.rows(
            "select merged from alerts join deadlines on number = deadline "
            "where obligation = 'incident-information'"
        )
        assert [row[0].split() for row in merged] == [["started", "half"]]


async def test_kill_9_in_a_burst_loses_nothing_and_repeats_at_most_the_attempts_in_flight(
    site: Site,
) -> None:
    async with SmtpSink(delay=0.02) as sink:
        await burst(site, sink)


async def burst(site: Site, sink: SmtpSink) -> None:
    site.mail_to(sink.port)
    site.go_live()
    daemon = site.daemon()
    daemon.start()
    units = [row[0] for row in site.rows("select distinct party from deadlines where party like 'town-%'")]
    for number, unit in enumerate(units):
        await asyncio.to_thread(report, site, f"fire-{number}", datetime.now(UTC), unit)
    await wait(lambda: len(sink.messages) >= 8, "some mails", daemon)
    await asyncio.to_thread(daemon.kill)
    with daemon:
        await wait(lambda: not site.rows(WAITING), "an empty outbox", daemon)
        intended = {row[0] for row in site.rows("select message_id from deliveries where state = 'accepted'")}
        sent = identities(sink)
        assert intended == set(sent)
        assert len(intended) > 8
        in_flight = IN_FLIGHT * CONNECTIONS
        assert sum(count - 1 for count in sent.values()) <= in_flight
        assert max(sent.values()) <= 2


async def test_a_second_daemon_on_the_same_file_is_refused_with_a_sentence(site: Site) -> None:
    with site.daemon():
        said = await asyncio.to_thread(site.run, "run", code=75)
        assert said == ""


async def test_a_saved_file_with_a_fault_keeps_the_last_good_revision_and_tells_the_admin(site: Site) -> None:
    with site.daemon() as daemon:
        site.edit("schedules/policies.toml", lambda old: old.replace('at = "start"', 'at = "strat"', 1))
        found = await wait(
            lambda: site.rows(
                "select subject, payload from deliveries where person = 'admin' and state = 'waiting'"
            ),
            "the admin's message",
            daemon,
        )
        assert "policies.toml" in found[0][1]  # type: ignore[index]
        await asyncio.to_thread(report, site, "fire-1", datetime.now(UTC))
        await wait(lambda: site.rows("select 1 from alerts"), "the old policy still speaks", daemon)
