"""What a provider knows this program by, and what can go wrong between the two."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from alertd.core.text import one_line

#: characters of what a provider said that stand in a log
_LONGEST_DETAIL = 120


class Wrong(StrEnum):
    """What went wrong. `OVER` is of one attempt, `AWAY` passes, all others are faults of the set-up."""

    AWAY = "away"  # not to be reached, or too slow, or out of order
    OVER = "over"  # the code is none of the provider's any more
    NONSENSE = "nonsense"  # it answered, but not as a provider does
    ISSUER = "issuer"  # it calls itself otherwise, or another one answered
    UNSUPPORTED = "unsupported"  # it offers nothing that this program takes
    CLIENT = "client"  # it does not know this program, or not by this secret
    SECRET = "secret"  # noqa: S105  that it is not where config.toml says
    CERTIFICATES = "certificates"  # ca_file cannot be read
    KEY = "key"  # a token is signed by a key that the provider does not show
    SIGNATURE = "signature"  # a token is signed by nobody, or otherwise than it may be
    AUDIENCE = "audience"  # a token is for somebody else
    CLOCK = "clock"  # a token is over, or of the future
    NONCE = "nonce"  # a token belongs to another sign-in
    CLAIM = "claim"  # it does not say who came
    UNVERIFIED = "unverified"  # it does not say that the mail address is theirs


class Fault(Exception):
    """`detail` is for the log: bounded, on one line, and never what somebody could sign in with."""

    def __init__(self, wrong: Wrong, detail: str = "") -> None:
        self.wrong, self.detail = wrong, one_line(detail, _LONGEST_DETAIL)
        super().__init__(f"{wrong} {self.detail}".strip())


@dataclass(frozen=True, slots=True)
class Client:
    """This program, towards one provider. `secret` is "" for a public client; `place` is where browsers come
    back to. `claim` is what says who came; `scopes` are asked for besides openid. `timeout` is in seconds,
    for one question and its answer.
    """

    issuer: str
    id: str
    place: str
    claim: str = "email"
    scopes: tuple[str, ...] = ()
    secret: str = field(default="", repr=False)
    ca_file: Path | None = None
    timeout: float = 10.0
