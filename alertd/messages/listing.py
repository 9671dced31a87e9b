"""The list of a message to the admin: one line for each entry, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alertd.messages.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Lines:
    """The values of the sentences, and the lines below them: none where the one entry is in the sentences."""

    values: Mapping[str, Any]
    items: tuple[str, ...]


def listed(topic: str, entries: Sequence[Mapping[str, Any]], more: int, see: str, words: Catalogue) -> Lines:
    """The entries of a topic with a sentence `line`; `more` were left out, which the command `see` shows.

    One entry alone gives the values of the topic's own sentences.
    """
    said = [_said(entry, words) for entry in entries]
    count = len(said) + more
    if count == 1:
        return Lines({**said[0], "count": 1}, ())
    items = [words.say(f"admin.{topic}.line", **each) for each in said]
    if more:
        items.append(words.say("admin.more", count=more, see=see))
    return Lines({"count": count}, tuple(items))


def _said(entry: Mapping[str, Any], words: Catalogue) -> dict[str, Any]:
    """Codes in words; the rest as it was given."""
    said = {name: value for name, value in entry.items() if name != "key"}
    for name, group in (("position", "position"), ("what", "work")):
        if name in said:
            said[name] = words.word(group, str(said[name]))
    return said
