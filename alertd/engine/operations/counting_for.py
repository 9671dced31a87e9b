"""What a figure counts for: a period or a case of whoever owes it. One that counts for nothing is refused.

It would be stored, stand in no total, and nobody would hear that it was for the wrong year.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from alertd.engine.deadlines.figures import Figures
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.store.tables import deadlines

#: so many periods, or cases, are named where none fits: the last ones
_NAMED = 6


class CountingFor:
    """The periods and cases of those who owe measured duties; read once for each duty, in one transaction."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._figures = Figures(scope)
        self._rows: dict[str, dict[str, list[Any]]] = {}

    def fault(self, obligation: str, party: str, on: date, case: str | None = None) -> Refused | None:
        """Why a figure of this day, or for this case, counts for nothing; None where it counts.

        "owes-nothing" for a party without any deadline of the duty, "outside" with its periods, "no-case"
        with its cases.
        """
        rows = self._of(obligation).get(party, ())
        if not rows:
            return Refused("figure.owes-nothing", party=party, obligation=obligation)
        spans = {row.occurrence: self._figures.period(row) for row in rows if row.case_id is None}
        if any(span and span[0] <= on <= span[1] for span in spans.values()):
            return None
        cases = dict.fromkeys(row.case_id for row in rows if row.case_id is not None)
        if case in cases and case is not None:
            return None
        values = {"party": party, "obligation": obligation}
        if cases:
            known = ", ".join(list(cases)[-_NAMED:])
            return Refused("figure.no-case", found=case or "–", known=known, **values)
        known = ", ".join(sorted(spans)[-_NAMED:])
        return Refused("figure.outside", on=on.isoformat(), periods=known, **values)

    def _of(self, obligation: str) -> dict[str, list[Any]]:
        if obligation not in self._rows:
            columns = (deadlines.c.party, deadlines.c.occurrence, deadlines.c.case_id)
            asked = select(*columns).where(deadlines.c.obligation == obligation).order_by(deadlines.c.number)
            found = self._rows.setdefault(obligation, {})
            for row in self._scope.tx.execute(asked):
                found.setdefault(row.party, []).append(row)
        return self._rows[obligation]
