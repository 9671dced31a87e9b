"""A short text that somebody typed, and what is wrong in it."""

from __future__ import annotations

from alertd.config.faults import TEXT_PREFIX, Fault
from alertd.core.text_error import TextError
from alertd.messages.catalogue import to_simplified


def text_line(error: TextError, text: str, language: str) -> str:
    """What is wrong in a text that was typed, or, without `text`, with a value it cannot work with."""
    values = dict(error.values)
    if error.hint:
        values["near"] = error.hint
    fault = Fault("", 1, error.position + 1, TEXT_PREFIX + error.code, {**values, "text": text})
    said = fault.sentence(language, to_simplified)
    return said if text else said.removeprefix("「」：").removeprefix("in “”: ")
