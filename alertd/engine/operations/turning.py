"""The plan of a year takes over from that of the last: what goes on, what ends, and what stands in the way.

Whoever keeps the program may; who did is on record with the files that rule from then on. What a turn would
do is asked first (`turned`), and what was looked at is what is done.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from alertd.config.year_edit import YearTurn, holds_duties
from alertd.config.year_edit import turn_year as texts_turned
from alertd.core.text import Line, Remark
from alertd.engine.operations.releasing import (
    Changes,
    Files,
    Release,
    Released,
    WorldMaker,
    release_files,
    with_changes,
    world_of,
)
from alertd.engine.operations.texts import taking_texts
from alertd.engine.planning.plan import make_plan, open_items
from alertd.engine.ruling.naming import obligation_named
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor, Scope
from alertd.engine.ruling.world import World
from alertd.store import revisions
from alertd.store.database import Store
from alertd.store.rows import DeadlineRow


@dataclass(frozen=True, slots=True)
class Turn:
    """The plan of `new` takes over from that of `old`; the duties named in `ending` end with the old one.

    `files` are those of the folder called `schedules`, as they lie there; `channels` are what they may name.
    """

    files: Files
    channels: frozenset[Line]
    schedules: Line
    old: int
    new: int
    ending: tuple[Line, ...] = ()
    reason: Remark = ""


@dataclass(frozen=True, slots=True)
class Turned:
    """What a turn does: the files that are written (None: removed), the duties (ids), and what follows.

    `carried` is what is still owed of duties that end, `withdrawn` what was planned ahead of them; both are
    empty where nothing runs yet. `world` is the picture of the new files.
    """

    changes: Changes
    goes_on: tuple[str, ...]
    ends: tuple[str, ...]
    world: World
    carried: tuple[DeadlineRow, ...] = ()
    withdrawn: tuple[DeadlineRow, ...] = ()


@taking_texts
def turned(store: Store | None, make_world: WorldMaker, now: datetime, asked: Turn) -> Turned:
    """What a turn would do; nothing is changed. `store` is None where nothing runs yet.

    Raises Refused: "year-reversed", "year-differ" where other changes of the files wait, "no-obligation",
    "year-exists", "year-unusual", "year-nothing"; and NoRegister for files with faults.
    """
    if asked.new <= asked.old:
        raise Refused("year-reversed", old=asked.old, new=asked.new)
    if store is not None:
        _refuse_waiting(store, asked.files.texts)
    before = world_of(make_world, asked.files, asked.channels)
    ending = [obligation_named(before.register, name) for name in asked.ending]
    turn = _texts(asked, ending)
    world = world_of(make_world, with_changes(asked.files, turn.changes), asked.channels)
    found = Turned(dict(turn.changes), tuple(turn.goes_on), tuple(turn.ends), world)
    return found if store is None else _followed(store, now, found)


def _refuse_waiting(store: Store, texts: Mapping[str, str]) -> None:
    """Changes that wait in the files are not released with it."""
    with store.read() as tx:
        good = revisions.applied(tx)
    if good and dict(texts) != good:
        raise Refused("year-differ")


def _texts(asked: Turn, ending: Collection[str]) -> YearTurn:
    folder = f"{asked.schedules}/{asked.new}"
    there = [file for file in asked.files.texts if file.startswith(f"{folder}/") and holds_duties(file)]
    if there:
        raise Refused("year-exists", folder=folder, names=", ".join(there))
    turn = texts_turned(asked.files.texts, asked.old, asked.new, ending)
    if turn.unusual:
        raise Refused("year-unusual", files=", ".join(turn.unusual))
    missing = [name for name in ending if name not in turn.ends]
    if missing or not (turn.goes_on or turn.ends):
        names = ", ".join(missing) or "–"
        raise Refused("year-nothing", folder=f"{asked.schedules}/{asked.old}", names=names)
    return turn


def _followed(store: Store, now: datetime, found: Turned) -> Turned:
    ending = [found.world.register.obligations[name] for name in found.ends]
    with store.read() as tx:
        plan = make_plan(Scope(tx, found.world, now))
        carried = tuple(row for duty in ending for row in open_items(tx, found.world, duty).all)
    return Turned(found.changes, found.goes_on, found.ends, found.world, carried, tuple(plan.vanished))


@taking_texts
def turn_year(
    store: Store | None,
    make_world: WorldMaker,
    now: datetime,
    actor: Actor,
    asked: Turn,
    write: Callable[[Changes], None],
) -> Released | None:
    """Write the files of the turn, which rule at once; None where nothing runs yet and they are only written.

    `write` puts the changes into the folder, all or none; what it raises undoes everything. Raises Refused as
    `turned` does, and "reason-missing".
    """
    found = turned(store, make_world, now, asked)
    if store is None:
        write(found.changes)
        return None
    files = with_changes(asked.files, found.changes)
    release = Release(files, asked.channels, asked.reason, lambda: write(found.changes))
    return release_files(store, make_world, now, actor, release)
