"""The one way in: the bytes of a message to a `Letter`. Raises nothing, whatever comes in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import getaddresses, parsedate_to_datetime
from hashlib import sha256

from .answers import answer_of
from .automatic import is_automatic
from .bounces import bounce_of
from .decoding import header_text
from .letter import Attached, Kind, Letter
from .markup import lines_of
from .parts import Part, parse
from .quoting import written

#: files that are kept of one message
MOST_FILES = 20
#: a picture below so many bytes that the text itself shows is a badge of a signature
_BADGE = 8 * 1024
#: characters of a subject, and of an address
LONGEST_SUBJECT, LONGEST_ADDRESS = 300, 300
_LONGEST_HEADER = 8000
_MOST_RECIPIENTS = 40
#: where servers write the envelope's recipient, and where the sender wrote it
_TO = ("X-Original-To", "Delivered-To", "Envelope-To", "X-Envelope-To", "X-Delivered-To", "To", "Cc")
#: proofs of who wrote it, which are no files of theirs
_SIGNED = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
)
_TEXTS = ("text/plain", "text/html")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"@]{1,128}@[^\s<>()\[\],;:\"@]{1,250}")


def read(raw: bytes, recipient: str = "") -> Letter:
    """What a message is. `recipient` is the envelope's, where whoever took it in knows that."""
    message = parse(raw)
    headers = message.headers
    subject = header_text(headers.get("Subject", ""), LONGEST_SUBJECT)
    sender = _sender(message)
    letter = Letter(
        Kind.AUTOMATIC,
        _name(raw, headers.get("Message-ID", ""), sender),
        sender,
        _recipients(message, recipient),
        subject,
        _arrived(message),
    )
    if bounce := bounce_of(raw, message, sender, subject):
        return replace(letter, kind=Kind.BOUNCE, bounce=bounce)
    if is_automatic(message, subject):
        return letter
    answer = answer_of(written(_text(message)))
    attached, left_out = _attached(message)
    return replace(
        letter,
        kind=answer.kind,
        text=answer.rest,
        numbers=answer.numbers,
        all=answer.all,
        attached=attached,
        left_out=left_out,
    )


def _name(raw: bytes, given: object, sender: str) -> str:
    """What tells this message from others: by its Message-ID if it has one, else by all that is in it."""
    known = str(given).strip()[:1000]
    what = f"{sender}\n{known}".encode("utf-8", "surrogateescape") if known else raw
    return sha256(what).hexdigest()


def _sender(message: Part) -> str:
    """The one address it says it is from; "" where it names none or several."""
    found = message.headers.get_all("From", [])
    if len(found) != 1:
        return ""
    addresses = {address for address in _addresses(found) if address}
    return addresses.pop() if len(addresses) == 1 else ""


def _recipients(message: Part, recipient: str) -> tuple[str, ...]:
    found = [recipient.strip().lower()[:LONGEST_ADDRESS]] if recipient.strip() else []
    for name in _TO:
        found += _addresses(message.headers.get_all(name, [])[:_MOST_RECIPIENTS])
    return tuple(dict.fromkeys(each for each in found if each))[:_MOST_RECIPIENTS]


def _addresses(values: Iterable[object]) -> list[str]:
    texts = [header_text(value, _LONGEST_HEADER) for value in values]
    try:
        found = [address for _, address in getaddresses(texts)]
    except (ValueError, IndexError, RecursionError):
        found = []
    if not any(found):  # what is not written as it should be still has an address in it
        found = [match[0] for text in texts for match in _ADDRESS.finditer(text)]
    return [address.lower() for address in found if len(address) <= LONGEST_ADDRESS and "@" in address]


def _arrived(message: Part) -> datetime | None:
    """When the last server took it over: the date of the uppermost Received (RFC 5321 section 4.4)."""
    value = str(message.headers.get("Received", ""))[:2000].rpartition(";")[2].strip()
    try:
        at = parsedate_to_datetime(value)
        return at.astimezone(UTC) if at.tzinfo is not None else at.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _text(message: Part) -> str:
    """What its author wrote: the plain parts, or what the HTML shows where there are none with text."""
    inline = [leaf for leaf in message.leaves() if leaf.kind in _TEXTS and not _is_file(leaf)]
    plain = [leaf.text() for leaf in inline if leaf.kind == "text/plain"]
    if any(text.strip() for text in plain):
        return "\n".join(plain)
    return "\n".join(lines_of(leaf.text()) for leaf in inline if leaf.kind == "text/html")


def _is_file(leaf: Part) -> bool:
    if leaf.kind in _TEXTS:
        return leaf.disposition == "attachment" or bool(leaf.file_name)
    return leaf.kind not in _SIGNED


def _attached(message: Part) -> tuple[tuple[Attached, ...], int]:
    """The files that came with it, and how many more there were."""
    found: list[Attached] = []
    left_out = 0
    for leaf in message.leaves():
        if not _is_file(leaf):
            continue
        content = leaf.content()
        if not content or _is_badge(leaf, content):
            continue
        if leaf.cut or len(found) >= MOST_FILES:
            left_out += 1
            continue
        name = leaf.file_name or f"{len(found) + 1}.{_ending(leaf.kind)}"
        found.append(Attached(name, content))
    return tuple(found), left_out


def _is_badge(leaf: Part, content: bytes) -> bool:
    shown = "Content-ID" in leaf.headers and leaf.disposition != "attachment"
    return leaf.kind.startswith("image/") and shown and len(content) < _BADGE


def _ending(kind: str) -> str:
    known = {"jpeg": "jpg", "plain": "txt", "rfc822": "eml", "octet-stream": "bin"}
    ending = kind.rpartition("/")[2]
    return known.get(ending, ending if ending.isalnum() and len(ending) <= 5 else "bin")
