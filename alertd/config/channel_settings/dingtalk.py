"""The keys of a channel over an application of an office's DingTalk."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from alertd.config.channel_settings.application import ApplicationShape
from alertd.config.values import Line


class DingtalkShape(ApplicationShape):
    """An application of the office's DingTalk (釘釘)."""

    own = ("app_key", "agent_id")
    servers = "https://oapi.dingtalk.com"

    transport: Literal["dingtalk"]
    app_key: Annotated[Line, Field(description="of the application")] = ""
    agent_id: Annotated[int | None, Field(ge=1, le=2**53, description="of the application")] = None
