"""The keys of a channel over an application of an office's WeCom."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from alertd.config.channel_settings.application import ApplicationShape
from alertd.config.values import Line


class WecomShape(ApplicationShape):
    """An application of the office's WeCom (企業微信)."""

    own = ("corp_id", "agent_id")
    servers = "https://qyapi.weixin.qq.com"

    transport: Literal["wecom"]
    corp_id: Annotated[Line, Field(description="of the office")] = ""
    agent_id: Annotated[int | None, Field(ge=1, le=2**31, description="of the application")] = None
