"""`alertd silence` and `alertd end-silence`: the reminders of a deadline are held until a day."""

from __future__ import annotations

import click

from alertd.cli.acts.doing import Doing, Done, act, read_fact
from alertd.cli.declare import reason
from alertd.core.rights import Act


@act(
    "silence",
    "silenced",
    Act.SILENCE,
    click.option("--until", metavar="DATE|INSTANT", required=True),
    reason,
)
def silence(doing: Doing, until: str, reason: str) -> Done:
    from alertd.cli.output import rfc3339
    from alertd.engine.operations import silencing
    from alertd.messages.dates import limit_text

    session = doing.session
    done = silencing.silence(doing.scope, doing.row.number, read_fact(until, session), reason)
    at, told = (
        limit_text(each, session.zone, session.language, session.today())
        for each in (done.until, done.told_at)
    )
    data = {"until": rfc3339(done.until, session.zone), "told_at": rfc3339(done.told_at, session.zone)}
    return Done({"at": at, "told": told}, data=data)


@act("end-silence", "silence-ended", Act.END_SILENCE, reason)
def end_silence(doing: Doing, reason: str) -> None:
    from alertd.engine.operations import silencing

    silencing.end_silence(doing.scope, doing.row.number, reason)
