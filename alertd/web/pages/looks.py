"""Looks that cost, taken at request: what would go out in the next days, and whether all is well."""

from __future__ import annotations

from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Literal

from alertd.engine.operations.releasing import NoRegister
from alertd.engine.preview.checkup import BAD, Finding
from alertd.engine.preview.virtual import preview
from alertd.engine.ruling.naming import person_known, unit_named
from alertd.engine.ruling.world import World
from alertd.examination import of_files, of_store
from alertd.installation import ConfigFaulty, StoreError
from alertd.web.keeping import Keeping
from alertd.web.page import Apart, Fields, Gone, Shown

#: seconds that a look may take; one step that was begun is ended
_SECONDS = 40.0
#: messages of a preview that are kept, and of them those that are shown
_KEPT, MOST = 5000, 500
PREVIEW, _DOCTOR = "preview", "doctor"


class Wanted(Fields):
    """How many days ahead."""

    days: Literal["3", "7", "14", "30"] = "7"


class Narrowed(Fields):
    """Which messages of the last look: to a person, about what a unit owes, in the first days; empty: all."""

    person: str = ""
    unit: str = ""
    days: Literal["", "1", "3", "7", "14"] = ""


class Ahead(Shown):
    """One message that would go out; `steps` are those that it says, `position` why this person.

    `units` are those that owe what it is about.
    """

    at: datetime
    person: str
    channel: str
    subject: str
    position: str
    steps: tuple[str, ...]
    units: tuple[str, ...] = ()


class Outlook(Shown):
    """What would go out until `until`; `whole` is False where there is more."""

    days: int
    until: datetime
    messages: tuple[Ahead, ...]
    whole: bool
    faulty: bool


class Preview(Shown):
    """The last look ahead, None for none yet, and when it was taken.

    `shown` are the first of the `count` messages of it that were asked for by `wanted`.
    """

    outlook: Outlook | None
    wanted: dict[str, str]
    shown: tuple[Ahead, ...]
    count: int
    at: datetime | None
    under_way: bool
    failed: bool


class Examined(Shown):
    """The last examination, None for none yet, and when it was."""

    findings: tuple[Any, ...] | None
    bad: int
    at: datetime | None
    under_way: bool
    failed: bool


class _Enough(Exception):
    """Ends a preview that takes too long."""


def ahead(call: Apart) -> Preview:
    """The last look ahead; nothing is counted for whoever only opens the page. Raises Refused."""
    last = call.keeping.last(PREVIEW)
    found = _narrowed(call, last.found, last.at)
    return Preview(
        outlook=last.found,
        wanted=call.asked.model_dump(),
        shown=found[:MOST],
        count=len(found),
        at=last.at,
        under_way=last.under_way,
        failed=last.failed,
    )


def _narrowed(call: Apart, found: Outlook | None, at: datetime | None) -> tuple[Ahead, ...]:
    """The messages that are asked for, as `alertd preview --person --party` has them."""
    asked, register = call.asked, call.world.register
    person = person_known(register, asked.person).id if asked.person.strip() else ""
    unit = unit_named(register, asked.unit) if asked.unit.strip() else ""
    if found is None or at is None:
        return ()
    until = at + timedelta(days=int(asked.days)) if asked.days else found.until
    return tuple(
        each
        for each in found.messages
        if each.at <= until and person in ("", each.person) and (not unit or unit in each.units)
    )


def look_ahead(call: Apart) -> Gone:
    """Count what the files would send in the next days, on virtual time over a copy in memory."""
    days = int(call.asked.days)
    call.keeping.take(PREVIEW, lambda: outlook(call.keeping, call.now, days), call.now)
    return Gone("/keeping/preview")


def outlook(keeping: Keeping, now: datetime, days: int) -> Outlook:
    """What the files would send in so many days, as far as can be counted in time."""
    ends = monotonic() + _SECONDS
    until = now + timedelta(days=days)
    try:
        here = keeping.here()
        world, renderer = here.written(), here.renderer()
    except (ConfigFaulty, NoRegister):
        return Outlook(days=days, until=now, messages=(), whole=False, faulty=True)

    def in_time(at: datetime) -> None:
        if monotonic() > ends:
            raise _Enough

    found: dict[str, list[Any]] = {}
    reached, whole = now, True
    try:
        for line in preview(world, renderer, keeping.store, now, now, until, progress=in_time):
            if line.message not in found and len(found) == _KEPT:
                raise _Enough
            found.setdefault(line.message, []).append(line)
            reached = line.at
    except _Enough:
        until, whole = reached, False
    messages = tuple(_ahead(lines, world) for lines in found.values())
    return Outlook(days=days, until=until, messages=messages, whole=whole, faulty=False)


def _ahead(lines: list[Any], world: World) -> Ahead:
    first, roster = lines[0], world.register.roster
    units = (roster[line.party].unit if line.party in roster else line.party for line in lines)
    return Ahead(
        at=first.at,
        person=first.person,
        channel=first.channel,
        subject=first.subject,
        position=first.why,
        steps=tuple(dict.fromkeys(line.step for line in lines)),
        units=tuple(dict.fromkeys(units)),
    )


def doctor(call: Apart) -> Examined:
    """The last examination; nothing is examined for whoever only opens the page."""
    last = call.keeping.last(_DOCTOR)
    bad = sum(each.level == BAD for each in last.found or ())
    return Examined(findings=last.found, bad=bad, at=last.at, under_way=last.under_way, failed=last.failed)


def examine(call: Apart) -> Gone:
    """Look at everything that can be seen from here."""
    call.keeping.take(_DOCTOR, lambda: _findings(call), call.now)
    return Gone("/keeping/doctor")


def _findings(call: Apart) -> tuple[Finding, ...]:
    ends = monotonic() + _SECONDS
    try:
        here = call.keeping.here()
    except ConfigFaulty as fault:
        return (Finding("files", BAD, "faulty", {"count": len(fault.faults)}),)
    files, written = of_files(here, [], here.fault_text)
    store = call.keeping.store
    try:
        rest = of_store(here, store, call.now, written, time_left=lambda: monotonic() < ends)
        return (files, *rest)
    except StoreError as fault:
        return (files, Finding("store", BAD, "unusable", {"said": str(fault)}))
