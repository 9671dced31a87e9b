"""Transports of other packages: found by entry point, and written as the manual writes one."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from alertd import adapters
from alertd.config.channels import Channels, load_channels, read_channels
from alertd.core import abilities
from alertd.core.model import Person
from alertd.installation import build_transport
from alertd.testing.contract import TransportContract
from tests.support.documents import TOP, blocks
from tests.support.transports_table import PAGE, cells, with_table

WRITTEN = {block.mark.removeprefix("transport: "): block.text for block in blocks(PAGE) if block.mark}
FILE = 'transport = "pager"\nenabled = true\nurl = "https://pager.test/"\ntoken = { env = "T" }\n'


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, points: str, package: str = "pager") -> None:
    """Put a package there as pip would, with these entry points."""
    about = folder / f"{package}-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[alertd.transports]\n{points}\n")
    (folder / "pager.py").write_text(WRITTEN["pager.py"])
    monkeypatch.syspath_prepend(str(folder))


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    adapters._loaded.cache_clear()
    for name in set(abilities.TRANSPORTS) - abilities.OWN:
        del abilities._KNOWN[name]
    sys.modules.pop("pager", None)


def loaded(tmp_path: Path, text: str = FILE) -> Channels:
    (tmp_path / "channels").mkdir()
    (tmp_path / "channels/desk.toml").write_text(text)
    return load_channels(read_channels(tmp_path / "channels"), tmp_path, {"T": "s3cret"})


def entry_point() -> str:
    return WRITTEN["entry point"].splitlines()[1].replace('"', "")


async def test_a_transport_of_another_package_is_one_as_any(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "site", monkeypatch, entry_point())
    channels = loaded(tmp_path)
    assert channels.faults == []
    channel = channels.known["desk"]
    assert channel.settings.endpoint == ("pager.test", 443)
    assert "s3cret" not in repr(channel)
    person = replace(Person("a", "A", "u", ()), accounts=("desk=4711",))
    assert abilities.abilities_of("pager", "desk").address(person) == "4711"
    transport = build_transport(channel)
    assert (transport.timeout, transport.concurrency) == (10.0, 4)
    await transport.stop()


def test_its_keys_are_checked_as_those_of_any(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path / "site", monkeypatch, entry_point())
    faults = loaded(tmp_path, FILE.replace("url", "ulr")).faults
    assert [(fault.code, fault.line) for fault in faults] == [("unknown-key", 3)]


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        ("pager = pager:NOBODY", "AttributeError"),
        ("pager = nowhere:PAGER", "ModuleNotFoundError"),
        ("pager = pager:Pager", "is no alertd.adapters.Adapter"),
    ],
)
def test_one_that_cannot_be_used_is_a_fault_at_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, points: str, reason: str
) -> None:
    install(tmp_path / "site", monkeypatch, points)
    (fault,) = loaded(tmp_path).faults
    assert (fault.code, fault.line, fault.column) == ("adapter-broken", 1, 13)
    assert reason in fault.text("en")


def test_of_two_packages_that_offer_the_same_none_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "one", monkeypatch, entry_point())
    install(tmp_path / "two", monkeypatch, entry_point(), "beeper")
    (fault,) = loaded(tmp_path).faults
    assert fault.code == "adapter-broken"
    assert "beeper, pager" in fault.text("en")


def test_none_takes_the_name_of_alertds_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path / "site", monkeypatch, "inbox = pager:PAGER")
    channels = loaded(tmp_path, 'transport = "inbox"\n')
    assert channels.faults == []
    assert abilities.abilities_of("inbox").kept


def test_what_is_installed_is_named_where_a_name_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "site", monkeypatch, entry_point())
    (fault,) = loaded(tmp_path, FILE.replace('"pager"', '"pagr"')).faults
    assert fault.code == "not-one-of"
    assert "pager" in fault.text("en")


def test_one_that_is_not_installed_any_more_is_a_fault(tmp_path: Path) -> None:
    (fault,) = loaded(tmp_path).faults
    assert (fault.code, fault.line) == ("not-one-of", 1)


def test_the_manual_writes_one_in_forty_lines_of_code() -> None:
    tree = ast.parse(WRITTEN["pager.py"])
    (pager,) = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Pager"]
    rest = [node for node in tree.body if not isinstance(node, ast.ImportFrom | ast.Import | ast.Expr)]
    lines = sum((node.end_lineno or 0) - node.lineno + 1 for node in rest)
    assert (pager.end_lineno or 0) - pager.lineno < 30
    assert lines <= 50


def test_what_the_manual_writes_keeps_the_contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, entry_point())
    (tmp_path / "test_pager.py").write_text(WRITTEN["test_pager.py"])
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PYTHONPATH": f"{tmp_path}:{TOP}", "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stdout
    assert "1 failed" not in done.stdout


def test_the_table_is_as_the_tests_are() -> None:
    page = PAGE.read_text("utf-8")
    assert page == with_table(page), "python -m tests.support.transports_table writes it"


def test_each_test_in_the_table_is_there() -> None:
    for row in cells().values():
        for cell in row:
            file, _, name = cell.rpartition("::")
            if file:
                tree = ast.parse((TOP / "tests" / file).read_text("utf-8"))
                kinds = ast.FunctionDef | ast.AsyncFunctionDef
                assert name in {node.name for node in tree.body if isinstance(node, kinds)}, cell
            elif cell != "–":
                assert hasattr(TransportContract, cell.partition("[")[0]), cell
