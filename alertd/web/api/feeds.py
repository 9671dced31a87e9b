"""Signs of life: a system that reports events says that it is there, though there is nothing to report."""

from __future__ import annotations

from alertd.engine.operations.feeds import heard
from alertd.web.api.endpoint import Ask, Reply


class Noted(Reply):
    """Of which feed."""

    feed: str


def alive(ask: Ask) -> Noted:
    """Raises Refused "no-feed" for one that config.toml does not name."""
    name = ask.placed["feed"]
    heard(ask.scope, name)
    return Noted(feed=name)
