"""Units, officers and people by whatever people call them: id, alias or name, in any of the three scripts.

Also who acts, where somebody is named. What is not known is refused with what may have been meant.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping

from alertd.core.model import Person, Register
from alertd.core.text import LONGEST_LINE, LONGEST_PERSON_NAME, one_line
from alertd.engine.ruling.refusal import Refused, fit_or_refuse
from alertd.engine.ruling.scope import Actor
from alertd.messages.catalogue import to_simplified

#: how alike two ids are of which one is taken for a slip in the other
_SLIP = 0.85
#: characters of an account: name and account together stand in columns of 200
_LONGEST_ACCOUNT = 90


def plain(text: str) -> str:
    """One spelling for all: simplified, half-width, lower case."""
    text = text[:LONGEST_LINE]  # no name is longer, and what is compared with all names must not be a book
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
    """The id of a unit. Raises Refused with the nearest name."""
    names = unit_names(register)
    found = names.get(plain(text))
    if found is None:
        raise _unknown("no-unit", text, names, register)
    return found


def party_named(register: Register, text: str) -> str:
    """The id of a unit, or the number of an officer. Raises Refused with the nearest of either.

    An officer's name is only suggested with the number: three hundred people share names.
    """
    if text in register.roster:  # as sheets have it: three hundred rows need not look at three hundred names
        return text
    by_number = {plain(number): number for number in register.roster}
    number = by_number.get(plain(text))
    return number or unit_names(register).get(plain(text)) or _no_party(register, text)


def _no_party(register: Register, text: str) -> str:
    """Raises Refused: the unit that is meant, or the officers with this name or the nearest number."""
    wanted = plain(text)
    numbers = [number for number, officer in register.roster.items() if plain(officer.name) == wanted]
    if not numbers and any(sign.isdigit() for sign in wanted):
        by_number = {plain(number): number for number in register.roster}
        numbers = [by_number[near] for near in difflib.get_close_matches(wanted, by_number, n=1, cutoff=0.7)]
    if not numbers:
        return unit_named(register, text)
    near = ", ".join(f"{register.roster[number].name} ({number})" for number in numbers)
    raise Refused("no-officer-near", found=text, near=near)


def person_named(register: Register, text: str) -> Person | None:
    """The person with this id, or the only one with this name. Raises Refused when several share the name."""
    by_id = {plain(person.id): person for person in register.people.values()}
    if plain(text) in by_id:
        return by_id[plain(text)]
    found = [person for person in register.people.values() if plain(person.name) == plain(text)]
    if len(found) > 1:
        raise Refused("several-people", found=text, ids=", ".join(person.id for person in found))
    return found[0] if found else None


def acting(register: Register | None, named: str, account: str) -> Actor:
    """Who acts by an account: the person with this id or name, a name of its own, or nobody but the account.

    `register` is None where none may rule yet. Raises Refused where it may be a slip (person_or_stranger),
    and for a name that is none ("unfit-text", "long-text").
    """
    named, account = fit_or_refuse(named, LONGEST_PERSON_NAME, "by"), one_line(account, _LONGEST_ACCOUNT)
    person = person_or_stranger(register, named) if named and register is not None else None
    return Actor(person.id if person else named or account, account)


def person_or_stranger(register: Register, text: str) -> Person | None:
    """The person with this id or name, None for a name of its own. Raises Refused for a slip in an id.

    Who is not in the directory is the office at its keyboard and may enter everything: a slip must not do so.
    """
    found = person_named(register, text)
    ids = [plain(person.id) for person in register.people.values()]
    if found is None and difflib.get_close_matches(plain(text), ids, n=1, cutoff=_SLIP):
        return person_known(register, text)
    return found


def person_known(register: Register, text: str) -> Person:
    """The person with this id or name. Raises Refused with the nearest."""
    found = person_named(register, text)
    if found is not None:
        return found
    names = {plain(person.name): person for person in register.people.values()}
    names |= {plain(person.id): person for person in register.people.values()}
    close = difflib.get_close_matches(plain(text), names, n=1)
    if not close:
        raise Refused("no-person", found=text)
    near = names[close[0]]
    raise Refused("no-person-near", found=text, near=f"{near.name} ({near.id})")


def obligation_named(register: Register, text: str) -> str:
    """The id of an obligation, whatever its case. Raises Refused with the nearest."""
    return _known_id("no-obligation", text, register.obligations)


def event_type_named(register: Register, text: str) -> str:
    """The id of an event type, whatever its case. Raises Refused with the nearest."""
    return _known_id("no-event-type", text, register.event_types)


def _known_id(code: str, text: str, known: Iterable[str]) -> str:
    names = {plain(name): name for name in known}
    found = names.get(plain(text))
    if found is None:
        raise _unknown(code, text, names, None)
    return found


def _unknown(code: str, text: str, names: Mapping[str, str], register: Register | None) -> Refused:
    close = difflib.get_close_matches(plain(text), names, n=1, cutoff=0.5)
    if not close:
        return Refused(code, found=text)
    near = names[close[0]]
    if register is not None:
        near = f"{register.units[near].name.get('zh-Hant') or near} ({near})"
    return Refused(f"{code}-near", found=text, near=near)
