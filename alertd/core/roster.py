"""Who on a roster belongs where on a day: people join, move to another unit, and leave. Pure."""

from __future__ import annotations

from datetime import date

from alertd.core.model import RosterMember, Stint


def stint_on(member: RosterMember, day: date) -> Stint | None:
    """Where somebody is counted on `day`; None before they join, after they leave and in between."""
    for stint in stints_of(member):
        if (stint.since is None or stint.since <= day) and (stint.until is None or day <= stint.until):
            return stint
    return None


def unit_on(member: RosterMember, day: date) -> str:
    """Their unit on `day`, or else the one they were last or will first be counted in."""
    if not member.stints:
        return member.unit
    found = stint_on(member, day)
    if found is None:
        earlier = [s for s in stints_of(member) if s.since is None or s.since <= day]
        found = earlier[-1] if earlier else stints_of(member)[0]
    return found.unit


def joined(member: RosterMember) -> date | None:
    """The first day they are counted anywhere; None for always."""
    return stints_of(member)[0].since


def stints_of(member: RosterMember) -> tuple[Stint, ...]:
    return member.stints or (Stint(member.unit, member.since, member.until),)
