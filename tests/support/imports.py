"""What core and the leaves of alertd may use of the outside, read from the source with `ast`.

Which part may import which is kept by import-linter ([tool.importlinter] in pyproject.toml). Nothing is
imported here, so a broken module is still judged, and imports inside functions count like any other.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: These import nothing of alertd and no third party.
LEAVES = {"clock", "sdnotify", "shipped"}

#: Standard library modules that reach the outside or read a clock. core gets such things as arguments.
_CORE_FORBIDDEN = {
    "asyncio", "http", "logging", "multiprocessing", "os", "pathlib", "random", "secrets", "select", "shutil",
    "signal", "smtplib", "socket", "sqlite3", "ssl", "subprocess", "tempfile", "threading", "time", "urllib",
}  # fmt: skip
_CORE_RULE = "core does no I/O and reads no clock: take it as an argument"
_CORE_FORBIDDEN_CALLS = {
    "open",
    "print",
    "input",
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
}


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    path: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.sentence}"


def faults(root: Path) -> list[Fault]:
    """Every fault below `root`/alertd, in reading order."""
    found: list[Fault] = []
    for path in sorted((root / "alertd").rglob("*.py")):
        relative = path.relative_to(root)
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except SyntaxError as error:
            found.append(Fault(str(relative), error.lineno or 1, f"Python cannot read this: {error.msg}"))
            continue
        found += [Fault(str(relative), line, sentence) for line, sentence in _judge(relative, tree)]
    return sorted(found)


def _judge(relative: Path, tree: ast.Module) -> Iterator[tuple[int, str]]:
    part = _part(".".join(relative.with_suffix("").parts))
    if part == "__init__":
        part = ""
    for line, module in _imports(tree, relative.parent.parts):
        if sentence := _verdict(part, module):
            yield line, sentence
    if part == "core":
        yield from _clocks_and_files(tree)


def _part(module: str) -> str:
    """`alertd.store.tables` -> `store`; the package itself -> ''."""
    names = module.split(".")
    return names[1] if len(names) > 1 else ""


def _imports(tree: ast.Module, package: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """(line, full module name) of every import; `from alertd import x` counts as alertd.x."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *([node.module] if node.module else [])])
            if base == "alertd":
                yield from ((node.lineno, f"alertd.{alias.name}") for alias in node.names)
            else:
                yield node.lineno, base
        elif isinstance(node, ast.Call) and node.args and _name(node.func).endswith("import_module"):
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield node.lineno, first.value


def _verdict(part: str, module: str) -> str | None:
    """The sentence against `part` importing `module`; None where it may."""
    name = f"alertd{'.' * bool(part)}{part}"
    top = module.partition(".")[0]
    if top == "alertd":
        alone = (part == "" or part in LEAVES) and _part(module) not in ("", "__version__", part)
        return f"{name} imports {module}; it must import nothing of alertd" if alone else None
    if (part == "core" or part in LEAVES) and top not in sys.stdlib_module_names:
        return f"{name} imports {module}; it may import the standard library only"
    if part == "core" and top in _CORE_FORBIDDEN:
        return f"{name} imports {module}; {_CORE_RULE}"
    return None


def _clocks_and_files(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in _CORE_FORBIDDEN_CALLS:
            yield node.lineno, f"alertd.core calls {_name(node.func)}(); {_CORE_RULE}"


def _name(node: ast.expr) -> str:
    """`datetime.now` for datetime.now and for dt.datetime.now; '' for anything but names."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = _name(node.value).rpartition(".")[2]
        return f"{owner}.{node.attr}"
    return ""
