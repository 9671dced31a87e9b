"""Lists on the command line: what they cannot show."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from alertd.cli.context import Session
from alertd.cli.exits import NO, YES

if TYPE_CHECKING:
    from alertd.engine.reporting.queries import Lost


def say_lost(session: Session, lost: Sequence[Lost]) -> int:
    """Name on stderr what a list cannot show; the exit code: NO where anything is missing from it."""
    for each in lost:
        print(session.say("said.unreadable", name=each.name, said=each.said), file=sys.stderr)
    return NO if lost else YES
