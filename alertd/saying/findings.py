"""What an examination found, in words: the sentence, its details, what to do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from alertd.engine.preview.checkup import Finding, Line
from alertd.messages.dates import instant_text
from alertd.saying.voice import Voice

_KEYS = "cli.doctor"


def finding_text(finding: Finding, voice: Voice) -> str:
    return voice.words.say(f"{_KEYS}.{finding.check}.{finding.say}", **finding.values)


def finding_items(finding: Finding, voice: Voice) -> list[str]:
    """Its details, one line each."""
    return [_item(finding.check, item, voice) for item in finding.items]


def finding_todo(finding: Finding, voice: Voice) -> str:
    """What to do about it; "" where there is nothing."""
    key = f"{_KEYS}.{finding.check}.{finding.say}-do"
    return voice.words.say(key, **finding.values) if key in voice.words else ""


def _item(check: str, item: str | Line, voice: Voice) -> str:
    if isinstance(item, str):
        return item
    column = str(item.values.get("column", ""))
    values = {name: _value(column, value, voice) for name, value in item.values.items()}
    if "kind" in values:  # of what rules over the files
        values["kind"] = voice.words.say(f"cli.overrides.kind.{item.values['kind']}")
    if "state" in values:  # of a message
        values["state"] = voice.words.word("cli.outbox.state", values["state"])
    return voice.words.say(f"{_KEYS}.{check}.line.{item.say}", **values)


def _value(column: str, value: Any, voice: Voice) -> str:
    """A value of the store as people read it; `column` is where it stands, "" elsewhere."""
    words = voice.words
    if isinstance(value, datetime):
        return instant_text(value, voice.zone, voice.language)
    if value in (None, "", ()):
        return words.say(f"{_KEYS}.empty")
    if value == column:
        return words.word(f"{_KEYS}.column", words.word("cli.plan.column", column))
    text = " ".join(value) if isinstance(value, tuple) else str(value)
    return words.word("state", text) if column == "state" else text
