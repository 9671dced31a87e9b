"""Shared by all tests: hypothesis profiles, what a test needs from the machine, a throw-away PostgreSQL."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from tests.support import needs
from tests.support.postgres import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]

# No deadlines: the machine may be busy, and how fast something is belongs in bench/.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
#: each has a PostgreSQL of its own
_MOST_WORKERS = 6

settings.load_profile("ci" if os.environ.get("CI") == "true" else "default")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are cores: many tests wait for a daemon most of their time."""
    return min(_MOST_WORKERS, (os.cpu_count() or 1) + 1)


#: what a provider has not, docs/transports.md shows
_LACKS = "transports/test_contract.py"


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("needs"):
        needs.require(*marker.args)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what was skipped and how to get it: a skipped test is otherwise silently untested code."""
    skipped = [each for each in terminalreporter.getreports("skipped") if _LACKS not in each.nodeid]
    if not skipped:
        return
    terminalreporter.section("not tested on this machine")
    for report in skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        terminalreporter.line(f"{report.nodeid}: {str(reason).removeprefix('Skipped: ')}")
