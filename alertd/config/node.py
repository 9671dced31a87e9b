"""config.toml and channels/: what this node is, where its files lie, how it reaches people."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from alertd.config.channels import ChannelConfig, load_channels
from alertd.config.checking import Table, check
from alertd.config.documents import Document
from alertd.config.faults import Fault, nearest, shown
from alertd.config.node_shapes import ConfigFile, SendingShape
from alertd.config.secret import Secret
from alertd.config.secret_places import secret_at
from alertd.config.sources import read_source
from alertd.config.toml_syntax import read_document
from alertd.core.abilities import abilities_of
from alertd.core.timing import OfficeHours

#: where an installed node keeps its files and its store (Filesystem Hierarchy Standard)
SYSTEM_FOLDER = Path("/etc/alertd")
SYSTEM_STATE = Path("/var/lib/alertd")
_CONFIG = "config.toml"


@dataclass(frozen=True, slots=True)
class NodeConfig:
    """All of config.toml and of the channels without faults. Folders are absolute.

    `store_url` is an SQLAlchemy address and may hold a password, hence secret. `mode` is rehearsal, redirect,
    live or hold. `channel_order` names channels, best first, and is never empty where there are channels.
    """

    file: Path
    language: str
    zone: ZoneInfo
    schedules: Path
    channels_folder: Path
    store_url: Secret
    admin_to: tuple[str, ...]
    admin_name: str
    office: OfficeHours
    mode: str
    redirect_to: str
    channel_order: tuple[str, ...]
    deadline_threshold: int
    people_threshold: int
    log_level: str
    log_format: str
    name: str
    channels: Mapping[str, ChannelConfig]

    @property
    def folder(self) -> Path:
        """The folder of config.toml, to which every file name in a fault is relative."""
        return self.file.parent


@dataclass(frozen=True, slots=True)
class LoadedNode:
    """`node` is None when config.toml has a fault; a channel with a fault is only left out of the node."""

    node: NodeConfig | None
    faults: tuple[Fault, ...]


def find_config(argument: str | None, environ: Mapping[str, str], cwd: Path) -> Path | Fault:
    """The configuration file: `--config FILE-OR-FOLDER`, else $ALERTD_CONFIG, ./config.toml, /etc/alertd.

    A place that was named and holds no file is a fault; the next place is not tried.
    """
    named = argument or environ.get("ALERTD_CONFIG", "")
    places = [cwd / named] if named else [cwd / _CONFIG, SYSTEM_FOLDER / _CONFIG]
    places = [place / _CONFIG if _is(place.is_dir) else place for place in places]
    for place in places:
        if _is(place.is_file):
            return place.absolute()
    return Fault(_CONFIG, 1, 1, "config-not-found", {"tried": ", ".join(shown(str(p), 500) for p in places)})


def _is(test: Callable[[], bool]) -> bool:
    """Whether a path is what it should be; one that may not even be looked at is not."""
    try:
        return test()
    except OSError:
        return False


def load_node(path: Path, environ: Mapping[str, str]) -> LoadedNode:
    """Read config.toml at `path` and the channels it names. Never raises, reveals no secrets."""
    path = path.absolute()
    text, unreadable = read_source(path, path.name)
    if unreadable:
        return LoadedNode(None, unreadable)
    document, syntax = read_document(path.name, text)
    if document is None:
        return LoadedNode(None, tuple(sorted(set(syntax))))
    config, faults = check(ConfigFile, Table(document, (), document.data))
    faults += syntax
    folder = path.parent / (config.channels if config else _text_or(document, "channels"))
    channels, found = load_channels(folder, path.parent, environ)
    faults += found
    faults += _order_faults(document, folder)
    in_config = any(fault.file == path.name for fault in faults)
    node = None if config is None or in_config else _node(path, document, config, channels, environ)
    return LoadedNode(node, tuple(sorted(set(faults))))


def _text_or(document: Document, key: str) -> str:
    value = document.data.get(key)
    return value if isinstance(value, str) and value else key


def _order_faults(document: Document, folder: Path) -> list[Fault]:
    """Channels that are ordered but have no file; files with faults count."""
    known = [path.stem for path in folder.glob("*.toml")] if folder.is_dir() else []
    sending = document.data.get("sending")
    if not known or not isinstance(sending, dict):
        return []
    table = Table(document, ("sending",), sending)
    return [
        table.fault(path, "unknown-channel", {"found": shown(name), **nearest(name, known)})
        for path, name in table.texts("channel_order")
        if name not in known
    ]


def _node(
    path: Path,
    document: Document,
    config: ConfigFile,
    channels: Mapping[str, ChannelConfig],
    environ: Mapping[str, str],
) -> NodeConfig:
    sending = config.sending
    return NodeConfig(
        file=path,
        language=config.language,
        zone=config.zone,
        schedules=path.parent / config.schedules,
        channels_folder=path.parent / config.channels,
        store_url=_store(path.parent, document, config, environ),
        admin_to=tuple(config.admin.to),
        admin_name=config.admin.name,
        office=OfficeHours(config.office.opens, config.office.closes),
        mode=sending.mode,
        redirect_to=sending.redirect_to,
        channel_order=_order(sending, channels),
        deadline_threshold=config.thresholds.deadlines,
        people_threshold=config.thresholds.people,
        log_level=config.log.level,
        log_format=config.log.format,
        name=config.node.name or socket.gethostname(),
        channels=channels,
    )


def _order(sending: SendingShape, channels: Mapping[str, ChannelConfig]) -> tuple[str, ...]:
    """The admin's order; without one mail first and the inbox, which nobody carries along, last."""
    if sending.channel_order:
        return tuple(sending.channel_order)
    return tuple(sorted(channels, key=lambda name: (abilities_of(channels[name].transport).rank, name)))


def _store(folder: Path, document: Document, config: ConfigFile, environ: Mapping[str, str]) -> Secret:
    url = config.store.url
    if isinstance(url, tuple):
        return secret_at(Table(document, ("store",), {}), "url", url, environ, folder)
    if url:
        return Secret.plain(url.replace("postgresql://", "postgresql+psycopg://", 1))
    return Secret.plain(f"sqlite:///{_state_folder(folder, environ) / 'alertd.db'}")


def _state_folder(folder: Path, environ: Mapping[str, str]) -> Path:
    """$STATE_DIRECTORY under systemd, its place for commands on an installed node, else var/ here."""
    given = environ.get("STATE_DIRECTORY", "").split(":")[0]
    if given:
        return Path(given)
    return SYSTEM_STATE if folder == SYSTEM_FOLDER else folder / "var"
