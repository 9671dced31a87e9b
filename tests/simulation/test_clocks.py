"""The clocks of simulated machines: what they never do, whatever befalls the machine."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.simulation.loop import SimulatedClock

HAPPENS = st.one_of(
    st.tuples(st.just("passes"), st.integers(0, 500)),
    st.tuples(st.just("sleep"), st.integers(1, 500)),
    st.tuples(st.just("wake"), st.just(0)),
)


class Time:
    """A loop, as a clock knows it."""

    def __init__(self) -> None:
        self.at = 0.0

    def time(self) -> float:
        return self.at


@given(st.lists(HAPPENS, max_size=30))
def test_seconds_that_only_run_forward_stand_still_in_sleep_and_never_go_back(
    happens: list[tuple[str, int]],
) -> None:
    loop = Time()
    clock, until, awake, last = SimulatedClock(loop), 0.0, 0.0, 0.0  # type: ignore[arg-type]
    for what, seconds in happens:
        if what == "sleep":
            clock.sleep(seconds)
            until = max(until, loop.at + seconds)
        elif what == "wake":
            clock.wake()
            until = min(until, loop.at)
        else:
            awake += max(0.0, loop.at + seconds - max(loop.at, until))
            loop.at += seconds
        assert clock.monotonic() == awake >= last
        last = clock.monotonic()
