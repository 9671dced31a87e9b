"""The keys of a channel over an application of an office's WeCom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from alertd.config.channel_settings.base import ChannelShape, SecretAt, Usual, endpoint_of
from alertd.config.secret import Secret
from alertd.config.secret_places import SecretValue
from alertd.config.values import Line, fitting, wrong
from alertd.core.subscriptions import is_address

_OWN_SERVERS = "https://qyapi.weixin.qq.com"


def _base_url(value: object) -> str:
    """Where the API is: every call carries the token, so never unencrypted but within this machine."""
    if not isinstance(value, str) or (value and ("@" in value or "?" in value or not is_address(value))):
        raise wrong("bad-wecom-url", {})
    return fitting(value)


BaseUrl = Annotated[Line, BeforeValidator(_base_url), WithJsonSchema({"type": "string"})]


@dataclass(frozen=True, slots=True)
class WecomSettings(Usual):
    """An application of one office. `base_url` is empty for the vendor's own servers."""

    corp_id: str
    agent_id: int
    secret: Secret | None
    base_url: str
    ca_file: Path | None
    timeout: int
    connections: int

    def options(self) -> Mapping[str, Any]:
        """See ChannelSettings."""
        return {
            "corp_id": self.corp_id,
            "agent_id": self.agent_id,
            "secret": self.secret.reveal() if self.secret else "",
            "base_url": self.base_url,
            "ca_file": self.ca_file,
            "timeout": self.timeout,
            "connections": self.connections,
        }

    @property
    def endpoint(self) -> tuple[str, int] | None:
        """See ChannelSettings."""
        return endpoint_of(self.base_url or _OWN_SERVERS)


class WecomShape(ChannelShape):
    """An application of the office's WeCom (企業微信)."""

    transport: Literal["wecom"]
    corp_id: Annotated[Line, Field(description="of the office")] = ""
    agent_id: Annotated[int | None, Field(ge=1, le=2**31, description="of the application")] = None
    secret: SecretValue = None
    base_url: Annotated[BaseUrl, Field(description="empty: the vendor's own servers")] = ""
    ca_file: Line = ""
    timeout: Annotated[int, Field(ge=1, le=60)] = 20
    connections: Annotated[int, Field(ge=1, le=64)] = 4

    @model_validator(mode="after")
    def _check(self) -> WecomShape:
        for key in ("corp_id", "agent_id", "secret"):
            if self.enabled and not getattr(self, key):
                raise wrong("needed-when-enabled", {"key": key}, path=("enabled",))
        return self

    def settings(self, secret: SecretAt, base: Path) -> WecomSettings:
        """See ChannelShape."""
        return WecomSettings(
            corp_id=self.corp_id,
            agent_id=self.agent_id or 0,
            secret=secret("secret", self.secret),
            base_url=self.base_url,
            ca_file=base / self.ca_file if self.ca_file else None,
            timeout=self.timeout,
            connections=self.connections,
        )
