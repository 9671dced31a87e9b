"""A city's files in a folder of its own, and what an installation makes of them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from alertd.installation import Installation
from alertd.shipped import shipped_files
from alertd.store.database import Store

#: a Sunday evening in Shanghai, before anything of the year's end is said
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def lay_down(folder: Path) -> Path:
    """The shipped files, to be changed as a test likes."""
    for name in ("config.toml", "channels", "schedules"):
        source = shipped_files() / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copy(source, folder / name)
    return folder


def change(path: Path, old: str, new: str, encoding: str = "utf-8") -> None:
    """Replace what stands in a file; a test that changes nothing tests nothing."""
    text = path.read_text(encoding)
    assert old in text, f"{old!r} is not in {path}"
    path.write_text(text.replace(old, new), encoding)


def with_real_addresses(folder: Path) -> Path:
    """As a city does before it goes live: its own addresses and a mail server."""
    change(folder / "config.toml", "example.org", "city.gov.test")
    change(folder / "schedules" / "people.csv", "example.org", "city.gov.test", "utf-8-sig")
    change(folder / "channels" / "email.toml", "example.org", "city.gov.test")
    change(folder / "channels" / "email.toml", "enabled = false", "enabled = true")
    return folder


def installation(folder: Path, environ: Mapping[str, str] | None = None) -> Installation:
    return Installation.find(str(folder), environ or {}, folder)


def started(folder: Path, now: datetime = NOW) -> tuple[Installation, Store]:
    """An installation whose files rule in a fresh store."""
    found = installation(folder)
    store = found.open_store(upgrade=True)
    found.reconcile(store, now)
    return found, store
