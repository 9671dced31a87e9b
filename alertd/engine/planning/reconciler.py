"""Brings the admin's files and the store together.

Keeps the last good revision of a broken file, applies what is small, holds back what is large until somebody
releases it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from alertd.config.faults import Fault
from alertd.config.last_good import Settled, load_with_last_good
from alertd.config.register import CalendarInput, Loaded, load_register
from alertd.core.model import Register
from alertd.engine.notify.addressing import known_addresses
from alertd.engine.notify.admin import forget_filled, take_back, tell_admin
from alertd.engine.notify.topics import LimitsStated, LossHeld, RevisionHeld
from alertd.engine.planning import folder, held, node_settings
from alertd.engine.planning.faulty import tell_faults
from alertd.engine.planning.foretelling import Told, foretold
from alertd.engine.planning.losses import losses, tell_of_leavers
from alertd.engine.planning.making_up import make_up
from alertd.engine.planning.node_settings import NodeSettings
from alertd.engine.planning.plan import Plan, apply_plan, counted_by, make_plan, recount_some, retime
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import PROGRAM, Actor, Scope
from alertd.engine.ruling.world import World
from alertd.store import addresses, audit, revisions, settings
from alertd.store.database import Store

WorldMaker = Callable[[Register, CalendarInput, bool], World]
#: how often thinking begins anew when other nodes change what rules at the same time
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Files:
    """The texts as they lie in the folder now; `unreadable` are faults of files without a usable text."""

    texts: Mapping[str, str]
    unreadable: tuple[Fault, ...] = ()


@dataclass(slots=True)
class Reconciled:
    """`world` is None only when no revision was ever good. `held` is a change that waits for release."""

    world: World | None
    faults: tuple[Fault, ...] = ()
    held: Plan | None = None
    lost: tuple[str, ...] = ()  # what files say no more, for which `held` waits
    applied: Plan | None = None
    changed_files: tuple[str, ...] = ()
    gone_files: tuple[str, ...] = field(default_factory=tuple)
    behind: tuple[str, ...] = ()  # older in this node's folder than what rules
    number: int = 0  # how often what rules had been changed, as far as `world` knows


class NoRegister(Exception):
    """The files have faults and there is no earlier revision to fall back to."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


class Overtaken(Exception):
    """Another node changed what rules while this one thought about it; thinking begins anew."""


def choose(files: Files, good: Mapping[str, str], channels: Collection[str] | None) -> Settled:
    """The present texts, with the last good one in place of each that has a fault or is missing.

    A file that vanished keeps ruling by its last good text until its removal is applied. Raises NoRegister
    where nothing was ever applied: a first start shows its faults instead of leaving files out.
    """
    if good:
        texts = {**good, **files.texts}
        return load_with_last_good(texts, good, channels=channels, unreadable=files.unreadable)
    loaded = load_register(files.texts, channels=channels, unreadable=files.unreadable)
    if loaded.faults:
        raise NoRegister(loaded.faults)
    return Settled(loaded, files.texts, (), frozenset(), frozenset())


def reconcile(
    store: Store,
    files: Files,
    make_world: WorldMaker,
    channels: Collection[str] | None,
    now: datetime,
    fault_text: Callable[[Fault], str] = str,
    node: str = "",
    mine: NodeSettings | None = None,
) -> Reconciled:
    """Read what rules, extend it to today, and apply the files as far as they may apply by themselves.

    `node` names the folder the files are from, in at most 65 characters; `mine` is what rules on this node
    besides. Raises NoRegister when nothing can rule. One write transaction per change, and none without one.
    """
    found = _again_and_again(store, files, make_world, channels, now, fault_text, node)
    if mine is not None and found.world is not None:
        node_settings.keep(store, found.world, mine, now)
    return found


def what_rules(
    store: Store, make_world: WorldMaker, channels: Collection[str] | None, now: datetime
) -> Reconciled:
    """What rules, extended to today, whatever lies in the folder. Raises NoRegister where nothing does."""
    with store.read() as tx:
        number = settings.get(tx, settings.APPLIED) or 0
        good = revisions.applied(tx)
        live = settings.get(tx, settings.LIVE_SINCE) is not None
        planned = settings.get(tx, settings.PLANNED_DAY)
    if not good:
        raise NoRegister(())
    loaded = choose(Files(good), good, channels).loaded
    assert loaded.register is not None  # settled texts have no faults
    world = make_world(loaded.register, loaded.calendar, live)
    if planned != world.today(now).isoformat():
        _extend(store, world, now, number)
    return Reconciled(world, number=number)


def _again_and_again(*args: Any) -> Reconciled:
    for _ in range(_ATTEMPTS - 1):
        with contextlib.suppress(Overtaken):
            return _reconcile(*args)
    return _reconcile(*args)


def _reconcile(
    store: Store,
    files: Files,
    make_world: WorldMaker,
    channels: Collection[str] | None,
    now: datetime,
    fault_text: Callable[[Fault], str],
    node: str,
) -> Reconciled:
    with store.read() as tx:
        number = settings.get(tx, settings.APPLIED) or 0
        good = revisions.applied(tx)
        older = folder.behind(tx, node, files.texts, good)
        live = settings.get(tx, settings.LIVE_SINCE) is not None
        planned = settings.get(tx, settings.PLANNED_DAY)
        known = settings.get(tx, settings.COUNTED_BY)
    present = Files({**files.texts, **{file: good[file] for file in older}}, files.unreadable)
    chosen = choose(present, good, channels)
    loaded = chosen.loaded
    assert loaded.register is not None  # settled texts have no faults
    world = make_world(loaded.register, loaded.calendar, live)
    changed = tuple(sorted(f for f, text in chosen.texts.items() if good.get(f) != text))
    result = Reconciled(world, chosen.faults, changed_files=changed, behind=older, number=number)
    result.gone_files = tuple(
        sorted(f for f in good if f not in files.texts and f not in _files(files.unreadable))
    )
    # Other office hours or another zone, with the same files.
    anew = bool(good) and known != counted_by(world)
    ruling = _ruling(good, make_world, live, channels) if good and (changed or anew) else None
    if good and planned != world.today(now).isoformat():
        _extend(store, ruling or world, now, number)
    if changed or anew or not good:
        _apply_change(store, ruling, good, chosen, result, now, node)
    else:
        held.forget(store, result.world or world, now, node)
    tell_faults(store, result.world or world, chosen.faults, now, fault_text, node)
    folder.remember(store, node, files.texts, chosen.texts if result.applied else good, older)
    return result


def _files(faults: Collection[Fault]) -> set[str]:
    return {fault.file for fault in faults}


def _ruling(
    good: Mapping[str, str], make_world: WorldMaker, live: bool, channels: Collection[str] | None
) -> World | None:
    loaded = load_register(good, channels=channels)
    return make_world(loaded.register, loaded.calendar, live) if loaded.register else None


def _hold_what_rules(tx: Connection, number: int) -> None:
    """Keep what rules as it is until the commit. Raises Overtaken if it is not what was read any more."""
    if settings.hold(tx, settings.APPLIED, 0) != number:
        raise Overtaken


def _extend(store: Store, world: World, now: datetime, number: int) -> None:
    """Plan the occurrences that time has brought near; nothing an admin decided, so no threshold."""

    def work(tx: Connection) -> None:
        _hold_what_rules(tx, number)
        if settings.get(tx, settings.PLANNED_DAY) == world.today(now).isoformat():
            return
        scope = Scope(tx, world, now)
        plan = make_plan(scope, moving=False)
        tell_of_leavers(scope, plan.vanished)
        plan.vanished = []
        apply_plan(scope, plan, "planned ahead")
        settings.put(tx, settings.PLANNED_DAY, world.today(now).isoformat())

    store.transact(work)


def _apply_change(
    store: Store,
    ruling: World | None,
    good: Mapping[str, str],
    chosen: Settled,
    result: Reconciled,
    now: datetime,
    node: str,
) -> None:
    world = result.world
    assert world is not None

    def work(tx: Connection) -> tuple[Plan, bool]:
        _hold_what_rules(tx, result.number)
        scope = Scope(tx, world, now)
        change = _Change(scope, ruling, make_plan(scope), chosen.texts, result.changed_files)
        plan = change.plan
        reason = "saved file" if result.changed_files else "office hours"
        if ruling is not None:
            result.lost = losses(scope, ruling, good, chosen.texts)
            plan.told = _foretold(change, reason)
            if result.lost or plan.exceeds(world):
                texts = {file: chosen.texts[file] for file in result.changed_files}
                held.hold(Scope(tx, ruling, now), plan, result.lost, texts, node)
                return plan, False
        _write_change(change, reason)
        return plan, True

    plan, applied = store.transact(work)
    if applied:
        result.applied = plan
        result.number += bool(result.changed_files)
    else:
        result.held, result.world = plan, ruling


@dataclass(frozen=True, slots=True)
class _Change:
    """Files that are to rule, in the picture of `scope`: all their texts, and those that differ or are gone.

    `ruling` is what ruled before, None where nothing did.
    """

    scope: Scope
    ruling: World | None
    plan: Plan
    texts: Mapping[str, str]
    changed: tuple[str, ...]
    gone: tuple[str, ...] = ()


def _foretold(change: _Change, reason: str, withdraw: bool = False) -> Told:
    """Who would hear of it at once; nothing is changed."""

    def apply() -> None:
        _write_change(change, reason, withdraw)
        while recount_some(change.scope):
            continue

    return foretold(change.scope, [move.row.number for move in change.plan.moved], apply)


def _write_change(
    change: _Change, reason: str, withdraw: bool = False, mine: NodeSettings | None = None
) -> None:
    scope, ruling, gone = change.scope, change.ruling, change.gone
    tx, world, now = scope.tx, scope.world, scope.now
    texts = {file: change.texts[file] for file in change.changed if file in change.texts}
    same_days = settings.get(tx, settings.COUNTED_BY) in (None, counted_by(world))
    settings.put(tx, settings.HELD, "")
    settings.put(tx, settings.PLANNED_DAY, scope.today.isoformat())
    if texts or gone:
        revisions.apply(tx, texts, gone, now, scope.actor.name, reason)
        addresses.keep(tx, known_addresses(world))
        settings.put(tx, settings.APPLIED, settings.hold(tx, settings.APPLIED, 0) + 1)
    digests = {file: revisions.digest_of(text) for file, text in texts.items()}
    detail: dict[str, Any] = {"files": digests, "gone": sorted(gone), "reason": reason}
    if mine is not None:
        node_settings.let_go(tx, mine)
        detail |= {"settings": list(mine.waiting)} if mine.waiting else {}
    scope.record(audit.REGISTER, "revision-applied", detail)
    apply_plan(scope, change.plan, reason, withdraw)
    if names := settings.get(tx, settings.LIMITS_STATED):
        tell_admin(scope, *(LimitsStated(deadline=name) for name in names))
        settings.put(tx, settings.LIMITS_STATED, "")
    if ruling is not None:
        before, after = ruling.register.policies, world.register.policies
        same_days = same_days and ruling.calendar.version == world.calendar.version
        changed_policies = [name for name in after if not same_days or before.get(name) != after[name]]
        retime(scope, ruling, changed_policies)
        make_up(scope)
    take_back(scope, RevisionHeld, lambda key: True)
    take_back(scope, LossHeld, lambda key: key.startswith(held.schedules_of("")))
    if texts or gone:
        forget_filled(scope)


def release(
    store: Store,
    files: Files,
    make_world: WorldMaker,
    channels: Collection[str] | None,
    now: datetime,
    actor: Actor,
    reason: str,
    write: Callable[[], None] | None = None,
    mine: NodeSettings | None = None,
) -> Reconciled:
    """Apply the files as they are, however large the change, and withdraw what vanished from them.

    `write` puts texts that are not in the folder yet there, just before the change is committed: a daemon
    that sees the new files then finds them applied. What it raises undoes the change. `mine` is what is to
    rule on this node besides. Raises NoRegister for files with faults: what is released is what the admin
    sees. Raises Refused without a reason.
    """
    if not reason:
        raise Refused("reason-missing")
    loaded = _without_faults(files, channels)

    def work(tx: Connection) -> Reconciled:
        settings.hold(tx, settings.APPLIED, 0)
        change = _change_of(tx, files, loaded, make_world, channels, now, actor)
        _write_change(change, reason, withdraw=True, mine=mine)
        if mine is not None:
            folder.remember_all(tx, mine.folder, files.texts)
        if write is not None:
            write()
        world = change.scope.world
        return Reconciled(world, applied=change.plan, changed_files=change.changed, gone_files=change.gone)

    return store.transact(work)


def foretell(
    store: Store, files: Files, make_world: WorldMaker, channels: Collection[str] | None, now: datetime
) -> Plan:
    """What `release` would do, with who would hear of it at once. Raises NoRegister.

    Nothing is changed, but whoever writes waits as long as for the change itself.
    """
    loaded = _without_faults(files, channels)

    def work(tx: Connection) -> Plan:
        change = _change_of(tx, files, loaded, make_world, channels, now, PROGRAM)
        change.plan.told = _foretold(change, "look ahead", withdraw=True)
        return change.plan

    return store.transact(work, wake=False)


def look_ahead(
    tx: Connection, files: Files, make_world: WorldMaker, channels: Collection[str] | None, now: datetime
) -> Plan:
    """What `release` would open, move and withdraw, without who would hear of it. Raises NoRegister."""
    loaded = _without_faults(files, channels)
    return _change_of(tx, files, loaded, make_world, channels, now, PROGRAM).plan


def _without_faults(files: Files, channels: Collection[str] | None) -> Loaded:
    loaded = load_register(files.texts, channels=channels, unreadable=files.unreadable)
    if loaded.register is None:
        raise NoRegister(loaded.faults)
    return loaded


def _change_of(
    tx: Connection,
    files: Files,
    loaded: Loaded,
    make_world: WorldMaker,
    channels: Collection[str] | None,
    now: datetime,
    actor: Actor,
) -> _Change:
    """All that the files of a folder change, also what is gone from it."""
    assert loaded.register is not None  # it has no faults
    good = revisions.applied(tx)
    world = make_world(loaded.register, loaded.calendar, settings.get(tx, settings.LIVE_SINCE) is not None)
    ruling = _ruling(good, make_world, False, channels) if good else None
    changed = tuple(sorted(f for f, text in files.texts.items() if good.get(f) != text))
    gone = tuple(sorted(set(good) - set(files.texts)))
    scope = Scope(tx, world, now, actor)
    return _Change(scope, ruling, make_plan(scope), files.texts, changed, gone)
