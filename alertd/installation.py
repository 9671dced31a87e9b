"""One installation as a command or the daemon opens it: its files, its store, and the picture they give."""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from alertd.config.channels import ChannelConfig
from alertd.config.faults import Fault
from alertd.config.node import (
    LoadedNode,
    NodeConfig,
    NodeFiles,
    NodeSaid,
    find_config,
    load_node,
    node_of,
    read_node,
)
from alertd.config.register import CalendarInput, load_register
from alertd.config.said import value_at
from alertd.config.sources import read_texts
from alertd.config.stamps import below, machine_id, stamp_of
from alertd.core.abilities import INBOX
from alertd.core.calendar import WorkCalendar
from alertd.core.model import Register
from alertd.engine.planning.losses import losses
from alertd.engine.planning.node_settings import NodeSettings
from alertd.engine.planning.reconciler import Files, Reconciled, reconcile, what_rules
from alertd.engine.planning.reconciler import NoRegister as NoRegister
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import Mode, World
from alertd.messages.catalogue import to_simplified
from alertd.messages.render import Renderer, TemplateFault
from alertd.store import migrating, revisions, settings, went_live
from alertd.store.database import Store as Store
from alertd.store.errors import StoreAddress, StoreMissing, StoreNewer, StoreOlder, StoreOther
from alertd.store.errors import StoreError as StoreError
from alertd.transports.base import Transport
from alertd.transports.registered import Hearing, factory_of

#: what tells this process from every other one, on whatever machine: host names and process ids repeat
_PROCESS = f"{os.getpid()}.{secrets.token_hex(3)}"
#: seconds since 1970; no file of the installation was read by this process before
_FIRST_READING = time.time() - 10
#: the modes in which messages are real, or will be
_REAL = (Mode.LIVE, Mode.HOLD)
#: characters of a node's name that are kept in the store
_NAME = 55


def build_transport(channel: ChannelConfig, hearing: Hearing | None = None, options: Any = None) -> Transport:
    """The transport of one channel; without `hearing` one that only sends.

    `options` are its settings as they were read already, with secrets. Raises SecretMissing, ValueError.
    """
    options = channel.settings.options() if options is None else options
    return factory_of(channel.transport)(options, hearing or Hearing(channel.name))


class ConfigFaulty(Exception):
    """The configuration cannot be used; `faults` say where and why. Exit code 78."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


def needs_mending(error: StoreError) -> bool:
    """Whether a store cannot be used until somebody changes something: trying again does not help."""
    return isinstance(error, StoreNewer | StoreOlder | StoreAddress | StoreMissing | StoreOther)


@dataclass(frozen=True, slots=True)
class Memory:
    """What the store keeps of a node's files, None for nothing yet, and whether it went live."""

    kept: Mapping[str, Any] | None
    live: bool


@dataclass(frozen=True)
class Installation:
    """Paths and settings of this node; opens nothing until asked.

    `node` is what `loaded` gives: the files as they lie there, or what of them rules (`settled`).
    """

    loaded: LoadedNode
    environ: Mapping[str, str]
    process: str = _PROCESS  # a part of the node's name in the store
    kept: Mapping[str, Any] | None = None  # what the store remembered when it was settled

    @classmethod
    def find(
        cls, argument: str | None, environ: Mapping[str, str], cwd: Path, process: str = _PROCESS
    ) -> Installation:
        """Read config.toml and channels/. Raises ConfigFaulty."""
        path = find_config(argument, environ, cwd)
        if isinstance(path, Fault):
            raise ConfigFaulty((path,))
        return cls(load_node(path, environ), environ, process)

    def __post_init__(self) -> None:
        if self.loaded.node is None:
            raise ConfigFaulty(self.loaded.faults)

    @property
    def node(self) -> NodeConfig:
        """The settings of this node."""
        assert self.loaded.node is not None  # or there would be no installation
        return self.loaded.node

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Those of channels that are left out, or rule by what they last said."""
        return self.loaded.faults

    def fault_text(self, fault: Fault) -> str:
        """A fault in the configured language, `file:line:column: …`."""
        return fault.text(self.node.language, to_simplified)

    @property
    def enabled(self) -> tuple[str, ...]:
        """Channels in use, in the configured order."""
        order = self.node.channel_order
        known = [name for name in order if name in self.node.channels]
        rest = [name for name in self.node.channels if name not in known]
        return tuple(name for name in (*known, *rest) if self.node.channels[name].enabled)

    def files(self) -> Files:
        """What lies in schedules/ now."""
        return Files(*read_texts(self.node.schedules))

    def saved_since_start(self) -> bool:
        """Whether a file may have been saved, renamed or removed since this process began to read them.

        Told by when inodes last changed, which no copying or moving sets back.
        """
        folders = (self.node.schedules, self.node.channels_folder)
        paths = [self.node.file, *folders, *(path for folder in folders for path in below(folder))]
        try:
            return any(path.stat().st_ctime >= _FIRST_READING for path in paths)
        except OSError:
            return True

    def make_world(self, register: Register, calendar: CalendarInput, live: bool) -> World:
        """The picture of these files on this node. Without a recorded go-live, live means rehearsal."""
        node, mode = self.node, Mode(self.node.mode)
        return World(
            register=register,
            calendar=WorkCalendar(node.zone, calendar.years, calendar.version),
            office=node.office,
            rest=node.rest,
            language=node.language,
            mode=Mode.REHEARSAL if mode is Mode.LIVE and not live else mode,
            live=live,
            redirect_to=node.redirect_to,
            channels=self.enabled,
            transports={INBOX: INBOX} | {name: node.channels[name].transport for name in self.enabled},
            answered=frozenset(name for name in self.enabled if node.channels[name].settings.answered),
            **node.ways,
            subscriptions=node.subscriptions,
            feeds=node.feeds,
            admin_to=node.admin_to,
            admin_name=node.admin_name,
            mail_domain=self._mail_domain(),
            replies=node.mail_in.replies,
            bounces=node.mail_in.bounces,
            node=f"{node.name[:_NAME]}.{self.process}",
            machine=node.name[:_NAME],
            bulletin=node.bulletin,
            pages=node.web.url_in_messages(real=mode is Mode.LIVE and live),
            deadline_threshold=node.deadline_threshold,
            people_threshold=node.people_threshold,
            version=calendar.version,
        )

    def _mail_domain(self) -> str:
        senders = (each for name in self.enabled for each in self.node.channels[name].settings.senders[:1])
        sender = next((each for each in senders if "@" in each), "@alertd.invalid")
        return sender.rpartition("@")[2].rstrip("> ")

    def open_store(self, upgrade: bool) -> Store:
        """The store; `upgrade` brings it up to date, else an outdated one is refused. Raises StoreError.

        While messages are real by config.toml none is made, and only the one that went live is opened.
        """
        store = Store(self.node.store_url.reveal())
        try:
            went_live.require_stored(store, self.is_live)
            fresh = store.path is not None and store.make_file()
            if upgrade or fresh:
                migrating.upgrade(store)
            else:
                migrating.require_current(store)
            if self.is_live:
                went_live.require_ours(store, self.node.state_folder)
        except BaseException:
            store.close()
            raise
        return store

    def has_store(self) -> bool:
        """Whether anything was ever stored; asking makes no database. Raises StoreError."""
        probe = Store(self.node.store_url.reveal())
        try:
            return probe.path.is_file() if probe.path else went_live.stored(probe)
        finally:
            probe.close()

    @property
    def is_live(self) -> bool:
        """Whether messages are real by config.toml."""
        return Mode(self.node.mode) is Mode.LIVE

    def rules_in(self, store: Store) -> bool:
        """Whether any files were ever applied in this store."""
        with store.read() as tx:
            return bool(revisions.applied(tx))

    def differs_from(self, store: Store) -> bool:
        """Whether something else rules than what lies in the folder."""
        with store.read() as tx:
            good = revisions.applied(tx)
        return bool(good) and dict(self.files().texts) != good

    def reconcile(self, store: Store, now: datetime, files: Files | None = None) -> Reconciled:
        """Bring the files, read now where they are not given, and the store together. Raises NoRegister."""
        mine = NodeSettings(self._memory, self.kept, self.loaded.said.kept(), self.loaded.waiting)
        channels, name = set(self.node.channels), self.folder_name
        present = self.files() if files is None else files
        return reconcile(store, present, self.make_world, channels, now, self.fault_text, name, mine)

    def what_rules(self, store: Store, now: datetime) -> Reconciled:
        """What rules, whatever lies in the folder. Raises NoRegister where nothing does."""
        return what_rules(store, self.make_world, set(self.node.channels), now)

    def remembered(self, store: Store) -> Memory:
        """What this node's files said when they last ruled, as the store keeps it. Raises StoreError."""
        with store.read() as tx:
            kept = settings.get(tx, self._memory)
            return Memory(kept, settings.get(tx, settings.LIVE_SINCE) is not None)

    def settled(self, store: Store) -> Installation:
        """What of these files rules: what they say, and what they said before and say no more.

        A file with a fault keeps what it last said. The store remembers it, so that a restart changes nothing
        (docs/decisions/0035-at-its-word.md). Raises StoreError.
        """
        return self._settled(self.loaded.files, self.remembered(store))

    def look(self, memory: Memory) -> Look:
        """The files as they lie there now, and what of config.toml and channels/ rules. Never raises."""
        files = read_node(self.node.file, self._last(memory))
        found = self._settled(files, memory)
        stamps = found.stamps()
        faults: list[TemplateFault] = []
        renderer = found.renderer(faults)
        _ = found.folder_name, found._memory  # looks at the folders too, and must not do so elsewhere
        return Look(found, found.files(), renderer, tuple(faults), stamps)

    def stamps(self) -> Mapping[str, tuple[int, ...]]:
        """What changes of each file whenever it is written, moved or replaced."""
        node = self.node
        folders = (node.schedules, node.channels_folder)
        paths = {node.file, *folders, *(path for folder in folders for path in below(folder))}
        return {str(path): stamp for path in paths if (stamp := stamp_of(path))}

    def as_written(self, store: Store) -> NodeSettings:
        """What config.toml and channels/ say, to be released; one with a fault keeps what it last said."""
        memory = self.remembered(store)
        lost = self.settled(store).loaded.waiting
        let = self._settled(self.loaded.files, replace(memory, live=False))
        said = let.loaded.said.kept()
        return NodeSettings(self._memory, memory.kept, said, lost, self.folder_name)

    def lost(self, store: Store, now: datetime) -> tuple[str, ...]:
        """What the files say no more, a line each; it rules until it is released. Raises StoreError."""
        here = self.settled(store)
        files, channels = here.files(), set(here.node.channels)
        loaded = load_register(files.texts, channels=channels, unreadable=files.unreadable)
        with store.read() as tx:
            good = revisions.applied(tx)
            live = settings.get(tx, settings.LIVE_SINCE) is not None
            ruling = load_register(good, channels=channels)
            if ruling.register is None or loaded.register is None:
                return here.loaded.waiting
            before = here.make_world(ruling.register, ruling.calendar, live)
            after = here.make_world(loaded.register, loaded.calendar, live)
            return (*here.loaded.waiting, *losses(Scope(tx, after, now), before, good, files.texts))

    def _settled(self, files: NodeFiles | None, memory: Memory) -> Installation:
        if files is None:
            return self
        last = self._last(memory)
        holding = memory.live and value_at(last.config, ("sending", "mode")) in _REAL
        loaded = node_of(files, self.environ, last, holding)
        if loaded.node is not None and loaded.node.channels_folder != files.channels.folder:
            loaded = node_of(read_node(files.path, last), self.environ, last, holding)
        return replace(self, loaded=loaded, kept=memory.kept)

    def _last(self, memory: Memory) -> NodeSaid:
        return NodeSaid.of(memory.kept).upon(self.loaded.said.config)

    @cached_property
    def _memory(self) -> str:
        """Under what the store keeps what this node's files said: its machine and its folder."""
        words = f"{machine_id()}|{socket.gethostname()}|{os.path.realpath(self.node.folder)}"
        return f"{settings.SAID}.{hashlib.sha256(words.encode()).hexdigest()[:16]}"

    @cached_property
    def folder_name(self) -> str:
        """What tells this node's folder from every other one: two machines may have one name and one path."""
        folder = self.node.schedules
        inode = stamp[-1] if (stamp := stamp_of(folder)) else 0
        digest = hashlib.sha256(f"{machine_id()}|{os.path.realpath(folder)}|{inode}".encode()).hexdigest()
        return f"{self.node.name[:_NAME]}.{digest[:8]}"

    def ruling(self, store: Store, now: datetime) -> World:
        """The picture of what rules now; on a fresh store the files are applied first. Raises NoRegister."""
        with store.read() as tx:
            good = revisions.applied(tx)
            live = settings.get(tx, settings.LIVE_SINCE) is not None
        here = self.settled(store)
        if not good:
            world = here.reconcile(store, now).world
            assert world is not None
            return world
        return here._world_of(good, live)

    def written(self) -> World:
        """The picture of the files as they lie in the folder, whatever rules. Raises NoRegister."""
        files = self.files()
        loaded = load_register(files.texts, channels=set(self.node.channels), unreadable=files.unreadable)
        if loaded.register is None:
            raise NoRegister(loaded.faults)
        return self.make_world(loaded.register, loaded.calendar, True)

    def ruled_by(self, texts: Mapping[str, str]) -> World:
        """The picture of texts that ruled once. Raises NoRegister where this version cannot read them."""
        return self._world_of(texts, True)

    def _world_of(self, texts: Mapping[str, str], live: bool) -> World:
        loaded = load_register(texts, channels=set(self.node.channels))
        if loaded.register is None:
            raise NoRegister(loaded.faults)
        return self.make_world(loaded.register, loaded.calendar, live)

    def renderer(self, report: list[TemplateFault] | None = None) -> Renderer:
        folder = self.node.channels_folder / "templates"
        return Renderer(
            folder if folder.is_dir() else None, report.append if report is not None else lambda fault: None
        )


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at the files found: what of them rules on this node, and the files of schedules/.

    `stamps` are those of the moment before they were read.
    """

    installation: Installation
    files: Files
    renderer: Renderer
    templates: tuple[TemplateFault, ...]
    stamps: Mapping[str, tuple[int, ...]]

    def like(self, other: Look) -> bool:
        """Whether nothing was written between two looks, and both read the same."""
        mine, others = self.installation.loaded.files, other.installation.loaded.files
        return self.stamps == other.stamps and self.files == other.files and mine == others
