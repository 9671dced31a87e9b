"""What would be: messages of the next days, what the files would change; and the bulletin of some days.

The first two look at the files as they lie on this node. A preview plays days on virtual time: one is under
way at a time, for pages and for this alike, and whoever asks meanwhile is told so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from alertd.engine.operations.releasing import NoRegister
from alertd.engine.reporting.differences import compared
from alertd.engine.reporting.issuing import asked_period, issue, period_before, ruled_then
from alertd.engine.ruling.refusal import Refused
from alertd.installation import ConfigFaulty
from alertd.messages.bulletin_json import json_bytes
from alertd.web.api.endpoint import Ask, Replied, Reply
from alertd.web.api.given import Day, Given, Instant
from alertd.web.page import Apart
from alertd.web.pages.looks import MOST, PREVIEW, outlook


class Days(Given):
    """How many days ahead."""

    days: Literal["3", "7", "14", "30"] = "7"


class Message(Reply):
    """One message that would go out. `steps` are those that it says, `position` is why this person."""

    at: datetime
    person: str
    channel: str
    subject: str
    position: str
    steps: tuple[str, ...]


class Preview(Reply):
    """What would go out until `until`, counted at `at`; both are null while the first look is under way.

    `whole` is false where there is more than is said here, `faulty` true where the files have faults.
    """

    days: int
    at: datetime | None
    until: datetime | None
    under_way: bool
    whole: bool
    faulty: bool
    messages: tuple[Message, ...]


class Opened(Reply):
    """A deadline that there would be."""

    id: str
    earliest: datetime | None
    due: datetime | None


class Moved(Reply):
    """A deadline that would change: each column, with what it is and what it would be."""

    id: str
    changes: dict[str, tuple[Any, Any]]


class Plan(Reply):
    """What the files on this node would change against what rules. Empty lists: nothing."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]
    opened: tuple[Opened, ...]
    moved: tuple[Moved, ...]
    withdrawn: tuple[str, ...]


class Period(Given):
    """From the first to the last day, both included; with a ranking if asked for.

    As it was known at `as_of`, now without that; compared with the issue that was known at `previous`.
    """

    first: Annotated[Day, Field(alias="from")]
    last: Annotated[Day, Field(alias="to")]
    ranking: bool = False
    as_of: Instant | None = None
    previous: Instant | None = None


class Bulletin(Reply):
    """The bulletin as it is or was known, as `alertd bulletin --format json` prints it."""

    model_config = ConfigDict(frozen=True, extra="allow")

    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]
    as_of: datetime
    units: tuple[dict[str, Any], ...]
    total: dict[str, Any]
    late: tuple[dict[str, Any], ...]


def preview(ask: Apart) -> Preview:
    """The newest look ahead of so many days, and begin one where there is none."""
    keeping, days, now = ask.keeping, int(ask.asked.days), ask.now
    keeping.take(PREVIEW, lambda: outlook(keeping, now, days), now)
    last = keeping.last(PREVIEW)
    found = last.found if last.found is not None and last.found.days == days else None
    return Preview(
        days=days,
        at=last.at if found else None,
        until=found.until if found else None,
        under_way=last.under_way or found is None,
        whole=bool(found and found.whole and len(found.messages) <= MOST),
        faulty=bool(found and found.faulty),
        messages=tuple(Message.model_validate(each) for each in found.messages[:MOST]) if found else (),
    )


def plan(ask: Apart) -> Plan:
    """Raises Refused: "files-faulty", "files-hanging"."""
    keeping, now = ask.keeping, ask.now

    def look() -> Plan | None:
        try:
            here = keeping.here()
            files = here.files()
            found = compared(keeping.store, files, here.make_world, here.node.channels, now)
        except (ConfigFaulty, NoRegister):
            return None
        return _plan(files.texts, found.good, found.plan)

    seen: Plan | None = keeping.read("api-plan", look, now)
    if seen is None:
        raise Refused("files-faulty")
    return seen


def _plan(texts: Mapping[str, str], good: Mapping[str, str], wanted: Any) -> Plan:
    return Plan(
        new=tuple(sorted(set(texts) - set(good))),
        changed=tuple(sorted(file for file in good if file in texts and texts[file] != good[file])),
        gone=tuple(sorted(set(good) - set(texts))),
        opened=tuple(Opened(id=row["id"], earliest=row["earliest"], due=row["due"]) for row in wanted.opened),
        moved=tuple(
            Moved(
                id=move.row.id,
                changes={
                    name: (getattr(move.row, name), value)
                    for name, value in move.values.items()
                    if name != "trace"
                },
            )
            for move in wanted.moved
        ),
        withdrawn=tuple(row.id for row in wanted.vanished),
    )


def bulletin(ask: Ask) -> Replied:
    """By what ruled then. Raises Refused: "period-reversed", and for what lies ahead."""
    asked, scope = ask.asked, ask.scope
    as_of, ruled_by = asked.as_of or scope.now, ask.backing.ruled_by
    world = ruled_then(scope, as_of, ruled_by) if ruled_by else scope.world
    period = asked_period(world, scope.now, asked.first, asked.last, as_of, asked.previous)
    before = period_before(world, period) if asked.previous else None
    return Replied(json_bytes(issue(scope.tx, world, period, before, asked.ranking), ask.language).decode())
