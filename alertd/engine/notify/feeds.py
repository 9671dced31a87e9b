"""Systems that report events: when one falls silent the admin hears it once, and once that it is back.

A silence is counted from the last sign of life, and never from before this node was there to hear one: what
was down itself accuses nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alertd.engine.notify.admin import tell_admin
from alertd.engine.notify.feed_topics import FeedBack, FeedSilent
from alertd.engine.ruling.scope import Scope
from alertd.messages.dates import instant_text
from alertd.store import feeds
from alertd.store.feeds import Heard


@dataclass(frozen=True, slots=True)
class Feed:
    """A system as it is now. `at` is when it was last heard, None for never."""

    name: str
    every: timedelta
    at: datetime | None
    silent: bool


def note(scope: Scope, name: str) -> None:
    """A sign of life of a feed; the admin hears where its silence was told."""
    before = feeds.find(scope.tx, name)
    feeds.keep(scope.tx, name, Heard(scope.now, ever=True))
    if before is not None and before.told:
        tell_admin(scope, FeedBack(feed=name, since=before.at.isoformat(), at=_said(scope, before)))


def look(scope: Scope, started: datetime) -> None:
    """Tell the admin of feeds that have fallen silent. `started` is when this node began to listen."""
    for name, every in scope.world.feeds.items():
        known = feeds.find(scope.tx, name)
        if known is None or known.at > scope.now:  # new; or of before a clock was set back
            feeds.keep(scope.tx, name, Heard(scope.now, ever=known is not None and known.ever))
        elif not known.told and scope.now - max(known.at, started) > every:
            feeds.keep(scope.tx, name, replace(known, told=True))
            silent = FeedSilent(feed=name, since=known.at.isoformat(), at=_said(scope, known))
            tell_admin(scope, silent)


def every(scope: Scope) -> Iterator[Feed]:
    """All feeds that config.toml names."""
    for name, pause in scope.world.feeds.items():
        known = feeds.find(scope.tx, name)
        at = known.at if known is not None and known.ever else None
        yield Feed(name, pause, at, known is not None and known.told)


def _said(scope: Scope, known: Heard) -> str:
    return instant_text(known.at, scope.world.zone, scope.world.language, scope.today)
