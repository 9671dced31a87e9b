"""What the settings of every transport have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol
from urllib.parse import urlsplit

from pydantic import Field

from alertd.config.secret import Secret
from alertd.config.secret_places import SecretPlace
from alertd.config.values import OneOf, Shape
from alertd.core.abilities import ZONES
from alertd.core.subscriptions import Wanted
from alertd.core.text_messages import Texting

#: the secret at the place that the value of a key names; None where the key is empty
SecretAt = Callable[[str, SecretPlace | None], Secret | None]


class ChannelSettings(Protocol):
    """What one file of channels/ says, in the form the rest of the program uses it."""

    def options(self) -> Mapping[str, Any]:
        """What the transport is made of, its secret revealed. Raises SecretMissing."""

    @property
    def endpoint(self) -> tuple[str, int] | None:
        """Host and port it talks to; None where it talks to nobody."""

    @property
    def answered(self) -> bool:
        """Whether somebody reads what people write back to its messages."""

    @property
    def senders(self) -> tuple[str, ...]:
        """The mail addresses its messages come from, the sender's first; none where it sends no mail."""

    @property
    def wants(self) -> Wanted | None:
        """The changes it is told of; None of a channel that people are reached by."""

    @property
    def texting(self) -> Texting | None:
        """How its text messages are written; None of a channel of another kind."""


class Usual:
    """What is so of most: a channel that reaches people, sends no mail, and hears nothing that they write."""

    __slots__ = ()

    @property
    def answered(self) -> bool:
        """See ChannelSettings."""
        return False

    @property
    def senders(self) -> tuple[str, ...]:
        """See ChannelSettings."""
        return ()

    @property
    def wants(self) -> Wanted | None:
        """See ChannelSettings."""
        return None

    @property
    def texting(self) -> Texting | None:
        """See ChannelSettings."""
        return None


def endpoint_of(url: str) -> tuple[str, int] | None:
    """Host and port of an address of the web; None where it names none."""
    parts = urlsplit(url)
    return (parts.hostname, parts.port or (80 if parts.scheme == "http" else 443)) if parts.hostname else None


class ChannelShape(Shape):
    """The keys of every file of channels/; a subclass narrows `transport` to its own name."""

    transport: str
    enabled: bool = False
    zone: Annotated[str, OneOf(*ZONES)] | Literal[""] = Field(
        default="", description="through whose hands it goes; empty: as is usual for the transport"
    )

    def settings(self, secret: SecretAt, base: Path) -> ChannelSettings:
        """The settings these keys stand for; relative file names start in `base`."""
        raise NotImplementedError
