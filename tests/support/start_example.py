"""The packaged copy of the shipped city: `python -m tests.support.start_example` makes it anew.

People of a checkout edit its top level, so `alertd init` lays down a copy that nobody edits.
"""

from __future__ import annotations

import shutil
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
COPY = TOP / "alertd" / "start" / "example"
#: what a city has, at the top level of the checkout
SHIPPED = ("config.toml", "channels", "schedules", "systemd")


def files(folder: Path) -> dict[str, bytes]:
    """The shipped files below a folder by their names in it; what editors and Python leave there is none."""
    found = [path for name in SHIPPED for path in (folder / name, *sorted((folder / name).rglob("*")))]
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in found
        if path.is_file() and not _left_over(path.relative_to(folder))
    }


def _left_over(path: Path) -> bool:
    return any(part.startswith((".", "~", "__")) or part.endswith("~") for part in path.parts)


def make() -> None:
    shutil.rmtree(COPY, ignore_errors=True)
    for name, data in files(TOP).items():
        (COPY / name).parent.mkdir(parents=True, exist_ok=True)
        (COPY / name).write_bytes(data)


if __name__ == "__main__":
    make()
