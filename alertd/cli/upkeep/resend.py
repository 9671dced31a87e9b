"""`alertd resend [ID ...]`: messages that were refused leave once more."""

from __future__ import annotations

from collections.abc import Sequence

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, by, command
from alertd.cli.exits import Said
from alertd.core.abilities import INBOX
from alertd.engine.ruling.scope import Scope


@command("resend")
@click.argument("messages", metavar="ID", nargs=-1)
@click.option("--channel", metavar="CHANNEL", default="")
@click.option("--since", metavar="WHEN", default="")
@by
@as_json
def resend(
    session: Session, messages: Sequence[str], channel: str, since: str, by: str, as_json: bool
) -> None:
    from alertd.cli.instants import read_instant
    from alertd.cli.output import print_json
    from alertd.cli.upkeep.outbox import number_of
    from alertd.engine.operations.resending import Resend
    from alertd.engine.operations.resending import resend as let_leave

    known = (*session.node.channels, INBOX)
    if channel and channel not in known:
        raise Said("test-send.no-channel", found=channel, known=", ".join(known))
    start = read_instant(since, session.zone).at if since else None
    asked = Resend(tuple(number_of(each) for each in messages), channel, start)
    now, world, actor = session.now, session.world, session.actor(by)
    sent = session.store.transact(lambda tx: let_leave(Scope(tx, world, now, actor), asked))
    if as_json:
        print_json([f"{each:x}" for each in sent])
    else:
        print(session.say("resend.done", count=len(sent)))
