"""The tables of gates.toml: what must be behind a case before it goes ahead (see shapes.py)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from alertd.config.duty_shapes import SourceShape
from alertd.config.values import Id, Positions, Shape, Title, Words


class GateShape(Shape):
    """A question to one version of a case, asked when it is about to go ahead."""

    id: Id
    title: Title
    source: SourceShape
    stage: Words
    requires: Annotated[list[Words], Field(min_length=1)]
    told: Positions = Field(default_factory=lambda: ["leader-in-charge", "receiver", "supervisor"])


class GatesFile(Shape):
    """schedules/gates.toml"""

    gate: list[GateShape] = Field(default_factory=list)
