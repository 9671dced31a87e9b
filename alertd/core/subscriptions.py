"""What other systems may hear of: the kinds of change of a deadline, and who subscribes to which.

The names of kinds are part of what is promised to other systems; those of the audit are not
(`engine.deadlines.change`).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?(?:[/?]\S*)?"
)
_LOCALHOST = "localhost"
#: what the audit calls a change, and what others hear of it; what is not here is nobody else's business
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "opened": "opened",
        "acknowledged": "acknowledged",
        "late": "late",
        "done": "handed-in",
        "returned": "returned",
        "verified": "verified",
        "rejudged": "corrected",
        "reopened": "reopened",
        "taken-up": "reopened",
        "waived": "waived",
        "cancelled": "cancelled",
        "withdrawn": "withdrawn",
        "ended": "ended",
        "missed": "missed",
        "shortfall": "shortfall",
        "moved": "moved",
        "extended": "extended",
        "suspended": "suspended",
        "resumed": "resumed",
        "restarted": "restarted",
        "reassigned": "reassigned",
        "transferred": "reassigned",
    }
)
#: what a subscription may name
KNOWN = tuple(dict.fromkeys(KINDS.values()))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which changes somebody subscribes to: of these kinds, of these units; empty means all."""

    kinds: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()

    def takes(self, kind: str, unit: str) -> bool:
        """Whether a change of a deadline of this unit is among them."""
        return (not self.kinds or kind in self.kinds) and (not self.units or unit in self.units)


def is_address(url: str) -> bool:
    """Whether another system may be told something there: over https, or unencrypted within this machine."""
    found = _ADDRESS.fullmatch(url)
    if found is None or not 0 < int(found["port"] or 443) < 65_536:
        return False
    host = found["host"].strip("[]")
    if found["scheme"] == "https" and not found["host"].startswith("["):
        return True
    return _is_ip(host) if found["scheme"] == "https" else _is_loopback(host)


def _is_ip(host: str) -> bool:
    try:
        return bool(ipaddress.ip_address(host))
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    return host == _LOCALHOST or (_is_ip(host) and ipaddress.ip_address(host).is_loopback)
