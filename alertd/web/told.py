"""What providers of text messages tell at an address with a secret in it: replies and reports.

Who does not know the secret is answered as for a page that does not exist. What cannot be recorded now is
refused, so that the provider comes again.
"""

from __future__ import annotations

import anyio.to_thread
import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route as Served

from alertd.installation import StoreError
from alertd.web.backing import Backing

log = structlog.get_logger("alertd.web")

#: as Alibaba Cloud and Tencent Cloud want to be answered; others look at the status
_TAKEN = {"code": 0, "result": 0, "msg": "OK", "errmsg": "OK"}


def told_routes(backing: Backing) -> list[Served]:
    """What is served, where a daemon runs behind it. The guard bounds what comes in."""
    take = backing.told
    if take is None:
        return []

    async def told(request: Request) -> Response:
        channel, secret = request.path_params["channel"], request.path_params["secret"]
        try:
            taken = await anyio.to_thread.run_sync(take, channel, secret, await request.body())
        except StoreError as fault:
            log.warning("texts-wait", channel=channel, reason=str(fault))
            return PlainTextResponse("later\n", 503)
        if not taken:
            return PlainTextResponse("not found\n", 404)
        backing.acted()
        return JSONResponse(_TAKEN)

    return [Served("/told/{channel}/{secret}", told, methods=["POST"])]
