"""What one table says about another: everything named must exist, and everything that exists has one name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from alertd.config.checking import Table
from alertd.config.faults import Fault, nearest, shown
from alertd.config.files import ID_KEYS, Contents
from alertd.config.toml_positions import Path
from alertd.config.values import is_id
from alertd.core.gates import RESULTS
from alertd.core.ways import channel_named

#: ids of obligations start clocks when they are done, struck off or sent back
_DONE = "done"
_STATES = frozenset({_DONE, "verified", "returned"})
#: what every event may have: the day it states
_STATED = "stated"


class Index:
    """All names of all tables, also of those with faults, so that one fault does not cause others.

    Units answer to their id and, where it belongs to one unit only, to their names and aliases.
    """

    def __init__(self, contents: Contents) -> None:
        self.contents = contents
        self.ids: dict[str, dict[Any, Table]] = {}
        self.faults: list[Fault] = []
        for kind, key in ID_KEYS.items():
            self.ids[kind] = self._by_id(kind, key)
        self.unit_names = self._unit_names()

    def unit(self, text: str) -> str | None:
        """The id of the unit called `text`."""
        return text if text in self.ids["unit"] else self.unit_names.get(text)

    def _by_id(self, kind: str, key: str) -> dict[Any, Table]:
        found: dict[Any, Table] = {}
        for table in self.contents.tables[kind]:
            name = table.raw.get(key)
            if not isinstance(name, str | int):
                continue
            if name in found and kind == "officer" and self._moves(found[name], table):
                found[name] = table  # the latest; the earlier ones were compared with those before them
            elif name in found:
                first = found[name]
                args = {"id": shown(name), "place": first.origin.place((*first.path, key))}
                self.faults.append(table.fault((key,), "id-twice", args))
            else:
                found[name] = table
        return found

    def _moves(self, earlier: Table, later: Table) -> bool:
        """Whether two rows of a roster with one number follow each other: a move to another unit."""
        until, since = earlier.raw.get("until"), later.raw.get("since")
        return isinstance(until, date) and isinstance(since, date) and until < since

    def _unit_names(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for unit, table in self.ids["unit"].items():
            for path, name in _names_of_unit(table):
                other = names.setdefault(name, str(unit))
                if name in self.ids["unit"] and name != unit:
                    other = name
                if other != unit:
                    args = {"found": shown(name), "other": shown(other)}
                    self.faults.append(table.fault(path, "name-twice", args))
        return names


def _names_of_unit(table: Table) -> Iterator[tuple[Path, str]]:
    name = table.raw.get("name")
    if isinstance(name, dict):
        yield from ((("name", tag), text) for tag, text in name.items() if isinstance(text, str))
    else:
        yield from table.texts("name")
    yield from table.texts("aliases")


def reference_faults(index: Index, channels: Collection[str] | None) -> list[Fault]:
    """Everything that names something that is not there. With `channels` None, channels are not checked."""
    checker = _Checker(index, channels)
    return [*index.faults, *checker.run()]


class _Checker:
    def __init__(self, index: Index, channels: Collection[str] | None) -> None:
        self.index = index
        self.contents = index.contents
        self.channels = channels

    def run(self) -> Iterator[Fault]:
        tables = self.contents.tables
        yield from self._tops()
        for unit in tables["unit"]:
            yield from self._unit_of(unit, "successor", itself="id")
        yield from self._groups()
        for person in tables["person"]:
            yield from self._person(person)
        for officer in tables["officer"]:
            yield from self._unit_of(officer, "unit")
            yield from self._party_clash(officer)
        for obligation in tables["obligation"]:
            yield from self._obligation(obligation)
        yield from self._former_ids()
        for gate in tables["gate"]:
            yield from self._gate(gate)
        for kind in ("rotation", "shift", "override"):
            for shift in tables[kind]:
                yield from self._on_duty(shift)

    def _tops(self) -> Iterator[Fault]:
        first: dict[str, Table] = {}
        for top in self.contents.tops:
            for key in ("supervisor", "duty_desk"):
                if key not in top.raw:
                    continue
                if not isinstance(top.raw[key], str):
                    yield top.fault((key,), "expected-text", {"found": shown(top.raw[key]), "type": "?"})
                if key in first:
                    place = first[key].origin.place((key,))
                    yield top.fault((key,), "id-twice", {"id": key, "place": place})
                first.setdefault(key, top)
                yield from self._unit_of(top, key)

    def _unit_of(self, table: Table, key: str, itself: str | None = None) -> Iterator[Fault]:
        for path, text in table.texts(key):
            yield from self._unit(table, path, text)
            if itself is not None and text == table.raw.get(itself):
                yield table.fault(path, "refers-to-itself", {"key": key, "found": shown(text)})

    def _unit(self, table: Table, path: Path, text: str, skip: int = 0) -> Iterator[Fault]:
        if "unit" in self.contents.unreadable or self.index.unit(text) is not None:
            return
        known = {**dict.fromkeys(self.index.ids["unit"]), **self.index.unit_names}
        yield table.fault(path, "unknown-unit", {"found": shown(text), **nearest(text, known)}, skip)

    def _known(self, table: Table, path: Path, kind: str, text: str, skip: int = 0) -> Iterator[Fault]:
        ids = self.index.ids[kind]
        if kind not in self.contents.unreadable and text not in ids:
            known = (name for name in ids if isinstance(name, str) and is_id(name))
            args = {"found": shown(text), **nearest(text, known)}
            yield table.fault(path, f"unknown-{kind.replace('_', '-')}", args, skip)

    def _groups(self) -> Iterator[Fault]:
        for group in self.contents.tables["group"]:
            for path, member in group.texts("members"):
                yield from self._unit(group, path, member)
            for path, included in group.texts("includes"):
                yield from self._known(group, path, "group", included)
                own = group.raw.get("id")
                if isinstance(own, str) and own in included_groups(self.index, included):
                    args = {"key": "includes", "found": shown(included)}
                    yield group.fault(path, "refers-to-itself", args)

    def _person(self, person: Table) -> Iterator[Fault]:
        yield from self._unit_of(person, "unit")
        for path, deputy in person.texts("deputy"):
            yield from self._known(person, path, "person", deputy)
            if deputy == person.raw.get("id"):
                yield person.fault(path, "refers-to-itself", {"key": "deputy", "found": shown(deputy)})
        for key in ("channels", "urgent_channels"):
            for path, text in person.texts(key):
                channel = channel_named(text)
                if self.channels is not None and channel and channel not in self.channels:
                    args = {"found": shown(channel), **nearest(channel, self.channels)}
                    yield person.fault(path, "unknown-channel", args)

        for path, account in person.texts("accounts"):
            channel = account.partition("=")[0].strip()
            if self.channels is not None and channel not in self.channels:
                args = {"found": shown(channel), **nearest(channel, self.channels)}
                yield person.fault(path, "unknown-channel", args)

    def _on_duty(self, shift: Table) -> Iterator[Fault]:
        """A rotation, or one shift: whose it is, and who stands in it."""
        yield from self._unit_of(shift, "unit")
        for path, person in shift.texts("people"):
            yield from self._known(shift, path, "person", person)
        people = shift.raw.get("people")
        for number, crew in enumerate(people if isinstance(people, list) else ()):
            for place, person in enumerate(crew if isinstance(crew, list) else ()):
                if isinstance(person, str):
                    yield from self._known(shift, ("people", number, place), "person", person)

    def _party_clash(self, officer: Table) -> Iterator[Fault]:
        """Units and officers are parties alike, and a party has one name."""
        number = officer.raw.get("number")
        if isinstance(number, str) and number in self.index.ids["unit"]:
            unit = self.index.ids["unit"][number]
            args = {"id": shown(number), "place": unit.origin.place((*unit.path, "id"))}
            yield officer.fault(("number",), "id-twice", args)

    def _obligation(self, obligation: Table) -> Iterator[Fault]:
        yield from self._counted(obligation)
        for path, policy in obligation.texts("policy"):
            yield from self._known(obligation, path, "policy", policy)
        yield from self._unit_of(obligation, "receiver")
        yield from self._unit_of(obligation, "inform")
        for path, owner in obligation.texts("owed_by"):
            yield from self._owner(obligation, path, owner)
        for path, event_type in obligation.texts("closed_by"):
            yield from self._known(obligation, path, "event_type", event_type)
        for path, event_type in obligation.texts("returned_by"):
            yield from self._known(obligation, path, "event_type", event_type)
        for path, end in obligation.texts("ends_on"):
            yield from self._end(obligation, path, end)
        for key in ("starts_on", "resumed_by"):
            for path, start in obligation.texts(key):
                yield from self._start(obligation, path, start)
        yield from self._severities(obligation)

    def _severities(self, obligation: Table) -> Iterator[Fault]:
        """A severity that no starting event can have would keep the duty from ever starting."""
        types = [start.rpartition(".")[0] for _, start in obligation.texts("starts_on")]
        tables = [
            self.index.ids["event_type"][name] for name in types if name in self.index.ids["event_type"]
        ]
        known = dict.fromkeys(name for table in tables for name in _severities_of(table))
        rules = obligation.raw.get("severity_rules")
        paths = list(obligation.texts("severity"))
        paths += [(("severity_rules", name), name) for name in rules] if isinstance(rules, dict) else []
        for path, severity in paths:
            if severity not in known and "event_type" not in self.contents.unreadable:
                args = {"found": shown(severity), "known": ", ".join(known), **nearest(severity, known)}
                place = obligation.key_fault if path[0] == "severity_rules" else obligation.fault
                yield place(path, "unknown-severity", args)

    def _gate(self, gate: Table) -> Iterator[Fault]:
        for path, stage in gate.texts("stage"):
            yield from self._known(gate, path, "event_type", stage)
        for path, requirement in gate.texts("requires"):
            obligation, colon, result = requirement.partition(":")
            yield from self._known(gate, path, "obligation", obligation)
            if colon and result not in RESULTS:
                args = {"found": shown(result), "known": ", ".join(RESULTS), **nearest(result, RESULTS)}
                yield gate.fault(path, "not-one-of", args, len(obligation) + 1)

    def _counted(self, obligation: Table) -> Iterator[Fault]:
        measure = obligation.raw.get("measure")
        name = measure.get("of") if isinstance(measure, dict) else None
        if isinstance(name, str):
            yield from self._known(obligation, ("measure", "of"), "obligation", name)
        parts = measure.get("sum_of") if isinstance(measure, dict) else None
        for number, part in enumerate(parts if isinstance(parts, list) else ()):
            if isinstance(part, str):
                yield from self._known(obligation, ("measure", "sum_of", number), "obligation", part)

    def _owner(self, obligation: Table, path: Path, owner: str) -> Iterator[Fault]:
        kind, colon, name = owner.partition(":")
        skip = len(kind) + 1
        if kind == "unit" and colon:
            yield from self._unit(obligation, path, name, skip)
        elif kind in ("group", "roster") and colon:
            yield from self._known(obligation, path, "group", name, skip)
        elif owner != "event.party":
            forms = ("event.party", "unit:", "group:", "roster:")
            args = {"found": shown(owner), **self._owner_meant(owner, forms)}
            yield obligation.fault(path, "bad-owner", args)

    def _owner_meant(self, owner: str, forms: tuple[str, ...]) -> dict[str, str]:
        if unit := self.index.unit(owner):
            return {"near": f"unit:{unit}"}
        if owner in self.index.ids["group"]:
            return {"near": f"group:{owner}"}
        return nearest(owner, forms[:1])

    def _start(self, obligation: Table, path: Path, start: str) -> Iterator[Fault]:
        name, dot, instant = start.rpartition(".")
        if not dot:
            near = self._start_meant(start)
            yield obligation.fault(path, "bad-start", {"found": shown(start), **near})
        elif instant in _STATES and name not in self.index.ids["event_type"]:
            yield from self._known(obligation, path, "obligation", name)
        elif name not in self.index.ids["event_type"]:
            yield from self._known(obligation, path, "event_type", name)
        else:
            instants = self.index.ids["event_type"][name].raw.get("instants")
            known = [text for text in instants if isinstance(text, str)] if isinstance(instants, list) else []
            if known and instant not in (*known, _STATED):
                args = {"found": shown(instant), "event_type": shown(name), "known": ", ".join(known)}
                yield obligation.fault(
                    path, "unknown-instant", {**args, **nearest(instant, known)}, len(name) + 1
                )

    def _end(self, obligation: Table, path: Path, end: str) -> Iterator[Fault]:
        """An event type, or what becomes of another duty of the case."""
        name, _, state = end.rpartition(".")
        other = state in _STATES and end not in self.index.ids["event_type"]
        yield from self._known(obligation, path, *(("obligation", name) if other else ("event_type", end)))

    def _start_meant(self, start: str) -> dict[str, str]:
        event_type = self.index.ids["event_type"].get(start)
        instants = event_type.raw.get("instants") if event_type else None
        if isinstance(instants, list) and instants and isinstance(instants[0], str):
            return {"near": f"{start}.{instants[0]}"}
        return {"near": f"{start}.{_DONE}"} if start in self.index.ids["obligation"] else {}

    def _former_ids(self) -> Iterator[Fault]:
        """A former id leads to one obligation, and to none that still exists."""
        first: dict[str, Table] = {}
        for obligation in self.contents.tables["obligation"]:
            for path, former in obligation.texts("was"):
                other = self.index.ids["obligation"].get(former) or first.get(former)
                if other is not None:
                    args = {"id": shown(former), "place": other.origin.place((*other.path, "id"))}
                    yield obligation.fault(path, "former-id-taken", args)
                first.setdefault(former, obligation)


def _severities_of(event_type: Table) -> Iterator[str]:
    """The ids of its severities, with a title or without."""
    listed = event_type.raw.get("severities")
    for each in listed if isinstance(listed, list) else ():
        name = each.get("id") if isinstance(each, dict) else each
        if isinstance(name, str):
            yield name


def included_groups(index: Index, group: str) -> Mapping[str, None]:
    """The group and every group it includes, in reading order; ends also where they include each other."""
    found: dict[str, None] = {}
    waiting = [group]
    while waiting:
        name = waiting.pop(0)
        table = index.ids["group"].get(name)
        if name not in found and table is not None:
            found[name] = None
            waiting += [text for _, text in table.texts("includes")]
    return found
