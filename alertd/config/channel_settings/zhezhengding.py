"""The keys of a channel over an application in 浙政釘, or another 專有釘釘."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from alertd.config.channel_settings.application import ApplicationShape
from alertd.config.values import Line


class ZhezhengdingShape(ApplicationShape):
    """An application in 浙政釘, or in another city's 專有釘釘."""

    own = ("app_key", "tenant_id")
    servers = "https://openplatform-pro.ding.zj.gov.cn"

    transport: Literal["zhezhengding"]
    app_key: Annotated[Line, Field(description="of the application")] = ""
    tenant_id: Annotated[int | None, Field(ge=1, le=2**53, description="of the office (租戶)")] = None
    connections: Annotated[int, Field(ge=1, le=1, description="the vendor forbids several")] = 1
