"""A place on the network, and the server of pages there."""

from __future__ import annotations

import socket

import uvicorn

from alertd.config.web_shapes import Address
from alertd.web.application import application
from alertd.web.backing import Backing
from alertd.web.patience import PatientProtocol

#: connections at once; more are told to come again. A burst of reminders brings as many readers as it had
_MOST_CONNECTIONS = 2500
#: seconds for which an idle connection is kept, and in which requests under way may end
_IDLE, ENDING = 5, 3
#: bytes of the headers of a request
_LARGEST_HEAD = 16 * 1024
#: connections that wait to be taken
_WAITING = 1024
_LOOPBACK = ("127.0.0.1", "::1")


def listening_at(listen: Address) -> socket.socket:
    """The place, taken. Raises OSError where somebody else has it, or this machine has no such address."""
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((listen.host, listen.port))
        found.listen(_WAITING)
    except OSError:
        found.close()
        raise
    return found


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
