"""Transports of other packages: found by the entry point `alertd.transports`, named as files name them.

An entry point of that group leads to an Adapter. It is looked for when a file of channels/ names a transport
that is none of alertd's own, and then it is known like those. docs/transports.md writes one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from alertd.core import abilities
from alertd.core.abilities import Abilities

GROUP = "alertd.transports"


@dataclass(frozen=True, slots=True)
class Adapter:
    """One transport.

    `shape` is the keys of its file, a subclass of config.channel_settings.base.ChannelShape; `make` makes it
    of the options of its settings and of a transports.registered.Hearing.
    """

    abilities: Abilities
    shape: Any
    make: Callable[[Any, Any], Any]


class AdapterBroken(Exception):
    """A package offers this transport and it cannot be used; the reason has words for the admin."""


def names() -> tuple[str, ...]:
    """What installed packages offer."""
    return tuple(sorted({each.name for each in entry_points(group=GROUP)}))


def adapter(name: str) -> Adapter | None:
    """The adapter of this name, made known to `core.abilities`; None where no package offers it.

    Raises AdapterBroken where it cannot be loaded, or where two packages offer it.
    """
    if name in abilities.OWN:
        return None
    found = entry_points(group=GROUP, name=name)
    if not found:
        return None
    if len(found) > 1:
        packages = ", ".join(sorted(each.dist.name if each.dist else "?" for each in found))
        raise AdapterBroken(f"several packages offer it: {packages}")
    made = _loaded(next(iter(found)))
    abilities.add(name, made.abilities)
    return made


@cache
def _loaded(point: EntryPoint) -> Adapter:
    try:
        made = point.load()
    except Exception as fault:
        raise AdapterBroken(f"{type(fault).__name__} while {point.value} was imported") from fault
    if not isinstance(made, Adapter):
        raise AdapterBroken(f"{point.value} is no alertd.adapters.Adapter")
    return made
