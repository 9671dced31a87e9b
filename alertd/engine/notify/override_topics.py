"""What is told of what rules over the files for a time: to whoever entered it, or to the admin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from alertd.engine.notify.topics import DAILY, Listed


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceEnds(Listed):
    """The silence over a deadline ends `at`, in words; `held` messages wait for that."""

    name = "silence-ends"
    keyed_by = ("silence",)
    pauses = DAILY
    see = "alertd overrides"
    deadline: str
    number: int
    title: str
    at: str
    reason: str
    held: int
    silence: str  # which

    @property
    def values(self) -> dict[str, Any]:
        return {
            "deadline": self.deadline,
            "number": self.number,
            "title": self.title,
            "at": self.at,
            "reason": self.reason,
            "held": self.held,
        }
