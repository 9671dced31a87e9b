"""Telling systemd how the daemon is: ready, reloading, stopping, still alive.

The protocol, see sd_notify(3), is one datagram of `NAME=value` lines to the socket in $NOTIFY_SOCKET. Outside
systemd there is no such variable and every function does nothing. None raises: a message that cannot be
delivered must not end the daemon. Each returns whether systemd was told.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping

_PATIENCE = 1.0  # seconds; systemd reads at once, unless it is itself in trouble


def ready(status: str = "") -> bool:
    """The daemon is up, or is done reloading."""
    return _notify("READY=1", *_status_line(status))


def status(text: str) -> bool:
    """One line for `systemctl status`."""
    return _notify(*_status_line(text))


def reloading() -> bool:
    """The files are being read again; `ready` must follow.

    The instant is monotonic, as `Type=notify-reload` wants it (systemd 253; older ones ignore it).
    """
    microseconds = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    return _notify("RELOADING=1", f"MONOTONIC_USEC={microseconds}")


def stopping(status: str = "") -> bool:
    """The daemon is on its way out."""
    return _notify("STOPPING=1", *_status_line(status))


def alive() -> bool:
    """Feed the watchdog; due every `watchdog_interval` seconds.

    To be called by the loop itself, not by a thread: a loop that hangs must be seen to hang.
    """
    return _notify("WATCHDOG=1")


def watchdog_interval(environ: Mapping[str, str] = os.environ) -> float | None:
    """Seconds between two calls of `alive`: half of what systemd allows; None where it does not watch us."""
    if environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    allowed = environ.get("WATCHDOG_USEC", "")
    if not (allowed.isascii() and allowed.isdigit()) or int(allowed) == 0:
        return None
    return int(allowed) / 2 / 1_000_000


def _status_line(text: str) -> tuple[str, ...]:
    # A line break would begin another assignment.
    return (f"STATUS={' '.join(text.split())}",) if text else ()


def _notify(*lines: str) -> bool:
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not lines or not address.startswith(("/", "@")):
        return False
    if address.startswith("@"):  # an abstract socket, written so because a name cannot hold the NUL
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            channel.settimeout(_PATIENCE)
            channel.connect(address)
            channel.sendall("\n".join(lines).encode())
    except OSError:
        return False
    return True
