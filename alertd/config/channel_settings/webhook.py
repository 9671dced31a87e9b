"""The keys of a channel over which another system hears what becomes of deadlines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from alertd.config.channel_settings.base import ChannelShape, SecretAt, Usual, endpoint_of
from alertd.config.secret import Secret, SecretMissing
from alertd.config.secret_places import SECRET_SCHEMA, SecretPlace, SecretValue, secret_place
from alertd.config.values import Id, Line, OneOf, fitting, wrong
from alertd.core.subscriptions import KNOWN, Wanted, is_address


def hook_url(value: object) -> str | SecretPlace:
    """An address, or where it lies where it is itself a secret."""
    if isinstance(value, dict):
        return secret_place(value) or ""
    if isinstance(value, str) and "@" in value:
        raise wrong("secret-inline", {})
    if not isinstance(value, str) or (value and not is_address(value)):
        raise wrong("bad-webhook-url", {})
    return fitting(value)


HookUrl = Annotated[
    str | SecretPlace,
    PlainValidator(hook_url),
    WithJsonSchema({"anyOf": [{"type": "string"}, dict(SECRET_SCHEMA)]}),
]


@dataclass(frozen=True, slots=True)
class WebhookSettings(Usual):
    """Where changes go, what they are signed with, and which of them."""

    url: Secret | None
    secret: Secret | None
    ca_file: Path | None
    timeout: int
    wants: Wanted

    def options(self) -> Mapping[str, Any]:
        """See ChannelSettings."""
        return {
            "url": self.url.reveal() if self.url else "",
            "secret": self.secret.reveal() if self.secret else "",
            "ca_file": self.ca_file,
            "timeout": self.timeout,
        }

    @property
    def endpoint(self) -> tuple[str, int] | None:
        """See ChannelSettings."""
        try:
            return endpoint_of(self.url.reveal()) if self.url else None
        except SecretMissing:
            return None


class WebhookShape(ChannelShape):
    """Another system that hears what becomes of deadlines; it reaches nobody."""

    transport: Literal["webhook"]
    url: HookUrl = ""
    secret: SecretValue = None
    kinds: Annotated[list[Annotated[str, OneOf(*KNOWN)]], Field(description="which changes; empty: all")] = (
        Field(default_factory=list)
    )
    units: Annotated[list[Id], Field(description="of which units; empty: all")] = Field(default_factory=list)
    ca_file: Line = ""
    timeout: Annotated[int, Field(ge=1, le=60)] = 15

    @model_validator(mode="after")
    def _check(self) -> WebhookShape:
        for key in ("url", "secret"):
            if self.enabled and not getattr(self, key):
                raise wrong("needed-when-enabled", {"key": key}, path=("enabled",))
        return self

    def settings(self, secret: SecretAt, base: Path) -> WebhookSettings:
        """See ChannelShape."""
        plain = Secret.plain(self.url) if isinstance(self.url, str) and self.url else None
        return WebhookSettings(
            url=secret("url", self.url) if isinstance(self.url, tuple) else plain,
            secret=secret("secret", self.secret),
            ca_file=base / self.ca_file if self.ca_file else None,
            timeout=self.timeout,
            wants=Wanted(frozenset(self.kinds), frozenset(self.units)),
        )
