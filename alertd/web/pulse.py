"""Whether the loop that sends really turns: it is asked, and has to answer itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

#: seconds in which a loop that turns has answered, however much it has to do
PATIENCE = 5.0
#: seconds after which a round is missing: the alarm rings every 30 (engine.running.alarm)
STALE = 120.0


@dataclass(frozen=True, slots=True)
class Pulse:
    """What the loop says of itself: the tasks that are ill, and how many seconds ago a round succeeded.

    `round_ago` is None before the first one.
    """

    ill: tuple[str, ...]
    round_ago: float | None

    @property
    def turns(self) -> bool:
        """Whether rounds succeed: what is due is looked at, and the store serves."""
        return self.round_ago is not None and self.round_ago <= STALE


def asking(loop: asyncio.AbstractEventLoop, look: Callable[[], Pulse]) -> Callable[[], Pulse | None]:
    """A question to a loop, for other threads: what `look` says there; None where it does not answer."""

    def asked() -> Pulse | None:
        answer: Future[Pulse] = Future()

        def say() -> None:
            if answer.set_running_or_notify_cancel():
                answer.set_result(look())

        try:
            loop.call_soon_threadsafe(say)
            return answer.result(PATIENCE)
        except (TimeoutError, RuntimeError):  # it hangs; it is closed
            answer.cancel()
            return None

    return asked
