"""What a test may need from the machine, and what to install where it is missing.

A test says `@pytest.mark.needs("nspawn", "root")`. Where something is missing the test is skipped and named
at the end of the run, with the Debian package that brings it; with CI=true in the environment it fails
instead, because there everything in .ci/apt.txt is installed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.support import postgres

# An ordinary user's PATH lacks these, and Debian puts servers' programs there.
_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"])


@dataclass(frozen=True, slots=True)
class Need:
    """`present` looks at the machine; `remedy` completes the sentence "it is brought by ...".

    `package` is the Debian package to name in .ci/apt.txt; None where CI has the thing otherwise.
    """

    present: Callable[[], bool]
    remedy: str
    package: str | None = None


def program(name: str) -> str | None:
    """The path of a program, also in the administrator's folders; None where it is not installed."""
    return shutil.which(name, path=_PATH)


def _program(name: str, package: str) -> Need:
    return Need(lambda: program(name) is not None, f"the Debian package {package}", package)


NEEDS: dict[str, Need] = {
    "chromium": _program("chromium", "chromium"),
    "debootstrap": _program("debootstrap", "debootstrap"),
    "dovecot": _program("dovecot", "dovecot-imapd"),
    "make": _program("make", "make"),
    "nspawn": _program("systemd-nspawn", "systemd-container"),
    "postgres": Need(
        lambda: postgres.find_binaries() is not None or bool(os.environ.get(postgres.URL_VARIABLE)),
        f"requirements-dev.txt, the Debian package postgresql, or a server named in {postgres.URL_VARIABLE}",
    ),
    "promtool": _program("promtool", "prometheus"),
    "root": Need(lambda: os.geteuid() == 0, "running the tests as root"),
    "smtp-sink": _program("smtp-sink", "postfix"),
    "smtp-source": _program("smtp-source", "postfix"),
    "systemd-analyze": _program("systemd-analyze", "systemd"),
}


def missing(names: tuple[str, ...]) -> list[str]:
    """One sentence for each name this machine cannot serve. An unknown name is the test author's fault."""
    sentences = []
    for name in names:
        if name not in NEEDS:
            known = ", ".join(sorted(NEEDS))
            raise pytest.UsageError(
                f"needs({name!r}) is unknown; known are {known}. Add it to tests/support/needs.py."
            )
        if not NEEDS[name].present():
            sentences.append(f"{name} is missing: it is brought by {NEEDS[name].remedy}")
    return sentences


def require(*names: str) -> None:
    """Skip the running test, or fail it in CI, where the machine lacks one of `names`."""
    reasons = missing(names)
    if not reasons:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"{'; '.join(reasons)}. In CI nothing may be skipped.", pytrace=False)
    pytest.skip("; ".join(reasons))
