"""The nearest thing that can be said, where a rule text cannot be read as it stands.

Nothing here reads a rule: whoever asks takes the first of these texts that is one. What is left out of a text
must not turn it into another rule, so nothing is left out that says no, how often, or before or after.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from alertd.core.rule_leads import ahead_end
from alertd.core.text_error import TextError
from alertd.core.words import fold, scan

_EDGES = " ,，、;；。"
#: what no part has that may be left out behind a rule, and before one
_DENYING = re.compile("[不非未无除顺]")
_TELLING = re.compile("[0-9不非未早晚迟超少多每前后次翌今本逢至起]")
_LONGEST = 20
_PARTS_OF_YEAR = re.compile(
    "\\s*(?P<year>[0-9]{4}\\s*年|今年|本年度?)(?:(?P<half>[上下])半年|第(?P<quarter>[一二三四1-4])季度)[末底]?前?"
)
_ENDS = {"上": "6月30日", "下": "12月31日"}
_ENDS |= dict(zip("一二三四1234", ("3月31日", "6月30日", "9月30日", "12月31日") * 2, strict=True))


def nearest(text: str, error: TextError) -> Iterator[str]:
    """Texts that may be meant, the nearest first. Chinese ones keep the script they are written in."""
    if error.hint:
        yield error.hint
        yield from _shortened(error.hint)
    if found := _PARTS_OF_YEAR.match(fold(text)):
        yield f"{found['year']}{_ENDS[found['half'] or found['quarter']]}前"
    if error.code != "unexpected":
        return
    if begin := ahead_end(text):
        yield f"提前{text[begin:].strip()}"
    yield from _shortened(text, error.position)


def _shortened(text: str, position: int = -1) -> Iterator[str]:
    """Without the words before it, or behind it, that no rule has: 公示期不少於7日, 30日內完成."""
    tokens = [token for token in scan(text) if position < 0 or token.position >= position]
    strange = next((token for token in tokens if token.kind in ("unknown", "(")), None)
    if strange is None:
        return
    if strange.position > 0:
        if not _DENYING.search(fold(strange.text)):
            yield text[: strange.position].strip(_EDGES)
        return
    ends = [token.position for token in scan(text) if token.kind == "unknown" and token.position > 0]
    for begin in range(1, min(len(text), _LONGEST)):
        if _TELLING.search(fold(text[:begin])):
            return
        for end in (len(text), *ends[:1]):
            yield text[begin:end].strip(_EDGES)
