"""One installation as the daemon opens it: whether its files were saved since they were first read."""

import os
import time
from pathlib import Path

import pytest

from alertd import installation
from alertd.installation import Installation
from tests.support.daemon import Site

LATER, EARLIER = 60, -60


@pytest.fixture
def opened(tmp_path: Path) -> Installation:
    return Site(tmp_path).installation()


def read_at(monkeypatch: pytest.MonkeyPatch, seconds_from_now: int) -> None:
    monkeypatch.setattr(installation, "_FIRST_READING", time.time() + seconds_from_now)


def test_files_that_lay_there_before_need_no_second_reading(
    opened: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_at(monkeypatch, LATER)
    assert not opened.saved_since_start()


def test_a_file_that_was_saved_is_read_again_even_if_it_claims_to_be_old(
    opened: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in opened.node.folder.rglob("*"):
        os.utime(path, (0, 0))
    read_at(monkeypatch, EARLIER)
    assert opened.saved_since_start()


def test_a_folder_that_is_gone_is_found_by_reading_again(
    opened: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_at(monkeypatch, LATER)
    opened.node.file.unlink()
    assert opened.saved_since_start()
