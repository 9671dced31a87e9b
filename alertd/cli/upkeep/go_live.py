"""`alertd go-live`: shows what would go to whom, refuses what cannot work, and lets messages leave."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from alertd.cli.context import Session
from alertd.cli.declare import by, command, yes
from alertd.cli.exits import NO, YES, Said
from alertd.cli.faults import fault_lines
from alertd.cli.rewriting import write_over
from alertd.engine.ruling.scope import Scope

if TYPE_CHECKING:
    from alertd.engine.operations.going_live import GoLive, Obstacle
    from alertd.engine.preview.forecast import Forecast
    from alertd.engine.ruling.world import World
    from alertd.installation import Store

_DAYS = 30
_SHOWN = 20


@command("go-live")
@click.option("--dry-run", is_flag=True)
@by
@yes
def go_live(session: Session, dry_run: bool, by: str, yes: bool) -> int:
    from alertd.cli.existing import existing_store
    from alertd.cli.output import confirmed
    from alertd.engine.operations.going_live import live_since

    store = existing_store(session)
    since = None
    if store is not None:
        with store.read() as tx:
            since = live_since(tx)
    if store is not None and since is not None:
        return _already(session, store, since, dry_run)
    world, asked = session.installation.written(), _asked(session, store)
    standing = _in_the_way(session, world, store, asked)
    if standing:
        _print_obstacles(session, standing)
        return NO
    if store is None:
        raise Said("golive.no-store")
    found = _coming(session, world, store)
    asked = replace(asked, people=len(found.forecast.people))
    _show(session, world, store, found)
    if dry_run:
        return YES
    if not confirmed(session, session.say("golive.ask"), yes):
        raise Said("said.aborted")
    _record(session, world, store, asked, by)
    print(session.say("golive.done", people=asked.people))
    return _set_mode(session)


def _already(session: Session, store: Store, since: datetime, dry_run: bool) -> int:
    from alertd.engine.operations.going_live import rehearsal
    from alertd.messages.dates import instant_text

    print(session.say("golive.already", at=instant_text(since, session.zone, session.language)))
    with store.read() as tx:
        drilled = rehearsal(tx)
    if drilled.since is not None:
        at = instant_text(drilled.since, session.zone, session.language)
        print(session.say("golive.afresh", at=at, count=drilled.deadlines))
    return YES if dry_run or session.node.mode == "live" else _set_mode(session)


def _asked(session: Session, store: Store | None) -> GoLive:
    """What is known of the files; to how many people messages would go is not known yet."""
    from alertd.cli.existing import files_differ
    from alertd.cli.upkeep.doctor import channel_faults
    from alertd.engine.operations.going_live import GoLive

    channels = [session.node.channels[name] for name in session.installation.enabled]
    senders = tuple(address for channel in channels for address in channel.settings.senders)
    faults = fault_lines([*session.loaded.faults, *channel_faults(session)], session)
    return GoLive(0, senders, tuple(faults), files_differ(session, store))


def _in_the_way(session: Session, world: World, store: Store | None, asked: GoLive) -> Sequence[Obstacle]:
    from alertd.engine.operations.going_live import in_the_way, obstacles

    if store is None:
        return obstacles(world, asked.senders, asked.faults, frozenset())
    with store.read() as tx:
        return in_the_way(Scope(tx, world, session.now), asked)


def _print_obstacles(session: Session, standing: Sequence[Obstacle]) -> None:
    print(session.say("golive.not-yet"), file=sys.stderr)
    for each in standing:
        print(session.say(f"golive.obstacle.{each.code}", count=len(each.items)), file=sys.stderr)
        for item in each.items[:_SHOWN]:
            print(f"  {item}", file=sys.stderr)
        if len(each.items) > _SHOWN:
            print("  " + session.say("doctor.more", count=len(each.items) - _SHOWN), file=sys.stderr)


@dataclass(frozen=True, slots=True)
class _Coming:
    """What the days ahead bring, and how many messages of it leave at once: until `opening` at the latest."""

    forecast: Forecast
    opening: datetime
    at_once: int


def _coming(session: Session, world: World, store: Store) -> _Coming:
    from alertd.cli.output import progress
    from alertd.core.pacing import leave_at
    from alertd.engine.preview.forecast import forecast
    from alertd.engine.preview.virtual import preview

    now = session.now
    until = now + timedelta(days=_DAYS)
    live, renderer = world.sending(), session.installation.renderer()
    opening = leave_at(now, False, None, world.calendar, world.office)
    with progress(session, now, until) as advance:
        lines = list(preview(live, renderer, store, now, now, until, progress=advance, afresh=True))
    first = {line.message for line in lines if line.at <= opening}
    return _Coming(forecast(world, lines, now, until), opening, len(first))


def _show(session: Session, world: World, store: Store, found: _Coming) -> None:
    from alertd.cli.forecasting import in_words
    from alertd.engine.operations.going_live import overdue_now, rehearsal
    from alertd.messages.dates import instant_text

    channels = session.words.say("text.list").join(world.channels)
    print(session.say("golive.coming", days=_DAYS, channels=channels))
    print("\n".join(in_words(session, world, found.forecast)))
    with store.read() as tx:
        late, drilled = overdue_now(tx, session.now), rehearsal(tx)
    if drilled.deadlines:
        print("\n" + session.say("golive.rehearsed", count=drilled.deadlines))
    if drilled.waiting:
        print("\n" + session.say("golive.drills", count=drilled.waiting))
    at = instant_text(found.opening, session.zone, session.language)
    print("\n" + session.say("golive.at-once", count=found.at_once, at=at))
    if late:
        print("\n" + session.say("golive.overdue", count=late))


def _record(session: Session, world: World, store: Store, asked: GoLive, by: str) -> None:
    from alertd.engine.operations.going_live import go_live

    actor, now = session.actor(by), session.now
    store.transact(lambda tx: go_live(Scope(tx, world, now, actor), asked))


def _set_mode(session: Session) -> int:
    """Change the one value in config.toml; where that is not possible, say which line to change."""
    from alertd.config.edit import with_mode

    path = session.node.file
    edit = with_mode(path.read_bytes().decode("utf-8-sig"), "live")
    if edit.text is not None:
        try:
            write_over(path, edit.text)
        except OSError as fault:
            said = fault.strerror or str(fault)
            print(session.say("golive.unwritable", path=path, line=edit.line, said=said), file=sys.stderr)
            return NO
        print(session.say("golive.changed", path=path, line=edit.line))
        return YES
    print(session.say("golive.unedited", path=path, line=edit.line), file=sys.stderr)
    return NO
