"""What `alertd doctor` says of what rules over the files for a time."""

from __future__ import annotations

from alertd.engine.preview.checkup import OK, Finding, Line
from alertd.engine.reporting.overriding import Overriding, not_over
from alertd.engine.ruling.scope import Scope


def overrides_finding(scope: Scope) -> Finding:
    """What was entered on a page or a command and rules over the files, or will."""
    found = not_over(scope)
    if not found:
        return Finding("overrides", OK, "none")
    return Finding("overrides", OK, "standing", {"count": len(found)}, tuple(map(_line, found)))


def _line(found: Overriding) -> Line:
    row = found.row
    name = found.deadline.id if found.deadline is not None else row.name
    return Line(
        "entry", {"kind": row.kind, "about": row.about, "name": name, "until": row.ends_at, "by": row.author}
    )
