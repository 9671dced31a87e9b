"""The table [mail-in] of config.toml: where answers and bounces come to, and the mailbox they lie in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from alertd.config.faults import shown
from alertd.config.secret import Secret
from alertd.config.secret_places import SecretPlace, SecretValue
from alertd.config.values import Line, OneOf, Shape, fitting, is_email, type_name, wrong

#: stands in an address for what says which message is answered or came back
_PLACE = "{token}"
#: as long as what is put in its place
_SAMPLE = "x" * 40
#: RFC 5321 section 4.5.3.1.1
_LONGEST_LOCAL = 64
#: where IMAP is spoken that begins without TLS
_PLAIN_PORT = 143


@dataclass(frozen=True, slots=True)
class MailboxSettings:
    """A mailbox that is read over IMAP. Without `ca_file` the public authorities are trusted."""

    host: str
    port: int
    security: str
    username: str
    password: Secret | None
    ca_file: Path | None
    folder: str


@dataclass(frozen=True, slots=True)
class MailInSettings:
    """How mail comes in. `replies` and `bounces` are addresses with `{token}` in them, "" where none are set.

    Without `mailbox` nothing is read here: a mail server hands messages to `alertd mail-in`.
    """

    replies: str = ""
    bounces: str = ""
    mailbox: MailboxSettings | None = None


def _template(value: object) -> str:
    if not isinstance(value, str):
        raise wrong("expected-text", {"found": shown(value), "type": type_name(value)})
    text = fitting(value.strip())
    if not text:
        return ""
    filled = text.replace(_PLACE, _SAMPLE)
    if text.count(_PLACE) != 1 or not is_email(filled):
        raise wrong("bad-return-address", {"found": shown(value)})
    local = filled.rpartition("@")[0]
    if len(local) > _LONGEST_LOCAL:
        most = _LONGEST_LOCAL - len(local) + len(_PLACE)
        raise wrong("long-return-address", {"found": shown(value), "most": str(most)})
    return text


Template = Annotated[str, PlainValidator(_template), WithJsonSchema({"type": "string"})]


class MailInShape(Shape):
    """Answers by mail, and mail that could not be delivered. Without it mails are answered by nobody here."""

    replies: Annotated[Template, Field(description="where answers go, as alertd+{token}@example.org")] = ""
    bounces: Annotated[Template, Field(description="the envelope sender; empty: that of the channel")] = ""
    host: Annotated[Line, Field(description="an IMAP server; empty: `alertd mail-in` is handed mails")] = ""
    port: Annotated[int, Field(ge=1, le=65535, description="left out: 143 unless security is tls")] = 993
    security: Annotated[str, OneOf("tls", "starttls", "none")] = "tls"
    username: Line = ""
    password: SecretValue = None
    ca_file: Line = ""
    folder: Line = "INBOX"

    @model_validator(mode="after")
    def _check(self) -> MailInShape:
        if self.host and not (self.replies or self.bounces):
            raise wrong("mailbox-without", {"key": "replies"}, path=("host",))
        if self.host and not self.username:
            raise wrong("mailbox-without", {"key": "username"}, path=("host",))
        if self.username and self.password is None:
            raise wrong("login-without-password", {}, path=("username",))
        return self

    def settings(
        self, secret: Callable[[str, SecretPlace | None], Secret | None], base: Path
    ) -> MailInSettings:
        """The settings these keys stand for; relative file names start in `base`."""
        if not self.host:
            return MailInSettings(self.replies, self.bounces)
        mailbox = MailboxSettings(
            self.host,
            self.port if self.security == "tls" or "port" in self.model_fields_set else _PLAIN_PORT,
            self.security,
            self.username,
            secret("password", self.password),
            base / self.ca_file if self.ca_file else None,
            self.folder,
        )
        return MailInSettings(self.replies, self.bounces, mailbox)
