"""The keys of a channel over a Telegram bot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, WithJsonSchema, model_validator

from alertd.config.channel_settings.base import ChannelShape, SecretAt, Usual, endpoint_of
from alertd.config.secret import Secret
from alertd.config.secret_places import SecretValue
from alertd.config.values import Line, wrong

_OWN_SERVERS = "https://api.telegram.org"


def _web_address(value: object) -> str:
    if not isinstance(value, str) or (value and not re.fullmatch(r"https?://[^\s/@]+(?:/\S*)?", value)):
        raise wrong("bad-web-address", {})
    return value


WebAddress = Annotated[Line, BeforeValidator(_web_address), WithJsonSchema({"type": "string"})]


@dataclass(frozen=True, slots=True)
class TelegramSettings(Usual):
    """A bot. `base_url` is empty for Telegram's own servers."""

    token: Secret | None
    base_url: str = ""

    def options(self) -> Mapping[str, Any]:
        """See ChannelSettings."""
        return {"token": self.token.reveal() if self.token else "", "base_url": self.base_url}

    @property
    def endpoint(self) -> tuple[str, int] | None:
        """See ChannelSettings."""
        return endpoint_of(self.base_url or _OWN_SERVERS)


class TelegramShape(ChannelShape):
    """A Telegram bot."""

    transport: Literal["telegram"]
    token: SecretValue = None
    base_url: WebAddress = ""

    @model_validator(mode="after")
    def _check(self) -> TelegramShape:
        if self.enabled and self.token is None:
            raise wrong("needed-when-enabled", {"key": "token"}, path=("enabled",))
        return self

    def settings(self, secret: SecretAt, base: Path) -> TelegramSettings:
        """See ChannelShape."""
        return TelegramSettings(secret("token", self.token), self.base_url)
