"""A daemon that shares the store, in words."""

from __future__ import annotations

from alertd.engine.reporting.nodes import Node, apart
from alertd.messages.dates import instant_text
from alertd.saying.voice import Voice

#: what of a node stands in a table, in this order; each is a heading below `cli.nodes.`
COLUMNS = ("node", "state", "seen", "leased", "note")


def node_cells(node: Node, voice: Voice) -> list[str]:
    """A node by `COLUMNS`."""

    def say(key: str, **values: object) -> str:
        return voice.words.say(f"cli.nodes.{key}", **values)

    notes = [node.mode] if node.mode and node.state in ("running", "silent") else []
    if node.listens:
        notes.append(say("listens", channels=", ".join(node.listens)))
    if apart(node.ahead):
        notes.append(say("clock", seconds=f"{node.ahead:+.0f}"))
    if node.behind:
        notes.append(say("older", files=", ".join(node.behind)))
    if node.taken_over_by:
        notes.append(say("by", node=node.taken_over_by))
    seen = instant_text(node.seen_at, voice.zone, voice.language, voice.today())
    return [node.id, say(f"word.{node.state}"), seen, str(node.leased), "; ".join(notes)]
