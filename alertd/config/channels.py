"""channels/*.toml: one file for each way of reaching people; the file's name is the channel's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from alertd.config.channel_settings import SHAPES, ChannelSettings
from alertd.config.checking import Table, check
from alertd.config.faults import Fault, listed, nearest, shown
from alertd.config.secret import Secret
from alertd.config.secret_places import SecretPlace, secret_at
from alertd.config.sources import read_source
from alertd.config.toml_syntax import read_document

_NAME = re.compile(r"[a-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class ChannelConfig:
    """One way of reaching people. A channel that is not enabled is known, but nothing goes over it."""

    name: str
    transport: str
    enabled: bool
    settings: ChannelSettings


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
    if not isinstance(transport, str) or transport not in SHAPES:
        return None, [*faults, _transport_fault(table, transport)]
    checked, found = check(SHAPES[transport], table)
    faults += found
    if checked is None or faults:
        return None, faults

    def secret(key: str, place: SecretPlace | None) -> Secret | None:
        return secret_at(table, key, place, environ, base) if place else None

    return ChannelConfig(path.stem, transport, checked.enabled, checked.settings(secret, base)), faults


def _transport_fault(table: Table, transport: object) -> Fault:
    if "transport" not in table.raw:
        return table.fault((), "missing-key", {"key": "transport"})
    near = nearest(transport, SHAPES) if isinstance(transport, str) else {}
    return table.fault(
        ("transport",), "not-one-of", {"found": shown(transport), "known": listed(SHAPES), **near}
    )
