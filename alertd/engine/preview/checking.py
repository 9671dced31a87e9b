"""What `alertd check` looks at: every fault of every file of a node, and what is no fault and worth knowing.

Reads files, and nothing else. Reveals no secrets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from alertd.config.at_once import silent_at_once
from alertd.config.faults import Fault
from alertd.config.floors import Floor, below_floors, rule_place
from alertd.config.node import LoadedNode, NodeConfig
from alertd.config.readers import reader_faults
from alertd.config.register import Loaded, load_register
from alertd.config.sources import read_texts
from alertd.core.doubts import Doubt, doubt_of
from alertd.core.model import Obligation
from alertd.messages.render import Renderer, TemplateFault

#: files every city has; the rest is its own affair
EXPECTED = ("directory.toml", "people.csv", "event-types.toml", "policies.toml", "calendar.toml")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands; lines and columns count from 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Checked:
    """The faults in reading order, and what was read.

    `loaded` is None where config.toml has a fault. `texts` are those of schedules/ that could be read; of
    config.toml and channels/ there are none, since somebody may have written a secret there.
    """

    faults: tuple[Fault, ...]
    templates: tuple[TemplateFault, ...]
    loaded: Loaded | None
    texts: Mapping[str, str]
    missing: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.faults) + len(self.templates)

    @property
    def duties(self) -> tuple[Obligation, ...]:
        """All that the files hold, none where they have faults."""
        register = self.loaded.register if self.loaded else None
        return tuple(register.obligations.values()) if register else ()

    @property
    def none_yet(self) -> tuple[str, ...]:
        """What a city that was just laid down has still to fill in; without it nobody is ever reminded."""
        register = self.loaded.register if self.loaded else None
        if register is None:
            return ()
        kinds = {"units": register.units, "people": register.people, "duties": register.obligations}
        return tuple(kind for kind, there in kinds.items() if not there)

    def place(self, duty: Obligation) -> Place:
        """Where the rule of a duty stands."""
        return place_of(duty, self.texts)

    def doubts(self) -> Iterator[tuple[Obligation, Doubt]]:
        """Rules that may be meant otherwise than they are read."""
        for duty in self.duties:
            doubt = doubt_of(duty.rule.text)
            if doubt is not None:
                yield duty, doubt

    def silent(self) -> Iterator[Obligation]:
        """Duties that are due at once, and of which their policy says nothing then."""
        register = self.loaded.register if self.loaded else None
        yield from silent_at_once(register) if register else ()

    def below(self) -> Iterator[tuple[Obligation, Floor]]:
        """Duties that ask for less than a national minimum."""
        register = self.loaded.register if self.loaded else None
        yield from below_floors(register) if register else ()


def place_of(duty: Obligation, texts: Mapping[str, str]) -> Place:
    """Where the rule of a duty stands in the texts of schedules/; the duty, where its file is not there."""
    text = texts.get(duty.file, "")
    line, column = rule_place(duty, text) if text else (duty.line, 1)
    return Place(duty.file, line, column)


def checked(loaded: LoadedNode) -> Checked:
    """Faults of config.toml and the channels, of the schedules, and of the templates. Never raises."""
    node, faults = loaded.node, list(loaded.faults)
    if node is None:
        return Checked(tuple(faults), (), None, {}, ())
    texts, unreadable = read_texts(node.schedules)
    named = {fault.file.rpartition("/")[2].removesuffix(".toml") for fault in faults}
    found = load_register(texts, channels={*node.channels, *named}, unreadable=unreadable)
    if found.register is not None and loaded.files is not None:
        faults += reader_faults(loaded.files, found.register)
    missing = tuple(
        f"{node.schedules.name}/{name}" for name in EXPECTED if not any(node.schedules.rglob(name))
    )
    return Checked(tuple(sorted({*faults, *found.faults})), _templates(node), found, texts, missing)


def _templates(node: NodeConfig) -> tuple[TemplateFault, ...]:
    found: list[TemplateFault] = []
    folder = node.channels_folder / "templates"
    if folder.is_dir():
        Renderer(folder, found.append)
    return tuple(found)
