"""Words before a length of time that say where it counts from: 自收到申請之日起, 會後, 事故發生後.

Where a duty counts from is said by the event that starts it. Such words are read over where they can say
nothing else: without a number, a unit or a date in them.
"""

from __future__ import annotations

import re

from alertd.core.words import fold

#: what no such word contains: then it is a date, a length of time, or bounds something (不得早於會後5日)
_OTHER = "0-9a-z零〇一二三四五六七八九十百千两半年月日周号时点分每次今翌当前内末底不非未除早晚迟超少多,;:.()%"
_ENDS = "之日起算|之日起|之后|以后|后"
_BEHIND = re.compile(
    f"\\s*(?:[自从][^{_OTHER}\\s]{{1,20}}?(?:{_ENDS}|起算|起)|[^{_OTHER}\\s自从]{{1,20}}?(?:{_ENDS}))[\\s,]*"
)
_AHEAD = re.compile(f"\\s*[^{_OTHER}提\\s]{{1,20}}?(?:之前|以前|前)[\\s,]*")


def lead_end(text: str) -> int:
    """Where the rule begins behind such words; nought without them."""
    found = _BEHIND.match(fold(text))
    return found.end() if found and found.end() < len(text) else 0


def ahead_end(text: str) -> int:
    """The same of 會前, which is how 提前 is said; nought without."""
    found = _AHEAD.match(fold(text))
    return found.end() if found and found.end() < len(text) else 0
