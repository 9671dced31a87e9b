"""docs/api.md: its table of addresses is made of that of the program.

`python -m tests.support.api_page` writes it; what stands above the table is written by hand, and its examples
are sent by tests/web/test_api_page.py.
"""

from __future__ import annotations

from pathlib import Path

from alertd.web.api.endpoint import BASE
from alertd.web.routes import ENDPOINTS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
_HEADING = "## The addresses\n\n"


def with_addresses(text: str) -> str:
    """The page with its table as the program has it."""
    rows = ["| | address | good for | |", "|---|---|---|---|"]
    for endpoint in ENDPOINTS:
        path = endpoint.path.removeprefix(BASE).replace(":int", "")
        rows.append(f"| {endpoint.method} | `{path}` | {endpoint.may} | {endpoint.says} |")
    return text[: text.index(_HEADING)] + _HEADING + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(with_addresses(PAGE.read_text("utf-8")), "utf-8")
