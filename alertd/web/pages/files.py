"""The files as keepers see them: faults at their line, and the change that waits. Files stay the truth."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alertd.config.faults import Fault, shown
from alertd.engine.operations.releasing import Files as Texts
from alertd.engine.operations.releasing import NodeSettings, NoRegister, Release, release_files
from alertd.engine.preview.checking import Checked, Place, checked
from alertd.engine.reporting.differences import Compared, compared, planned
from alertd.engine.reporting.never import never_opened
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.world import World
from alertd.installation import ConfigFaulty, Installation
from alertd.messages.catalogue import to_simplified
from alertd.saying.changes import change_lines, gone_line, opened_line, told_lines
from alertd.saying.checked import below_lines, never_lines, worth_knowing
from alertd.saying.voice import Reader
from alertd.web.page import Apart, Fields, Gone, Shown

#: faults on one page, lines before and after each, characters of one line
_MOST, _AROUND, _WIDEST = 100, 2, 200
#: lines of what differs, of all files together; characters of a file that is compared at all
_MOST_LINES, _LARGEST = 600, 400_000
#: deadlines of each kind of change that are listed
_LISTED = 40


class Line(Shown):
    """A line of a file; `marked` is the one that is meant."""

    number: int
    text: str
    marked: bool


class Wrong(Shown):
    """One fault, with the text around it where that may be shown."""

    file: str
    line: int
    column: int
    said: str
    around: tuple[Line, ...]


class Checks(Shown):
    """What `alertd check` says: `count` faults, the first of them, and what is worth knowing."""

    count: int
    faults: tuple[Wrong, ...]
    notes: tuple[str, ...]


def files(call: Apart) -> Checks:
    """Every fault of every file as it lies there now. Raises Refused where the files do not answer."""
    keeping, now = call.keeping, call.now

    def look() -> tuple[Checked, list[str]]:
        found = checked(keeping.loaded())
        if found.count or not found.duties:
            return found, []
        never = never_opened(keeping.store, keeping.here().written(), now)
        places = [(duty, why, found.place(duty)) for duty, why in never]
        return found, never_lines(places, reader)

    reader = Reader(call.world, call.language, now)
    found, never = keeping.read("files", look, now)
    wrong = [_wrong(fault, found.texts, call.language) for fault in found.faults[:_MOST]]
    wrong += [
        Wrong(
            file=f"channels/templates/{each.file}", line=each.line or 1, column=1, said=each.detail, around=()
        )
        for each in found.templates[:_MOST]
    ]
    notes = (*worth_knowing(found, reader), *never, *below_lines(found, reader))
    return Checks(count=found.count, faults=tuple(wrong), notes=notes)


def _wrong(fault: Fault, texts: Mapping[str, str], language: str) -> Wrong:
    return Wrong(
        file=fault.file,
        line=fault.line,
        column=fault.column,
        said=fault.sentence(language, to_simplified),
        around=_around(texts.get(fault.file, ""), Place(fault.file, fault.line, fault.column)),
    )


def _around(text: str, place: Place) -> tuple[Line, ...]:
    lines = text.splitlines()
    first = max(place.line - 1 - _AROUND, 0)
    return tuple(
        Line(number=at + 1, text=shown(lines[at].replace("\t", "    "), _WIDEST), marked=at + 1 == place.line)
        for at in range(first, min(place.line + _AROUND, len(lines)))
    )


# ---------------------------------------------------------------- the change that waits


class Asked(Fields):
    """What was just pressed."""

    done: str = ""


class Released(Fields):
    """A release: why, and of what; `state` names what was looked at."""

    reason: str = ""
    state: str = ""


class Row(Shown):
    """A line of what differs: `mark` is + - @ or a blank."""

    mark: str
    text: str


class Differing(Shown):
    """One file, new (+), changed (~) or gone (-), and what differs in it, where it is shown."""

    file: str
    mark: str
    rows: tuple[Row, ...]
    cut: bool


class Change(Shown):
    """What the files would change. `faulty` says that they have faults, and nothing is compared.

    `told` is who would hear at once, None where that was not asked.
    """

    faulty: int
    files: tuple[Differing, ...]
    lost: tuple[str, ...]
    lines: tuple[str, ...]
    counts: dict[str, int]
    told: tuple[str, ...] | None
    state: str
    done: bool


@dataclass(frozen=True, slots=True)
class _Seen:
    """The files as they lay there at one look, and what they would change."""

    here: Installation
    files: Texts
    node: NodeSettings
    world: World
    found: Compared
    lost: tuple[str, ...]

    @property
    def state(self) -> str:
        """A name for what lies there and what rules: another one when either changes."""
        digest = hashlib.sha256()
        node = self.here.loaded.files
        texts = {"": node.text, **node.channels.texts} if node else {}
        for some in (self.files.texts, self.found.good, texts):
            for name, text in sorted(some.items()):
                digest.update(f"{name}\0{text}\0".encode("utf-8", "surrogatepass"))
            digest.update(b"\1")
        return digest.hexdigest()[:32]


def change(call: Apart) -> Change:
    """What the files would change against what rules, as `alertd plan` says it; nothing waits for it."""
    return _change(call, done=bool(call.asked.done))


def told(call: Apart) -> Change:
    """The same, with who would hear of it at once; whoever writes waits as long as for the change itself."""
    seen = _seen(call)
    if seen is None:
        return _change(call)
    here, channels = seen.here, seen.here.node.channels
    plan = planned(call.keeping.store, seen.files, here.make_world, channels, call.now)
    return _shown(seen, call, tuple(told_lines(plan.told, Reader(seen.world, call.language, call.now))))


def release(call: Apart) -> Gone:
    """Let the files rule that were looked at, for a reason. Raises Refused where they are others by now."""
    seen = _seen(call)
    if seen is None:
        raise Refused("files-faulty")
    if call.asked.state != seen.state:
        raise Refused("files-changed")
    asked = Release(seen.files, frozenset(seen.here.node.channels), call.asked.reason, node=seen.node)
    release_files(call.keeping.store, seen.here.make_world, call.now, call.actor, asked)
    return Gone("/keeping/change?done=released")


def _change(call: Apart, done: bool = False) -> Change:
    seen = _seen(call)
    if seen is not None:
        return _shown(seen, call, None, done)
    empty: dict[str, int] = {}
    return Change(
        faulty=1, files=(), lost=(), lines=(), counts=empty, told=None, state="", done=False
    )  # how many, and where, is on the page of the files


def _seen(call: Apart) -> _Seen | None:
    """What lies there, None where it has faults. Raises Refused where the files do not answer."""
    keeping, now = call.keeping, call.now

    def look() -> _Seen | None:
        try:
            here = keeping.here()
            files, world = here.files(), here.written()
            found = compared(keeping.store, files, here.make_world, here.node.channels, now)
        except (ConfigFaulty, NoRegister):
            return None
        lost, node = here.lost(keeping.store, now), here.as_written(keeping.store)
        return _Seen(here, files, node, world, found, lost)

    seen: _Seen | None = keeping.read("change", look, now)
    return seen


def _shown(seen: _Seen, call: Apart, heard: tuple[str, ...] | None, done: bool = False) -> Change:
    voice, plan = Reader(seen.world, call.language, call.now), seen.found.plan
    lines = [opened_line(row, voice) for row in plan.opened[:_LISTED]]
    lines += change_lines(plan.moved, voice)[:_LISTED]
    lines += [gone_line(row, voice) for row in plan.vanished[:_LISTED]]
    counts = {"opened": len(plan.opened), "moved": len(plan.moved), "withdrawn": len(plan.vanished)}
    return Change(
        faulty=0,
        files=tuple(_differing(seen.files.texts, seen.found.good)),
        lost=seen.lost,
        lines=tuple(lines),
        counts=counts,
        told=heard,
        state=seen.state,
        done=done,
    )


def _differing(texts: Mapping[str, str], good: Mapping[str, str]) -> Sequence[Differing]:
    left, found = _MOST_LINES, []
    for file in sorted({*texts, *good}):
        new, old = texts.get(file), good.get(file)
        if new == old:
            continue
        mark = "+" if old is None else "-" if new is None else "~"
        rows = _rows(old or "", new or "") if mark == "~" else None
        shown_rows = rows[:left] if rows is not None else []
        left -= len(shown_rows)
        cut = mark == "~" and (rows is None or len(rows) > len(shown_rows))
        found.append(Differing(file=shown(file), mark=mark, rows=tuple(shown_rows), cut=cut))
    return found


def _rows(old: str, new: str) -> list[Row] | None:
    """What differs, None where that would take too long to find."""
    if max(len(old), len(new)) > _LARGEST:
        return None
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=_AROUND)
    rows = [Row(mark=line[:1] or " ", text=shown(line[1:], _WIDEST)) for line in lines]
    return rows[2:]  # without the two names of the file
