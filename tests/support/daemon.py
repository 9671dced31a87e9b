"""A real installation in a folder of its own, and the real daemon as a process beside the test.

The shipped files are copied, their example.org addresses become `city.test`, and mail and Telegram point at
servers on loopback. Nothing here reaches into the daemon: it is watched through its log, its store and the
servers it talks to.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from alertd.cli.app import run
from alertd.installation import Installation
from alertd.store import settings
from alertd.store.database import Store
from tests.support.botapi import TOKEN

TOP = Path(__file__).resolve().parents[2]
#: how long anything a test waits for may take, in seconds; generous, because machines are slow
PATIENCE = 90.0
#: to the mail server, as `mail_to` says it
CONNECTIONS = 4


class Site:
    """An installation folder: files as an admin has them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("channels", "schedules"):
            shutil.copytree(TOP / name, folder / name)
        shutil.copy(TOP / "config.toml", folder / "config.toml")
        for path in (folder / "config.toml", *folder.glob("schedules/*")):
            self.edit(path.relative_to(folder), lambda old: old.replace("example.org", "city.test"))
        self.web_at("")
        self.environ = {**os.environ, "TELEGRAM_TOKEN": TOKEN}
        for name in ("STATE_DIRECTORY", "NOTIFY_SOCKET", "ALERTD_CONFIG"):
            self.environ.pop(name, None)

    def edit(self, file: str | Path, change: Callable[[str], str]) -> None:
        """Rewrite a file as an editor does: a new file moved over the old one."""
        path = self.folder / file
        raw = path.read_bytes()
        mark = b"\xef\xbb\xbf" if raw.startswith(b"\xef\xbb\xbf") else b""
        fresh = path.with_suffix(".new~")
        fresh.write_bytes(mark + change(raw.removeprefix(mark).decode()).encode())
        fresh.replace(path)

    def store_at(self, url: str) -> None:
        """Keep the store in a database instead of beside the files."""
        self.edit("config.toml", lambda old: old.replace('url = ""', f'url = "{url}"', 1))

    def web_at(self, listen: str) -> None:
        """Serve pages there, or none: several daemons cannot have the shipped port."""
        was = re.compile(r'^listen = ".*?"', re.MULTILINE)
        self.edit("config.toml", lambda old: was.sub(f'listen = "{listen}"', old))

    def mail_to(self, port: int, timeout: int = 5) -> None:
        """Enable mail to a plain server on loopback."""
        (self.folder / "channels/email.toml").write_text(
            f'transport = "email"\nenabled = true\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'
            f'sender = "alertd <alertd@city.test>"\ntimeout = {timeout}\nconnections = {CONNECTIONS}\n'
        )

    def telegram_to(self, url: str) -> None:
        """Enable Telegram to a Bot API server on loopback."""
        (self.folder / "channels/telegram.toml").write_text(
            'transport = "telegram"\nenabled = true\ntoken = { env = "TELEGRAM_TOKEN" }\n'
            f'base_url = "{url}"\n'
        )

    def chat(self, person: str, chat: int, channels: str = "telegram;email") -> None:
        """Give a person a Telegram chat, and the order of their channels."""

        def change(old: str) -> str:
            lines = old.splitlines()
            columns = lines[0].split(",")
            for index, line in enumerate(lines):
                cells = line.split(",")
                if cells[0] == person:
                    cells[columns.index("telegram")] = str(chat)
                    cells[columns.index("channels")] = channels
                    lines[index] = ",".join(cells)
            return "\n".join(lines) + "\n"

        self.edit("schedules/people.csv", change)

    def go_live(self) -> None:
        """Send for real, as after `alertd go-live`."""
        store = self.installation().open_store(upgrade=True)
        self.edit("config.toml", lambda old: old.replace('mode = "rehearsal"', 'mode = "live"'))
        store.transact(lambda tx: settings.put(tx, settings.LIVE_SINCE, datetime.now(UTC).isoformat()))
        store.close()

    def installation(self) -> Installation:
        return Installation.find(str(self.folder), self.environ, self.folder)

    def store(self) -> Store:
        return self.installation().open_store(upgrade=False)

    def rows(self, query: str, **values: Any) -> list[Any]:
        """What a query finds in the store now."""
        store = self.store()
        try:
            with store.read() as tx:
                return list(tx.execute(text(query), values).fetchall())
        finally:
            store.close()

    def run(self, *words: str, code: int = 0) -> str:
        """A command to its end; its standard output. Fails the test on another exit code."""
        done = subprocess.run(
            [sys.executable, "-m", "alertd", "--config", str(self.folder), *words],
            capture_output=True,
            text=True,
            env=self.environ,
            timeout=60,
            check=False,
        )
        assert done.returncode == code, f"{words}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr + done.stdout
        return done.stdout

    def run_here(self, *words: str, codes: Sequence[int] = (0,)) -> str:
        """The same within this process, without the seconds that another takes to begin."""
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            code = run(["--config", str(self.folder), *words], self.environ, self.folder)
        assert code in codes, f"{words}: exit {code}\n{said.getvalue()}"
        return said.getvalue()

    def daemon(self, ahead: float = 0.0) -> Daemon:
        """A daemon whose machine's wall clock is so many seconds ahead."""
        return Daemon(self, ahead)


#: the program on a machine whose wall clock is wrong by its first argument
_WITH_A_CLOCK = """
import sys
from datetime import timedelta
from alertd import clock
ahead, right = timedelta(seconds=float(sys.argv.pop(1))), clock.SystemClock.now
clock.SystemClock.now = lambda self: right(self) + ahead
from alertd.__main__ import main
sys.exit(main())
"""


class Daemon:
    """The daemon as a process; `with` starts it, waits until it is ready, and stops it."""

    def __init__(self, site: Site, ahead: float = 0.0) -> None:
        self.site = site
        self.ahead = ahead
        self.log = site.folder / "daemon.log"
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Daemon:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        seen = len(self.events("ready"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _WITH_A_CLOCK, str(self.ahead), "--config", self.site.folder, "run"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.site.environ,
            )
        until(lambda: len(self.events("ready")) > seen or self.ended(), "the daemon is ready", self.output)
        assert not self.ended(), self.output()

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def output(self) -> str:
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""

    def events(self, name: str) -> list[dict[str, Any]]:
        """Log lines of one kind."""
        found = []
        for line in self.output().splitlines():
            if line.startswith("{"):
                entry = json.loads(line)
                if entry.get("event") == name:
                    found.append(entry)
        return found

    def hang_up(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGHUP)

    def kill(self) -> None:
        """As a power cut does it. What was not logged to the end of its line goes."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(PATIENCE)
        with self.log.open("rb+") as log:
            log.truncate(log.read().rfind(b"\n") + 1)

    def stall(self) -> None:
        """As a machine does that is suspended; until `resume`."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
        code = self.process.wait(PATIENCE)
        assert "Traceback" not in self.output(), self.output()
        return code


def until(
    happened: Callable[[], Any], what: str, more: Callable[[], str] = str, patience: float = PATIENCE
) -> Any:
    """Wait for something another process does; its value. Fails naming `what`."""
    ends = time.monotonic() + patience
    while time.monotonic() < ends:
        value = happened()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"still not so after {patience:.0f} s: {what}\n{more()}")
