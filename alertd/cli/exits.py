"""How a command ends: its exit codes, and the exceptions that say no in a sentence of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alertd.config.faults import Fault


YES, NO, DIFFERENT = 0, 1, 2
#: BSD's sysexits.h gives these their numbers
USAGE, NOBODY, INTERNAL, BUSY, CONFIGURATION = 64, 67, 70, 75, 78


class Said(Exception):
    """A command says no, or that it was called wrongly: the sentence under `cli.KEY` and an exit code."""

    def __init__(self, key: str, /, exit_code: int = NO, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values
        self.exit_code = exit_code


class Faulty(Exception):
    """The files of this node cannot be used; `faults` say where and why."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(faults)
