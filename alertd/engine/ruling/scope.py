"""What one transaction works within: the same for everything that is decided in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from alertd.engine.ruling.world import World
from alertd.store import audit, idempotency


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person of the directory or a free name, and the account that ran the command.

    The account is a user of the operating system, or a channel and the address that was written from.
    `desk` is the unit whose duty room looks while nobody has given their name: it sees, and does nothing.
    """

    name: str
    account: str = ""
    desk: str = ""

    @property
    def named(self) -> bool:
        """Whether the account acts for somebody it names."""
        return self.account not in ("", self.name)

    @property
    def text(self) -> str:
        """Both, as people read it."""
        return f"{self.name} ({self.account})" if self.named else self.name


def name_in(text: str) -> str:
    """The name of who acted, from what `Actor.text` wrote down."""
    return text.partition(" (")[0]


#: what the rules do by themselves
PROGRAM = Actor("alertd")


@dataclass(frozen=True, slots=True)
class Scope:
    """One transaction, what rules in it, its one instant (aware), who acts, and what names the request.

    Made where a transaction begins, handed down unchanged. Whatever is decided within one scope is decided at
    the same instant by the same files. `idempotency_key` names a request that may come again, "" one that
    does not.
    """

    tx: Connection
    world: World
    now: datetime
    actor: Actor = PROGRAM
    idempotency_key: str = ""

    def once(self, act: Callable[[Scope], str]) -> str:
        """Do what a request asks and return its answer; asked again, only give the same answer."""
        if not self.idempotency_key:
            return act(self)
        known = idempotency.answered(self.tx, self.idempotency_key)
        if known is not None:
            return known
        answer = act(self)
        idempotency.keep(self.tx, self.idempotency_key, answer, self.now)
        return answer

    def by(self, actor: Actor | str) -> Scope:
        """The same, where something else acts: a rule, or a deadline whose end brings something about."""
        return replace(self, actor=actor if isinstance(actor, Actor) else Actor(actor))

    @property
    def author(self) -> audit.Author:
        """Who acts, by which account, on which node, for the audit."""
        return audit.Author(self.actor.name, self.actor.account, self.world.node)

    @property
    def node(self) -> str:
        """The node that works."""
        return self.world.node

    @property
    def today(self) -> date:
        """The local day."""
        return self.world.today(self.now)

    def record(self, deadline: int, action: str, detail: Mapping[str, Any]) -> int:
        """Add what was done to a deadline's chain of the audit, with who did it and on which node.

        Returns its number in that chain.
        """
        return audit.append(self.tx, deadline, self.now, self.author, action, detail)
