"""A message of the outbox in words: when, in what state, and what came of each attempt."""

from __future__ import annotations

import re
from typing import Any

from alertd.messages.dates import instant_text
from alertd.saying.voice import Voice

#: what of an address lets its holder act as somebody: a long piece that nobody makes up
_KEY = re.compile(r"(https?://[^\s]*?[/=])[A-Za-z0-9_.~-]{20,}")


def masked(text: str) -> str:
    """A message as somebody else may read it: without the part of a link that acts in its receiver's name."""
    return _KEY.sub(r"\1…", text)


def message_at(row: Any, voice: Voice) -> str:
    """When it left; before that, when it may leave."""
    at = row.sent_at or row.not_before or row.created_at
    return instant_text(at, voice.zone, voice.language, voice.today())


def message_state(row: Any, voice: Voice) -> str:
    state = voice.words.word("cli.outbox.state", row.state)
    return voice.words.say("cli.outbox.drill", state=state) if row.drill else state


def receipt_line(receipt: Any, voice: Voice) -> str:
    """One attempt: its number, its instant, and what the provider answered."""
    answer = f"{receipt.code} {receipt.detail}".strip()
    return voice.words.say(
        f"cli.outbox.receipt{'' if answer else '-bare'}",
        attempt=receipt.attempt,
        at=instant_text(receipt.at, voice.zone, voice.language),
        said=voice.words.word("delivery", receipt.result),
        detail=answer,
    )
