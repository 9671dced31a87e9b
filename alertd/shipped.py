"""Where the files lie that a new city starts from: config.toml, channels/, schedules/, systemd/."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped_files(package: Path = _PACKAGE) -> Path:
    """The folder that holds the shipped files; read-only to its callers.

    An installed wheel carries them in `_files` beside this module; in a checkout they are its top level.
    Raises FileNotFoundError, worded for the admin, where `package` has neither.
    """
    for folder in (package / "_files", package.parent):
        if (folder / "config.toml").is_file() and (folder / "schedules").is_dir():
            return folder
    raise FileNotFoundError(
        f"the files shipped with alertd (config.toml, channels, schedules, systemd) are neither in "
        f"{package / '_files'} nor in {package.parent}: the installation is incomplete, install alertd again"
    )
