"""Mail addresses as they go over the wire."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import parseaddr
from functools import lru_cache

#: RFC 5321 section 4.5.3.1.3: a path has 256 octets, two of them the angle brackets.
LONGEST = 254

# Quoted local parts are left out on purpose: nobody's office address has one, and without them no character
# that could end a command or a header is ever let through.
_LOCAL = re.compile(r"[^\s\x00-\x20\x7f-\x9f<>()\[\]\\,;:@\"]+")
_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[A-Za-z0-9.:]+\]")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address with the name shown beside it. `address` is in its wire form."""

    name: str
    address: str


def wire_form(address: str) -> str | None:
    """The address with its domain in ASCII (RFC 5890 A-labels), or None if it is not an address.

    The local part stays as it is: what is not ASCII there needs a server that offers SMTPUTF8 (RFC 6531).
    """
    local, at, domain = address.strip().rpartition("@")
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    if not at or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain) or ".." in domain:
        return None
    try:
        length = len(local.encode()) + 1 + len(domain)
    except UnicodeEncodeError:  # half of a surrogate pair
        return None
    return f"{local}@{domain}" if length <= LONGEST else None


@lru_cache(maxsize=1024)
def split_addresses(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of a comma-separated list: the addresses in wire form, each once, and the pieces that are none."""
    good: dict[str, None] = {}
    bad: list[str] = []
    for piece in filter(None, (part.strip() for part in text.split(","))):
        wire = wire_form(piece)
        if wire is None:
            bad.append(piece)
        else:
            good[wire] = None
    return tuple(good), tuple(bad)


def parse_mailbox(text: str) -> Mailbox:
    """`Name <address>` or a bare address. Raises ValueError, with a sentence for the admin."""
    name, address = parseaddr(text)
    wire = wire_form(address)
    if wire is None:
        raise ValueError(f"found {text!r}, expected a mail address such as: alertd <alertd@example.org>")
    return Mailbox(name, wire)
