"""One installation as a command or the daemon opens it: its files, its store, and the picture they give."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alertd.config.channels import ChannelConfig
from alertd.config.faults import Fault
from alertd.config.node import NodeConfig, find_config, load_node
from alertd.config.register import CalendarInput, load_register
from alertd.config.sources import read_texts
from alertd.core.abilities import INBOX
from alertd.core.calendar import WorkCalendar
from alertd.core.model import Register
from alertd.engine.planning.reconciler import Files, NoRegister, Reconciled, reconcile
from alertd.engine.ruling.world import Mode, World
from alertd.messages.catalogue import to_simplified
from alertd.messages.render import Renderer, TemplateFault
from alertd.store import migrating, revisions, settings
from alertd.store.database import Store as Store
from alertd.store.errors import StoreAddress, StoreNewer, StoreOlder
from alertd.store.errors import StoreError as StoreError
from alertd.transports.base import Transport
from alertd.transports.registered import FACTORIES, Hearing

#: what tells this process from every other one, on whatever machine: host names and process ids repeat
_PROCESS = f"{os.getpid()}.{secrets.token_hex(3)}"
#: seconds since 1970; no file of the installation was read by this process before
_FIRST_READING = time.time() - 10
#: characters of a node's name that are kept in the store
_NAME = 55


def build_transport(channel: ChannelConfig, hearing: Hearing | None = None) -> Transport:
    """The transport of one channel; without `hearing` one that only sends.

    Raises SecretMissing or ValueError with words for the admin.
    """
    return FACTORIES[channel.transport](channel.settings.options(), hearing or Hearing(channel.name))


class ConfigFaulty(Exception):
    """The configuration cannot be used; `faults` say where and why. Exit code 78."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


def needs_mending(error: StoreError) -> bool:
    """Whether a store cannot be used until somebody changes something: trying again does not help."""
    return isinstance(error, StoreNewer | StoreOlder | StoreAddress)


@dataclass(frozen=True)
class Installation:
    """Paths and settings of this node; opens nothing until asked."""

    node: NodeConfig
    faults: tuple[Fault, ...]  # of channels that are left out
    environ: Mapping[str, str]
    process: str = _PROCESS  # a part of the node's name in the store

    @classmethod
    def find(
        cls, argument: str | None, environ: Mapping[str, str], cwd: Path, process: str = _PROCESS
    ) -> Installation:
        """Read config.toml and channels/. Raises ConfigFaulty."""
        path = find_config(argument, environ, cwd)
        if isinstance(path, Fault):
            raise ConfigFaulty((path,))
        loaded = load_node(path, environ)
        if loaded.node is None:
            raise ConfigFaulty(loaded.faults)
        return cls(loaded.node, loaded.faults, environ, process)

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
        texts, unreadable = read_texts(self.node.schedules)
        return Files(texts, unreadable)

    def saved_since_start(self) -> bool:
        """Whether a file may have been saved, renamed or removed since this process began to read them.

        Told by when inodes last changed, which no copying or moving sets back.
        """
        folders = (self.node.schedules, self.node.channels_folder)
        paths = [self.node.file, *folders, *(path for folder in folders for path in folder.rglob("*"))]
        try:
            return any(path.stat().st_ctime >= _FIRST_READING for path in paths)
        except OSError:
            return True

    def make_world(self, register: Register, calendar: CalendarInput, live: bool) -> World:
        """The picture of these files on this node. Without a recorded go-live, live means rehearsal."""
        node = self.node
        mode = Mode(node.mode)
        transports = {INBOX: INBOX}
        transports |= {name: node.channels[name].transport for name in self.enabled}
        return World(
            register=register,
            calendar=WorkCalendar(node.zone, calendar.years, calendar.version),
            office=node.office,
            language=node.language,
            mode=Mode.REHEARSAL if mode is Mode.LIVE and not live else mode,
            live=live,
            redirect_to=node.redirect_to,
            channels=self.enabled,
            transports=transports,
            admin_to=node.admin_to,
            admin_name=node.admin_name,
            mail_domain=self._mail_domain(),
            node=f"{node.name[:_NAME]}.{self.process}",
            deadline_threshold=node.deadline_threshold,
            people_threshold=node.people_threshold,
            version=calendar.version,
        )

    def _mail_domain(self) -> str:
        for name in self.enabled:
            for sender in self.node.channels[name].settings.senders[:1]:
                if "@" in sender:
                    return sender.rpartition("@")[2].rstrip("> ")
        return "alertd.invalid"

    def open_store(self, upgrade: bool) -> Store:
        """The store; `upgrade` brings it up to date, else an outdated one is refused. Raises StoreError."""
        store = Store(self.node.store_url.reveal())
        try:
            fresh = store.path is not None and store.make_file()
            if upgrade or fresh:
                migrating.upgrade(store)
            else:
                migrating.require_current(store)
        except BaseException:
            store.close()
            raise
        return store

    def has_store(self) -> bool:
        """Whether anything was ever stored; asking makes no database. Raises StoreError."""
        probe = Store(self.node.store_url.reveal())
        try:
            return probe.path.is_file() if probe.path else bool(migrating.version_of(probe))
        finally:
            probe.close()

    def rules_in(self, store: Store) -> bool:
        """Whether any files were ever applied in this store."""
        with store.read() as tx:
            return bool(revisions.applied(tx))

    def differs_from(self, store: Store) -> bool:
        """Whether something else rules than what lies in the folder."""
        with store.read() as tx:
            good = revisions.applied(tx)
        return bool(good) and dict(self.files().texts) != good

    def reconcile(self, store: Store, now: datetime) -> Reconciled:
        """Bring the files and the store together. Raises NoRegister."""
        channels = set(self.node.channels)
        name = self.folder_name
        return reconcile(store, self.files(), self.make_world, channels, now, self.fault_text, name)

    @property
    def folder_name(self) -> str:
        """What tells this node's folder from every other one: two machines may have one name and one path."""
        machine = Path("/etc/machine-id")
        known = machine.read_text("ascii", "replace").strip() if machine.is_file() else ""
        folder = self.node.schedules
        inode = folder.stat().st_ino if folder.is_dir() else 0
        digest = hashlib.sha256(f"{known}|{folder.resolve()}|{inode}".encode()).hexdigest()
        return f"{self.node.name[:_NAME]}.{digest[:8]}"

    def ruling(self, store: Store, now: datetime) -> World:
        """The picture of what rules now; on a fresh store the files are applied first. Raises NoRegister."""
        with store.read() as tx:
            good = revisions.applied(tx)
            live = settings.get(tx, settings.LIVE_SINCE) is not None
        if not good:
            world = self.reconcile(store, now).world
            assert world is not None
            return world
        return self._world_of(good, live)

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
        return Renderer(folder if folder.is_dir() else None, report.append if report is not None else _ignore)


def _ignore(fault: TemplateFault) -> None:
    """Commands that only read have nobody to tell; the daemon tells the admin."""
