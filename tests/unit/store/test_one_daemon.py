"""One SQLite file serves one daemon; the system gives it free however the daemon ends."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from alertd.store.database import Store, memory_store
from alertd.store.errors import StoreInUse

ROOT = Path(__file__).parents[3]
DAEMON = """
import sys, time
from alertd.store.database import Store
store = Store(sys.argv[1])
store.claim_alone()
print("holding", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'alertd.db'}"


@pytest.fixture
def daemon(url: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the file until it is killed."""
    with subprocess.Popen(
        [sys.executable, "-c", DAEMON, url],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "holding\n"
        yield process
        process.kill()


def test_a_second_daemon_is_refused_and_told_which_process_is_in_its_way(
    url: str, daemon: subprocess.Popen[str], tmp_path: Path
) -> None:
    store = Store(url)
    with pytest.raises(
        StoreInUse, match=rf"process {daemon.pid}\) is already running on .*alertd\.db"
    ) as refused:
        store.claim_alone()
    assert refused.value.values == {"process": str(daemon.pid), "path": str(tmp_path / "alertd.db")}
    store.close()


def test_the_file_is_free_again_after_kill_9(url: str, daemon: subprocess.Popen[str]) -> None:
    daemon.send_signal(signal.SIGKILL)
    daemon.wait()
    store = Store(url)
    store.claim_alone()
    store.close()


def test_the_file_is_free_again_after_closing(url: str) -> None:
    first, second = Store(url), Store(url)
    first.claim_alone()
    with pytest.raises(StoreInUse):
        second.claim_alone()
    first.close()
    second.claim_alone()
    second.close()


def test_commands_work_beside_a_daemon(url: str, daemon: subprocess.Popen[str]) -> None:
    from alertd.store import migrating, settings

    store = Store(url)
    migrating.upgrade(store)
    store.transact(lambda tx: settings.put(tx, "name", "value"))
    store.close()
    assert daemon.poll() is None


def test_a_store_in_memory_is_nobody_elses(url: str) -> None:
    store = memory_store()
    store.claim_alone()
    store.close()
