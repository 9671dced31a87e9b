"""The server, in a thread of its own: whatever pages do, the loop that sends goes on.

A place that cannot be listened at is no reason for the daemon to stop: the deadlines are what it is for. It
is logged once, and tried again.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from dataclasses import replace

import structlog
import uvicorn

from alertd.config.web_shapes import Address, WebSettings
from alertd.web.application import application
from alertd.web.backing import Backing
from alertd.web.patience import PatientProtocol

log = structlog.get_logger("alertd.web")

#: connections at once; more are told to come again. A burst of reminders brings as many readers as it had
_MOST_CONNECTIONS = 2500
#: seconds for which an idle connection is kept, and in which requests under way may end
_IDLE, _ENDING = 5, 3
#: bytes of the headers of a request
_LARGEST_HEAD = 16 * 1024
#: connections that wait to be taken
_WAITING = 1024
_LOOPBACK = ("127.0.0.1", "::1")
#: seconds after which a page that is drawn lets the loop that sends go on; as Python starts it is five times
#: as much, and there are dozens of such waits from due to sent
_YIELDS = 0.001


class Server:
    """Pages on one address, from `start` to `stop`; both from any thread."""

    def __init__(self, backing: Backing) -> None:
        self._backing = backing
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._refused = ""  # why the place was not to be had, as it was logged

    @property
    def settings(self) -> WebSettings:
        return self._backing.settings

    @property
    def serves(self) -> bool:
        """Whether pages are to be had."""
        return self._thread is not None and self._thread.is_alive()

    def follow(self, settings: WebSettings) -> None:
        """Serve as the settings say: at another place, for the first time, once more, or no longer."""
        if settings != self.settings:
            self.stop()
            self._backing, self._refused = replace(self._backing, settings=settings), ""
        if settings.listen is not None and not self.serves:
            self._start(settings.listen)

    def _start(self, listen: Address) -> None:
        try:
            listening = listening_at(listen)
        except OSError as fault:
            said = fault.strerror or str(fault)
            if said != self._refused:
                log.error("pages-not-served", listen=listen.url, reason=said)
            self._refused = said
            return
        sys.setswitchinterval(_YIELDS)
        self._server = server = server_of(self._backing)
        run = lambda: asyncio.run(server.serve(sockets=[listening]))  # noqa: E731
        self._thread = threading.Thread(target=run, name="pages", daemon=True)
        self._thread.start()
        self._refused = ""
        log.info("pages-served", listen=listen.url)

    def stop(self) -> None:
        """Let requests under way end, and close the place."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(2 * _ENDING)
        self._server = self._thread = None


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
            timeout_graceful_shutdown=_ENDING,
            h11_max_incomplete_event_size=_LARGEST_HEAD,
            http=PatientProtocol,
        )
    )
