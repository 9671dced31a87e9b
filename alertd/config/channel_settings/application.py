"""The keys that channels over an application of an office's own at a messenger have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from alertd.config.channel_settings.base import ChannelShape, SecretAt, Usual, endpoint_of
from alertd.config.secret import Secret
from alertd.config.secret_places import SecretValue
from alertd.config.values import Line, fitting, wrong
from alertd.core.subscriptions import is_address


def _base_url(value: object) -> str:
    """Where the API is: every call carries a secret, so never unencrypted but within this machine."""
    if not isinstance(value, str) or (value and ("@" in value or "?" in value or not is_address(value))):
        raise wrong("bad-base-url", {})
    return fitting(value)


BaseUrl = Annotated[Line, BeforeValidator(_base_url), WithJsonSchema({"type": "string"})]


@dataclass(frozen=True, slots=True)
class ApplicationSettings(Usual):
    """One application. `own` are the values of the vendor's own keys, `servers` where it is called."""

    own: Mapping[str, Any]
    secret: Secret | None
    base_url: str
    servers: str
    ca_file: Path | None
    timeout: int
    connections: int

    def options(self) -> Mapping[str, Any]:
        """See ChannelSettings."""
        return {
            **self.own,
            "secret": self.secret.reveal() if self.secret else "",
            "base_url": self.base_url,
            "ca_file": self.ca_file,
            "timeout": self.timeout,
            "connections": self.connections,
        }

    @property
    def endpoint(self) -> tuple[str, int] | None:
        """See ChannelSettings."""
        return endpoint_of(self.base_url or self.servers)


class ApplicationShape(ChannelShape):
    """A subclass has the vendor's own keys, names those that are needed, and its servers."""

    own: ClassVar[tuple[str, ...]]
    servers: ClassVar[str]

    secret: SecretValue = None
    base_url: Annotated[BaseUrl, Field(description="empty: the vendor's own servers")] = ""
    ca_file: Line = ""
    timeout: Annotated[int, Field(ge=1, le=60)] = 20
    connections: Annotated[int, Field(ge=1, le=64)] = 4

    @model_validator(mode="after")
    def _check(self) -> ApplicationShape:
        for key in (*self.own, "secret"):
            if self.enabled and not getattr(self, key):
                raise wrong("needed-when-enabled", {"key": key}, path=("enabled",))
        return self

    def settings(self, secret: SecretAt, base: Path) -> ApplicationSettings:
        """See ChannelShape."""
        return ApplicationSettings(
            own={key: getattr(self, key) for key in self.own},
            secret=secret("secret", self.secret),
            base_url=self.base_url,
            servers=self.servers,
            ca_file=base / self.ca_file if self.ca_file else None,
            timeout=self.timeout,
            connections=self.connections,
        )
