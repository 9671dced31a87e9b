"""config.toml and channels/: what this node is, where its files lie, how it reaches people."""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from alertd.config.channels import ChannelConfig, Channels, ChannelTexts, load_channels, read_channels
from alertd.config.checking import Table, check
from alertd.config.documents import Document
from alertd.config.faults import Fault, nearest, shown
from alertd.config.mail_in_shapes import MailInSettings
from alertd.config.node_shapes import ConfigFile, SendingShape
from alertd.config.said import NOTHING, Keys, Said, document_of, lost, plain, value_at, with_values
from alertd.config.secret import Secret
from alertd.config.secret_places import SecretPlace, secret_at
from alertd.config.sources import read_source
from alertd.config.toml_syntax import read_document
from alertd.config.watch_shapes import HeartbeatSettings
from alertd.config.web_shapes import WebSettings
from alertd.core.abilities import abilities_of
from alertd.core.bulletins import BulletinSchedule
from alertd.core.model import Way
from alertd.core.resting import NO_REST, Rest, rest_of
from alertd.core.subscriptions import Wanted
from alertd.core.text_messages import Texting
from alertd.core.timing import OfficeHours
from alertd.core.ways import DEPUTY, channel_named

#: where an installed node keeps its files and its store (Filesystem Hierarchy Standard)
SYSTEM_FOLDER = Path("/etc/alertd")
SYSTEM_STATE = Path("/var/lib/alertd")
_CONFIG = "config.toml"
_ORDER = ("sending", "channel_order")
_URGENT_ORDER = ("sending", "urgent_order")
#: keys on which it depends what leaves, when, in what order, and what a saved file may do by itself
DEPENDED_ON: tuple[Keys, ...] = (
    ("zone",),
    ("schedules",),
    ("channels",),
    ("office", "opens"),
    ("office", "closes"),
    ("rest", "quiet"),
    ("rest", "days"),
    ("sending", "mode"),
    _ORDER,
    _URGENT_ORDER,
    ("sending", "zones"),
    ("bulletin",),
    ("thresholds", "deadlines"),
    ("thresholds", "people"),
)


@dataclass(frozen=True, slots=True)
class NodeConfig:
    """All of config.toml and of the channels without faults. Folders are absolute.

    `store_url` is an SQLAlchemy address and may hold a password, hence secret. `mode` is rehearsal, redirect,
    live or hold. `channel_order` names channels, best first, and is never empty where there are channels.
    `order` has them with the waits that config.toml gives; `urgent_order` is for what is urgent, or empty.
    """

    file: Path
    language: str
    zone: ZoneInfo
    schedules: Path
    channels_folder: Path
    store_url: Secret
    state_folder: Path
    admin_to: tuple[str, ...]
    admin_name: str
    office: OfficeHours
    rest: Rest
    mode: str
    redirect_to: str
    channel_order: tuple[str, ...]
    order: tuple[Way, ...]
    urgent_order: tuple[Way, ...]
    deadline_threshold: int
    people_threshold: int
    bulletin: BulletinSchedule | None
    log_level: str
    log_format: str
    web: WebSettings
    mail_in: MailInSettings
    heartbeat: HeartbeatSettings | None
    feeds: Mapping[str, timedelta]
    name: str
    channels: Mapping[str, ChannelConfig]

    @property
    def folder(self) -> Path:
        """The folder of config.toml, to which every file name in a fault is relative."""
        return self.file.parent

    @property
    def subscriptions(self) -> dict[str, Wanted]:
        """By enabled channel, which changes another system hears of over it."""
        known = {name: each.settings.wants for name, each in self.channels.items() if each.enabled}
        return {name: wants for name, wants in known.items() if wants is not None}

    @property
    def texting(self) -> dict[str, Texting]:
        """How the texts of each enabled channel of text messages are written."""
        known = {name: each.settings.texting for name, each in self.channels.items() if each.enabled}
        return {name: texting for name, texting in known.items() if texting is not None}

    @property
    def ways(self) -> dict[str, Any]:
        """What a picture of this node has of its channels under the same names."""
        return {"order": self.order, "urgent_order": self.urgent_order, "texting": self.texting}


@dataclass(frozen=True, slots=True)
class NodeSaid:
    """What config.toml and the files of channels/ say where they have no fault, or last said."""

    config: Said = field(default_factory=dict)
    channels: Mapping[str, Said] = field(default_factory=dict)

    def kept(self) -> dict[str, Any]:
        """What of it is kept in the store: only what can be missed, and no secret ever."""
        config = with_values({}, self.config, _depended_on(self.config))
        return {"config": config, "channels": {name: plain(said) for name, said in self.channels.items()}}

    def upon(self, others: Said) -> NodeSaid:
        """With what else config.toml says, which the store does not keep, for one that cannot be read."""
        rest = {key: value for key, value in others.items() if (key,) not in DEPENDED_ON}
        for table, key in (keys for keys in DEPENDED_ON if len(keys) == 2):
            rest[table] = {name: value for name, value in rest.get(table, {}).items() if name != key}
        return NodeSaid(with_values(rest, self.config, _depended_on(self.config)), self.channels)

    @classmethod
    def of(cls, kept: object) -> NodeSaid:
        """What was kept in the store; nothing where nothing was."""
        found = kept if isinstance(kept, dict) else {}
        return cls(found.get("config", {}), found.get("channels", {}))


def _depended_on(said: Said) -> list[Keys]:
    return [path for path in DEPENDED_ON if value_at(said, path) is not NOTHING]


@dataclass(frozen=True, slots=True)
class NodeFiles:
    """The files of a node as they lie there. `text` is that of config.toml, "" where it cannot be read."""

    path: Path
    text: str
    unreadable: tuple[Fault, ...]
    channels: ChannelTexts


@dataclass(frozen=True, slots=True)
class LoadedNode:
    """`node` is None when config.toml has a fault. A channel with a fault is only left out of the node, and a
    name in the order of channels that none has is passed over.

    `said` is what is to rule when a file says no more; `waiting` names what rules though it is said no more.
    """

    node: NodeConfig | None
    faults: tuple[Fault, ...]
    said: NodeSaid = field(default_factory=NodeSaid)
    waiting: tuple[str, ...] = ()
    files: NodeFiles | None = None


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
    return node_of(read_node(path), environ)


def read_node(path: Path, last: NodeSaid | None = None) -> NodeFiles:
    """The texts of config.toml at `path` and of the channels that it names, or named last. Never raises."""
    path = path.absolute()
    text, unreadable = read_source(path, path.name)
    document = read_document(path.name, text)[0] if not unreadable else None
    named = _text_or(
        document.data if document else {}, "channels", _text_or(last.config if last else {}, "channels")
    )
    return NodeFiles(path, text, unreadable, read_channels(path.parent / named))


def node_of(
    files: NodeFiles, environ: Mapping[str, str], last: NodeSaid | None = None, holding: bool = False
) -> LoadedNode:
    """The node of these files. Never raises, reveals no secrets.

    `last` is what they last said without a fault, and stands in for a file that has one. While `holding`, it
    stands in for what they say no more, too (docs/decisions/0035-at-its-word.md).
    """
    path, last = files.path, last or NodeSaid()
    made = load_channels(files.channels, path.parent, environ, last.channels, holding)
    document, faults, waiting = _ruling(files, last.config, holding, made.known)
    config, _ = check(ConfigFile, Table(document, (), document.data))
    channels = {name: each.said for name, each in made.known.items()}
    said = NodeSaid(document.data if config else last.config, channels)
    if config:
        faults += _zone_faults(document, config.sending.zones, files.channels, made)
    node = _node(path, document, config, made.known, environ) if config else None
    return LoadedNode(node, tuple(sorted({*faults, *made.faults})), said, (*waiting, *made.waiting), files)


def _ruling(
    files: NodeFiles, last: Said, holding: bool, channels: Collection[str]
) -> tuple[Document, list[Fault], list[str]]:
    """What is to rule of config.toml, its faults, and what is kept though it says so no more."""
    name, faults = files.path.name, list(files.unreadable)
    document, config = None, None
    if not faults:
        document, faults = read_document(name, files.text)
    if document is not None:
        config, found = check(ConfigFile, Table(document, (), document.data))
        faults += found
    if document is None or config is None or faults:
        return document_of(name, last), faults, []
    missing = lost(ConfigFile, last, document.data, DEPENDED_ON) if holding else []
    waiting = [f"- {name}  {'.'.join(keys)}" for keys in missing]
    faults = []
    for keys in (_ORDER, _URGENT_ORDER):
        found = _order_faults(document, keys[-1], files.channels, channels)
        if found and value_at(last, keys) is not NOTHING:
            missing.append(keys)
        faults += found
    if missing:
        document = document_of(name, with_values(document.data, last, missing))
    return document, faults, waiting


def _text_or(said: Said, key: str, default: str = "") -> str:
    value = said.get(key)
    return value if isinstance(value, str) and value else default or key


def _order_faults(document: Document, key: str, files: ChannelTexts, kept: Collection[str]) -> list[Fault]:
    """Channels that are ordered but have no file; files with faults count."""
    known = sorted({*files.texts, *files.unreadable, *kept})
    sending = document.data.get("sending")
    if not known or not isinstance(sending, dict):
        return []
    table = Table(document, ("sending",), sending)
    return [
        table.fault(path, "unknown-channel", {"found": shown(name), **nearest(name, known)})
        for path, text in table.texts(key)
        if (name := channel_named(text)) and name not in known
    ]


def _zone_faults(
    document: Document, zones: Sequence[str], files: ChannelTexts, made: Channels
) -> list[Fault]:
    """Enabled channels in a zone that nothing may go over; from here on they are not enabled."""
    outside = [each for each in made.known.values() if each.enabled and each.zone not in zones]
    made.known |= {each.name: replace(each, enabled=False) for each in outside}
    table = Table(document, ("sending",), document.data.get("sending", {}))
    return [
        table.fault(("zones",), "zone-not-allowed", {"file": files.file(each.name), "zone": each.zone})
        for each in outside
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
        state_folder=_state_folder(path.parent, environ),
        admin_to=tuple(config.admin.to),
        admin_name=config.admin.name,
        office=OfficeHours(config.office.opens, config.office.closes),
        rest=rest_of(config.rest.quiet, config.rest.days, NO_REST),
        mode=sending.mode,
        redirect_to=sending.redirect_to,
        channel_order=_order(sending, channels),
        order=tuple(sending.channel_order),
        urgent_order=tuple(sending.urgent_order),
        deadline_threshold=config.thresholds.deadlines,
        people_threshold=config.thresholds.people,
        bulletin=_bulletin(config),
        log_level=config.log.level,
        log_format=config.log.format,
        web=_web(path.parent, document, config, environ),
        mail_in=_mail_in(path.parent, document, config, environ),
        heartbeat=_heartbeat(path.parent, document, config, environ),
        feeds={feed.name: feed.every for feed in config.feed},
        name=config.node.name or socket.gethostname(),
        channels=channels,
    )


def _bulletin(config: ConfigFile) -> BulletinSchedule | None:
    asked = config.bulletin
    return BulletinSchedule(asked.rule, tuple(asked.to), asked.ranking) if asked else None


def _order(sending: SendingShape, channels: Mapping[str, ChannelConfig]) -> tuple[str, ...]:
    """The admin's order; without one mail first and the inbox, which nobody carries along, last."""
    if sending.channel_order:
        return tuple(way.channel for way in sending.channel_order if way.channel != DEPUTY)
    return tuple(sorted(channels, key=lambda name: (abilities_of(channels[name].transport).rank, name)))


def _store(folder: Path, document: Document, config: ConfigFile, environ: Mapping[str, str]) -> Secret:
    url = config.store.url
    if isinstance(url, tuple):
        return secret_at(Table(document, ("store",), {}), "url", url, environ, folder)
    if url:
        return Secret.plain(url.replace("postgresql://", "postgresql+psycopg://", 1))
    return Secret.plain(f"sqlite:///{_state_folder(folder, environ) / 'alertd.db'}")


def _web(folder: Path, document: Document, config: ConfigFile, environ: Mapping[str, str]) -> WebSettings:
    table = Table(document, ("web", "openid"), {})

    def secret(key: str, place: SecretPlace | None) -> Secret | None:
        return secret_at(table, key, place, environ, folder) if place else None

    return config.web.value(config.web.openid.settings(secret, folder))


def _mail_in(
    folder: Path, document: Document, config: ConfigFile, environ: Mapping[str, str]
) -> MailInSettings:
    table = Table(document, ("mail-in",), {})

    def secret(key: str, place: SecretPlace | None) -> Secret | None:
        return secret_at(table, key, place, environ, folder) if place else None

    return config.mail_in.settings(secret, folder)


def _heartbeat(
    folder: Path, document: Document, config: ConfigFile, environ: Mapping[str, str]
) -> HeartbeatSettings | None:
    asked = config.heartbeat
    if asked is None:
        return None
    if isinstance(asked.url, tuple):
        url = secret_at(Table(document, ("heartbeat",), {}), "url", asked.url, environ, folder)
        return HeartbeatSettings(url, asked.every)
    return HeartbeatSettings(Secret.plain(asked.url), asked.every)


def _state_folder(folder: Path, environ: Mapping[str, str]) -> Path:
    """$STATE_DIRECTORY under systemd, its place for commands on an installed node, else var/ here."""
    given = environ.get("STATE_DIRECTORY", "").split(":")[0]
    if given:
        return Path(given)
    return SYSTEM_STATE if folder == SYSTEM_FOLDER else folder / "var"
