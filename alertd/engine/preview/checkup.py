"""What `alertd doctor` looks at. Every check gives a finding, the good ones too; nothing is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, func, select

from alertd.core.model import OrgUnit
from alertd.engine.deadlines.sample import differing_limits
from alertd.engine.notify import feeds, mailbox_state
from alertd.engine.operations.going_live import live_since
from alertd.engine.planning import folder
from alertd.engine.planning.plan import counted_by
from alertd.engine.reporting import reached
from alertd.engine.reporting.nodes import alive, apart
from alertd.engine.reporting.queries import unexplained
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.wanting import parties_of
from alertd.engine.ruling.world import Mode, World
from alertd.engine.sending.ailing import in_words
from alertd.messages.catalogue import text_in
from alertd.store import deadlines as deadline_store
from alertd.store import evidence, illness, reading, revisions, settings
from alertd.store.tables import audit, cases, deadlines, deliveries, events, failures, metadata, nodes
from alertd.store.types import Unreadable

OK, WARN, BAD = "ok", "warn", "bad"

#: a message that waits longer than this past its time is late
_LATE = timedelta(minutes=10)
#: entries this far ahead of the clock mean that the clock was set back
_CLOCK_SLACK = timedelta(minutes=1)
#: how far ahead an estimated calendar matters today
_COMING = timedelta(days=90)
_LITTLE_ROOM, _NO_ROOM = 1_000_000_000, 100_000_000
_FILLED_ALWAYS = ("contact", "section-chief", "leader-in-charge", "principal")
_DUTY = ("duty", "duty-leader")


@dataclass(frozen=True, slots=True)
class Line:
    """A detail in words: a catalogue key below `doctor.CHECK.line.`, with values as the store holds them.

    A value "column" names a column of a deadline.
    """

    say: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """One check. `say` is a catalogue key below `doctor.CHECK.` with a sentence; `items` are its details."""

    check: str
    level: str
    say: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    items: tuple[str | Line, ...] = ()


def looked(
    check: str, look: Callable[..., Finding | tuple[Finding, ...] | None], *args: Any
) -> Iterator[Finding]:
    """What one check of the store finds; that it needs a row which cannot be read is a finding too."""
    try:
        found = look(*args)
    except Unreadable as fault:
        found = Finding("look", BAD, "unreadable", {"check": check, "said": fault.where})
    if found is not None:
        yield from (found,) if isinstance(found, Finding) else found


def files_finding(lines: Sequence[str]) -> Finding:
    """Faults in config.toml, channels/ and schedules/, as lines."""
    if lines:
        return Finding("files", BAD, "faulty", {"count": len(lines)}, tuple(lines))
    return Finding("files", OK, "sound")


def revisions_finding(tx: Connection, texts: Mapping[str, str]) -> Finding:
    """Whether the files as they lie are what rules."""
    good = revisions.applied(tx)
    if not good:
        return Finding("revisions", WARN, "none")
    differing = [f"~ {file}" for file, text in texts.items() if file in good and good[file] != text]
    differing += [f"+ {file}" for file in texts if file not in good]
    differing += [f"- {file}" for file in good if file not in texts]
    if not differing:
        return Finding("revisions", OK, "same", {"count": len(good)})
    older = [file for file, text in texts.items() if _older(tx, file, text, good)]
    if len(older) == len(differing) and folder.several(tx):
        return Finding("revisions", WARN, "behind", {"count": len(older)}, tuple(sorted(differing)))
    say = "held" if settings.get(tx, settings.HELD) else "differ"
    return Finding("revisions", WARN, say, {"count": len(differing)}, tuple(sorted(differing)))


def lost_finding(lines: Sequence[str]) -> Finding:
    """What files say no more though something depends on it, as lines; it rules until it is released."""
    if lines:
        return Finding("lost", WARN, "waiting", {"count": len(lines)}, tuple(lines))
    return Finding("lost", OK, "nothing")


def _older(tx: Connection, file: str, text: str, good: Mapping[str, str]) -> bool:
    """Whether a file in the folder is an earlier text than the one that rules."""
    differs = file in good and good[file] != text
    return differs and revisions.ruled_before(tx, file, revisions.digest_of(text))


def integrity_finding(said: str, version: str) -> Finding:
    """`said` is what the database found damaged, "" for nothing."""
    if said:
        return Finding("store", BAD, "damaged", {"said": said})
    return Finding("store", OK, "sound", {"version": version})


def rows_finding(tx: Connection) -> Finding:
    """Rows that hold what their column cannot. Reads every table but the audit, which has its own check."""
    names = [
        f"{table.name} {_row_name(table, each.row)}: {', '.join(each.fault.columns)}"
        for table in metadata.sorted_tables
        if table is not audit
        for each in reading.unread_in(tx, table)
    ]
    if names:
        return Finding("rows", BAD, "unreadable", {"count": len(names)}, tuple(names[:20]))
    return Finding("rows", OK, "readable")


def _row_name(table: Table, row: Any) -> str:
    """What a row is called elsewhere: messages by a number to the base of 16, as in `alertd outbox`."""
    number = row.id if table is deliveries else row.delivery if table is failures else None
    return reading.name_of(row) if number is None else f"{number:x}"


def evidence_finding(tx: Connection) -> Finding:
    """Files that are not what was kept. Reads all of them."""
    names = [f"{row.deadline} {row.name} ({row.id:x})" for row in evidence.damaged(tx)]
    if names:
        return Finding("evidence", BAD, "damaged", {"count": len(names)}, tuple(names[:20]))
    return Finding("evidence", OK, "whole")


def planned_finding(tx: Connection) -> Finding:
    """Open deadlines that nobody would ever look at again."""
    lost = unexplained(tx)
    if len(lost):
        names = tuple(row.id for row in lost.all[:20])
        return Finding("planned", BAD, "unexplained", {"count": len(lost)}, names)
    unfinished = deadlines.c.state.in_(deadline_store.UNFINISHED)
    count = tx.execute(select(func.count()).select_from(deadlines).where(unfinished)).scalar_one()
    return Finding("planned", OK, "all", {"count": count})


def limits_finding(scope: Scope, seed: int) -> Finding:
    """Whether stored limits are what their history gives; a sample of those that events started."""
    if settings.get(scope.tx, settings.COUNTED_BY) != counted_by(scope.world):
        return Finding("limits", WARN, "waiting")
    found, slips = differing_limits(scope, seed)
    items = [f"{each.row.id}: {', '.join(each.columns)}" for each in found]
    items += [f"{each.name}: {each.detail}" for each in slips]
    if items:
        return Finding("limits", BAD, "differ", {"count": len(items)}, tuple(items[:20]))
    return Finding("limits", OK, "same")


def daemon_finding(tx: Connection, now: datetime, held: bool | None) -> Finding:
    """Whether a daemon runs: by its lock on an SQLite file (`held`), else by the nodes' heartbeats."""
    seen = reading.found(tx, select(nodes).order_by(nodes.c.seen_at.desc())).rows
    living = [row for row in seen if row.stopped_at is None and alive(row.seen_at, now)]
    if held or (held is None and living):
        names = tuple(f"{row.id} {row.version}" for row in living)
        return Finding("daemon", OK, "running", {"count": max(len(living), 1)}, names)
    if not seen:
        return Finding("daemon", WARN, "never")
    return Finding("daemon", BAD, "gone", {"minutes": int((now - seen[0].seen_at).total_seconds() // 60)})


def modes_finding(tx: Connection, now: datetime) -> Finding | None:
    """Whether the daemons that share the store send in one mode; None where there is only one daemon."""
    rows = tx.execute(select(nodes).where(nodes.c.stopped_at.is_(None)).order_by(nodes.c.id))
    modes = {row.id: (row.about or {}).get("mode", "") for row in rows if alive(row.seen_at, now)}
    if len(modes) < 2:
        return None
    if len(set(modes.values())) == 1:
        return Finding("modes", OK, "same", {"mode": next(iter(modes.values()))})
    return Finding("modes", BAD, "differ", items=tuple(f"{node}: {mode}" for node, mode in modes.items()))


def outbox_finding(scope: Scope) -> Finding:
    """Messages that should have left long ago."""
    count, oldest = scope.tx.execute(
        select(func.count(), func.min(deliveries.c.not_before)).where(
            deliveries.c.not_before < scope.now - _LATE
        )
    ).one()
    if not count:
        return Finding("outbox", OK, "moving")
    values = {"count": count, "minutes": int((scope.now - oldest).total_seconds() // 60)}
    if scope.world.mode is Mode.HOLD:
        return Finding("outbox", WARN, "on-hold", values)
    return Finding("outbox", BAD, "stuck", values)


def sending_finding(tx: Connection, mode: str) -> Finding:
    """Where messages go; `mode` is what config.toml says."""
    live = live_since(tx) is not None
    if mode == Mode.LIVE:
        return Finding("sending", OK, "live") if live else Finding("sending", WARN, "not-yet-live")
    return Finding("sending", WARN if live else OK, mode)


def addresses_finding(scope: Scope) -> Finding:
    """Addresses the providers say are unusable: whose, since when, until when, and why."""
    found = reached.blocked(scope)
    if not found:
        return Finding("addresses", OK, "usable")
    items = tuple(_blocked(scope.world, each) for each in found)
    return Finding("addresses", WARN, "blocked", {"count": len(items)}, items)


def _blocked(world: World, found: reached.Blocked) -> str:
    people = world.register.people
    who = "".join(f" ({name} {people[name].name})" for name in found.people)
    days = f"{world.today(found.at)} – {world.today(found.until)}"
    return f"{found.channel} {found.address}{who}, {days}: {found.reason}"


def channels_finding(scope: Scope) -> Finding:
    """Channels that serve nobody now, as the nodes that run find."""
    known, ill = illness.every(scope.tx), illness.ill(scope.tx)
    language = scope.world.language
    items = tuple(
        f"{channel}: {in_words(each, language)} ({each.since.astimezone(scope.world.zone):%F %T}, {node})"
        for channel in sorted(known)
        for node, each in sorted(known[channel].items())
    )
    if not items:
        return Finding("channels", OK, "serve")
    level, say = (BAD, "ill") if ill else (WARN, "ill-here")
    return Finding("channels", level, say, {"count": len(known)}, items)


def mailbox_finding(scope: Scope) -> Finding:
    """Whether the mailbox that answers come to can be read, as the nodes that run find."""
    away = mailbox_state.found(scope.tx)
    if away is None:
        return Finding("mailbox", OK, "read")
    since = f"{away.since.astimezone(scope.world.zone):%F %T}"
    return Finding("mailbox", BAD, "away", {"since": since}, (away.said,))


def feeds_finding(scope: Scope) -> Finding:
    """Systems that report events: when each was last heard."""
    found = list(feeds.every(scope))
    silent = [each for each in found if each.silent]
    items = tuple(
        f"{each.name}: {each.at.astimezone(scope.world.zone):%F %T}" if each.at else f"{each.name}: –"
        for each in found
    )
    if silent:
        return Finding("feeds", WARN, "silent", {"count": len(silent)}, items)
    return Finding("feeds", OK, "heard" if found else "none", {"count": len(found)}, items)


def people_finding(scope: Scope) -> Finding:
    """People with a position whom no enabled channel reaches once messages are real."""
    world = scope.world
    items = tuple(f"{person.id} {person.name}" for person in reached.unreached(scope))
    if not items:
        return Finding("people", OK, "reached", {"count": len(world.register.people)})
    level = BAD if world.mode is Mode.LIVE else WARN
    return Finding("people", level, "unreached", {"count": len(items)}, items)


def positions_finding(scope: Scope) -> Finding:
    """Positions that stand empty in units that owe something, and at the duty desk."""
    empty = [
        (unit, position)
        for unit in owing_units(scope)
        for position in _FILLED_ALWAYS
        if not _holders(scope.world, unit, position, scope.now)
    ]
    desk = scope.world.register.duty_unit
    empty += [
        (desk or "", role)
        for role in _DUTY
        if desk is None or not _holders(scope.world, desk, role, scope.now)
    ]
    if not empty:
        return Finding("positions", OK, "filled")
    items = tuple(f"{_unit_name(scope.world, unit)} {position}".strip() for unit, position in empty)
    return Finding("positions", WARN, "vacant", {"count": len(items)}, items)


def owing_units(scope: Scope) -> tuple[str, ...]:
    """Units that owe a calendar-dated duty, or have an open deadline."""
    found: dict[str, None] = {}
    for obligation in scope.world.register.obligations.values():
        if obligation.owed_by != "event.party":
            for party in parties_of(scope.world, obligation, scope.now):
                member = scope.world.register.roster.get(party)
                found[member.unit if member else party] = None
    unfinished = deadlines.c.state.in_(deadline_store.UNFINISHED)
    found.update(
        dict.fromkeys(scope.tx.execute(select(deadlines.c.unit).where(unfinished).distinct()).scalars())
    )
    return tuple(found)


def _holders(world: World, unit: str, position: str, now: datetime) -> bool:
    resolved = world.directory.resolve(position, unit, None, now)
    return bool(resolved.holders) and not resolved.vacant


def _unit_name(world: World, unit: str) -> str:
    known: OrgUnit | None = world.register.units.get(unit)
    return f"{unit} {text_in(known.name, world.language)}" if known else unit


def calendar_finding(scope: Scope) -> Finding:
    """Limits of the next 90 days that rest on an estimated calendar."""
    days = scope.tx.execute(
        select(deadlines.c.last_day).where(
            deadlines.c.state.in_(deadline_store.UNFINISHED),
            deadlines.c.provisional,
            deadlines.c.due.between(scope.now, scope.now + _COMING),
        )
    ).scalars()
    years = Counter(day.year for day in days if day is not None)
    if not years:
        return Finding("calendar", OK, "official")
    values: dict[str, str | int] = {"count": sum(years.values()), "years": ", ".join(map(str, sorted(years)))}
    return Finding("calendar", WARN, "estimated", values)


def severities_finding(scope: Scope) -> Finding:
    """Events of open cases whose severity is missing though their type has some.

    What is owed only at some severities does not run for them. None is stored so any more: they are older
    than the severities of their type.
    """
    graded = [name for name, kind in scope.world.register.event_types.items() if kind.severities]
    of_open_cases = (
        select(events.c.id)
        .join(cases, cases.c.id == events.c.case_id)
        .where(events.c.type.in_(graded), events.c.severity == "")
        .where(events.c.state != "cancelled", cases.c.closed_at.is_(None))
        .order_by(events.c.id)
    )
    items = tuple(scope.tx.execute(of_open_cases).scalars()) if graded else ()
    if not items:
        return Finding("severities", OK, "given")
    return Finding("severities", WARN, "missing", {"count": len(items)}, items)


def clock_finding(tx: Connection, now: datetime, ahead: float) -> Finding:
    """Whether the time that rules lies behind what was written already, and machines show another time.

    `ahead` is by how many seconds the wall clock of this machine is ahead of the database's.
    """
    last = tx.execute(select(func.max(audit.c.at))).scalar_one()
    if last is not None and last > now + _CLOCK_SLACK:
        return Finding("clock", BAD, "behind", {"seconds": int((last - now).total_seconds())})
    rows = reading.found(tx, select(nodes).where(nodes.c.stopped_at.is_(None)).order_by(nodes.c.id)).rows
    clocks = {row.id: float((row.about or {}).get("ahead") or 0) for row in rows if alive(row.seen_at, now)}
    if apart(ahead):
        clocks = {"": ahead, **clocks}
    wrong = tuple(f"{node} {by:+.0f} s".strip() for node, by in clocks.items() if apart(by))
    if wrong:
        return Finding("clock", WARN, "apart", {"count": len(wrong)}, wrong)
    return Finding("clock", OK, "forward")


def disk_finding(free: int | None) -> Finding | None:
    """Room for the store, in bytes; None where it is not on this machine."""
    if free is None:
        return None
    values = {"megabytes": free // 1_000_000}
    if free < _NO_ROOM:
        return Finding("disk", BAD, "full", values)
    return Finding(
        "disk", WARN if free < _LITTLE_ROOM else OK, "little" if free < _LITTLE_ROOM else "room", values
    )
