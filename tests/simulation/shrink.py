"""Make a failing plan shorter: happenings are left out, and trouble ends early, as long as it still fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.simulation.plan import Happening, Plan
from tests.simulation.troubles import HOUR

#: hours for which a plan goes on after its last happening
_AFTER = 0.25


@dataclass(slots=True)
class Shrinking:
    """`fails` says whether a plan still fails; it is asked at most so many times more."""

    fails: Callable[[Plan], bool]
    reruns: int

    def shrunk(self, plan: Plan) -> Plan:
        """The shortest plan that was found to fail; the plan itself if it is that."""
        plan = self._ends_early(plan)
        plan = self._left_out(plan)
        plan = self._ends_early(plan)
        if plan.machines > 1:
            plan = self._try(plan, replace(plan, machines=plan.machines - 1))
        return plan

    def _try(self, plan: Plan, shorter: Plan) -> Plan:
        if self.reruns <= 0 or shorter == plan:
            return plan
        self.reruns -= 1
        return shorter if self.fails(shorter) else plan

    def _ends_early(self, plan: Plan) -> Plan:
        last = plan.happenings[-1].at / HOUR if plan.happenings else 0.0
        return self._try(plan, replace(plan, hours=min(plan.hours, round(last + _AFTER, 2))))

    def _left_out(self, plan: Plan) -> Plan:
        """Leave out halves, then quarters, down to single happenings (Zeller, "Simplifying and Isolating
        Failure-Inducing Input", 2002).
        """
        parts = 2
        while plan.happenings and self.reruns > 0:
            shorter = self._without_a_part(plan, parts)
            if shorter is not plan:
                plan, parts = shorter, max(parts - 1, 2)
            elif parts >= len(plan.happenings):
                break
            else:
                parts = min(2 * parts, len(plan.happenings))
        return plan

    def _without_a_part(self, plan: Plan, parts: int) -> Plan:
        size = -(-len(plan.happenings) // parts)
        for start in range(0, len(plan.happenings), size):
            rest: tuple[Happening, ...] = plan.happenings[:start] + plan.happenings[start + size :]
            shorter = self._try(plan, replace(plan, happenings=rest))
            if shorter is not plan:
                return shorter
        return plan
