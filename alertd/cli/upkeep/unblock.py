"""`alertd unblock PERSON|ADDRESS`: an address that a provider called dead is written to again."""

from __future__ import annotations

import click

from alertd.cli.context import Session
from alertd.cli.declare import as_json, by, command
from alertd.cli.exits import Said
from alertd.engine.ruling.scope import Scope


@command("unblock")
@click.argument("who", metavar="PERSON|ADDRESS")
@click.option("--channel", metavar="CHANNEL", default="")
@by
@as_json
def unblock(session: Session, who: str, channel: str, by: str, as_json: bool) -> None:
    from alertd.cli.output import print_json
    from alertd.engine.operations.unblocking import unblock_named

    known = session.node.channels
    if channel and channel not in known:
        raise Said("test-send.no-channel", found=channel, known=", ".join(known))
    now, world, actor = session.now, session.world, session.actor(by)
    freed = session.store.transact(lambda tx: unblock_named(Scope(tx, world, now, actor), who, channel))
    if as_json:
        print_json([{"channel": name, "address": address} for name, address in freed])
        return
    for name, address in freed:
        print(session.say("unblock.freed", channel=name, address=address))
