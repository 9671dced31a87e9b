"""docs/acts.md: everything that can be asked for, who may, when, what stays on record, who hears of it.

`python -m tests.support.acts_page` writes it from the catalogue of acts and the table of rights; a test holds
them equal.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from alertd.core.model import State
from alertd.core.rights import ALWAYS_NEEDS_APPROVER, BY_EVENT, Act, Role
from alertd.engine.operations.catalogue import ACTS, Hears, Listed
from alertd.messages.catalogue import Catalogue

PAGE = Path(__file__).resolve().parents[2] / "docs" / "acts.md"
HEAD = """# Acts

Everything a person, a button, a page, a mail, a sheet or another system can ask for. Each is one function of
`alertd/engine/operations/`: what is asked, and what happened or a refusal with its reason. Nothing else
changes anything at somebody's word.

Made by `python -m tests.support.acts_page` from `operations/catalogue.py` and `core/rights.py`. A test does
every act and holds this page to what it did.

**Who may**: somebody may be several of these towards one deadline; who is none of them may not. *Approved*
says that the office at its keyboard names who approved it; *always approved*, that whoever does it does.
Nobody grants what they asked for themselves.
**Record**: the actions in the audit of the deadline or, where there is none, of the register; who acted, by
which account and on which node, stands beside them.
"""
TITLES = {
    "deadline": "One deadline",
    "event": "Events and their cases",
    "figures": "Figures",
    "rules": "What rules, and whether messages are real",
}
HEARS = {
    Hears.TOLD: "everybody told of it before, but not who acts",
    Hears.DECIDER: "who decides it, again and again until decided",
    Hears.OWNER: "the contact of the unit that owes it",
    Hears.NEW_OWNER: "the contact of the unit that owes it now, who is asked",
    Hears.PAGED: "the one person it is for, at once",
    Hears.COLLEAGUE: "the colleague to whom it is handed, who is asked",
    Hears.STARTED: "whom the steps of the clocks it starts name, when they are reached",
    Hears.GATE: "whom a gate names that it goes past shut",
    Hears.ADMIN: "who keeps the program",
    Hears.READERS: "whom `[bulletin]` in `config.toml` names",
    Hears.ADDRESSEE: "the one address it goes to",
}
ANYBODY = "Done by whoever may use the program; who it was is on record."
ON_DEADLINES = ("act", "function", "who may", "in which states", "state after", "record", "who hears")
ON_OTHERS = ("act", "function", "record", "who hears")


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for about, acts in ACTS.items():
        head = ON_DEADLINES if about == "deadline" else ON_OTHERS
        rows = [_cells(act) for act in acts]
        if about != "deadline":
            more = f"\n{_by_event()}" if about == "event" else ""
            parts.append(f"## {TITLES[about]}\n\n{ANYBODY}{more}\n")
            rows = [(*row[:2], *row[5:]) for row in rows]
        else:
            parts.append(f"## {TITLES[about]}\n")
        parts.append(_table(head, rows))
    return "\n".join(parts)


def _by_event() -> str:
    """What an event does to clocks, in which states."""
    done = (f"{act} ({_states(BY_EVENT[act])})" for act in Act if act in BY_EVENT)
    return f"By the rules of a duty an event does this to clocks, whoever reports it: {', '.join(done)}."


def _states(states: Collection[State]) -> str:
    return " ".join(f"`{state}`" for state in State if state in states)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(cells) + " |" for cells in (head, ("---",) * len(head), *rows)]
    return "\n".join([*lines, ""])


def _cells(act: Listed) -> tuple[str, ...]:
    words = Catalogue("en")
    roles = "; ".join(words.word("role", role) for role in Role if role in act.roles)
    return (
        act.name,
        f"`{act.place}`",
        f"{roles}{_approved(act)}",
        _states(act.states),
        f"`{act.becomes}`" if act.becomes else "–",
        " ".join(f"`{record}`" for record in act.records),
        "; ".join(HEARS[who] for who in act.hears) or "nobody",
    )


def _approved(act: Listed) -> str:
    if act.right in ALWAYS_NEEDS_APPROVER:
        return ". Always approved"
    return ". Approved" if act.approved else ""


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
