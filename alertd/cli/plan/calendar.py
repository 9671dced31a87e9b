"""`alertd calendar add`: a year's working days from the State Council's notice, shown before they count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import click

from alertd.cli.context import Session
from alertd.cli.declare import CommandGroup, Paths, as_json, by, command, yes
from alertd.cli.exits import NO, YES, Said
from alertd.cli.faults import fault_lines

if TYPE_CHECKING:
    from alertd.config.notice import Notice
    from alertd.core.calendar import CalendarYear, WorkCalendar
    from alertd.engine.reporting.differences import Move, Plan
    from alertd.engine.ruling.world import World
    from alertd.installation import Store

#: limits that move are listed up to this many
_LISTED = 20
#: longest passage of a notice shown of what was left out
_QUOTED = 200


@dataclass(frozen=True, slots=True)
class Entered:
    """A notice worked into calendar.toml, before anything is written. `plan` is None without a store."""

    notice: Notice
    file: str
    text: str
    years: Mapping[int, CalendarYear]  # those that change
    before: WorkCalendar
    after: WorkCalendar
    world: World
    store: Store | None
    plan: Plan | None

    @property
    def moved(self) -> list[Move]:
        """The deadlines whose limit is another day; the others only cease to be provisional."""
        moved = self.plan.moved if self.plan else []
        return [move for move in moved if {"due", "earliest"} & move.values.keys()]


@command("add")
@click.option("--from", "notice", metavar="FILE", required=True, type=Paths(path_type=Path))
@click.option("--dry-run", is_flag=True)
@yes
@by
@as_json
def add(session: Session, notice: Path, dry_run: bool, yes: bool, by: str, as_json: bool) -> int:
    from alertd.cli.output import confirmed, print_json

    found = _read(session, notice)
    if found is None:
        return NO
    entered = _enter(session, found)
    if as_json:
        print_json(_json(entered, session))
    else:
        print("\n".join(_lines(entered, session)))
    if dry_run:
        return YES
    if not confirmed(session, session.say("calendar.ask", file=entered.file), yes):
        raise Said("said.aborted")
    applied = _write(session, entered, by)
    if not as_json:
        print(session.say("calendar.applied" if applied else "calendar.written", file=entered.file))
    return YES


calendar = CommandGroup("calendar", commands={"add": add})


def _read(session: Session, path: Path) -> Notice | None:
    """The notice; None when it has faults, which are then on stderr."""
    import sys

    from alertd.config.notice import read_notice
    from alertd.config.sources import read_source

    text, faults = read_source(session.cwd / path, str(path))
    notice = None
    if not faults:
        notice, faults = read_notice(str(path), _as_announced(text))
    for line in fault_lines(faults, session):
        print(line, file=sys.stderr)
    return notice


def _as_announced(text: str) -> str:
    """The notice in the simplified characters it is announced in, each line as long as it was pasted."""
    from alertd.messages.catalogue import to_simplified

    lines = [(line, to_simplified(line)) for line in text.split("\n")]
    return "\n".join(simple if len(simple) == len(line) else line for line, simple in lines)


def _enter(session: Session, notice: Notice) -> Entered:
    """Raises Said where the file cannot be changed safely, Faulty and NoRegister for files with faults."""
    from alertd.cli.existing import existing_store
    from alertd.cli.exits import Faulty
    from alertd.cli.rewriting import plan_with, world_with
    from alertd.config.calendar_edit import with_years, year_text
    from alertd.config.notice_years import unknown_year, years_with
    from alertd.engine.operations.releasing import with_changes

    files = session.installation.files()
    before = world_with(session, files).calendar
    file = _calendar_file(files.texts, notice.year, session)
    faults = unknown_year(file, notice, before.years)
    if faults:
        raise Faulty(faults)
    years = years_with(notice, before.years, session.today())
    edit = with_years(files.texts.get(file, ""), years)
    if edit.text is None:
        by_hand = "\n".join(year_text(year) for year in years.values())
        raise Said("calendar.unedited", file=file, line=edit.line, text=by_hand)
    changed = with_changes(files, {file: edit.text})
    world = world_with(session, changed)
    store = existing_store(session)
    plan = plan_with(session, store, changed) if store is not None else None
    return Entered(notice, file, edit.text, years, before, world.calendar, world, store, plan)


def _calendar_file(texts: Mapping[str, str], year: int, session: Session) -> str:
    """The file that holds the year, else the last calendar there is, else a new one."""
    import tomllib

    names = [name for name in texts if PurePosixPath(name).name == "calendar.toml"]
    for name in names:
        if any(table.get("year") == year for table in tomllib.loads(texts[name]).get("year", ())):
            return name
    return max(names, default=f"{session.node.schedules.name}/calendar.toml")


def _write(session: Session, entered: Entered, by: str) -> bool:
    """Write the file, and apply it unless other changes wait in the files: those are not ours to release."""
    from alertd.cli.existing import files_differ
    from alertd.cli.rewriting import write_and_apply, write_files

    changes = {entered.file: entered.text}
    if entered.store is None or files_differ(session, entered.store):
        write_files(session.node.schedules, changes)
        return False
    write_and_apply(session, entered.store, changes, by, entered.notice.source)
    return True


# ---------------------------------------------------------------- what is shown


def _changed_days(entered: Entered) -> list[date]:
    """The days that are worked now and were not, or the other way round."""
    days: list[date] = []
    for year in entered.years:
        day = date(year, 1, 1)
        while day.year == year:
            if entered.before.is_workday(day) != entered.after.is_workday(day):
                days.append(day)
            day += timedelta(days=1)
    return days


def _lines(entered: Entered, session: Session) -> list[str]:
    from alertd.cli.plan.months import month_lines

    year = entered.notice.year
    lines = [session.words.script(entered.notice.source), ""]
    lines += _table(entered, session)
    lines += ["", *month_lines(_months(entered), entered.years, session)]
    lines += _left_out(entered.notice, session)
    status = entered.before.years[year].status if year in entered.before.years else "none"
    days = _changed_days(entered)
    if not days:
        return [*lines, "", session.say("calendar.same"), *_effects(entered, session)]
    lines += ["", session.say(f"calendar.against-{status}", count=len(days), year=year)]
    lines += [f"  {_day(day, session)}  {_now(day, entered, session)}" for day in days]
    return [*lines, "", *_effects(entered, session)]


def _table(entered: Entered, session: Session) -> list[str]:
    """The holidays in order with their days, then the weekends that are worked."""
    from alertd.cli.output import aligned
    from alertd.config.calendar_edit import runs

    given = {*entered.notice.off, *entered.notice.lengthened.values()}
    rows: list[tuple[str, str, str]] = []
    for year in entered.years.values():
        for first, last, name in runs(year.off):
            if last not in given:
                continue
            count = (last - first).days + 1
            text = _day(first, session)
            if last > first:
                text = session.words.say("trace.span", first=text, last=_day(last, session))
            rows.append(
                (session.words.word("holiday", name), text, session.say("calendar.days", count=count))
            )
    worked = [_day(day, session) for day in entered.notice.work]
    lines = aligned(rows, indent=2)
    names = session.words.say("text.list").join(worked) or session.say("word.none")
    return [*lines, "  " + session.say("calendar.worked", count=len(worked), days=names)]


def _months(entered: Entered) -> list[tuple[int, int]]:
    """The months of the notice's year, after the December before where that changes."""
    year = entered.notice.year
    before = [(year - 1, 12)] if year - 1 in entered.years else []
    return [*before, *((year, month) for month in range(1, 13))]


def _left_out(notice: Notice, session: Session) -> list[str]:
    """What was pasted and not read: each passage with a date, and how many more there are."""
    from alertd.messages.wrap import wrap_text

    dated = [left for left in notice.left_out if left.dated]
    others = len(notice.left_out) - len(dated)
    lines = [""]
    if dated:
        lines.append(session.say("calendar.left-out", count=len(dated)))
        for left in dated:
            text = session.say("calendar.left-out-line", line=left.line, text=_shortened(left.text))
            lines.append(wrap_text(f"  {text}"))
    if others:
        lines.append(session.say("calendar.left-out-others", count=others))
    return lines if lines[1:] else []


def _shortened(text: str) -> str:
    from alertd.config.faults import shown

    return shown(text, _QUOTED)


def _day(day: date, session: Session) -> str:
    from alertd.messages.dates import day_text

    return day_text(day, session.language)


def _now(day: date, entered: Entered, session: Session) -> str:
    return session.say("calendar.now-worked" if entered.after.is_workday(day) else "calendar.now-off")


def _effects(entered: Entered, session: Session) -> list[str]:
    from alertd.saying.changes import change_lines, told_lines
    from alertd.saying.voice import Reader

    if entered.plan is None:
        return [session.say("calendar.no-store")]
    voice = Reader(entered.world, session.language, session.now)
    moved = entered.moved
    lines = [session.say("calendar.moves", count=len(moved), firm=len(entered.plan.moved) - len(moved))]
    changes = change_lines(moved, voice)
    lines += [f"  {line}" for line in changes[:_LISTED]]
    if len(changes) > _LISTED:
        lines.append("  " + session.say("plan.more-moved", count=len(changes) - _LISTED))
    return [*lines, *told_lines(entered.plan.told, voice)]


def _json(entered: Entered, session: Session) -> dict[str, Any]:
    years = [
        {
            "year": year.year,
            "status": year.status,
            "source": year.source,
            "off": {day.isoformat(): name for day, name in year.off.items()},
            "work": [day.isoformat() for day in year.work],
        }
        for year in entered.years.values()
    ]
    return {
        "file": entered.file,
        "years": years,
        "left_out": [{"line": left.line, "text": left.text} for left in entered.notice.left_out],
        "changed": {
            day.isoformat(): "work" if entered.after.is_workday(day) else "off"
            for day in _changed_days(entered)
        },
        "moved": [move.row.id for move in entered.moved],
        "people": sorted(entered.plan.told.people) if entered.plan else [],
    }
