"""The server of pages."""

from __future__ import annotations

import uvicorn

from alertd.web.application import application
from alertd.web.backing import Backing
from alertd.web.patience import PatientProtocol
from alertd.web.place import ENDING

#: connections at once; more are told to come again. A burst of reminders brings as many readers as it had
_MOST_CONNECTIONS = 2500
#: seconds for which an idle connection is kept, and in which requests under way may end
_IDLE = 5
#: bytes of the headers of a request
_LARGEST_HEAD = 16 * 1024
_LOOPBACK = ("127.0.0.1", "::1")


def server_of(backing: Backing) -> uvicorn.Server:
    """A server of these pages; it says nothing in the log of whom it served."""
    proxies = backing.settings.trusted_proxies
    return uvicorn.Server(
        uvicorn.Config(
            application(backing),
            proxy_headers=bool(proxies),
            forwarded_allow_ips=[*_LOOPBACK, *proxies] if proxies else None,
            log_config=None,
            access_log=False,
            server_header=False,
            ws="none",
            lifespan="off",
            limit_concurrency=_MOST_CONNECTIONS,
            timeout_keep_alive=_IDLE,
            timeout_graceful_shutdown=ENDING,
            h11_max_incomplete_event_size=_LARGEST_HEAD,
            http=PatientProtocol,
        )
    )
