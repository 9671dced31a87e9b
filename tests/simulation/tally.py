"""What many runs covered, in figures."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

YEAR = 365.25 * 86400
#: of each invariant so many are printed; of a long one its beginning and its end
_MOST_SHOWN = 2
#: of places at which no run crashed so many are named
_MOST_NAMED = 3
_LONGEST = 1500


@dataclass(slots=True)
class Tally:
    """Adds runs up and prints them. `began` is of the monotonic clock."""

    began: float
    counted: Counter[str] = field(default_factory=Counter)
    #: places at which a run crashed, and all that were seen: awaits and commits of the program
    crashed: Counter[str] = field(default_factory=Counter)
    awaits: set[str] = field(default_factory=set)
    commits: set[str] = field(default_factory=set)
    seeds: int = 0
    seconds: float = 0.0
    failed: list[int] = field(default_factory=list)

    def add(self, ran: dict[str, Any]) -> None:
        """Count one run, and say at once what was violated in it."""
        self.seeds += 1
        self.counted.update(ran["counted"])
        self.crashed.update(ran.get("crashed", {}))
        self.awaits.update(ran.get("awaits", ()))
        self.commits.update(ran.get("commits", ()))
        self.seconds += ran.get("seconds", 0.0)
        if ran["violations"]:
            self.failed.append(ran["seed"])
            print(f"seed {ran['seed']}: {len(ran['violations'])} violations")
            shown: Counter[str] = Counter()
            for each in ran["violations"]:
                name = each.partition(":")[0]
                shown[name] += 1
                if shown[name] <= _MOST_SHOWN:
                    print(
                        f"    {each}"[:_LONGEST] + (each[-_LONGEST:] if len(each) > _LONGEST else ""),
                        flush=True,
                    )
            print(f"    {dict(shown)}", flush=True)

    def __str__(self) -> str:
        took = time.monotonic() - self.began
        years = self.seconds / YEAR
        sent = self.counted["mails"] + self.counted["telegrams"]
        lines = [f"{self.seeds} seeds in {took:.0f} s, {years:.2f} simulated years, {sent} deliveries"]
        lines += [f"  {count:8} {name}" for name, count in sorted(self.counted.items())]
        lines += [self._covered("awaits", self.awaits), self._covered("commits", self.commits)]
        lines.append(f"  violations in {len(self.failed)} seeds: {self.failed[:50]}")
        return "\n".join(lines)

    def _covered(self, what: str, seen: set[str]) -> str:
        left = sorted(seen - self.crashed.keys())
        some = ", ".join(left[:_MOST_NAMED]) + (", …" if len(left) > _MOST_NAMED else "")
        return f"  {what}: crashed {len(seen) - len(left)} of {len(seen)} seen" + (
            f"; not {some}" if left else ""
        )
