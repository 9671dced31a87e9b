"""What is kept with a message about no single deadline, as its reader is to have it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alertd.messages.catalogue import Catalogue, text_in


def entries_of(payload: Mapping[str, Any]) -> list[Any] | None:
    """The entries of a list to the admin; None of what is told alone.

    A message that an older program left waiting has one entry, and keeps it as the values of its sentences.
    """
    if "entries" in payload:
        return list(payload["entries"])
    alone = f"admin.{payload.get('topic', '')}.line" in Catalogue("en") and not payload.get("items")
    return [payload.get("args", {})] if alone else None


def said_to(value: Any, language: str) -> Any:
    """A value for one reader: texts in several languages, and lists of them, become one text."""
    if isinstance(value, list):
        return Catalogue(language).say("text.list").join(said_to(each, language) for each in value)
    return text_in(value, language) if isinstance(value, dict) else value
