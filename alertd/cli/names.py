"""Units, officers and people by whatever people call them: id, alias or name, in any of the three scripts."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping

from alertd.cli.exits import Said
from alertd.core.model import Person, Register
from alertd.messages.catalogue import to_simplified

#: how alike two ids are of which one is taken for a slip in the other
_SLIP = 0.85


def plain(text: str) -> str:
    """One spelling for all: simplified, half-width, lower case."""
    return to_simplified(unicodedata.normalize("NFKC", text).strip()).casefold()


def unit_names(register: Register) -> dict[str, str]:
    """Every name of every unit, in one spelling, to its id."""
    names: dict[str, str] = {}
    for unit in register.units.values():
        for name in (*unit.aliases, *unit.name.values()):
            names.setdefault(plain(name), unit.id)
    names.update({plain(unit): unit for unit in register.units})
    return names


def unit_named(register: Register, text: str) -> str:
    """The id of a unit. Raises Said with the nearest name."""
    names = unit_names(register)
    found = names.get(plain(text))
    if found is None:
        raise _unknown("said.no-unit", text, names, register)
    return found


def party_named(register: Register, text: str) -> str:
    """The id of a unit, or the number of an officer. Raises Said with the nearest of either.

    An officer's name is only suggested with the number: three hundred people share names.
    """
    if text in register.roster:  # as sheets have it: three hundred rows need not look at three hundred names
        return text
    by_number = {plain(number): number for number in register.roster}
    number = by_number.get(plain(text))
    return number or unit_names(register).get(plain(text)) or _no_party(register, text)


def _no_party(register: Register, text: str) -> str:
    """Raises Said: the unit that is meant, or the officers with this name or the nearest number."""
    wanted = plain(text)
    numbers = [number for number, officer in register.roster.items() if plain(officer.name) == wanted]
    if not numbers and any(sign.isdigit() for sign in wanted):
        by_number = {plain(number): number for number in register.roster}
        numbers = [by_number[near] for near in difflib.get_close_matches(wanted, by_number, n=1, cutoff=0.7)]
    if not numbers:
        return unit_named(register, text)
    near = ", ".join(f"{register.roster[number].name} ({number})" for number in numbers)
    raise Said("said.no-officer-near", found=text, near=near)


def person_named(register: Register, text: str) -> Person | None:
    """The person with this id, or the only one with this name. Raises Said when several share the name."""
    by_id = {plain(person.id): person for person in register.people.values()}
    if plain(text) in by_id:
        return by_id[plain(text)]
    found = [person for person in register.people.values() if plain(person.name) == plain(text)]
    if len(found) > 1:
        raise Said("said.several-people", found=text, ids=", ".join(person.id for person in found))
    return found[0] if found else None


def person_or_stranger(register: Register, text: str) -> Person | None:
    """The person with this id or name, None for a name of its own. Raises Said for a slip in somebody's id.

    Who is not in the directory is the office at its keyboard and may enter everything: a slip must not do so.
    """
    found = person_named(register, text)
    ids = [plain(person.id) for person in register.people.values()]
    if found is None and difflib.get_close_matches(plain(text), ids, n=1, cutoff=_SLIP):
        return person_known(register, text)
    return found


def person_known(register: Register, text: str) -> Person:
    """The person with this id or name. Raises Said with the nearest."""
    found = person_named(register, text)
    if found is not None:
        return found
    names = {plain(person.name): person for person in register.people.values()}
    names |= {plain(person.id): person for person in register.people.values()}
    close = difflib.get_close_matches(plain(text), names, n=1)
    if not close:
        raise Said("said.no-person", found=text)
    near = names[close[0]]
    raise Said("said.no-person-near", found=text, near=f"{near.name} ({near.id})")


def known_id(key: str, text: str, known: Iterable[str]) -> str:
    """`text` as one of `known`, whatever its case. Raises Said under `key` with the nearest."""
    names = {plain(name): name for name in known}
    found = names.get(plain(text))
    if found is None:
        raise _unknown(key, text, names, None)
    return found


def _unknown(key: str, text: str, names: Mapping[str, str], register: Register | None) -> Said:
    close = difflib.get_close_matches(plain(text), names, n=1, cutoff=0.5)
    if not close:
        return Said(key, found=text)
    near = names[close[0]]
    if register is not None:
        near = f"{register.units[near].name.get('zh-Hant') or near} ({near})"
    return Said(f"{key}-near", found=text, near=near)
