"""Where benches send mail to: postfix's smtp-sink, or the tests' server where it is missing."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"])
_MESSAGE_ID = re.compile(rb"^Message-ID: (<[^>]+>)", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True)
class Sink:
    """A server on loopback that keeps what it accepts. `name` says which one it is."""

    name: str
    port: int
    kept: Path

    def message_ids(self) -> set[bytes]:
        """The different Message-IDs accepted so far."""
        found: set[bytes] = set()
        for path in self.kept.iterdir():
            found.update(_MESSAGE_ID.findall(path.read_bytes()))
        return found


def program(name: str) -> str | None:
    return shutil.which(name, path=_PATH)


@contextmanager
def running(home: Path) -> Iterator[Sink]:
    """A sink until the block ends."""
    kept = home / "mail"
    kept.mkdir()
    port = _free_port()
    binary = program("smtp-sink")
    if binary:
        command = [binary, "-D", str(kept / "dump"), f"127.0.0.1:{port}", "1000"]
        if os.geteuid() == 0:
            kept.chmod(0o777)
            command[1:1] = ["-u", "nobody"]
    else:
        command = [sys.executable, "-m", "tests.support.smtp", "--port", str(port), "--maildir", str(kept)]
    name = "smtp-sink" if binary else "the tests' own sink (no smtp-sink here)"
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=Path(__file__).parent.parent)
    try:
        _await_port(port)
        yield Sink(name, port, kept)
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _await_port(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"no SMTP server came up on port {port}")
