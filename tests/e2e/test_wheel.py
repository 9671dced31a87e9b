"""A wheel built from the checkout works without it: everything the program reads is inside."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("alertd", "pyproject.toml", "README.md", "LICENSE")
_LEFT_OUT = shutil.ignore_patterns("__pycache__", ".*", "*~")


@dataclass(frozen=True)
class Installed:
    bin: Path
    package: Path


def _files(folder: Path) -> set[str]:
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and not _left_out(path.relative_to(folder))
    }


def _left_out(path: Path) -> bool:
    return any(part == "__pycache__" or part.startswith(".") or part.endswith("~") for part in path.parts)


def _run(*command: object) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy: building writes beside what it builds."""
    folder = tmp_path_factory.mktemp("source")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=_LEFT_OUT)
        else:
            shutil.copy2(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def installed(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in an environment of its own. What it depends on is lent by the one the tests run in."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    _run(*pip, "wheel", "--no-deps", "--no-index", "--no-build-isolation", "-w", folder, source)
    (wheel,) = folder.glob("alertd-*.whl")
    _run(sys.executable, "-m", "venv", "--without-pip", folder / "venv")
    python = folder / "venv" / "bin" / "python"
    _run(*pip, "--python", python, "install", "--no-deps", "--no-index", wheel)
    site = Path(_run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    (site / "lent.pth").write_text(sysconfig.get_path("purelib"))
    return Installed(python.parent, site / "alertd")


def test_every_file_of_the_package_is_in_the_wheel(source: Path, installed: Installed) -> None:
    found = _files(installed.package)
    assert found == _files(source / "alertd")
    assert {"start/example/systemd/alertd.service", "start/empty/zh-Hant/schedules/duties.toml"} <= found


def test_the_installed_command_says_its_version(installed: Installed) -> None:
    import alertd

    assert alertd.__version__ in _run(installed.bin / "alertd", "--version")


def test_the_demonstration_plays_in_an_empty_folder(installed: Installed, tmp_path: Path) -> None:
    command = [str(installed.bin / "alertd"), "demo", "--fast"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "$ alertd event report major-incident" in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("start", ["--empty", "--example"])
def test_init_lays_the_files_down_for_another_city(installed: Installed, tmp_path: Path, start: str) -> None:
    city = tmp_path / "city"
    _run(installed.bin / "alertd", "init", city, start)
    assert {"config.toml", "channels", "schedules", "systemd"} <= {path.name for path in city.iterdir()}
    _run(installed.bin / "alertd", "--config", city, "check")
