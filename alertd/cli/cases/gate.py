"""`alertd gate`: whether a version of a case may go ahead. For people and for scripts.

0 means open and 1 means shut, and nothing else ever means that: what could not be looked at ends with another
code, whatever the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, command
from alertd.cli.exits import INTERNAL, NO, USAGE, YES, Said
from alertd.cli.faults import explain

if TYPE_CHECKING:
    from alertd.engine.reporting.passing import Verdict, WaitingVersion


@command("gate")
@click.argument("case", metavar="[CASE]", default="")
@click.argument("stage", metavar="[STAGE]", default="")
@click.option("--version", "version", metavar="N", type=click.IntRange(1), default=None)
@click.option("--list", "listing", is_flag=True)
@click.option("--before", metavar="DATE", default="")
@click.option("--planned", metavar="CASE:STAGE:DATE", multiple=True)
@as_json
def gate(
    session: Session,
    case: str,
    stage: str,
    version: int | None,
    listing: bool,
    before: str,
    planned: tuple[str, ...],
    as_json: bool,
) -> int:
    try:
        if listing:
            return _list(session, before, planned, as_json)
        return _ask(session, case, stage, version, as_json)
    except (Exception, KeyboardInterrupt) as error:
        raise _not_looked(error, session) from error


def _not_looked(error: BaseException, session: Session) -> BaseException:
    """The same fault, with an exit code that nobody can take for an answer."""
    code, lines = explain(error, session)
    if code not in (YES, NO):
        return error
    from alertd.engine.ruling.refusal import Refused

    wrong = isinstance(error, Refused | Said)
    return _Unanswered("\n".join(lines), USAGE if wrong else INTERNAL)


class _Unanswered(Said):
    """What was said already, under another code."""

    def __init__(self, text: str, code: int) -> None:
        super().__init__("gate.unanswered", exit_code=code, text=text)


def _ask(session: Session, case: str, stage: str, version: int | None, as_json: bool) -> int:
    from alertd.cli.output import print_json
    from alertd.engine.reporting.passing import verdicts as ask
    from alertd.engine.ruling.scope import Scope
    from alertd.saying.events import verdict_lines

    if not case or not stage:
        raise Said("gate.needs", exit_code=USAGE)
    world = session.world
    with session.store.read() as tx:
        verdicts = ask(Scope(tx, world, session.now), case, stage, version)
    is_open = all(verdict.open for verdict in verdicts)
    if as_json:
        print_json({"open": is_open, "gates": [verdict_json(verdict) for verdict in verdicts]})
    else:
        print("\n".join(line for verdict in verdicts for line in verdict_lines(verdict, session)))
    return YES if is_open else NO


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """One gate and what it lacks."""
    return {
        "gate": verdict.gate.id,
        "stage": verdict.gate.stage,
        "case": verdict.case,
        "version": verdict.version,
        "open": verdict.open,
        "missing": [
            {
                "obligation": each.obligation,
                "why": each.why,
                "wanted": list(each.wanted),
                "number": each.number,
                "result": each.result or None,
                "version": each.version,
            }
            for each in verdict.missing
        ],
    }


# ---------------------------------------------------------------- the list


def _list(session: Session, before: str, planned: tuple[str, ...], as_json: bool) -> int:
    from alertd.cli.instants import read_day
    from alertd.cli.output import print_json, print_table, rfc3339
    from alertd.engine.reporting.passing import coming
    from alertd.engine.ruling.scope import Scope

    if not before:
        raise Said("gate.needs", exit_code=USAGE)
    world, day = session.world, read_day(before)
    until = world.calendar.instant(day, datetime.min.time())
    expected = [_planned(text, session) for text in planned]
    with session.store.read() as tx:
        found = coming(Scope(tx, world, session.now), until, expected)
    if as_json:
        print_json(
            [{**verdict_json(w.verdict), "title": w.title, "at": rfc3339(w.at, session.zone)} for w in found]
        )
    elif found:
        headings = [
            session.say(f"gate.column.{name}") for name in ("at", "case", "title", "version", "gate", "state")
        ]
        print_table(headings, [_row(waiting, session, [at for _, _, at in expected]) for waiting in found])
    else:
        print(session.say("gate.none", date=day.isoformat()))
    return YES


def _planned(text: str, session: Session) -> tuple[str, str, datetime]:
    from alertd.cli.instants import read_instant

    case, _, rest = text.partition(":")
    stage, _, at = rest.partition(":")
    if not case or not stage or not at:
        raise Said("gate.bad-planned", exit_code=USAGE, found=text)
    return case, stage, read_instant(at, session.zone).at


def _row(waiting: WaitingVersion, session: Session, planned: Sequence[datetime]) -> tuple[str, ...]:
    from alertd.messages.dates import instant_text, limit_text

    verdict = waiting.verdict
    written = instant_text if waiting.at in planned else limit_text  # a limit at midnight ends the day before
    at = written(waiting.at, session.zone, session.language, session.today()) if waiting.at else ""
    state = session.say(f"gate.word.{'open' if verdict.open else 'shut'}")
    name = session.words.script(waiting.title) or verdict.case
    return (at, verdict.case, name, str(verdict.version), session.words.text(verdict.gate.title), state)
