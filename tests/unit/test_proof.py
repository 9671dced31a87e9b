"""What is promised, and what alertd does when something breaks, names the tests that hold it."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.support.documents import TOP, table
from tests.support.reliability_page import PAGE, with_invariants

TESTS = TOP / "tests"
HELD = re.compile(r"`([\w/]+\.py)::(test_\w+)`")
TABLES = {
    "breaks": (TOP / "docs/operation.md", "what | what alertd does", 4),
    "promised": (PAGE, "promised | held by", 2),
}


#: tests that are inherited
_CONTRACT = TOP / "alertd" / "testing" / "contract.py"


@cache
def _tests_of(path: Path) -> frozenset[str]:
    """The names of the tests in a file; none where there is no such file."""
    if not path.is_file():
        return frozenset()
    text = path.read_text("utf-8")
    nodes = ast.walk(ast.parse(text))
    own = frozenset(n.name for n in nodes if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)))
    inherits = "(TransportContract)" in text and path.parent.name == "transports"
    return own | _tests_of(_CONTRACT) if inherits else own


def complaints(rows: list[list[str]], cells: int) -> list[str]:
    """What is wrong with the last cell of each row, which names at least one test as `path::test`."""
    wrong = []
    for row in rows:
        named = HELD.findall(row[-1])
        if len(row) != cells or not named:
            wrong.append(f"{row[0]}: no test is named")
        elif ", ".join(f"`{file}::{name}`" for file, name in named) != row[-1]:
            wrong.append(f"{row[0]}: something else than tests is named")
        wrong += [
            f"{row[0]}: there is no {file}::{name}"
            for file, name in named
            if name not in _tests_of(TESTS / file)
        ]
    return wrong


@pytest.mark.parametrize("name", ["breaks", "promised"])
def test_every_row_names_tests_that_hold_it(name: str) -> None:
    page, head, cells = TABLES[name]
    rows = table(page, head)
    assert len(rows) > 5
    assert complaints(rows, cells) == []


@pytest.mark.parametrize(
    ("held", "wrong"),
    [
        ("`unit/test_proof.py::test_a_row_without_a_test_is_found`", 0),
        ("", 1),
        ("–", 1),
        ("`unit/test_proof.py`", 1),
        ("`unit/test_proof.py::test_that_is_not_there`", 1),
        ("`unit/test_that_is_not_there.py::test_a_row_without_a_test_is_found`", 1),
        ("`unit/test_proof.py::test_a_row_without_a_test_is_found`, by hand", 1),
    ],
)
def test_a_row_without_a_test_is_found(held: str, wrong: int) -> None:
    assert len(complaints([["it breaks", "it is mended", "–", held]], 4)) == wrong
    assert complaints([["it breaks", held]], 4) != [], "and one that lost its cell"


def test_the_page_lists_the_invariants_as_they_are() -> None:
    page = PAGE.read_text("utf-8")
    assert page == with_invariants(page), "python -m tests.support.reliability_page writes it"


def test_an_invariant_that_is_missing_is_found() -> None:
    page = PAGE.read_text("utf-8")
    without = "".join(line for line in page.splitlines(True) if "`every_notice_is_carried`" not in line)
    assert without != page
    assert with_invariants(without) == page


def test_the_folders_and_pages_of_proof_exist() -> None:
    named = re.findall(r"`((?:tests|bench|\.ci)/[\w./]*)`", PAGE.read_text("utf-8"))
    assert len(named) > 5
    assert [each for each in named if not (TOP / each).exists()] == []
