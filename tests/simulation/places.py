"""Where a run was and where it crashed: the awaits at which tasks of the program stood, and its commits."""

from __future__ import annotations

import asyncio
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_NAMES: dict[tuple[Any, int], str] = {}


def awaits(handle: Any) -> tuple[str, ...]:
    """The awaits of the program at which the task of a handle stands, the outermost first."""
    task = getattr(handle._callback, "__self__", None)
    coroutine = task.get_coro() if isinstance(task, asyncio.Task) else None
    return tuple(_chain(coroutine))


def _chain(coroutine: Any) -> Iterator[str]:
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None)
        if frame is not None and coroutine.cr_suspended:
            key = (frame.f_code, frame.f_lineno)
            name = _NAMES.get(key)
            if name is None:
                name = _NAMES[key] = _name(*key)
            if name:
                yield name
        coroutine = getattr(coroutine, "cr_await", None)


def _name(code: Any, line: int) -> str:
    """`file:line function` of a place in the program; "" elsewhere."""
    _, inside, path = code.co_filename.rpartition("/alertd/")
    return f"{path}:{line} {code.co_qualname}" if inside and "/tests/" not in code.co_filename else ""


@dataclass(slots=True, eq=False)
class Crash:
    """A crash to come: at the n-th time that a place is met at which this run has not crashed yet.

    Of all places it is for those of its `share`: (2, 7) is the third of seven parts. `when` is of a commit:
    "before", "after", or "lost" where only the answer is.
    """

    nth: int
    share: tuple[int, int] = (0, 1)
    when: str = ""

    def takes(self, place: str) -> bool:
        part, parts = self.share
        return zlib.crc32(place.encode()) % parts == part


@dataclass(slots=True)
class Places:
    """What one run saw and crashed."""

    awaits: set[str] = field(default_factory=set)
    commits: set[str] = field(default_factory=set)
    crashed: Counter[str] = field(default_factory=Counter)

    def at_await(self, planned: list[Crash], handle: Any) -> str:
        """Where a process is to crash that is about to take this step; "" if it is not."""
        here = awaits(handle)
        self.awaits.update(here)
        for each in list(planned):
            if place := self._met(each, here):
                planned.remove(each)
                return place
        return ""

    def at_commit(self, planned: list[Crash], site: str) -> str:
        """When a commit is to crash: "before", "after", "lost" or ""."""
        self.commits.add(site)
        for each in list(planned):
            if self._met(each, (site,)):
                planned.remove(each)
                return each.when
        return ""

    def _met(self, crash: Crash, places: tuple[str, ...]) -> str:
        place = next((each for each in places if crash.takes(each) and not self.crashed[each]), "")
        if place:
            crash.nth -= 1
        if not place or crash.nth > 0:
            return ""
        self.crashed[place] += 1
        return place
