"""What files say no more though something depends on it: half a file was saved, or somebody wants it so.

A file is taken at its word: what it says applies. What it merely says no more waits for a person, for nobody
can tell a wish from a file that was cut (docs/decisions/0035-at-its-word.md). While everything is a drill
nothing depends on it, and those who enter their own city may take away the shipped one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import timedelta

from sqlalchemy import Connection, select

from alertd.core.model import Register
from alertd.core.validity import ended
from alertd.engine.notify.admin import tell_admin
from alertd.engine.notify.topics import PartyLeft
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.messages.catalogue import text_in
from alertd.store import deadlines as deadline_store
from alertd.store.rows import DeadlineRow
from alertd.store.tables import deadlines

#: shifts further ahead are no loss
_AHEAD = timedelta(days=14)
#: file name -> text
Texts = Mapping[str, str]


def losses(scope: Scope, before: World, good: Texts, texts: Texts) -> tuple[str, ...]:
    """What would be missed, as lines, if `texts`, the world of `scope`, followed `good`, that of `before`."""
    if scope.world.drilling:
        return ()
    was, now = before.register, scope.world.register
    units, parties, policies = _depended_on(scope.tx)
    changed = [file for file, text in texts.items() if file in good and good[file] != text]
    return (
        *(
            f"- {file}: {said(good[file])} → {said(texts[file])}"
            for file in changed
            if cut(file, good, texts)
        ),
        *_duties(scope, was, now),
        *(f"- {name}" for name in was.policies if name not in now.policies and name in policies),
        *(f"- {name}" for name in was.gates if name not in now.gates),
        *(_named(before, unit) for unit in was.units if unit not in now.units and unit in units),
        *_seats(before, now),
        *_posts(scope, before),
        *(_named(before, each) for each in was.roster if each not in now.roster and each in parties),
    )


def _depended_on(tx: Connection) -> tuple[Collection[str], Collection[str], Collection[str]]:
    """The units, the parties and the policies of unfinished deadlines."""
    columns = (deadlines.c.unit, deadlines.c.party, deadlines.c.policy)
    unfinished = deadlines.c.state.in_(deadline_store.UNFINISHED)
    rows = tx.execute(select(*columns).where(unfinished).distinct()).fetchall()
    return {row.unit for row in rows}, {row.party for row in rows}, {row.policy for row in rows}


def cut(file: str, good: Texts, texts: Texts) -> bool:
    """Whether a file breaks off within the text that rules, or has lost more than half of what it said.

    A table of people may end with any of them: that seats stand empty is seen in the seats.
    """
    before, now = good[file].rstrip(), texts[file].rstrip()
    breaks_off = len(now) < len(before) and before.startswith(now) and said(before) > said(now)
    if file.lower().endswith(".csv"):
        breaks_off = len(now) < len(before) and before.startswith(now) and before[len(now)] not in "\r\n"
    return breaks_off or 2 * said(now) < said(before)


def said(text: str) -> int:
    """How many lines of a text say anything."""
    return sum(bool(line) and not line.startswith("#") for line in map(str.strip, text.splitlines()))


def _duties(scope: Scope, was: Register, now: Register) -> Iterator[str]:
    """Duties that are neither there under this or another id, nor over."""
    known = {*now.obligations, *(old for each in now.obligations.values() for old in each.was)}
    for duty in was.obligations.values():
        if duty.id not in known and not ended(duty, scope.today):
            yield f"- {duty.id}  {text_in(duty.title, scope.world.language)}"


def _seats(before: World, now: Register) -> Iterator[str]:
    """Positions in which somebody is there no more, and nobody else."""
    held = {(person.unit, position) for person in now.people.values() for position in person.positions}
    for person in before.register.people.values():
        for position in person.positions if person.id not in now.people else ():
            if (person.unit, position) not in held:
                yield f"- {position}  {_named(before, person.unit)[2:]}: {person.id} {person.name}"


def _posts(scope: Scope, before: World) -> Iterator[str]:
    """Posts of which the roster says no more who is on duty, though it did for days to come."""
    duty, kept = before.directory.duty, scope.world.directory.duty
    for unit, position in duty.posts:
        ahead = duty.between((unit, position), scope.now, scope.now + _AHEAD)
        if not kept.keeps((unit, position)) and any(watch.turns for watch in ahead):
            yield f"- {position}  {_named(before, unit)[2:]}: duty.toml"


def _named(before: World, party: str) -> str:
    return f"- {party} {text_in(before.party_name(party), before.language)}"


def tell_of_leavers(scope: Scope, vanished: Iterable[DeadlineRow]) -> None:
    """Ask the admin about open deadlines of units that have left without a successor."""
    left: dict[str, list[str]] = {}
    for row in vanished:
        if scope.world.directory.current_unit(row.unit, scope.today) == row.unit:
            left.setdefault(row.unit, []).append(row.id)
    gone = []
    for unit, names in left.items():
        title = text_in(scope.world.party_name(unit), scope.world.language)
        first = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
        gone.append(PartyLeft(unit_id=unit, unit=title, open=len(names), names=first))
    tell_admin(scope, *gone)
