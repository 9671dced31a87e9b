"""What many look at at once, counted once in a while: twenty boards on twenty walls cost as much as one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any

#: what was counted serves so many seconds, and whoever presses something on a page sees it at once
SERVES = 3.0


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted, and as of which instant."""

    found: Any
    at: datetime


class Counts:
    """Asked from any thread. Of those who ask for the same at once one counts, and the others wait for it."""

    def __init__(self, serves: float = SERVES) -> None:
        self._serves = serves
        self._held = threading.Lock()
        self._one: dict[str, threading.Lock] = {}
        self._kept: dict[str, tuple[float, object, Counted]] = {}
        self._forgotten = 0

    def get(self, name: str, rules: object, at: datetime, count: Callable[[], Any]) -> Counted:
        """What `count` gave lately; `rules` is what it was counted by, and `at` when it is counted now."""
        with self._held:
            one = self._one.setdefault(name, threading.Lock())
        with one:
            known = self._kept.get(name)
            if known is not None and known[1] is rules and monotonic() < known[0]:
                return known[2]
            begun = self._forgotten
            counted = Counted(count(), at)
            with self._held:
                if begun == self._forgotten:  # else it may be from before what was done meanwhile
                    self._kept[name] = (monotonic() + self._serves, rules, counted)
            return counted

    def forget(self) -> None:
        """Count anew: something was pressed."""
        with self._held:
            self._forgotten += 1
            self._kept.clear()
