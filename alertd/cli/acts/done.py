"""`alertd ack`, `done`, `reopen`: what people did about a deadline."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from alertd.cli.acts.doing import Doing, Done, act, at, read_past
from alertd.cli.context import Session
from alertd.cli.declare import reason
from alertd.cli.evidence import files_option, read_files
from alertd.core.gates import RESULTS
from alertd.core.rights import Act


@act("ack", "acknowledged", Act.ACKNOWLEDGE, reason)
def ack(doing: Doing, reason: str) -> Done:
    from alertd.cli.output import rfc3339
    from alertd.engine.operations.acts import acknowledge

    until = acknowledge(doing.scope, doing.row.number, reason)
    data = {"quiet_until": rfc3339(until, doing.session.zone)}
    return Done({"at": _instant(until, doing.session)}, data=data)


@act(
    "done",
    "done",
    Act.HAND_IN,
    at,
    click.option("--result", type=click.Choice(RESULTS), default=None),
    click.option("--evidence", metavar="TEXT", default=""),
    files_option,
    reason,
)
def done(
    doing: Doing, at: str, result: str | None, evidence: str, files: tuple[Path, ...], reason: str
) -> Done:
    from alertd.cli.output import rfc3339
    from alertd.engine.operations.acts import HandIn, find, hand_in

    session, say = doing.session, doing.session.say
    asked = HandIn(read_past(at, session), result or "", evidence, reason, read_files(files))
    outcome = hand_in(doing.scope, doing.row.number, asked)
    row = find(doing.scope.tx, doing.row.id)
    data = {
        "state": str(row.state),
        "done_at": rfc3339(row.done_at, session.zone),
        "result": row.result or None,
        "breach": row.breach or None,
        "started": outcome.started,
    }
    breach = doing.session.words.say(f"breach.{row.breach}") if row.breach else ""
    lines = ["  " + say("act.breach", breach=breach)] if breach else []
    started = (say("event.started", deadline=name, limit="").rstrip() for name in outcome.started)
    return Done({"at": _instant(row.done_at, session)}, (*lines, *(f"  {line}" for line in started)), data)


@act("reopen", "reopened", Act.REOPEN, reason)
def reopen(doing: Doing, reason: str) -> Done:
    from alertd.cli.output import rfc3339
    from alertd.engine.operations import acts

    next_at = acts.reopen(doing.scope, doing.row.number, reason)
    return Done(data={"state": "open", "next_action_at": rfc3339(next_at, doing.session.zone)})


@act("take-back", "taken-back", Act.TAKE_BACK, reason)
def take_back(doing: Doing, reason: str) -> Done:
    from alertd.cli.output import rfc3339
    from alertd.engine.operations.taking_back import take_back_received

    next_at = take_back_received(doing.scope, doing.row.number, reason)
    return Done(data={"next_at": rfc3339(next_at, doing.session.zone)})


@act("hand-over", "handed-over", Act.HAND_OVER, click.option("--to", metavar="PERSON", required=True), reason)
def hand_over(doing: Doing, to: str, reason: str) -> Done:
    from alertd.engine.operations.handing_over import hand_over as hand

    handed, people = hand(doing.scope, doing.row.number, to, reason), doing.scope.world.register.people
    name = doing.session.words.script(people[handed.person].name)
    return Done({"person": name}, data={"person": handed.person, "in_place_of": list(handed.places)})


def _instant(at: datetime, session: Session) -> str:
    from alertd.messages.dates import instant_text

    return instant_text(at, session.zone, session.language, session.today())
