"""`alertd event`: facts about cases. What the commands share stands here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import click

from alertd.cli.context import Session
from alertd.cli.declare import group
from alertd.cli.exits import USAGE, Said

#: the instants an event type may have (docs: event-types.toml)
INSTANTS = ("occurred", "received", "published", "assigned", "started", "ended", "issued", "submitted")

event = group(
    "event",
    {
        "report": "alertd.cli.cases.event_report:report",
        "import": "alertd.cli.cases.event_import:import_",
        "correct": "alertd.cli.cases.event_changes:correct",
        "confirm": "alertd.cli.cases.event_standing:confirm",
        "upgrade": "alertd.cli.cases.event_standing:upgrade",
        "cancel": "alertd.cli.cases.event_changes:cancel",
    },
)


def instant_options(callback: Callable[..., Any]) -> Callable[..., Any]:
    """--at and one option for each instant; they arrive as keyword arguments, "" when not given."""
    for name in reversed(("at", *INSTANTS)):
        callback = click.option(f"--{name}", metavar="INSTANT", default="")(callback)
    return callback


def gather(
    session: Session, kind: str, texts: Mapping[str, str], today: date | None = None
) -> dict[str, date | datetime]:
    """The instants that were given, by name; --at is the first one of the type. Raises Said.

    Where `today` is given, a time alone is one of today.
    """
    from alertd.cli.instants import read_instant

    names = session.world.register.event_types[kind].instants
    given: dict[str, date | datetime] = {}
    for option, text in texts.items():
        name = names[0] if option == "at" else option
        if not text:
            continue
        if name in given:
            raise Said("said.instant-twice", exit_code=USAGE, name=f"--{name}")
        given[name] = read_instant(text, session.zone, today).fact
    return given
