"""A real systemd for a test: this machine's own files under a throw-away layer, booted by systemd-nspawn.

Nothing written inside reaches this machine. The network is the machine's own loopback only. Needs root and
the Debian package systemd-container; up in about two seconds.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.support.needs import program

ROOT = Path(__file__).resolve().parents[2]
BOOT_LIMIT = 60.0  # seconds
PAUSE = 0.1  # seconds between two looks

# The least that systemctl, journalctl and a unit want: the rest of this machine's services must not start.
TARGET = """[Unit]
Requires=basic.target dbus.service
After=basic.target dbus.service
AllowIsolate=yes
"""


class Machine:
    """Write files, `boot`, `run` commands as root, `close`. The checkout is at /opt/checkout, read-only."""

    def __init__(self) -> None:
        self._layer = Path(tempfile.mkdtemp(prefix="alertd-machine-"))
        self.root = self._layer / "root"
        self._nspawn: subprocess.Popen[bytes] | None = None
        self._leader = 0
        try:
            self._mount()
        except BaseException:
            self.close()
            raise

    def _mount(self) -> None:
        _run("mount", "-t", "tmpfs", "-o", "size=512m,mode=755", "tmpfs", str(self._layer))
        for name in ("changes", "work", "root"):
            (self._layer / name).mkdir()
        layers = f"lowerdir=/,upperdir={self._layer}/changes,workdir={self._layer}/work"
        _run("mount", "-t", "overlay", "overlay", "-o", layers, str(self.root))
        self.write("/etc/systemd/system/alertd-test.target", TARGET)
        self.write("/etc/machine-id", "")

    def write(self, path: str, text: str, mode: int = 0o644) -> Path:
        """A file of the machine, also while it runs."""
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(mode)
        return file

    def boot(self) -> None:
        """Return when systemd says it is up. Raises TimeoutError with what it printed."""
        nspawn = program("systemd-nspawn")
        assert nspawn is not None
        log = (self._layer / "console").open("wb")
        self._nspawn = subprocess.Popen(
            [
                *(nspawn, "--quiet", f"--directory={self.root}", f"--machine=alertd-{os.getpid()}"),
                *("--register=no", "--keep-unit", "--private-network", "--console=pipe"),
                *(f"--bind-ro={ROOT}:/opt/checkout", f"--bind-ro={sys.prefix}:/opt/venv"),
                f"--bind-ro={sys.base_prefix}:/opt/python",
                *("--boot", "systemd.unit=alertd-test.target", "systemd.show_status=no"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        log.close()
        end = time.monotonic() + BOOT_LIMIT
        while time.monotonic() < end and self._nspawn.poll() is None:
            self._leader = self._leader or _child(self._nspawn.pid, "systemd")
            if self._leader and self.run("systemctl", "is-system-running", check=False) in (
                "running",
                "degraded",
            ):
                return
            time.sleep(PAUSE)
        raise TimeoutError(
            f"the machine did not boot: {(self._layer / 'console').read_text(errors='replace')}"
        )

    def run(self, *command: str, check: bool = True) -> str:
        """Run a command inside and return what it printed. Raises AssertionError if it fails."""
        enter = ["nsenter", "--target", str(self._leader), "--all", "--"]
        done = subprocess.run([*enter, *command], capture_output=True, text=True, check=False, timeout=60)
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(command)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout.strip()

    def show(self, unit: str, name: str) -> str:
        """One property of a unit, as systemd has it."""
        return self.run("systemctl", "show", unit, "--value", f"--property={name}")

    def until(self, unit: str, name: str, wanted: str, limit: float = 30.0) -> None:
        """Wait for a property to have a value. Raises AssertionError with the unit's journal."""
        end = time.monotonic() + limit
        while (found := self.show(unit, name)) != wanted:
            if time.monotonic() > end:
                raise AssertionError(f"{name} is {found!r}, expected {wanted!r}\n{self.journal(unit)}")
            time.sleep(PAUSE)

    def journal(self, unit: str) -> str:
        return self.run("journalctl", "--no-pager", "--output=cat", f"--unit={unit}")

    def close(self) -> None:
        if self._nspawn is not None:
            self._nspawn.terminate()  # nspawn asks the systemd inside to shut down
            try:
                self._nspawn.wait(30)
            except subprocess.TimeoutExpired:
                self._nspawn.kill()
                self._nspawn.wait()
        for mounted in (self.root, self._layer):
            if mounted.is_mount():
                _run("umount", "--lazy", str(mounted))
        self._layer.rmdir()


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


def _child(parent: int, name: str) -> int:
    """The process of that name which `parent` started; 0 while there is none."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, rest = stat.read_text().split(" (", 1)
        except OSError:  # it ended meanwhile
            continue
        command, fields = rest.rsplit(") ", 1)
        if command == name and fields.split()[1] == str(parent):
            return int(pid)
    return 0
