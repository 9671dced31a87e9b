"""Where the shipped files are found; that a wheel carries them is tests/e2e/test_wheel.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from alertd.shipped import shipped_files


def _lay_down(folder: Path) -> Path:
    (folder / "schedules").mkdir(parents=True)
    (folder / "config.toml").touch()
    return folder


def test_in_a_checkout_they_are_its_top_level(tmp_path: Path) -> None:
    assert shipped_files(_lay_down(tmp_path) / "alertd") == tmp_path


def test_a_wheel_carries_its_own_and_looks_nowhere_else(tmp_path: Path) -> None:
    _lay_down(tmp_path)  # site-packages may hold anything
    carried = _lay_down(tmp_path / "alertd" / "_files")
    assert shipped_files(tmp_path / "alertd") == carried


def test_an_incomplete_installation_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="installation is incomplete"):
        shipped_files(tmp_path / "alertd")


def test_this_checkout_has_them() -> None:
    assert {"config.toml", "channels", "schedules", "systemd"} <= {p.name for p in shipped_files().iterdir()}
