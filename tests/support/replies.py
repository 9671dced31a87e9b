"""Mails as people and mail servers write them back, for tests: to the addresses that messages name."""

from __future__ import annotations

import itertools
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from alertd.mailin.letter import Letter
from alertd.mailin.reading import read

#: what [mail-in] says in tests
REPLIES, BOUNCES = "alertd+{token}@gov.example", "bounce+{token}@gov.example"
MAIL_IN = {"replies": REPLIES, "bounces": BOUNCES}
_NUMBERS = itertools.count()


def reply(
    to: str,
    text: str,
    by: str,
    *,
    files: dict[str, bytes] | None = None,
    arrived: datetime | None = None,
    headers: dict[str, str] | None = None,
) -> bytes:
    """A mail that somebody writes back, as a plain program of mail sends it."""
    mail = EmailMessage()
    if arrived is not None:
        mail["Received"] = f"by mx.gov.example with ESMTP id 1; {format_datetime(arrived)}"
    mail["From"], mail["To"], mail["Subject"] = by, to, "Re: report"
    mail["Message-ID"] = f"<{next(_NUMBERS)}@people.example>"
    for name, value in (headers or {}).items():
        mail[name] = value
    mail.set_content(text)
    for name, content in (files or {}).items():
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def bounce(to: str, status: str = "5.1.1", action: str = "failed", said: str = "user unknown") -> bytes:
    """A report of a mail server in the form of RFC 3464."""
    return f"""Return-Path: <>
From: MAILER-DAEMON@mx.gov.example
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <{next(_NUMBERS)}@mx.gov.example>
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.gov.example

Final-Recipient: rfc822; somebody@people.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} {said}
--b--
""".encode()


def letter(*args: object, **more: object) -> Letter:
    """What `reply` is read as."""
    return read(reply(*args, **more))  # type: ignore[arg-type]
