"""Where the files lie that a new city starts from: below `start`, as package data, never the admin's own."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped_files(package: Path = _PACKAGE) -> Path:
    """The folder of the shipped city: config.toml, channels/, schedules/, systemd/. Read-only to its callers.

    Raises FileNotFoundError, worded for the admin, where `package` has none.
    """
    return _there(package / "start" / "example")


def empty_files(language: str, package: Path = _PACKAGE) -> Path:
    """What an empty start has instead of the files of the shipped city, in a written language: zh-Hant, en.

    Raises FileNotFoundError, as shipped_files.
    """
    return _there(package / "start" / "empty" / language)


def _there(folder: Path) -> Path:
    if (folder / "config.toml").is_file() and (folder / "schedules").is_dir():
        return folder
    raise FileNotFoundError(
        f"the files shipped with alertd are not in {folder}: "
        "the installation is incomplete, install alertd again"
    )
