"""Puts the files an admin edits into the wheel, below alertd/_files, for `alertd init`.

In the checkout they lie at the top level, where they are used in place; only a build copies them.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

#: What `alertd init` lays down for another city.
SHIPPED = ("config.toml", "channels", "schedules", "systemd")


class BuildWithShippedFiles(build_py):
    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        target = Path(self.build_lib) / "alertd" / "_files"
        shutil.rmtree(target, ignore_errors=True)  # an earlier build may have left files that are gone now
        for name in SHIPPED:
            _copy(Path(__file__).resolve().parent / name, target / name)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", ".*", "*~"))
    elif source.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)


setup(cmdclass={"build_py": BuildWithShippedFiles})
