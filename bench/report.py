"""Figures and the table they are printed in."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

__all__ = ["Figure", "median", "quantile", "table"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `ratio` is measured to reference; `met` is None where nothing is promised."""

    claim: str
    measured: str
    reference: str = ""
    ratio: str = ""
    target: str = ""
    met: bool | None = None

    def cells(self) -> tuple[str, ...]:
        met = {True: "yes", False: "NO", None: ""}[self.met]
        return self.claim, self.measured, self.reference, self.ratio, self.target, met


HEADS = ("claim", "measured", "reference, same run", "ratio", "target", "met")


def table(figures: list[Figure]) -> str:
    """The figures as a Markdown table, columns aligned."""
    rows = [HEADS, *(figure.cells() for figure in figures)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEADS))]
    lines = ["| " + " | ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)) + " |" for r in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def quantile(values: list[float], share: float) -> float:
    """The value below which `share` (0-1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
