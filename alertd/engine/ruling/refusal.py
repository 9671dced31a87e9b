"""Saying no: what was asked is against a rule or makes no sense. Nothing was changed."""

from __future__ import annotations


class Refused(Exception):
    """`code` is a catalogue key below `refused.`, `values` fill its sentence; `str()` is for logs only."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(f"{code} {values}" if values else code)
        self.code = code
        self.values = {name: str(value) for name, value in values.items()}
