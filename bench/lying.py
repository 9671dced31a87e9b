"""A mail server that lies, in several ways in turn, Telegram well: when are people reached?"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from bench.reaching import TIMEOUT, reach
from bench.report import Figure
from tests.support.scripted_smtp import Peer, Script

SIZE, QUICK = 300, 20
#: how much later than the client waits the late answer comes, in seconds
TOO_LATE = 2
#: lines of a message before the connection is cut
CUT_AFTER = 20


async def _cut(peer: Peer) -> None:
    for _ in range(CUT_AFTER):
        await peer.hear()
    raise ConnectionResetError("cut in the middle")


async def _swallow(peer: Peer) -> None:
    await peer.message()
    await peer.silence()


async def _too_late(peer: Peer) -> None:
    await peer.message()
    await asyncio.sleep(TIMEOUT + TOO_LATE)
    await peer.say("250 2.0.0 queued")


def _server(replies: Mapping[str, str], text: Script = Peer.silence) -> Script:
    """Answers each command with 250, or with its reply of `replies`; after DATA `text` goes on."""

    async def serve(peer: Peer) -> None:
        await peer.greet()
        while line := await peer.hear():
            verb = line[:4].upper()
            if verb == "DATA" and verb not in replies:
                await peer.say("354 go on")
                await text(peer)
            else:
                await peer.say(replies.get(verb, "250 2.0.0 OK"))

    return serve


LIES: dict[str, Script] = {
    "takes the text and never answers": _server({}, _swallow),
    "answers 250 when nobody waits any more": _server({}, _too_late),
    "puts everybody off with 451": _server({"RCPT": "451 4.3.0 try again later"}),
    "refuses the sender with 550": _server({"MAIL": "550 5.7.1 sender rejected"}),
    "cuts in the middle of the text": _server({}, _cut),
}
#: those that need no time-out
FAST = tuple(LIES)[-2:]


def run(size: int, quick: bool) -> list[Figure]:
    """Each lie told to a daemon of its own, one after the other."""
    return [figure for name in (FAST if quick else LIES) for figure in reach(name, size, LIES[name])]
