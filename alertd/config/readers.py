"""Whether those whom config.toml names as readers of the bulletin are positions, or people that there are."""

from __future__ import annotations

from alertd.config.checking import Table
from alertd.config.faults import Fault, nearest, shown
from alertd.config.node import NodeFiles
from alertd.config.toml_syntax import read_document
from alertd.core.bulletins import unknown_readers
from alertd.core.model import Register


def reader_faults(files: NodeFiles, register: Register) -> list[Fault]:
    """A fault at each name that nobody has, or that several have."""
    document, _ = read_document(files.path.name, files.text)
    said = document.data.get("bulletin") if document is not None else None
    if document is None or not isinstance(said, dict):
        return []
    table = Table(document, ("bulletin",), said)
    known = [name for person in register.people.values() for name in (person.id, person.name)]
    return [
        table.fault(path, "unknown-reader", {"found": shown(text), **nearest(text, known)})
        for path, text in table.texts("to")
        if unknown_readers(register, [text])
    ]
