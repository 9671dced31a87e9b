"""Through whose hands a channel goes, and which of them are allowed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from alertd.clock import SettableClock
from alertd.config.channels import ChannelConfig, load_channels, read_channels
from alertd.config.node import load_node
from alertd.core.abilities import TRANSPORTS, ZONES
from tests.support.program import Program

TOP = Path(__file__).resolve().parents[3]
TELEGRAM = 'transport = "telegram"\nenabled = true\ntoken = { env = "T" }\n'


def city(folder: Path, telegram: str = TELEGRAM, zones: str = "") -> Path:
    (folder / "channels").mkdir()
    (folder / "schedules").mkdir()
    (folder / "channels/inbox.toml").write_text('transport = "inbox"\nenabled = true\n')
    (folder / "channels/telegram.toml").write_text(telegram)
    (folder / "config.toml").write_text(f'[sending]\n{zones}\n[admin]\nto = ["a@b.test"]\n')
    return folder / "config.toml"


def test_every_transport_is_somewhere() -> None:
    assert {can.zone for can in TRANSPORTS.values()} <= set(ZONES)
    assert (TRANSPORTS["telegram"].zone, TRANSPORTS["inbox"].zone) == ("abroad", "intranet")


def test_what_is_abroad_is_shipped_switched_off_and_says_so() -> None:
    found: dict[str, ChannelConfig] = {}
    for folder in (TOP / "channels", TOP / "channels/examples"):
        found |= load_channels(read_channels(folder), TOP, {}).known
    abroad = {name for name, channel in found.items() if channel.zone == "abroad"}
    assert abroad == {"telegram", "slack", "teams", "bark"}
    assert not any(found[name].enabled for name in abroad)
    assert all(found[name].said["zone"] == "abroad" for name in abroad)


def test_a_file_says_where_its_own_server_is(tmp_path: Path) -> None:
    node = load_node(city(tmp_path, f'{TELEGRAM}zone = "intranet"\n'), {"T": "1:a"}).node
    assert node is not None
    assert node.channels["telegram"].zone == "intranet"


def test_without_a_word_every_zone_is_allowed(tmp_path: Path) -> None:
    loaded = load_node(city(tmp_path), {"T": "1:a"})
    assert loaded.faults == ()
    assert loaded.node is not None
    assert loaded.node.channels["telegram"].enabled


def test_a_channel_of_a_zone_that_is_not_allowed_is_a_fault_and_not_used(tmp_path: Path) -> None:
    loaded = load_node(city(tmp_path, zones='zones = ["intranet", "internet"]'), {"T": "1:a"})
    (fault,) = loaded.faults
    assert (fault.code, fault.file, fault.line, fault.column) == ("zone-not-allowed", "config.toml", 2, 9)
    assert "channels/telegram.toml" in fault.text("en")
    assert loaded.node is not None
    assert not loaded.node.channels["telegram"].enabled
    assert loaded.node.channels["inbox"].enabled


def test_one_that_is_switched_off_is_none(tmp_path: Path) -> None:
    off = TELEGRAM.replace("true", "false")
    assert load_node(city(tmp_path, off, 'zones = ["intranet"]'), {"T": "1:a"}).faults == ()


@pytest.mark.parametrize("zones", ['zones = ["moon"]', "zones = []"])
def test_a_zone_that_is_none_is_a_fault(tmp_path: Path, zones: str) -> None:
    assert load_node(city(tmp_path, zones=zones), {"T": "1:a"}).faults


def test_doctor_and_check_say_what_a_choice_means(tmp_path: Path) -> None:
    clock = SettableClock(datetime(2026, 11, 22, tzinfo=UTC))
    environ = {"ALERTD_LANGUAGE": "en", "T": "1:a"}
    assert Program(tmp_path, clock, environ)("init", "city", "--example").code == 0
    run = Program(tmp_path / "city", clock, environ)
    run.replace("channels/telegram.toml", "enabled = false", "enabled = true")
    run.replace("channels/telegram.toml", '{ credential = "telegram_token" }', '{ env = "T" }')
    doctor = run("doctor")
    assert "telegram: abroad, titles, cases and names pass servers abroad" in doctor.out
    assert "inbox: intranet" in doctor.out
    check = run("check")
    assert "channels/telegram.toml: sends through servers abroad" in check.err
