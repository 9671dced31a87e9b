"""The loop that sends is asked whether it turns, and has to answer itself."""

from __future__ import annotations

import asyncio
import threading

import pytest

from alertd.web import pulse
from alertd.web.pulse import Pulse, asking

WELL = Pulse((), 1.0)


async def test_a_loop_that_turns_answers_for_itself() -> None:
    here = threading.get_ident()
    asked = asking(asyncio.get_running_loop(), lambda: Pulse((str(threading.get_ident()),), None))
    assert await asyncio.to_thread(asked) == Pulse((str(here),), None)


def test_a_loop_that_hangs_or_is_gone_gives_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "PATIENCE", 0.05)
    loop = asyncio.new_event_loop()
    assert asking(loop, lambda: WELL)() is None  # nobody turns it
    loop.run_until_complete(asyncio.sleep(0))  # the answer that nobody waits for any more does no harm
    loop.close()
    assert asking(loop, lambda: WELL)() is None
