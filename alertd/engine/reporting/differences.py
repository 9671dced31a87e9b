"""What files would change against what is stored, before they rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from alertd.engine.planning.plan import Move as Move
from alertd.engine.planning.plan import Plan as Plan
from alertd.engine.planning.plan import make_plan, people_told
from alertd.engine.ruling.scope import Scope
from alertd.store import revisions


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything the files would change. `exceeds` says that a saved file would wait to be released."""

    plan: Plan
    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]
    people: tuple[str, ...]
    exceeds: bool

    @property
    def empty(self) -> bool:
        return self.plan.empty and not (self.new or self.changed or self.gone)


def difference(scope: Scope, texts: Mapping[str, str]) -> Difference:
    """The files in `texts`, whose picture is the world of `scope`, against what rules and is stored."""
    good = revisions.applied(scope.tx)
    plan = make_plan(scope)
    people = people_told(scope.tx, [row.number for row in plan.vanished]) | plan.people
    return Difference(
        plan=plan,
        new=tuple(sorted(set(texts) - set(good))),
        changed=tuple(sorted(file for file in good if file in texts and texts[file] != good[file])),
        gone=tuple(sorted(set(good) - set(texts))),
        people=tuple(sorted(people)),
        exceeds=bool(good) and plan.exceeds(scope.world),
    )


def planned(scope: Scope) -> Plan:
    """What the world of `scope` would change in the store."""
    return make_plan(scope)


def told_of(scope: Scope, moves: Iterable[Move]) -> frozenset[str]:
    """Who was told of the deadlines that move (ids)."""
    return frozenset(people_told(scope.tx, [move.row.number for move in moves]))
