"""What is on record against a deadline and its case, as `alertd show` says it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from alertd.cli.context import Session

if TYPE_CHECKING:
    from alertd.engine.reporting.whole import Breach


def breach_json(breach: Breach, zone: ZoneInfo) -> dict[str, Any]:
    from alertd.cli.output import rfc3339

    return {
        "kind": breach.kind,
        "at": rfc3339(breach.at, zone),
        "entered_at": rfc3339(breach.entered_at, zone),
        "event": breach.event,
        "gate": breach.gate,
        "version": breach.version,
    }


def breach_lines(breaches: Sequence[Breach], session: Session) -> list[str]:
    """A heading and one line for each; nothing where there are none."""
    from alertd.messages.dates import instant_text

    if not breaches:
        return []
    lines = ["", session.words.say("show.breaches")]
    for breach in breaches:
        at = instant_text(breach.at, session.zone, session.language, session.today())
        lines.append("  " + session.words.say("show.breach", at=at, what=_what(breach, session)))
    return lines


def _what(breach: Breach, session: Session) -> str:
    if breach.kind != "gate":
        return session.words.say(f"breach.{breach.kind}")
    gate = session.world.register.gates.get(breach.gate or "")
    name = session.words.text(gate.title) if gate else breach.gate
    return session.words.say("show.gate", gate=name, version=breach.version or 1)
