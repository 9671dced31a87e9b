"""A real IMAP server for tests: Debian's Dovecot, as an ordinary process with a configuration of its own.

It listens on 127.0.0.1 only, needs no service and nothing of /etc, and keeps one mailbox as a Maildir in a
temporary folder. A message is delivered as a mail server does it: a file that is renamed into the mailbox.
"""

from __future__ import annotations

import contextlib
import grp
import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.certificates import make_authority
from tests.support.daemon import until
from tests.support.needs import program

USER, PASSWORD = "alertd", "correct-horse"
_CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
ssl = required
ssl_cert = <{certificate}
ssl_key = <{certificate}
auth_mechanisms = plain
default_login_user = {login}
default_internal_user = {internal}
default_internal_group = {group}
first_valid_uid = {uid}
mail_location = maildir:{folder}/mail
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
"""


@dataclass
class Dovecot:
    """The running server. `port` is for TLS from the first byte, `plain` for STARTTLS."""

    folder: Path
    ca_file: str
    port: int
    plain: int
    owner: tuple[int, int]
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def deliver(self, raw: bytes) -> str:
        """Put a message into the mailbox; the beginning of its file's name."""
        name = f"{next(self._numbers):04d}.test.localhost"
        half = self.folder / "mail/tmp" / name
        half.write_bytes(raw)
        os.chown(half, *self.owner)
        half.rename(self.folder / "mail/new" / name)
        return name

    def flags(self, name: str) -> set[str]:
        """What a message is marked with: S for seen, F for flagged."""
        found = [path.name for path in self.folder.glob(f"mail/*/{name}*")]
        assert len(found) == 1, found
        return set(found[0].partition(":2,")[2])

    def log(self) -> str:
        path = self.folder / "dovecot.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""


def _free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        return one.getsockname()[1], two.getsockname()[1]


@contextlib.contextmanager
def dovecot() -> Iterator[Dovecot]:
    """The server; it is stopped and every trace removed at the end."""
    # Short: the path of a socket has at most 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="imap-", dir="/tmp"))
    try:
        with _running(folder) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _running(folder: Path) -> Iterator[Dovecot]:
    folder.chmod(0o755)  # others than root go in
    root = os.geteuid() == 0
    # As root it gives up its rights to users that its package has made.
    me = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
    internal, login = ("dovecot", "dovenull") if root else (me.pw_name, me.pw_name)
    group = "dovecot" if root else grp.getgrgid(me.pw_gid).gr_name
    for name in ("mail", "mail/cur", "mail/new", "mail/tmp"):
        (folder / name).mkdir()
        os.chown(folder / name, me.pw_uid, me.pw_gid)
    port, plain = _free_ports()
    ca_file = make_authority(folder).ca_file
    config = folder / "dovecot.conf"
    config.write_text(
        _CONFIG.format(
            folder=folder, certificate=folder / "server.pem", login=login, internal=internal, group=group,
            uid=me.pw_uid, gid=me.pw_gid, password=PASSWORD, port=port, plain=plain,
        )
    )  # fmt: skip
    server = Dovecot(folder, ca_file, port, plain, (me.pw_uid, me.pw_gid))
    binary = program("dovecot")
    assert binary is not None
    process = subprocess.Popen([binary, "-F", "-c", str(config)], stdin=subprocess.DEVNULL)
    try:
        until(lambda: _listens(port) or process.poll() is not None, "Dovecot listens", server.log)
        assert process.poll() is None, server.log()
        yield server
    finally:
        process.terminate()
        process.wait(30)


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False
