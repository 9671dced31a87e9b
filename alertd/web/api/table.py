"""The addresses of the API. They stand in routes.py beside the pages."""

from __future__ import annotations

from alertd.core.permits import May
from alertd.core.sights import Sight
from alertd.web.api import deadlines
from alertd.web.api.endpoint import BASE, Endpoint

_ONE = f"{BASE}/deadlines/{{number:int}}"

#: every address there is
ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET", f"{BASE}/deadlines", "listDeadlines", "Deadlines, the next due first, by pages.",
        Sight.OWN, May.READ, deadlines.find, deadlines.Deadlines, deadlines.Wanted,
    ),
    Endpoint(
        "GET", _ONE, "getDeadline", "One deadline, what is asked for about it, and its breaches.",
        Sight.OWN, May.READ, deadlines.show, deadlines.Whole,
    ),
    Endpoint(
        "GET", f"{_ONE}/history", "getHistory", "What happened to a deadline, as the audit has it.",
        Sight.OWN, May.READ, deadlines.history, deadlines.History,
    ),
    Endpoint(
        "GET", f"{_ONE}/messages", "getMessages", "Who was told of a deadline, over what, and when.",
        Sight.OWN, May.READ, deadlines.messages, deadlines.Messages,
    ),
    Endpoint(
        "GET", f"{_ONE}/explain", "explainDeadline", "How its limit was counted, and who hears when.",
        Sight.OWN, May.READ, deadlines.explain, deadlines.Explained,
    ),
)  # fmt: skip
