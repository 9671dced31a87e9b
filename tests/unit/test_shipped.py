"""What a new city is laid down from; that a wheel carries it is tests/e2e/test_wheel.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from alertd.shipped import empty_files, shipped_files
from tests.support.start_example import COPY, SHIPPED


def test_the_packaged_files_are_found_wherever_the_program_lies() -> None:
    assert shipped_files() == COPY
    assert set(SHIPPED) == {path.name for path in shipped_files().iterdir()}


@pytest.mark.parametrize("language", ["zh-Hant", "en"])
def test_the_empty_start_is_written_in_two_languages_file_for_file(language: str) -> None:
    names = {path.relative_to(empty_files("en")) for path in empty_files("en").rglob("*.toml")}
    assert {
        path.relative_to(empty_files(language)) for path in empty_files(language).rglob("*.toml")
    } == names


def test_an_incomplete_installation_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="installation is incomplete"):
        shipped_files(tmp_path / "alertd")
