"""Rule texts that can be read, and yet may be meant otherwise: 15日前 is so long before, or by the 15th."""

from __future__ import annotations

from dataclasses import dataclass

from alertd.core.rules import parse_rule
from alertd.core.timing import RuleKind, TimeUnit
from alertd.core.words import fold, scan

_LAST_DAY = 31


@dataclass(frozen=True, slots=True)
class Doubt:
    """How a text is read, and what else it may mean; each said so that nothing else can be meant."""

    read: str
    other: str


def doubt_of(text: str) -> Doubt | None:
    """What may be meant otherwise in a rule text that can be read; None where it is plain.

    Raises:
        TextError: the text is no rule.
    """
    rule = parse_rule(text)
    length, tokens = rule.maximum, scan(text)
    if rule.kind is not RuleKind.ELAPSED or not rule.before or length is None:
        return None
    if length.unit is not TimeUnit.DAY or length.amount > _LAST_DAY:
        return None
    written = [token.kind for token in tokens[:3]]
    if written != ["number", "unit", "before"] or fold(tokens[1].text) != "日":
        return None
    return Doubt(f"提前{length.amount}日", f"每月{length.amount}日前")
