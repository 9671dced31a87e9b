"""What may stand behind a length of time: a second limit, or another one for urgent cases.

"2 working days, at the latest 12-15", 會後2個工作日內，最遲12月15日; "5 working days or 7 days, whichever is
later", 5個工作日或7日，以較晚者為準; "5 working days, urgent: 2 working days", 5個工作日，緊急時2個工作日.
"""

from __future__ import annotations

from dataclasses import replace

from alertd.core.rule_dates import names_date, read_date
from alertd.core.rule_lengths import AT_ONCE, names_length, read_length
from alertd.core.text_error import TextError
from alertd.core.timing import Rule, RuleKind
from alertd.core.words import Token, TokenReader

_SEPARATORS = (",", "and", "(")


def read_choices(reader: TokenReader, rule: Rule) -> Rule:
    """The rule with what follows it, if the text goes on so. Raises TextError."""
    mark = _next(reader, "at-latest", "or", "urgent")
    if mark is None:
        return rule
    if mark.kind == "urgent":
        return _read_urgent(reader, rule, mark)
    if rule.kind is not RuleKind.ELAPSED:
        raise TextError("no-choice", {"found": mark.text}, mark.position)
    _check(reader, rule, mark)
    place = reader.peek()
    other = _read_limb(reader)
    if rule.immediate:  # a limit that is given besides is what 立即 comes to
        assert place is not None
        hint = reader.text[place.position :].strip()
        raise TextError("immediately-bound", {"found": mark.text}, mark.position, hint)
    _check(reader, other, place)
    if rule.by_the_hour is not other.by_the_hour:
        raise TextError("hours-and-days", {"found": mark.text}, mark.position)
    if other.kind is RuleKind.ELAPSED and _same_unit(rule, other):
        raise TextError("never-decides", {"found": reader.text[mark.position :].strip()}, mark.position)
    later = False
    if mark.kind == "or":
        which = _next(reader, "earlier", "later") or reader.fail("which")
        later = which.kind == "later"
    reader.take(")")
    return replace(rule, other=other, later=later)


def _same_unit(rule: Rule, other: Rule) -> bool:
    """Of two lengths of one unit the same is always the earlier: 15日內，最遲不超過30日 means more."""
    return rule.maximum is not None and other.maximum is not None and rule.maximum.unit is other.maximum.unit


def _read_urgent(reader: TokenReader, rule: Rule, mark: Token) -> Rule:
    if rule.kind is not RuleKind.ELAPSED:
        raise TextError("no-choice", {"found": mark.text}, mark.position)
    _check(reader, rule, mark)
    while reader.take(":", ",", "is"):
        pass
    if reader.take("immediately"):
        urgent = AT_ONCE
    elif reader.peek() is not None and names_length(reader):
        urgent = read_length(reader)
    else:
        reader.fail("duration")
    reader.take("within", "before")
    reader.take(")")
    _check(reader, urgent, mark)
    if rule.by_the_hour is not urgent.by_the_hour:
        raise TextError("hours-and-days", {"found": mark.text}, mark.position)
    return replace(rule, urgent=urgent)


def _next(reader: TokenReader, *kinds: str) -> Token | None:
    """The word of these kinds, behind a comma or not."""
    ahead = 0
    while (token := reader.peek(ahead)) is not None and token.kind in _SEPARATORS:
        ahead += 1
    if token is None or token.kind not in kinds:
        return None
    while reader.take(*_SEPARATORS):
        pass
    return reader.take(*kinds)


def _check(reader: TokenReader, rule: Rule, place: Token | None) -> None:
    """Only what ends, counted forward from the start, can be earlier or later than another limit."""
    ends = rule.kind is RuleKind.CALENDAR or rule.maximum is not None
    if rule.kind in (RuleKind.ELAPSED, RuleKind.CALENDAR) and ends and not rule.minimum and not rule.before:
        return
    found = place.text if place is not None else reader.text
    raise TextError("no-choice", {"found": found}, place.position if place else 0)


def _read_limb(reader: TokenReader) -> Rule:
    """A date, with a year or without, or a length of time."""
    reader.take("by", ",")
    if names_date(reader):
        return read_date(reader)
    if reader.peek() is None or not names_length(reader):
        reader.fail("limit")
    found = read_length(reader)
    reader.take("within", "before")
    return found
