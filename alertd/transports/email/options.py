"""What the mail transport must know about the server it hands messages to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailOptions:
    """The mail server of one channel. The service builds this from `channels/*.toml`.

    `security`: `starttls` is demanded, never merely tried (RFC 3207); `tls` speaks TLS from the first byte
    (RFC 8314); `none` is for a relay on the same machine. `ca_file`, when given, is the only authority
    trusted: an office with its own certificates does not want the public ones. `sender` and `reply_to` are
    `Name <address>` or an address. `timeout` is in seconds and bounds a whole attempt, connecting included.
    """

    host: str
    sender: str
    port: int = 587
    security: Security = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    reply_to: str = ""
    timeout: float = 30.0
    connections: int = 4
