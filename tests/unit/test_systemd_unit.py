"""The shipped unit: systemd understands all of it, it shuts the daemon in, and it fits the other files."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "systemd" / "alertd.service"
PAGES = ROOT / "systemd" / "alertd-web.service"
PROGRAM = "/opt/alertd/.venv/bin/alertd"
WORST_EXPOSURE = 2.0


def settings(name: str) -> list[str]:
    """All values the unit gives to one setting, in order."""
    return re.findall(rf"^{name}=(.*)$", UNIT.read_text(encoding="utf-8"), re.MULTILINE)


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", "--no-pager", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def verify(folder: Path, unit: str, name: str = UNIT.name) -> str:
    """What systemd says about a unit; a program that is there stands in for the one not installed here."""
    copy = folder / name
    copy.write_text(unit.replace(PROGRAM, sys.executable), encoding="utf-8")
    done = analyze("verify", str(copy))
    return done.stdout + done.stderr


@pytest.mark.needs("systemd-analyze")
@pytest.mark.parametrize("unit", [UNIT, PAGES], ids=["daemon", "pages"])
def test_systemd_finds_nothing_to_say_about_the_unit(tmp_path: Path, unit: Path) -> None:
    # Also on success: for an unknown setting systemd prints a line and answers 0.
    assert verify(tmp_path, unit.read_text(encoding="utf-8"), unit.name) == ""


@pytest.mark.needs("systemd-analyze")
def test_a_setting_systemd_does_not_know_is_seen(tmp_path: Path) -> None:
    unit = UNIT.read_text(encoding="utf-8").replace("ProtectHome=", "ProtectHouse=")
    assert "ProtectHouse" in verify(tmp_path, unit)


@pytest.mark.needs("systemd-analyze")
@pytest.mark.parametrize("unit", [UNIT, PAGES], ids=["daemon", "pages"])
def test_the_program_is_shut_in(unit: Path) -> None:
    done = analyze("security", "--offline=true", str(unit))
    exposure = re.search(r"Overall exposure level for alertd[a-z-]*\.service: ([\d.]+)", done.stdout)
    assert exposure is not None, done.stderr
    assert float(exposure[1]) <= WORST_EXPOSURE


def test_what_only_a_person_can_mend_is_not_restarted() -> None:
    assert settings("Restart") == ["on-failure"]
    assert settings("RestartPreventExitStatus") == ["64 78"]


def test_the_unit_waits_to_be_told_and_watches() -> None:
    assert settings("Type") == ["notify"]
    assert int(settings("WatchdogSec")[0]) > 0
    assert settings("ExecReload") == ["/bin/kill -HUP $MAINPID"]


def test_every_credential_a_channel_names_is_given_to_the_daemon() -> None:
    channels = (ROOT / "channels").rglob("*.toml")
    texts = [path.read_text(encoding="utf-8") for path in channels]
    named = {name for text in texts for name in re.findall(r'credential = "(\w+)"', text)}
    assert named
    assert named == {line.partition(":")[0] for line in settings("LoadCredential")}


def test_pages_are_given_no_credential_and_wait_for_no_watchdog() -> None:
    text = PAGES.read_text(encoding="utf-8")
    assert "LoadCredential" not in text
    assert "WatchdogSec" not in text
    assert re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE) == [f"{PROGRAM} --config /etc/alertd web"]
