"""Where a plan allows less time than a national rule asks for: worth a warning, never a fault.

The floors stand in floors.toml beside this module, each with its source. They are matched by the id of the
shipped obligation; a floor in another unit of time is not compared, since 日 and 工作日 differ.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from alertd.config.toml_syntax import read_document
from alertd.core.model import Obligation, Register
from alertd.core.rules import parse_rule
from alertd.core.timing import Rule


@dataclass(frozen=True, slots=True)
class Floor:
    """The least time a national rule asks for, and where it says so."""

    obligation: str
    rule: Rule
    source: str


@cache
def floors() -> tuple[Floor, ...]:
    """The floors known to this version."""
    text = resources.files("alertd.config").joinpath("floors.toml").read_text("utf-8")
    tables = tomllib.loads(text)["floor"]
    return tuple(Floor(each["obligation"], parse_rule(each["rule"]), each["source"]) for each in tables)


def rule_place(duty: Obligation, text: str) -> tuple[int, int]:
    """Line and column of a duty's rule in the text of its file; of the duty itself where it has none."""
    document, _ = read_document(duty.file, text)
    for at, table in enumerate(document.data.get("obligation", ()) if document else ()):
        if document and table.get("id") == duty.id:
            found = document.value_fault(("obligation", at, "rule"), "", {})
            return found.line, found.column
    return duty.line, 1


def below_floors(register: Register) -> Iterator[tuple[Obligation, Floor]]:
    """The obligations that allow less time than their floor."""
    for floor in floors():
        duty = register.obligations.get(floor.obligation)
        own, least = duty.rule.minimum if duty else None, floor.rule.minimum
        if duty and own and least and own.unit is least.unit and own.amount < least.amount:
            yield duty, floor
