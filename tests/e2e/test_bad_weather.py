"""What goes wrong around the daemon: a sentence or a retry, nothing lost, no traceback shown."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

import pytest

from tests.support.daemon import PATIENCE, Site, until
from tests.support.smtp import SmtpSink


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def report(site: Site, case: str, code: int = 0) -> str:
    now = datetime.now(UTC).isoformat()
    return site.run(
        "event", "report", "major-incident", "--severity", "major",
        "--subject", case, "--party", "justice-bureau",
        "--published", now, "--yes", code=code,
    )  # fmt: skip


async def test_mail_that_could_not_leave_while_the_server_was_away_leaves_when_it_is_back(site: Site) -> None:
    async with SmtpSink() as sink:
        port = sink.port
    site.mail_to(port)
    site.go_live()
    with site.daemon() as daemon:
        await asyncio.to_thread(report, site, "fire-1")
        await asyncio.to_thread(until, lambda: daemon.events("not-sent"), "a failed attempt", daemon.output)
        async with SmtpSink(port=port) as sink:
            await asyncio.to_thread(
                until,
                lambda: (
                    len(sink.messages) >= 5
                    and not site.rows(
                        "select 1 from deliveries where state = 'waiting' and person <> 'admin'"
                    )
                ),
                "the mails",
                daemon.output,
            )
            sent = {message_from_bytes(m.data)["Message-ID"].strip("<>") for m in sink.messages}
            intended = {
                row[0] for row in site.rows("select message_id from deliveries where state = 'accepted'")
            }
            assert intended == sent


async def test_a_database_that_is_moved_away_is_told_and_used_again_when_it_is_back(site: Site) -> None:
    path, away = site.folder / "var/alertd.db", site.folder / "away.db"
    async with SmtpSink() as sink:
        site.mail_to(sink.port)
        site.go_live()
        with site.daemon() as daemon:
            path.rename(away)
            report(site, "fire-1", code=78)
            assert not path.exists()
            # Looked at every half minute; and a store that failed is tried again after as long.
            slow = 3 * PATIENCE
            await asyncio.to_thread(until, lambda: daemon.events("distress"), "a mail", daemon.output, slow)
            assert daemon.events("distress")[0]["topic"] == "store-gone"
            away.rename(path)
            before = len(sink.messages)
            await asyncio.to_thread(report, site, "fire-2")
            await asyncio.to_thread(
                until, lambda: len(sink.messages) > before, "the mails of the incident", daemon.output, slow
            )


def test_a_file_that_is_no_database_is_named_and_left_alone(site: Site) -> None:
    state = site.folder / "var"
    state.mkdir()
    (state / "alertd.db").write_bytes(b"this is a letter, not a database\n" * 200)
    before = (state / "alertd.db").read_bytes()
    refused = run(site, "run")
    assert refused.returncode == 75
    assert "alertd.db" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert (state / "alertd.db").read_bytes() == before


def test_a_database_of_a_newer_program_is_refused(site: Site) -> None:
    site.run("db", "upgrade")
    with sqlite3.connect(site.folder / "var/alertd.db") as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    connection.close()
    refused = run(site, "run")
    assert refused.returncode == 78
    assert "9999" in refused.stderr


def test_a_store_somebody_else_has_locked_is_busy_and_works_again_afterwards(site: Site) -> None:
    site.run("plan", "--exit-code", code=2)
    site.run("db", "upgrade")
    holder = sqlite3.connect(site.folder / "var/alertd.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    report(site, "fire-1", code=75)
    holder.execute("ROLLBACK")
    holder.close()
    assert "fire-1" in report(site, "fire-1")


@pytest.fixture
def small_disk(site: Site) -> Iterator[Path]:
    state = site.folder / "var"
    state.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(state)], check=True)
    yield state
    subprocess.run(["umount", "-l", str(state)], check=True)


@pytest.mark.needs("root")
async def test_a_full_disk_is_said_and_once_there_is_room_everything_goes_on(
    site: Site, small_disk: Path
) -> None:
    with site.daemon() as daemon:
        ballast = small_disk / "ballast"
        await asyncio.to_thread(fill, ballast)
        refused = await asyncio.to_thread(run, site, *incident("fire-1"))
        assert refused.returncode == 75, refused.stderr
        assert "Traceback" not in refused.stderr
        ballast.unlink()
        await asyncio.to_thread(report, site, "fire-1")
        await asyncio.to_thread(
            until,
            lambda: site.rows("select 1 from deliveries where state = 'accepted' and template = 'message'"),
            "the messages",
            daemon.output,
        )


@pytest.mark.needs("root")
def test_a_disk_that_may_only_be_read_is_said(site: Site, small_disk: Path) -> None:
    site.run("db", "upgrade")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    refused = run(site, "run")
    assert refused.returncode == 75
    assert "Traceback" not in refused.stderr


def incident(case: str) -> tuple[str, ...]:
    now = datetime.now(UTC).isoformat()
    return (
        "event", "report", "major-incident", "--severity", "major",
        "--subject", case, "--party", "justice-bureau",
        "--published", now, "--yes",
    )  # fmt: skip


def fill(ballast: Path) -> None:
    """Leave no room on a small disk."""
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            return


def run(site: Site, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "alertd", "--config", str(site.folder), *words],
        capture_output=True,
        text=True,
        env=site.environ,
        timeout=PATIENCE,
        check=False,
    )
