"""A sheet of proposals: each with its reply date, the unit that leads and those that handle it together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, select

from alertd.core.case_ids import as_case_id
from alertd.core.severities import levels_of
from alertd.core.text import Line
from alertd.engine.operations import events
from alertd.engine.operations.events import Report
from alertd.engine.operations.texts import taking_texts
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.engine.ruling.world import World
from alertd.store import tables

#: the event that starts the leading units' clock, and the one that starts those of the others
LEAD, CO = "proposal-assigned", "proposal-shared"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One row: the units that lead, those that handle it together (often none), the day the reply is due."""

    case: Line
    lead: tuple[Line, ...]
    co: tuple[Line, ...]
    reply_due: date
    title: Line = ""
    severity: Line = ""  # where the event types have severities


@dataclass(frozen=True, slots=True)
class ProposalsImported:
    """The events that were new, how many were known, and the deadlines that were started (ids)."""

    events: tuple[str, ...]
    known: int
    started: tuple[str, ...]


def faults(world: World, now: datetime, proposals: Sequence[Proposal]) -> Iterator[Refused | None]:
    """For each proposal why it would be refused, None where it would not."""
    seen: set[str] = set()
    for proposal in proposals:
        try:
            if proposal.reply_due < world.today(now):
                raise Refused("reply-past", due=proposal.reply_due.isoformat())
            checked = [events.checked(world, now, report) for report in _reports(world, now, proposal)]
            if checked[0].case in seen:
                raise Refused("case-twice", case=checked[0].case)
            seen.add(checked[0].case)
            yield None
        except Refused as refused:
            yield refused


@taking_texts
def import_proposals(scope: Scope, proposals: Sequence[Proposal]) -> ProposalsImported:
    """Report the events of every proposal, all of them or none; the same proposal again changes nothing.

    Raises Refused: "reply-past", "case-twice", and as reporting an event does.
    """
    for refused in faults(scope.world, scope.now, proposals):
        if refused is not None:
            raise refused
    reports = [report for proposal in proposals for report in _reports(scope.world, scope.now, proposal)]
    happened = [events.report(scope, _as_known(scope.tx, report)) for report in reports]
    new = tuple(each.id for each in happened if not each.known)
    started = tuple(name for each in happened for name in each.started)
    return ProposalsImported(new, len(happened) - len(new), started)


def _reports(world: World, now: datetime, proposal: Proposal) -> list[Report]:
    instants = {"assigned": now.replace(microsecond=0)}
    made = [(LEAD, proposal.lead), *([(CO, proposal.co)] if proposal.co else [])]
    return [
        Report(
            kind,
            proposal.case,
            units,
            instants,
            proposal.reply_due,
            proposal.title,
            _name(kind, proposal),
            proposal.severity if kind == LEAD or levels_of(world.register, kind) else "",
        )
        for kind, units in made
    ]


def _name(kind: str, proposal: Proposal) -> str:
    return f"{kind}.{as_case_id(proposal.case)}"


def _as_known(tx: Connection, report: Report) -> Report:
    """The report with the instants it was first imported with, so that the same row is the same event.

    The day a row states is what it was then, too: an extension may have moved it since.
    """
    row = tx.execute(select(tables.events).where(tables.events.c.id == report.id)).first()
    if row is None:
        return report
    instants = {name: datetime.fromisoformat(at) for name, at in row.instants.items()}
    first = row.history[0].get("stated_due") if row.history else None
    same = first is not None and report.due is not None and report.due.isoformat() == first
    return replace(report, instants=instants, due=row.stated_due if same else report.due)
