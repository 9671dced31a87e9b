"""What the admin is told of systems around this one: who reports events, and who hears us live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from alertd.engine.notify.topics import Listed


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSilent(Listed):
    """A system that reports events has not been heard since `since` (RFC 3339), `at` in words."""

    name = "feed-silent"
    keyed_by = ("feed", "since")
    feed: str
    since: str
    at: str

    @property
    def values(self) -> dict[str, Any]:
        return {"feed": self.feed, "at": self.at}


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedBack(FeedSilent):
    """It is heard again."""

    name = "feed-back"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatUnheard(Listed):
    """Whoever is to hear that this node lives cannot be told, since `since` (RFC 3339)."""

    name = "heartbeat-unheard"
    keyed_by = ("node", "since")
    node: str
    detail: str
    since: str

    @property
    def values(self) -> dict[str, Any]:
        return {"node": self.node, "detail": self.detail}
