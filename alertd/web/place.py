"""A place on the network where pages are served, taken before there is anybody who serves them."""

from __future__ import annotations

import socket

from alertd.config.web_shapes import Address

#: connections that wait to be taken
_WAITING = 1024
#: seconds in which requests under way may end when the place is left
ENDING = 3


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
