"""The invariants of the simulator as docs/reliability.md lists them.

`python -m tests.support.reliability_page` writes the table from their docstrings and from the planted bugs; a
test holds page and code equal.
"""

from __future__ import annotations

import inspect
import re

from tests.simulation.invariants import ALWAYS, AT_THE_END
from tests.simulation.planted import PLANTED
from tests.support.documents import TOP

PAGE = TOP / "docs" / "reliability.md"
HEAD = "| invariant | because | planted bugs it must find |\n|---|---|---|\n"
_TABLE = re.compile(re.escape(HEAD) + r"(?:\|.*\n)*")


def invariants() -> str:
    """The table: each invariant, the first line of its docstring, and what is planted for it."""
    rows = []
    for check in ALWAYS + AT_THE_END:
        because = (inspect.getdoc(check) or "").partition("\n")[0]
        planted = ", ".join(f"`{name}`" for name, bug in PLANTED.items() if bug.found_by == check.__name__)
        rows.append(f"| `{check.__name__}` | {because} | {planted} |\n")
    return HEAD + "".join(rows)


def with_invariants(page: str) -> str:
    """The page with its table as the code has it. Raises ValueError where the page has no such table."""
    if not _TABLE.search(page):
        raise ValueError(f"{PAGE.name} has no table of invariants")
    return _TABLE.sub(lambda _: invariants(), page, count=1)


if __name__ == "__main__":
    PAGE.write_text(with_invariants(PAGE.read_text("utf-8")), "utf-8")
