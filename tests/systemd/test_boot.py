"""The shipped unit and the real daemon under a real systemd, booted for the purpose."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.machine import ROOT, Machine

pytestmark = pytest.mark.needs("root", "nspawn")

TOKEN = "7000000001:TEST-key_that-opens-nothing"
# Checkout, packages and interpreter may lie where the unit forbids the daemon to look (a Python below /root):
# it is started from their places in the machine.
PACKAGES = Path("/opt/venv") / Path(sysconfig.get_path("purelib")).relative_to(sys.prefix)
INTERPRETER = f"/opt/python/bin/python{sys.version_info.major}.{sys.version_info.minor}"
LAUNCHER = f"""#!/bin/sh
export LD_LIBRARY_PATH=/opt/python/lib PYTHONPATH=/opt/checkout:{PACKAGES}
exec {INTERPRETER} -m alertd "$@"
"""
# Only what would make a test slow.
FASTER = "[Service]\nWatchdogSec=2\nRestartSec=100ms\n"


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    made = Machine()
    try:
        made.write("/opt/alertd/.venv/bin/alertd", LAUNCHER, 0o755)
        unit = (ROOT / "systemd" / "alertd.service").read_text(encoding="utf-8")
        made.write("/etc/systemd/system/alertd.service", unit)
        made.write("/etc/systemd/system/alertd.service.d/faster.conf", FASTER)
        # smtp_password is left out: what no enabled channel needs may be missing.
        made.write("/etc/credstore/alertd.telegram_token", TOKEN + "\n", 0o600)
        install_files(made)
        made.boot()
        yield made
    finally:
        made.close()


def install_files(machine: Machine) -> None:
    """What README.md of systemd/ tells the admin to do."""
    folder = machine.root / "etc" / "alertd"
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("channels", "schedules"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "config.toml", folder)
    add = ("useradd", "--root", str(machine.root), "--system", "--shell", "/usr/sbin/nologin")
    subprocess.run([*add, "--user-group", "alertd"], check=True)
    subprocess.run([*add, "--groups", "alertd", "clerk"], check=True)
    subprocess.run(["chroot", str(machine.root), "chgrp", "-R", "alertd", "/etc/alertd"], check=True)
    subprocess.run(["chmod", "-R", "u=rwX,g=rX,o=", str(folder)], check=True)


@pytest.fixture
def daemon(machine: Machine) -> Iterator[Machine]:
    """The machine with the daemon just started."""
    machine.run("systemctl", "start", "alertd")
    yield machine
    machine.run("systemctl", "stop", "alertd")
    machine.run("systemctl", "reset-failed", "alertd", check=False)


def main_pid(machine: Machine) -> str:
    return machine.show("alertd", "MainPID")


def test_systemd_is_told_that_the_daemon_is_ready(daemon: Machine) -> None:
    assert daemon.show("alertd", "ActiveState") == "active"
    assert daemon.show("alertd", "StatusText") != ""


def test_a_reload_keeps_the_daemon_running(daemon: Machine) -> None:
    before = main_pid(daemon)
    daemon.run("systemctl", "reload", "alertd")
    daemon.until("alertd", "ActiveState", "active")
    assert main_pid(daemon) == before
    assert daemon.show("alertd", "NRestarts") == "0"


def test_the_daemon_feeds_the_watchdog(daemon: Machine) -> None:
    fed = daemon.show("alertd", "WatchdogTimestampMonotonic")
    for _ in range(40):
        if daemon.show("alertd", "WatchdogTimestampMonotonic") != fed:
            assert daemon.show("alertd", "NRestarts") == "0"
            return
        daemon.run("sleep", "0.1")
    pytest.fail(f"not fed within 4 s of a watchdog of 2 s\n{daemon.journal('alertd')}")


def test_a_daemon_that_hangs_is_replaced(daemon: Machine) -> None:
    before = main_pid(daemon)
    daemon.run("kill", "-STOP", before)
    daemon.until("alertd", "NRestarts", "1")
    daemon.until("alertd", "ActiveState", "active")
    assert main_pid(daemon) != before
    assert "Watchdog timeout" in daemon.journal("alertd")


def test_a_daemon_that_is_killed_is_replaced(daemon: Machine) -> None:
    before = main_pid(daemon)
    daemon.run("kill", "-KILL", before)
    daemon.until("alertd", "NRestarts", "1")
    daemon.until("alertd", "ActiveState", "active")
    assert main_pid(daemon) != before


def test_stopping_ends_well(daemon: Machine) -> None:
    daemon.run("systemctl", "stop", "alertd")
    assert daemon.show("alertd", "Result") == "success"
    assert daemon.show("alertd", "ExecMainStatus") == "0"


def test_a_credential_reaches_the_daemon_and_nobody_else(daemon: Machine) -> None:
    secret = "/run/credentials/alertd.service/telegram_token"
    assert daemon.run("setpriv", "--reuid=alertd", "--clear-groups", "cat", secret) == TOKEN
    assert daemon.run("setpriv", "--reuid=clerk", "--clear-groups", "cat", secret, check=False) == ""
    assert "smtp_password" not in daemon.run("ls", "/run/credentials/alertd.service")


def test_the_daemon_cannot_write_its_configuration(daemon: Machine) -> None:
    inside = ("nsenter", "--target", main_pid(daemon), "--mount", "--")
    daemon.run(*inside, "touch", "/var/lib/alertd/proof")
    with pytest.raises(AssertionError, match="Read-only file system"):
        daemon.run(*inside, "touch", "/etc/alertd/proof")


def test_the_group_may_use_the_store_and_others_may_not(daemon: Machine) -> None:
    assert daemon.run("stat", "--format=%a %U %G", "/var/lib/alertd") == "2770 alertd alertd"
    assert daemon.run("stat", "--format=%a %U %G", "/var/lib/alertd/alertd.db") == "660 alertd alertd"


def test_a_member_of_the_group_runs_commands_under_their_own_name(daemon: Machine) -> None:
    listing = ("/opt/alertd/.venv/bin/alertd", "--config", "/etc/alertd", "list", "--json")
    assert daemon.run("runuser", "-u", "clerk", "--", *listing).startswith("[")


def test_faulty_configuration_stops_the_daemon_and_is_not_tried_again(machine: Machine) -> None:
    good = machine.run("cat", "/etc/alertd/config.toml")
    machine.write("/etc/alertd/config.toml", "zone = nowhere\n")
    try:
        machine.run("systemctl", "start", "alertd", check=False)
        machine.until("alertd", "ActiveState", "failed")
        assert machine.show("alertd", "ExecMainStatus") == "78"
        assert machine.show("alertd", "NRestarts") == "0"
    finally:
        machine.write("/etc/alertd/config.toml", good)
        machine.run("systemctl", "reset-failed", "alertd", check=False)
