"""The bytes of a mail, filled into a template that is encoded once.

An `EmailMessage` per mail costs about a hundred times as much as this, and mails go out by the ten thousand
when many deadlines fall on one day. The shape is always the same, so it can be written down: RFC 5322 for the
lines, RFC 2045-2047 for what is not ASCII, RFC 3834 for saying that no person wrote it.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from ..base import Outgoing
from .addresses import Mailbox, wire_form

# "_" is not in the base64 alphabet, so no body can contain this line (RFC 2045 section 6.7 gives the idea).
_BOUNDARY = b"=_alertd_="
#: RFC 2047 section 2: a line with an encoded word has at most 76 characters. 39 bytes make a word of 64,
#: which leaves room for the longest of our header names.
_WORD_BYTES = 39
_PLAIN_SUBJECT = re.compile(r"[!-~](?:[ -~]{0,64}[!-~])?")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*")
_LONGEST_PLAIN_NAME = 60
# Everything that a reader of headers, somewhere, takes for the end of a line, and other control characters.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_NOT_IN_ID = re.compile(r"[^!-;=?-~]")
_LONGEST_ID = 900
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_ALTERNATIVES = (
    b'Content-Type: multipart/alternative; boundary="' + _BOUNDARY + b'"\r\n\r\n'
    b"--" + _BOUNDARY + b"\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n%b\r\n"
    b"--" + _BOUNDARY + b"\r\n"
    b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n%b\r\n"
    b"--" + _BOUNDARY + b"--\r\n"
)
_TEXT_ONLY = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n%b\r\n"


class MailWriter:
    """Writes the mails of one sender. Holds no state besides the pre-encoded headers."""

    def __init__(self, sender: Mailbox, reply_to: Mailbox | None = None) -> None:
        lines = [
            b"From: " + _mailbox(sender.name, sender.address),
            b"MIME-Version: 1.0",
            # RFC 3834 section 5, so that holiday replies stay away; the second is Exchange's word for it
            # (Microsoft, MS-OXCMAIL 2.1.3.2.20).
            b"Auto-Submitted: auto-generated",
            b"X-Auto-Response-Suppress: All",
        ]
        self._constant = b"\r\n".join(lines) + b"\r\n"
        self._reply_to = _reply_to(reply_to) if reply_to is not None else b""
        self._reply_name = reply_to.name if reply_to is not None and reply_to.name else sender.name
        # RFC 4021 section 2.1.54 for the first; the second is what webmail and older programs look at.
        self._urgent = self._constant + b"Importance: high\r\nX-Priority: 1\r\n"

    def compose(self, message: Outgoing, to: Sequence[str], at: datetime) -> bytes:
        """The whole mail with CRLF line ends, not yet dot-stuffed. `to` are addresses in wire form.

        `at` is the instant of the attempt and becomes Date. The result is ASCII unless an address in `to` or
        the sender's is not.
        """
        text = _body(message.text)
        body = _ALTERNATIVES % (text, _body(message.html)) if message.html else _TEXT_ONLY % text
        answers = wire_form(message.reply_to) if message.reply_to else None
        reply_to = _reply_to(Mailbox(self._reply_name, answers)) if answers else self._reply_to
        return b"%b%bTo: %b\r\nSubject: %b\r\nDate: %b\r\n%b%b" % (
            self._urgent if message.urgent else self._constant,
            reply_to,
            _to(message.name, to),
            _subject(message.subject),
            _date(at),
            _identity(message.message_id, message.thread),
            body,
        )


def _body(text: str) -> bytes:
    """Base64 of the canonical form, which has CRLF line breaks (RFC 2046 section 4.1.1), in lines of 76."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    encoded = binascii.b2a_base64(text.replace("\n", "\r\n").encode("utf-8", "replace"), newline=False)
    return b"\r\n".join([encoded[at : at + 76] for at in range(0, len(encoded), 76)])


def _encoded_words(text: str) -> bytes:
    """RFC 2047 words, each of whole characters, one a line."""
    raw = text.encode("utf-8", "replace")
    words = []
    start = 0
    while start < len(raw):
        end = min(start + _WORD_BYTES, len(raw))
        while end < len(raw) and raw[end] & 0xC0 == 0x80:  # inside a character
            end -= 1
        words.append(b"=?utf-8?B?" + binascii.b2a_base64(raw[start:end], newline=False) + b"?=")
        start = end
    return b"\r\n ".join(words)


def _unbroken(text: str) -> str:
    return _CONTROL.sub(" ", text).strip()


def _subject(text: str) -> bytes:
    line = _unbroken(text)
    if _PLAIN_SUBJECT.fullmatch(line) and "=?" not in line:
        return line.encode("ascii")
    return _encoded_words(line)


@lru_cache(maxsize=1024)
def _mailbox(name: str, address: str) -> bytes:
    name = _unbroken(name)
    if not name:
        return address.encode()
    if len(name) <= _LONGEST_PLAIN_NAME and _PLAIN_NAME.fullmatch(name):
        return f"{name} <{address}>".encode()
    return _encoded_words(name) + f"\r\n <{address}>".encode()


def _reply_to(mailbox: Mailbox) -> bytes:
    return b"Reply-To: " + _mailbox(mailbox.name, mailbox.address) + b"\r\n"


def _to(name: str, addresses: Sequence[str]) -> bytes:
    if len(addresses) == 1:
        return _mailbox(name, addresses[0])
    # Several addresses stand in for the person (redirected mail): the name belongs to none of them.
    return ",\r\n ".join(addresses).encode()


def _identity(message_id: str, thread: Sequence[str]) -> bytes:
    own = _id(message_id)
    before = [each for each in map(_id, filter(None, thread)) if each != own]
    if not before:
        return b"Message-ID: " + own + b"\r\n"
    ids = b"\r\n ".join(before)  # one a line: an id may be as long as a line
    return b"Message-ID: %b\r\nIn-Reply-To: %b\r\nReferences: %b\r\n" % (own, before[-1], ids)


def _id(text: str) -> bytes:
    return b"<" + _NOT_IN_ID.sub("", text)[:_LONGEST_ID].encode("ascii") + b">"


def _date(at: datetime) -> bytes:
    """RFC 5322 section 3.3, in the zone `at` carries. Not strftime: that speaks the machine's language."""
    return (
        f"{_DAYS[at.weekday()]}, {at.day:02d} {_MONTHS[at.month - 1]} {at.year:04d} {at:%H:%M:%S %z}".encode()
    )
