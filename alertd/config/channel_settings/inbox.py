"""The keys of a channel whose messages stay in the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from alertd.config.channel_settings.base import ChannelShape, SecretAt, Usual


@dataclass(frozen=True, slots=True)
class InboxSettings(Usual):
    """The store itself needs no settings."""

    def options(self) -> Mapping[str, Any]:
        """See ChannelSettings."""
        return {}

    @property
    def endpoint(self) -> None:
        """See ChannelSettings."""
        return


class InboxShape(ChannelShape):
    """Messages stay in the store; `alertd outbox` shows them."""

    transport: Literal["inbox"]
    enabled: bool = True

    def settings(self, secret: SecretAt, base: Path) -> InboxSettings:
        """See ChannelShape."""
        return InboxSettings()
