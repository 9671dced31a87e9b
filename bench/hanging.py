"""A mail server that takes connections and says nothing, Telegram well: when are people reached?"""

from __future__ import annotations

from bench.reaching import reach
from bench.report import Figure
from tests.support.scripted_smtp import Peer

SIZE, QUICK = 300, 20


def run(size: int, quick: bool) -> list[Figure]:
    """Seconds from the report of an incident until so many of 100 people had it in their chat."""
    return reach("hangs", size, Peer.silence)
