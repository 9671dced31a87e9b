"""What several nodes do at the same moment, for tests."""

from __future__ import annotations

import threading
from collections.abc import Callable


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run the works side by side, each on a thread; what each gave, or what it raised."""
    results: list[object] = [None] * len(works)
    gate = threading.Barrier(len(works))

    def one(place: int, work: Callable[[], object]) -> None:
        gate.wait(10)
        try:
            results[place] = work()
        except Exception as fault:
            results[place] = fault

    threads = [threading.Thread(target=one, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results
