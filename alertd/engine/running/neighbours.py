"""Several daemons on one store: each shows that it lives, and takes over from those that no longer do.

There is no leader and no talk between nodes. A heartbeat is a time written by its node's clock, and clocks
of machines differ; so it is never compared with a clock here, only with what it was at the last look. A look
that the store refuses does not count: while PostgreSQL is away everybody is silent, and nobody is dead.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection

from alertd import __version__
from alertd.store import leasing, nodes

log = structlog.get_logger("alertd.nodes")

#: seconds between two heartbeats where several nodes share a store
BEAT_SECONDS = 5
#: a node whose heartbeat did not move for so many looks in a row is dead: its work goes to the others after
#: at most 25 seconds
LOOKS = 4

About = Callable[[], Mapping[str, Any]]


class Neighbours:
    """What one node knows of the others. Its methods run in a write transaction of the caller."""

    def __init__(
        self,
        own: str,
        started: datetime,
        about: About,
        posts: Callable[[], Collection[str]],
        tired: Callable[[], Collection[str]] = tuple,
    ) -> None:
        """`posts` gives what one node at a time may listen to: the channels with a bot, and the mailbox.

        `tired` are those of them at which this node gets nowhere, and another one is to try.
        """
        self.own = own
        self.started = started
        self._about = about
        self._posts, self._tired = posts, tired
        self._looks: dict[str, tuple[datetime, int]] = {}
        self._modes: dict[str, str] = {}
        self.listens: frozenset[str] = frozenset()

    def beat(self, tx: Connection, now: datetime) -> list[str]:
        """Show that this node lives, look at the others, and claim posts nobody holds; who is dead."""
        nodes.beat(tx, self.own, __version__, self.started, now, self._about())
        running = nodes.running(tx)
        dead = self._dead(running)
        living = running.keys() - set(dead)
        self._compare_modes({name: mode for name, mode in nodes.modes(tx).items() if name in living})
        self._listen(tx, living)
        return dead

    def _listen(self, tx: Connection, living: Collection[str]) -> None:
        """Take the posts that nobody has, and leave those that are none any more."""
        tired = self._tired() if len(living) > 1 else ()
        posts = [post for post in self._posts() if post not in tired]
        for post in sorted(self.listens.difference(posts)):
            nodes.leave_post(tx, post, self.own)
        self.listens = frozenset(post for post in posts if nodes.take_post(tx, post, self.own, living))

    def _compare_modes(self, modes: dict[str, str]) -> None:
        """Say once that nodes send in different modes: whichever decides a step decides how it goes out."""
        differing = modes if len(set(modes.values())) > 1 else {}
        if differing and differing != self._modes:
            log.warning("modes-differ", modes=differing)
        self._modes = differing

    def _dead(self, running: Mapping[str, datetime]) -> list[str]:
        dead, looks = [], {}
        for name, seen in running.items():
            last, count = self._looks.get(name, (seen, 0))
            count = count + 1 if last == seen else 1
            looks[name] = (seen, count)
            if name != self.own and count > LOOKS:
                dead.append(name)
        self._looks = looks
        return dead

    def take_over(self, tx: Connection, now: datetime, dead: Collection[str]) -> int:
        """What dead nodes had leased is due at once; how many messages that is."""
        taken = leasing.release(tx, dead)
        nodes.ended(tx, dead, now, self.own)
        log.warning("taken-over", nodes=sorted(dead), messages=taken)
        return taken

    def leave(self, tx: Connection, now: datetime) -> None:
        """This node ends in order: what it leased and did not try, and its posts, are for the others."""
        leasing.release(tx, [self.own], untried=True)
        for channel in self.listens:
            nodes.leave_post(tx, channel, self.own)
        nodes.ended(tx, [self.own], now, "")
