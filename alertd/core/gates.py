"""What a gate asks of a case: the results of judgements. Pure."""

from __future__ import annotations

#: what a hand-in may come to where it is a judgement (審查結果)
RESULTS = ("passed", "passed-after-changes", "failed")
