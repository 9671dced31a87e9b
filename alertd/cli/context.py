"""What a command needs, made when it is first asked for: the node, the installation, the store, the world."""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from alertd.cli.exits import Faulty
from alertd.cli.language import language_of
from alertd.messages.catalogue import Catalogue

if TYPE_CHECKING:
    from alertd.clock import Clock
    from alertd.config.node import LoadedNode, NodeConfig
    from alertd.core.model import Register
    from alertd.engine.ruling.scope import Actor
    from alertd.engine.ruling.world import World
    from alertd.installation import Installation, Store


@dataclass
class Session:
    """One run of the program. Nothing is read or opened until a command asks; `close` when it is over."""

    config: str | None
    environ: Mapping[str, str]
    cwd: Path
    clock: Clock | None = None
    _opened: list[Store] = field(default_factory=list)

    @cached_property
    def language(self) -> str:
        return language_of(self.config, self.environ, self.cwd)

    @cached_property
    def words(self) -> Catalogue:
        return Catalogue(self.language)

    def say(self, key: str, **values: object) -> str:
        """The sentence under `cli.KEY`."""
        return self.words.say(f"cli.{key}", **values)

    @property
    def now(self) -> datetime:
        """The present instant, in UTC."""
        from alertd.clock import SystemClock

        return (self.clock or SystemClock()).now()

    @property
    def clock_ahead(self) -> float:
        """Seconds by which this machine's wall clock is ahead of the store's, once that was opened."""
        return getattr(self.clock, "ahead", 0.0)

    @cached_property
    def loaded(self) -> LoadedNode:
        """config.toml and the channels, with their faults. Raises Faulty when there is no config.toml."""
        from alertd.config.faults import Fault
        from alertd.config.node import find_config, load_node

        path = find_config(self.config, self.environ, self.cwd)
        if isinstance(path, Fault):
            raise Faulty((path,))
        return load_node(path, self.environ)

    @property
    def node(self) -> NodeConfig:
        """The settings of this node; cheap, opens no store. Raises Faulty."""
        if self.loaded.node is None:
            raise Faulty(self.loaded.faults)
        return self.loaded.node

    @property
    def zone(self) -> ZoneInfo:
        return self.node.zone

    def today(self) -> date:
        """The local day, which is what dates are written in relation to."""
        return self.now.astimezone(self.zone).date()

    @cached_property
    def installation(self) -> Installation:
        """Raises Faulty."""
        from alertd.installation import Installation

        assert self.node is not None  # or there are faults to be shown
        return Installation(self.loaded, self.environ)

    @cached_property
    def store(self) -> Store:
        """The store of this node, closed with the session; its time is ours then. Raises StoreError."""
        store = self.installation.open_store(upgrade=False)
        self._opened.append(store)
        if self.clock is None and not store.embedded:
            self.clock = _clock_of(store)
        return store

    @cached_property
    def world(self) -> World:
        """What rules now, from the revisions in the store. Raises StoreError and NoRegister."""
        return self.installation.ruling(self.store, self.now)

    def actor(self, by: str) -> Actor:
        """Who acts: whom `--by` names, else the account that runs it; both are kept. Raises Refused."""
        return self.actor_of(by, self.world.register if by else None)

    def actor_of(self, by: str, register: Register | None) -> Actor:
        """Who acts by another directory than the ruling one, or by none where none may rule yet."""
        from alertd.engine.ruling.naming import acting

        return acting(register, by, account_name(self.environ))

    def close(self) -> None:
        while self._opened:
            self._opened.pop().close()


def _clock_of(store: Store) -> Clock:
    from alertd.clock import SharedClock, SystemClock

    shared = SharedClock(SystemClock())
    with store.read() as tx:
        shared.ask(lambda: store.instant(tx))
    return shared


def account_name(environ: Mapping[str, str]) -> str:
    """The operating system's user; behind sudo also the one who called it, `root(clerk)`."""
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        name = str(os.getuid())
    caller = environ.get("SUDO_USER", "")
    return f"{name}({caller})" if caller and caller != name else name


def on_terminal() -> bool:
    """Whether somebody sits there who can answer a question."""
    return sys.stdin.isatty() and sys.stderr.isatty()
