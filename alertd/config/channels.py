"""channels/*.toml: one file for each way of reaching people; the file's name is the channel's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from alertd.adapters import AdapterBroken, names
from alertd.config.channel_settings import SHAPES, ChannelSettings, ChannelShape, shape_of
from alertd.config.checking import Table, check
from alertd.config.documents import Document
from alertd.config.faults import Fault, listed, nearest, shown
from alertd.config.said import Said, document_of, lost, with_values
from alertd.config.secret import Secret
from alertd.config.secret_places import SecretPlace, secret_at
from alertd.config.sources import read_source
from alertd.config.toml_syntax import read_document
from alertd.config.values import LONGEST_SHORT_ID
from alertd.core.abilities import abilities_of
from alertd.core.ways import DEPUTY

_NAME = re.compile(r"[a-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class ChannelConfig:
    """One way of reaching people. A channel that is not enabled is known, but nothing goes over it.

    `said` is what its file says, for the day on which it no longer does.
    """

    name: str
    transport: str
    enabled: bool
    settings: ChannelSettings
    zone: str = "internet"  # of core.abilities.ZONES
    said: Said = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class ChannelTexts:
    """The files of channels/ as they lie there: the text of each channel, or why it cannot be read.

    `folder` is what they lie in; `missing` says that it is not there.
    """

    folder: Path
    texts: Mapping[str, str]
    unreadable: Mapping[str, tuple[Fault, ...]] = field(default_factory=dict)
    missing: bool = False

    def file(self, channel: str) -> str:
        """A channel's file as faults name it."""
        return f"{self.folder.name}/{channel}.toml"


@dataclass(slots=True)
class Channels:
    """All channels by name, the faults of their files, and what is kept though no file says it any more."""

    known: dict[str, ChannelConfig] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)


def read_channels(folder: Path) -> ChannelTexts:
    """The files of a folder. Never raises."""
    try:
        paths = sorted(folder.glob("*.toml")) if folder.is_dir() else None
    except OSError:
        paths = None
    texts: dict[str, str] = {}
    unreadable: dict[str, tuple[Fault, ...]] = {}
    for path in paths or ():
        if path.name.startswith((".", "~")):
            continue
        text, faults = read_source(path, shown(f"{folder.name}/{path.name}"))
        if faults:
            unreadable[path.stem] = faults
        else:
            texts[path.stem] = text
    return ChannelTexts(folder, texts, unreadable, missing=paths is None)


def load_channels(
    found: ChannelTexts,
    base: Path,
    environ: Mapping[str, str],
    last: Mapping[str, Said] | None = None,
    holding: bool = False,
) -> Channels:
    """The channels of these files, relative file names in `base`. Never raises.

    `last` is what each file last said without a fault, and stands in for one that has a fault. While
    `holding` it also stands in for what the file of an enabled channel says no more
    (docs/decisions/0035-at-its-word.md).
    """
    last = last or {}
    made = Channels()
    for name in sorted({*found.texts, *found.unreadable}):
        file = found.file(name)
        channel, faults = None, list(found.unreadable.get(name, ()))
        if name in found.texts:
            channel, faults = _load(name, file, found.texts[name], base, environ)
        made.faults += faults
        before = _said_before(name, file, last, base, environ)
        if channel is None:
            channel = before
        elif holding and before is not None and before.enabled:
            channel = _with_unsaid(channel, before, file, base, environ, made.waiting)
        if channel is not None:
            made.known[name] = channel
    for name in sorted(last.keys() - found.texts.keys() - found.unreadable.keys()):
        before = _said_before(name, found.file(name), last, base, environ)
        if holding and before is not None and before.enabled:
            made.known[name] = before
            made.waiting.append(f"- {found.file(name)}")
    if found.missing and not made.waiting:
        made.faults.append(Fault(f"{shown(found.folder.name)}/", 1, 1, "no-folder", {"key": "channels"}))
    return made


def _said_before(
    name: str, file: str, last: Mapping[str, Said], base: Path, environ: Mapping[str, str]
) -> ChannelConfig | None:
    """The channel as its file last said; None where that is unknown, or no channel of this version."""
    if name not in last:
        return None
    return _checked(name, document_of(file, last[name]), base, environ)[0]


def _with_unsaid(
    channel: ChannelConfig,
    before: ChannelConfig,
    file: str,
    base: Path,
    environ: Mapping[str, str],
    waiting: list[str],
) -> ChannelConfig:
    """What its file says, and said before and says no more; unless it says to be off or of another kind."""
    off = channel.said.get("enabled") is False
    if off or channel.transport != before.transport:
        return channel
    shape = shape_of(channel.transport) or ChannelShape
    missing = lost(shape, before.said, channel.said, [(key,) for key in shape.model_fields])
    if not missing:
        return channel
    waiting += [f"- {file}  {key}" for (key,) in missing]
    merged = with_values(channel.said, before.said, missing)
    return _checked(channel.name, document_of(file, merged), base, environ)[0] or before


def _load(
    name: str, file: str, text: str, base: Path, environ: Mapping[str, str]
) -> tuple[ChannelConfig | None, list[Fault]]:
    document, faults = read_document(file, text)
    if document is None:
        return None, faults
    if not _NAME.fullmatch(name):
        faults.append(Fault(file, 1, 1, "bad-id", {"found": shown(name)}))
    if name == DEPUTY:
        faults.append(Fault(file, 1, 1, "channel-reserved", {"found": shown(name)}))
    if len(name) > LONGEST_SHORT_ID:
        args = {"found": shown(name), "count": str(len(name)), "most": str(LONGEST_SHORT_ID)}
        faults.append(Fault(file, 1, 1, "long-id", args))
    channel, found = _checked(name, document, base, environ)
    return (None if faults else channel), faults + found


def _checked(
    name: str, document: Document, base: Path, environ: Mapping[str, str]
) -> tuple[ChannelConfig | None, list[Fault]]:
    table = Table(document, (), document.data)
    transport = document.data.get("transport")
    try:
        shape = shape_of(transport) if isinstance(transport, str) else None
    except AdapterBroken as broken:
        args = {"found": shown(transport), "reason": str(broken)}
        return None, [table.fault(("transport",), "adapter-broken", args)]
    if shape is None or not isinstance(transport, str):
        return None, [_transport_fault(table, transport)]
    checked, faults = check(shape, table)
    if checked is None:
        return None, faults

    def secret(key: str, place: SecretPlace | None) -> Secret | None:
        return secret_at(table, key, place, environ, base) if place else None

    settings = checked.settings(secret, base)
    zone = checked.zone or abilities_of(transport).zone
    return ChannelConfig(name, transport, checked.enabled, settings, zone, document.data), faults


def _transport_fault(table: Table, transport: object) -> Fault:
    if "transport" not in table.raw:
        return table.fault((), "missing-key", {"key": "transport"})
    known = (*SHAPES, *names())
    near = nearest(transport, known) if isinstance(transport, str) else {}
    return table.fault(
        ("transport",), "not-one-of", {"found": shown(transport), "known": listed(known), **near}
    )
