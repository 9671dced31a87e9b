"""`alertd run`: the daemon, and on a terminal what it holds before its log begins."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from alertd.cli.context import Session
from alertd.cli.declare import command
from alertd.engine.ruling.scope import Scope

if TYPE_CHECKING:
    from alertd.engine.reporting.coming import Coming
    from alertd.engine.ruling.world import World
    from alertd.installation import Store

_NAMES_SHOWN = 3
_LINES_SHOWN = 5


@command("run")
def run(session: Session) -> None:
    from alertd import log
    from alertd.service import Service

    node = session.node
    log.configure(node.log_level, node.log_format, session.environ, node.zone)
    service = Service(session.installation, session.clock)

    def on_ready(world: World, held: int) -> None:
        if sys.stdout.isatty() and service.store is not None:
            lines = first_screen(session, world, held, service.store)
            if service.pages is not None and service.pages.serves:
                lines += [*pages_lines(session, world, service.store), ""]
            print("\n".join(lines), flush=True)

    asyncio.run(service.run(on_ready))


def first_screen(session: Session, world: World, held: int, store: Store) -> list[str]:
    """What is held, what comes next for whom, where messages go, what is wrong, and one line to try."""
    from alertd.cli.output import shell_text
    from alertd.core.abilities import INBOX
    from alertd.engine.reporting.coming import coming

    say = session.say
    with store.read() as tx:
        following = coming(Scope(tx, world, session.now), _LINES_SHOWN)
    lines = ["", say("run.holds", count=held, obligations=len(world.register.obligations))]
    if following:
        lines += ["", say("run.next"), *_coming_lines(session, world, following)]
    channels = session.words.say("text.list").join(world.channels) or INBOX
    lines += ["", say(f"run.mode-{world.mode}", channels=channels, to=world.redirect_to)]
    if session.node.mode == "live" and world.mode == "rehearsal":
        lines.append(say("run.not-live-yet"))
    faults = _fault_lines(session)
    if faults:
        lines += ["", say("run.faults", count=len(faults)), *(f"  {fault}" for fault in faults)]
    example = _example(session, world)
    if example:
        lines += ["", say("run.try"), f"  {example}"]
        if world.drilling:
            lines.append(f"  {shell_text([*called_as(session, sys.argv[0], session.environ), 'demo'])}")
    return [*lines, ""]


def pages_lines(session: Session, world: World, store: Store) -> list[str]:
    """An address for a browser on this machine, which signs in whoever sits at this terminal."""
    from alertd.engine.operations.signing_in import invite

    now, actor = session.now, session.actor("")
    invited = store.transact(lambda tx: invite(Scope(tx, world, now, actor)))
    return [session.say("run.pages"), f"  {session.node.web.url}/enter?key={invited.key}"]


def _coming_lines(session: Session, world: World, following: Sequence[Coming]) -> list[str]:
    from alertd.cli.output import aligned
    from alertd.messages.dates import instant_text

    rows = []
    for each in following:
        obligation = world.register.obligations.get(each.obligation)
        title = session.words.text(obligation.title) if obligation else each.obligation
        parties = [session.words.text(world.party_name(party)) for party in each.parties]
        people = [known.name for person in each.people if (known := world.register.people.get(person))]
        at = instant_text(each.at, session.zone, session.language, session.today())
        what = session.say("run.what", title=title, parties=_some(session, parties))
        rows.append((at, what, each.step, _some(session, people)))
    return aligned(rows, indent=2)


def _some(session: Session, names: Sequence[str]) -> str:
    """A few names, and how many there are."""
    shown = session.words.script(session.words.say("text.list").join(names[:_NAMES_SHOWN]))
    return session.say("run.and-more", names=shown, count=len(names)) if len(names) > _NAMES_SHOWN else shown


def _fault_lines(session: Session) -> list[str]:
    from alertd.cli.faults import fault_lines
    from alertd.config.register import load_register

    files = session.installation.files()
    loaded = load_register(files.texts, channels=set(session.node.channels), unreadable=files.unreadable)
    return fault_lines((*session.loaded.faults, *loaded.faults), session)


def _example(session: Session, world: World) -> str:
    """A command that starts a clock: a drill for one unit."""
    from alertd.cli.output import shell_text

    register = world.register
    starting = [
        start.partition(".")[0]
        for obligation in register.obligations.values()
        if obligation.owed_by == "event.party"
        for start in obligation.starts_on
    ]
    kind = next((name for name in ("major-incident", *starting) if name in register.event_types), None)
    unit = register.units.get("justice-bureau") or next(iter(register.units.values()), None)
    if kind is None or unit is None:
        return ""
    words = [
        "event",
        "report",
        kind,
        "--subject",
        "drill-1",
        "--party",
        session.words.text(unit.name),
        *(("--severity", levels[0]) if (levels := register.event_types[kind].severities) else ()),
        "--yes",
    ]
    return shell_text([*called_as(session, sys.argv[0], session.environ), *words])


def called_as(session: Session, program: str, environ: Mapping[str, str]) -> list[str]:
    """How to call alertd from here: `alertd` where the shell finds it, else the path it was started by."""
    name = Path(program)
    found = shutil.which("alertd", path=environ.get("PATH"))
    if name.name != "alertd" or (found is not None and Path(found).resolve() == name.resolve()):
        words = ["alertd"]
    else:
        relative = os.path.relpath(name, session.cwd)
        words = [str(name) if relative.startswith("..") else relative]
    return [*words, "--config", session.config] if session.config else words
