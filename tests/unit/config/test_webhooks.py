"""The file of a system that listens: where changes may go, and what of it is secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from alertd.config.channel_settings.webhook import WebhookSettings
from alertd.config.channels import Channels, load_channels, read_channels
from alertd.core.subscriptions import Wanted, is_address
from alertd.transports.webhook import WebhookOptions, WebhookTransport

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def loaded(tmp_path: Path, text: str, **environ: str) -> Channels:
    (tmp_path / "channels").mkdir()
    (tmp_path / "channels/platform.toml").write_text(f'transport = "webhook"\n{text}\n')
    return load_channels(read_channels(tmp_path / "channels"), tmp_path, environ)


def settings(channels: Channels) -> WebhookSettings:
    assert channels.faults == []
    found = channels.known["platform"].settings
    assert isinstance(found, WebhookSettings)
    return found


def test_all_changes_are_wanted_unless_some_are_named(tmp_path: Path) -> None:
    text = 'kinds = ["late"]\nunits = ["town-a"]'
    assert settings(loaded(tmp_path, text)).wants == Wanted(frozenset({"late"}), frozenset({"town-a"}))


def test_an_address_may_be_a_secret_and_is_never_shown(tmp_path: Path) -> None:
    hidden = "https://platform.test/in/s3cret-token"
    text = 'enabled = true\nurl = { env = "HOOK" }\nsecret = { env = "KEY" }'
    found = settings(loaded(tmp_path, text, HOOK=hidden, KEY=SECRET))
    assert (found.options()["url"], found.endpoint) == (hidden, ("platform.test", 443))
    assert "s3cret" not in repr(found)


def test_an_address_that_is_a_secret_and_leads_nowhere_is_said_when_it_is_read(tmp_path: Path) -> None:
    text = 'enabled = true\nurl = { env = "HOOK" }\nsecret = { env = "KEY" }'
    found = settings(loaded(tmp_path, text, HOOK="http://10.0.0.5/s3cret", KEY=SECRET))
    with pytest.raises(ValueError, match="https") as raised:
        WebhookTransport(WebhookOptions(**found.options()))
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://platform.test", True),
        ("https://platform.test:8443/in?a=b", True),
        ("http://127.0.0.1:9000/in", True),
        ("http://[::1]:9000/in", True),
        ("http://localhost/in", True),
        ("http://platform.test/in", False),
        ("http://127.0.0.1.platform.test/in", False),
        ("https://me:secret@platform.test/in", False),
        ("ftp://platform.test/in", False),
        ("https://platform.test:0/in", False),
        ("https://platform.test:99999/in", False),
        ("https://", False),
        ("https:///in", False),
        ("https://[::1/in", False),
        ("https://platform.test/in\nhost: elsewhere", False),
    ],
)
def test_changes_go_over_https_or_stay_on_this_machine(url: str, may: bool) -> None:
    assert is_address(url) is may


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("enabled = true", ["needed-when-enabled"]),
        ('enabled = true\nurl = "https://a.test"', ["needed-when-enabled"]),
        ('url = "http://a.test"', ["bad-webhook-url"]),
        ('url = "https://me:secret@a.test"', ["secret-inline"]),
        (f'secret = "{SECRET}"', ["secret-inline"]),
        ('kinds = ["done"]', ["not-one-of"]),
        ('units = ["Town A"]', ["bad-id"]),
        ("timeout = 0", ["out-of-range-ge"]),
    ],
)
def test_what_is_wrong_is_a_fault_and_says_no_secret(tmp_path: Path, text: str, codes: list[str]) -> None:
    found = loaded(tmp_path, text)
    assert [fault.code for fault in found.faults] == codes
    assert "secret@" not in " ".join(fault.text() for fault in found.faults)
    assert SECRET not in " ".join(fault.text() for fault in found.faults)
