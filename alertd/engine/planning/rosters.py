"""People on a roster who join and move: who owes nothing yet, and whose deadlines go with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, select

from alertd.core.model import Obligation, RosterMember
from alertd.core.occurrences import Occurrence
from alertd.core.roster import joined, stint_on, unit_on
from alertd.engine.notify import guard
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import audit, deadlines
from alertd.store.rows import DeadlineRow
from alertd.store.tables import deadlines as table


def exempt(world: World, obligation: Obligation, party: str, occurrence: Occurrence) -> bool:
    """Whether a party joined during the period of an obligation that starts with the next one for joiners."""
    member = world.register.roster.get(party)
    if member is None or obligation.joiners != "exempt":
        return False
    since = joined(member)
    return since is not None and occurrence.first_day < since <= occurrence.last_day


def follow_transfers(scope: Scope) -> int:
    """Hand the open deadlines of those who moved to their new unit; what they have done goes with them.

    What somebody gave to another unit by hand stays there until it is given back, or the officer leaves.
    Call it daily. Returns how many moved. Nobody is told: the unit's next message names its people.
    """
    counted = [o.id for o in scope.world.register.obligations.values() if o.owed_by.startswith("roster:")]
    rows = scope.tx.execute(
        select(table.c.number, table.c.party, table.c.unit).where(
            table.c.obligation.in_(counted), table.c.state.in_(deadlines.UNFINISHED)
        )
    ).fetchall()
    today = scope.today
    moved: set[int] = set()

    def follow(some: Sequence[DeadlineRow]) -> None:
        for row in some:
            member = scope.world.register.roster.get(row.party)
            unit = unit_on(member, today) if member else row.unit
            if member and unit != row.unit and not _by_hand(scope.tx, row.number, member, today, scope.world):
                deadlines.change(scope.tx, row.number, unit=unit)
                scope.record(
                    row.number,
                    "transferred",
                    {"old": row.unit, "new": unit},
                )
                moved.add(row.number)

    guard.each(scope, "transfer", rows, follow, lambda row: moved.discard(row.number), name=_party_of)
    return len(moved)


def _party_of(row: DeadlineRow) -> tuple[str, int]:
    return row.party, row.number


def _by_hand(tx: Connection, number: int, member: RosterMember, today: date, world: World) -> bool:
    """Whether somebody gave this deadline to a unit that was not the officer's, who is still counted."""
    if stint_on(member, today) is None:
        return False
    moves = [act for act in audit.of_deadline(tx, number) if act.action in ("reassigned", "transferred")]
    if not moves or moves[-1].action == "transferred":
        return False
    given: str = moves[-1].detail["changes"]["unit"]["new"]
    return given != unit_on(member, world.today(moves[-1].at))
