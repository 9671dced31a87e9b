"""`alertd run`: how it starts, what it shows on a terminal, how it refuses."""

import os
import pty
import select
import signal
import subprocess
import sys
import time

import pytest

from alertd.cli.context import Session
from alertd.cli.upkeep.run import called_as, first_screen
from alertd.engine.reporting import queries
from alertd.store import settings
from alertd.store.database import Store

PATIENCE = 30


def screen(program):
    session = Session(None, program.environ, program.folder, program.clock)
    with session.store.read() as tx:
        held = queries.held(tx)
    lines = first_screen(session, session.world, held, session.store)
    session.close()
    return "\n".join(lines)


def test_the_first_screen_says_what_is_held_what_comes_next_and_for_whom(alertd):
    text = screen(alertd)
    assert "alertd holds 922 deadlines of 56 obligations." in text
    assert "Tue 1 Dec 08:30" in text
    assert "… 32 in all" in text
    assert "announced" in text


def test_the_first_screen_says_where_messages_go(alertd):
    assert "Rehearsal: every message stays in the inbox" in screen(alertd)
    alertd.replace("config.toml", 'redirect_to = ""', 'redirect_to = "boss@city.test"')
    alertd.replace("config.toml", 'mode = "rehearsal"', 'mode = "redirect"')
    assert "every message goes to boss@city.test" in screen(alertd)
    alertd.replace("config.toml", 'mode = "redirect"', 'mode = "live"')
    assert "alertd go-live was never run" in screen(alertd)


def test_the_first_screen_names_the_faults(alertd):
    assert "faults in the files" not in screen(alertd)
    alertd.replace("schedules/policies.toml", "daily = 5", "daily = five")
    text = screen(alertd)
    assert "in the files; what ruled before stays in force:" in text
    assert "  schedules/policies.toml:" in text


def test_the_line_to_try_works_as_it_stands(alertd):
    line = next(line for line in screen(alertd).splitlines() if "event report" in line)
    words = line.split("event report")[1].replace("'Justice Bureau'", "司法局").split()
    ran = alertd("event", "report", *words)
    assert (ran.code, ran.err) == (0, "")
    assert "incident-information@drill-1/justice-bureau" in ran.out


def test_the_demonstration_is_offered_until_messages_are_sent_for_real(alertd):
    assert screen(alertd).splitlines()[-1].endswith(" demo")
    store = Store(f"sqlite:///{alertd.folder / 'var' / 'alertd.db'}")
    store.transact(lambda tx: settings.put(tx, settings.LIVE_SINCE, "2026-11-22T00:00:00+00:00"))
    store.close()
    alertd.replace("config.toml", 'mode = "rehearsal"', 'mode = "live"')
    assert " demo" not in screen(alertd)


@pytest.mark.parametrize(
    ("program", "config", "expected"),
    [
        ("bin/alertd", None, ["bin/alertd"]),
        ("bin/alertd", "city", ["bin/alertd", "--config", "city"]),
        ("lib/pytest", None, ["alertd"]),
    ],
)
def test_the_line_to_try_calls_the_program_as_it_was_called(tmp_path, program, config, expected):
    session = Session(config, {}, tmp_path)
    assert called_as(session, str(tmp_path / program), {"PATH": str(tmp_path / "nowhere")}) == expected


def test_a_program_the_shell_finds_is_called_by_its_name(tmp_path):
    program = tmp_path / "alertd"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    session = Session(None, {}, tmp_path)
    assert called_as(session, str(program), {"PATH": str(tmp_path)}) == ["alertd"]


def test_files_with_faults_and_nothing_to_fall_back_to_end_with_78(alertd):
    for path in (alertd.folder / "var").iterdir():
        path.unlink()
    alertd.replace("schedules/policies.toml", "daily = 5", "daily = five")
    ran = alertd("run")
    assert (ran.code, ran.out) == (78, "")
    assert any(line.startswith("schedules/policies.toml:") for line in ran.err.splitlines())


def test_a_second_daemon_on_one_store_ends_with_75(alertd):
    first = Store(f"sqlite:///{alertd.folder / 'var' / 'alertd.db'}")
    first.claim_alone()
    ran = alertd("run")
    first.close()
    assert (ran.code, ran.out) == (75, "")
    assert f"Another alertd (process {os.getpid()}) is running" in ran.err


def test_on_a_terminal_the_screen_comes_first_and_ctrl_c_ends_well(alertd):
    ours, theirs = pty.openpty()
    argv = [sys.executable, "-m", "alertd", "--config", str(alertd.folder), "run"]
    daemon = subprocess.Popen(argv, stdout=theirs, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    os.close(theirs)
    try:
        shown = b""
        until = time.monotonic() + PATIENCE
        while b"To try it" not in shown and time.monotonic() < until:
            if select.select([ours], [], [], 1)[0]:
                shown += os.read(ours, 65536)
        assert b"alertd holds" in shown
        assert b"To try it" in shown
        daemon.send_signal(signal.SIGINT)
        assert daemon.wait(PATIENCE) == 0
    finally:
        daemon.kill()
        daemon.wait()
        os.close(ours)


def test_without_a_terminal_nothing_is_printed(alertd):
    argv = [sys.executable, "-m", "alertd", "--config", str(alertd.folder), "run"]
    daemon = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert daemon.stderr is not None
        assert '"event": "ready"' in daemon.stderr.readline()
        daemon.send_signal(signal.SIGTERM)
        out, _ = daemon.communicate(timeout=PATIENCE)
    finally:
        daemon.kill()
        daemon.wait()
    assert (daemon.returncode, out) == (0, "")
