"""channels/*.toml: one file for each way of reaching people; the file's name is the channel's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from alertd.config.checking import Table, check
from alertd.config.faults import Fault, listed, nearest, shown
from alertd.config.node_shapes import (
    CHANNEL_SHAPES,
    TRANSPORTS,
    EmailShape,
    InboxShape,
    SecretPlace,
    TelegramShape,
)
from alertd.config.secret import Secret
from alertd.config.secret_places import secret_at
from alertd.config.sources import read_source
from alertd.config.toml_syntax import read_document

_NAME = re.compile(r"[a-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class EmailSettings:
    """A mail server. `timeout` is in seconds; without `ca_file` the public authorities are trusted."""

    host: str
    port: int = 587
    security: str = "starttls"
    username: str = ""
    password: Secret | None = None
    ca_file: Path | None = None
    sender: str = ""
    reply_to: str = ""
    timeout: int = 30
    connections: int = 4


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """A bot. `base_url` is empty for Telegram's own servers."""

    token: Secret | None
    base_url: str = ""


@dataclass(frozen=True, slots=True)
class InboxSettings:
    """The store itself needs no settings."""


@dataclass(frozen=True, slots=True)
class ChannelConfig:
    """One way of reaching people. A channel that is not enabled is known, but nothing goes over it."""

    name: str
    transport: str
    enabled: bool
    settings: EmailSettings | TelegramSettings | InboxSettings


def load_channels(
    folder: Path, base: Path, environ: Mapping[str, str]
) -> tuple[dict[str, ChannelConfig], list[Fault]]:
    """All channels of a folder by name, and the faults of those left out; `base` is config.toml's folder."""
    channels: dict[str, ChannelConfig] = {}
    faults: list[Fault] = []
    if not folder.is_dir():
        faults.append(Fault(f"{shown(folder.name)}/", 1, 1, "no-folder", {"key": "channels"}))
    for path in sorted(folder.glob("*.toml")):
        if path.name.startswith((".", "~")):
            continue
        channel, found = _load(path, f"{folder.name}/{path.name}", base, environ)
        faults += found
        if channel is not None:
            channels[channel.name] = channel
    return channels, faults


def _load(
    path: Path, file: str, base: Path, environ: Mapping[str, str]
) -> tuple[ChannelConfig | None, list[Fault]]:
    text, unreadable = read_source(path, file)
    if unreadable:
        return None, list(unreadable)
    document, faults = read_document(file, text)
    if document is None:
        return None, faults
    if not _NAME.fullmatch(path.stem):
        faults.append(Fault(file, 1, 1, "bad-id", {"found": shown(path.stem)}))
    table = Table(document, (), document.data)
    transport = document.data.get("transport")
    if not isinstance(transport, str) or transport not in CHANNEL_SHAPES:
        return None, [*faults, _transport_fault(table, transport)]
    checked, found = check(CHANNEL_SHAPES[transport], table)
    faults += found
    if checked is None or faults:
        return None, faults
    settings = _settings(checked, table, base, environ)
    return ChannelConfig(path.stem, transport, checked.enabled, settings), faults


def _transport_fault(table: Table, transport: object) -> Fault:
    if "transport" not in table.raw:
        return table.fault((), "missing-key", {"key": "transport"})
    near = nearest(transport, TRANSPORTS) if isinstance(transport, str) else {}
    return table.fault(
        ("transport",), "not-one-of", {"found": shown(transport), "known": listed(TRANSPORTS), **near}
    )


def _settings(
    shape: EmailShape | TelegramShape | InboxShape, table: Table, base: Path, environ: Mapping[str, str]
) -> EmailSettings | TelegramSettings | InboxSettings:
    def secret(key: str, place: SecretPlace | None) -> Secret | None:
        return secret_at(table, key, place, environ, base) if place else None

    if isinstance(shape, EmailShape):
        return EmailSettings(
            host=shape.host,
            port=shape.port,
            security=shape.security,
            username=shape.username,
            password=secret("password", shape.password),
            ca_file=base / shape.ca_file if shape.ca_file else None,
            sender=shape.sender,
            reply_to=shape.reply_to,
            timeout=shape.timeout,
            connections=shape.connections,
        )
    if isinstance(shape, TelegramShape):
        return TelegramSettings(secret("token", shape.token), shape.base_url)
    return InboxSettings()
