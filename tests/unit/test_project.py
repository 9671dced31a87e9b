"""What the project promises about itself: its files, its dependencies, its size, its commands."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import alertd
from tests.support import start_example
from tests.support.needs import NEEDS

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (".ci", "alertd", "bench", "channels", "docs", "schedules", "systemd", "tests")
LOCKS = ("requirements.txt", "requirements-dev.txt")

MODULE_LINES = 400
FUNCTION_LINES = 60

#: Never imported by name: time-zone data, and the driver that SQLAlchemy loads by its URL.
NOT_IMPORTED = {"tzdata", "psycopg"}
#: One release of the second needs one exact release of the first, and its documents send us there.
PART_OF = {"pydantic-core": "pydantic"}


def _files(*suffixes: str, folders: tuple[str, ...] = FOLDERS) -> Iterator[Path]:
    """The project's own files; generated ones and other people's are not below these folders."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if (
                path.is_file()
                and "__pycache__" not in path.parts
                and (not suffixes or path.suffix in suffixes)
            ):
                yield path
    if folders == FOLDERS:
        for path in sorted(ROOT.iterdir()):
            if path.is_file() and (not suffixes or path.suffix in suffixes):
                yield path


def _where(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _project() -> dict[str, object]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert isinstance(project, dict)
    return project


def _distribution(requirement: str) -> str:
    """`psycopg[binary]>=3` -> `psycopg`."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name is not None, requirement
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def _declared() -> set[str]:
    dependencies = _project()["dependencies"]
    assert isinstance(dependencies, list)
    return {_distribution(line) for line in dependencies}


def _imported() -> dict[str, str]:
    """Distribution -> a place in alertd that imports it."""
    owners = importlib.metadata.packages_distributions()
    found: dict[str, str] = {}
    for path in _files(".py", folders=("alertd",)):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                names = [node.module]
            else:
                continue
            for top in {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"alertd"}:
                for owner in owners.get(top, [top]):
                    name = _distribution(owner)
                    found.setdefault(PART_OF.get(name, name), f"{_where(path)}:{node.lineno}")
    return found


def _pins(lock: str) -> dict[str, str]:
    """Distribution -> its pinned line with hashes."""
    text = (ROOT / lock).read_text().replace("\\\n", " ")
    return {_distribution(line): line for line in text.splitlines() if line and not line.startswith("#")}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_pins_and_hashes_everything_and_names_no_host(lock: str) -> None:
    assert "://" not in (ROOT / lock).read_text()
    loose = [line for line in _pins(lock).values() if "==" not in line or "--hash=sha256:" not in line]
    assert loose == []


def test_the_lock_files_hold_every_dependency_and_agree() -> None:
    runtime, develop = (_pins(lock) for lock in LOCKS)
    extras = _project()["optional-dependencies"]
    assert isinstance(extras, dict)
    assert _declared() | {_distribution(line) for line in extras["build"]} <= runtime.keys(), "run: make lock"
    assert {_distribution(line) for lines in extras.values() for line in lines} <= develop.keys(), (
        "run: make lock"
    )
    assert {name: develop.get(name) for name in runtime} == runtime, "run: make lock"


def test_what_is_used_below_its_surface_stays_below_the_next_version() -> None:
    dependencies = _project()["dependencies"]
    assert isinstance(dependencies, list)
    bounded = {_distribution(line) for line in dependencies if "<" in line}
    assert {"aiosmtplib", "apscheduler", "sqlalchemy"} <= bounded


def test_what_alertd_imports_is_declared() -> None:
    extras = _project()["optional-dependencies"]
    assert isinstance(extras, dict)
    for_tests = {_distribution(line) for line in extras["testing"]}  # nothing else may import alertd.testing
    undeclared = [
        f"{where}: {name}"
        for name, where in _imported().items()
        if name not in _declared() and not (where.startswith("alertd/testing/") and name in for_tests)
    ]
    assert undeclared == [], "add it to [project] dependencies and run: make lock"


def test_what_is_declared_is_imported() -> None:
    assert _declared() - _imported().keys() <= NOT_IMPORTED


def test_no_file_names_a_path_of_this_machine() -> None:
    own = [f"{folder}/" for folder in {ROOT, Path.home()} if len(folder.parts) > 1]
    found = [
        f"{_where(path)}:{number}: {line.strip()}"
        for path in _files(".py", ".toml", ".md", ".txt", ".csv", ".html", ".j2", ".service", ".sh", "")
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if any(folder in line for folder in own)
    ]
    assert found == []


def test_modules_and_functions_stay_small() -> None:
    large = []
    for path in _files(".py", folders=("alertd", "bench", "tests")):
        text = path.read_text(encoding="utf-8")
        if (lines := text.count("\n")) > MODULE_LINES:
            large.append(f"{_where(path)}: {lines} lines; at most {MODULE_LINES}, split it by subject")
        if "migrations" in path.parts:
            continue  # one migration is one function, however many tables it makes
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES:
                    large.append(f"{_where(path)}:{node.lineno}: {node.name} has {lines} lines")
    assert not large, "\n" + "\n".join(large)


def test_the_packaged_city_is_the_one_at_the_top() -> None:
    assert start_example.files(start_example.COPY) == start_example.files(ROOT), (
        "run: python -m tests.support.start_example"
    )


def test_no_test_is_switched_off() -> None:
    marker = re.compile(r"pytest\.mark\.(skip|skipif|xfail)\b|unittest\.skip")
    found = [
        f"{_where(path)}:{number}"
        for path in _files(".py", folders=("tests",))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if marker.search(line) and path != Path(__file__)
    ]
    assert found == [], 'say what the test needs: @pytest.mark.needs("...")'


def test_ci_installs_what_tests_need() -> None:
    listed = {line.partition("#")[0].strip() for line in (ROOT / ".ci/apt.txt").read_text().splitlines()}
    for path in _files(".py", folders=("tests", "bench")):
        if path == Path(__file__):
            continue
        for names in re.findall(r"(?:mark\.needs|\brequire)\(([^)]*)\)", path.read_text(encoding="utf-8")):
            for name in re.findall(r'"([^"]+)"', names):
                package = NEEDS[name].package if name in NEEDS else None
                assert package is None or package in listed, (
                    f"{_where(path)} needs {name}: {package} in .ci/apt.txt"
                )


def test_every_make_target_is_explained() -> None:
    text = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert phony is not None
    assert re.findall(r"^([a-z]+):.*## .", text, re.MULTILINE) == phony[1].split()


def test_the_changes_name_this_version_or_what_comes() -> None:
    assert re.search(
        rf"^## (Unreleased|{re.escape(alertd.__version__)})\b",
        (ROOT / "CHANGELOG.md").read_text(),
        re.MULTILINE,
    )


def _shell_lines() -> Iterator[tuple[str, str]]:
    """(where, command line) of every shell block in the documents."""
    documents = [path for path in _files(".md") if path.parts[len(ROOT.parts)] != "tests"]
    for path in documents:
        for block in re.finditer(
            r"^```(?:sh|shell|bash|console)\n(.*?)^```",
            path.read_text(encoding="utf-8"),
            re.MULTILINE | re.DOTALL,
        ):
            for line in block[1].splitlines():
                yield _where(path), line.strip().removeprefix("$ ").removeprefix("# ")


def test_make_targets_in_the_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    unknown = [
        f"{where}: {line}"
        for where, line in _shell_lines()
        if (used := re.match(r"make ([a-z]+)\b", line)) and used[1] not in targets
    ]
    assert unknown == []


def test_alertd_commands_in_the_documents_exist() -> None:
    program = Path(sys.executable).parent / "alertd"
    help_text = subprocess.run(
        [program, "--help"], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    commands = set(re.findall(r"\b[a-z][a-z-]+\b", help_text))
    unknown = [
        f"{where}: {line}"
        for where, line in _shell_lines()
        if (used := re.match(r"(?:\S*/)?alertd (?:--config \S+ )?([a-z][a-z-]*)", line))
        and used[1] not in commands
    ]
    assert unknown == []
