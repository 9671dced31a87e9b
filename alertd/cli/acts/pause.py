"""`alertd suspend`, `resume`, `restart`: a clock that stands still, goes on, or runs anew."""

from __future__ import annotations

from alertd.cli.acts.doing import Doing, Done, act, approver, at, read_past
from alertd.cli.declare import reason
from alertd.core.rights import Act


@act("suspend", "suspended", Act.SUSPEND, at, reason)
def suspend(doing: Doing, at: str, reason: str) -> Done:
    from alertd.engine.operations import more_time
    from alertd.messages.dates import instant_text

    session = doing.session
    when = more_time.suspend(doing.scope, doing.row.number, read_past(at, session), reason)
    return Done({"at": instant_text(when, session.zone, session.language, session.today())})


@act("resume", "resumed", Act.RESUME, at, reason)
def resume(doing: Doing, at: str, reason: str) -> None:
    from alertd.engine.operations import more_time

    more_time.resume(doing.scope, doing.row.number, read_past(at, doing.session), reason)


@act("restart", "restarted", Act.RESTART, at, reason, approver)
def restart(doing: Doing, at: str, reason: str, approver: str) -> None:
    from alertd.engine.operations import more_time

    more_time.restart(doing.scope, doing.row.number, read_past(at, doing.session), reason, approver)
