"""The keys of a channel over a mail server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from alertd.config.channel_settings.base import ChannelShape, SecretAt, Usual
from alertd.config.faults import shown
from alertd.config.secret import Secret
from alertd.config.secret_places import SecretValue
from alertd.config.values import Line, OneOf, is_email, type_name, wrong

_BRACKETED = re.compile(r"[^<>\r\n]*<([^<>]+)>")


def _sender(value: object) -> str:
    text = value if isinstance(value, str) else ""
    match = _BRACKETED.fullmatch(text)
    if text and not is_email(match[1].strip() if match else text):
        raise wrong("bad-sender", {"found": shown(value)})
    if not isinstance(value, str):
        raise wrong("expected-text", {"found": shown(value), "type": type_name(value)})
    return text


Sender = Annotated[Line, BeforeValidator(_sender), WithJsonSchema({"type": "string"})]


@dataclass(frozen=True, slots=True)
class EmailSettings(Usual):
    """A mail server. `timeout` is in seconds; without `ca_file` the public authorities are trusted."""

    host: str
    port: int = 587
    security: str = "starttls"
    username: str = ""
    password: Secret | None = None
    ca_file: Path | None = None
    sender: str = ""
    reply_to: str = ""
    timeout: int = 30
    connections: int = 4

    def options(self) -> Mapping[str, Any]:
        """See ChannelSettings."""
        return {
            "host": self.host,
            "port": self.port,
            "security": self.security,
            "username": self.username,
            # The shipped file names a password before there is a login to use it for.
            "password": self.password.reveal() if self.password and self.username else "",
            "ca_file": str(self.ca_file or ""),
            "sender": self.sender,
            "reply_to": self.reply_to,
            "timeout": self.timeout,
            "connections": self.connections,
        }

    @property
    def endpoint(self) -> tuple[str, int]:
        """See ChannelSettings."""
        return self.host, self.port

    @property
    def answered(self) -> bool:
        """See ChannelSettings."""
        return bool(self.reply_to)

    @property
    def senders(self) -> tuple[str, ...]:
        """See ChannelSettings."""
        return tuple(address for address in (self.sender, self.reply_to) if address)


class EmailShape(ChannelShape):
    """A mail server."""

    transport: Literal["email"]
    host: Line = ""
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Annotated[str, OneOf("starttls", "tls", "none")] = "starttls"
    username: Line = ""
    password: SecretValue = None
    ca_file: Line = ""
    sender: Sender = ""
    reply_to: Sender = ""
    timeout: Annotated[int, Field(ge=1, le=600)] = 30
    connections: Annotated[int, Field(ge=1, le=64)] = 4

    @model_validator(mode="after")
    def _check(self) -> EmailShape:
        for key in ("host", "sender"):
            if self.enabled and not getattr(self, key):
                raise wrong("needed-when-enabled", {"key": key}, path=("enabled",))
        if self.username and self.password is None:
            raise wrong("login-without-password", {}, path=("username",))
        return self

    def settings(self, secret: SecretAt, base: Path) -> EmailSettings:
        """See ChannelShape."""
        return EmailSettings(
            host=self.host,
            port=self.port,
            security=self.security,
            username=self.username,
            password=secret("password", self.password),
            ca_file=base / self.ca_file if self.ca_file else None,
            sender=self.sender,
            reply_to=self.reply_to,
            timeout=self.timeout,
            connections=self.connections,
        )
