"""What a token of the API may be good for, beside who may do what (rights.py) and who sees what (sights.py).

A token never gives more than its holder has without it; it may give less.
"""

from __future__ import annotations

from enum import StrEnum


class May(StrEnum):
    """One thing that a token is good for."""

    READ = "read"  # look: deadlines, cases, the board, the bulletin, the calculator, the preview
    REPORT = "report"  # report events, and say what was wrong with them
    ACT = "act"  # what is done to a deadline: received, handed in, returned …
    PROGRESS = "progress"  # figures: entries and rates
