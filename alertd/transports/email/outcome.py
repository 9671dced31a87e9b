"""What a server's answer, or its silence, means for the message.

Codes: the server's own three digits, or one of `auth` (log-in refused), `ca-file`, `tls-certificate`, `tls`,
`no-starttls`, `connect`, `timeout`, `connection-lost`, `protocol` (an answer that is none), `no-smtputf8`,
`bad-address`, `partial` (some of several addresses refused) and `internal`.
"""

from __future__ import annotations

import base64
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeVar

from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPResponseException,
    SMTPServerDisconnected,
)

from ..base import Outcome, Result

_E = TypeVar("_E", bound=BaseException)


class Stage(IntEnum):
    """How far an attempt came. Only from SENT on may the message have arrived."""

    WAITING = 0
    CONNECT = 1
    TLS = 2
    LOGIN = 3
    SENDER = 4
    RECIPIENT = 5
    DATA = 6
    SENT = 7


_WHILE = {
    Stage.WAITING: "waiting for a free connection",
    Stage.CONNECT: "connecting",
    Stage.TLS: "starting TLS",
    Stage.LOGIN: "logging in",
    Stage.SENDER: "naming the sender",
    Stage.RECIPIENT: "naming the recipient",
    Stage.DATA: "asking to send the message",
    Stage.SENT: "waiting for the receipt of the sent message",
}


@dataclass(slots=True)
class Progress:
    """Where one attempt stands; kept outside of it, for the one who has to judge its failure."""

    stage: Stage = Stage.WAITING


class SessionFault(Exception):
    """The session cannot be used, through no fault of the message or the address."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


class Closing(SMTPResponseException):
    """The server is done with this connection, not with the message (421, RFC 5321 section 3.8)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply that ends something for one recipient. `code` is the server's, or one of ours."""

    code: str
    text: str

    @property
    def permanent(self) -> bool:
        return not self.code.startswith("4")


# RFC 4954 section 6: log-in needed, too weak, refused, or needs encryption.
AUTH_CODES = (530, 534, 535, 538)
#: Seconds before a refused log-in is tried again for an address: hammering locks accounts.
_AUTH_RETRY_AFTER = 60.0
# RFC 3463 section 3.2: X.1.x is about addresses; .7 and .8 are about the sender's.
_DEAD = re.compile(r"5\.1\.(?!7\b|8\b)\d{1,3}\b")


class Judge:
    """Turns answers and failures into outcomes. Knows the secrets only to keep them out of what it says."""

    def __init__(self, username: str, password: str) -> None:
        user, secret = username.encode(), password.encode()
        forms = [secret, base64.b64encode(secret), base64.b64encode(b"\0" + user + b"\0" + secret)]
        self._secrets = [form.decode() for form in forms if secret]

    def clean(self, text: str) -> str:
        """Without secrets, which a server may echo; what else it says is bounded by Outcome."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text

    def accepted(self, code: int, text: str, refused: Mapping[str, Answer]) -> Outcome:
        if not refused:
            return Outcome(Result.ACCEPTED, str(code), self.clean(text))
        names = "; ".join(f"{address} ({answer.code} {answer.text})" for address, answer in refused.items())
        return Outcome(Result.ACCEPTED, "partial", self.clean(f"refused for: {names}"))

    def nobody(self, refused: Mapping[str, Answer]) -> Outcome:
        """Every recipient was refused; if one of them only for now, the message is worth another attempt."""
        answers = list(refused.values())
        answer = next((answer for answer in answers if not answer.permanent), answers[0])
        if not answer.permanent:
            return Outcome(Result.RETRY, answer.code, self.clean(answer.text))
        dead = all(_dead(answer) for answer in answers)
        return Outcome(Result.REFUSED, answer.code, self.clean(answer.text), address_dead=dead)

    def failure(self, error: Exception, stage: Stage) -> Outcome:
        """The outcome of an attempt that ended with `error`. Total: there is an outcome for any exception."""
        if isinstance(error, SMTPResponseException) and 400 <= error.code <= 599:
            return self._reply(error, stage)
        code, detail = _explain(error, stage)
        result = Result.UNKNOWN if stage is Stage.SENT else Result.RETRY
        return Outcome(result, code, self.clean(detail), server=True)

    def _reply(self, error: SMTPResponseException, stage: Stage) -> Outcome:
        code, text = str(error.code), self.clean(f"while {_WHILE[stage]}: {error.message}")
        if error.code in AUTH_CODES or (isinstance(error, SMTPAuthenticationError) and error.code >= 500):
            detail = f"the server refused the log-in ({code} {error.message}); check username and password"
            return Outcome(
                Result.RETRY, "auth", self.clean(detail), retry_after=_AUTH_RETRY_AFTER, server=True
            )
        # What comes before a recipient is named (554 as a greeting, 550 to the sender: a limit of the relay,
        # or a wrong `sender`) says nothing about this message, and is answered to everybody's alike.
        if stage <= Stage.SENDER or error.code == 421:  # RFC 5321 section 3.8: the service is going away
            return Outcome(Result.RETRY, code, text, server=True)
        if error.code < 500:
            return Outcome(Result.RETRY, code, text)
        return Outcome(Result.REFUSED, code, text, address_dead=_dead(Answer(code, error.message)))


def _dead(answer: Answer) -> bool:
    """Does this say that there is no such mailbox?

    A bare 550 is not enough: large providers also say 550 to a sender's reputation or to the wording.
    """
    return answer.code == "bad-address" or (
        answer.code in ("550", "551", "553") and _DEAD.match(answer.text.lstrip()) is not None
    )


def _explain(error: Exception, stage: Stage) -> tuple[str, str]:
    """Code and sentence for a failure that is not a proper refusal."""
    doing = _WHILE[stage]
    if isinstance(error, SessionFault):
        return error.code, error.detail
    tls = _cause(error, ssl.SSLError)
    if isinstance(tls, ssl.SSLCertVerificationError):
        why = tls.verify_message
        return "tls-certificate", f"the server's certificate is not trusted ({why}); check host and ca_file"
    if tls is not None:
        return "tls", f"TLS failed: {tls.reason or 'no common protocol'}; check security and port"
    if isinstance(error, TimeoutError):
        hint = "; check host, port and security" if stage is Stage.CONNECT else ""
        return "timeout", f"no answer in time while {doing}{hint}"
    if isinstance(error, SMTPResponseException):
        return "protocol", f"not an answer of SMTP while {doing}: {error.code} {error.message}"
    if isinstance(error, SMTPServerDisconnected):
        return "connection-lost", f"the server closed the connection while {doing}"
    if isinstance(error, (SMTPConnectError, OSError)):
        reason = _cause(error, OSError)
        return "connect", f"no connection: {reason or error}; check host and port"
    return "internal", f"{type(error).__name__} while {doing}"


def _cause(error: BaseException | None, kind: type[_E]) -> _E | None:
    """The innermost exception of that kind behind `error`, aiosmtplib's wrappers left aside."""
    found = None
    while error is not None:
        if isinstance(error, kind) and not isinstance(error, (SMTPConnectError, SMTPServerDisconnected)):
            found = error
        error = error.__cause__
    return found
