"""The tutorial of the Chinese manual: its files laid down, its commands run, what they print.

`python -m tests.support.lessons` writes what the commands print into the page; a test holds it equal. The day
is always the same, so that it may be read in any year.

Marks: `<!-- lesson: FILE -->` adds TOML to that file of a city laid down by `alertd init`, `<!-- lesson -->`
and `<!-- lesson: exit N -->` are one command each, and the block after it, `<!-- printed -->`, is its answer.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from alertd.cli.app import run
from alertd.clock import SettableClock
from tests.support.documents import TOP, Block, blocks

PAGE = TOP / "docs/use.zh.md"
TODAY = datetime.fromisoformat("2026-12-01T09:00:00+08:00")
_EXIT = re.compile(r"lesson: exit (\d+)")
_PRINTED = re.compile(r"(^<!-- printed -->\n```text\n).*?(^```$)", re.MULTILINE | re.DOTALL)


def told(folder: Path, line: str, now: datetime = TODAY) -> tuple[int, str]:
    """The exit code of a command in a folder, and all it said."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = run(shlex.split(line)[1:], {"PATH": "", "NO_COLOR": "1"}, folder, SettableClock(now))
    return code, said.getvalue()


def laid_down(folder: Path, language: str) -> None:
    """A new city in the language, with the example that comes with the program."""
    code, said = told(folder.parent, f"alertd init {folder} --example --language {language}")
    assert code == 0, said


def add_files(page: Path, folder: Path) -> None:
    """Add what the lessons write to the files of a city."""
    for block in blocks(page):
        if block.kind == "toml" and block.mark.startswith("lesson: "):
            file = folder / block.mark.removeprefix("lesson: ")
            before = file.read_text("utf-8") if file.exists() else ""
            file.write_text(f"{before}\n{block.text}", "utf-8")


def commands(page: Path) -> Iterator[tuple[str, int, str]]:
    """Each command with the exit code and the answer the page gives."""
    found = blocks(page)
    for number, block in enumerate(found):
        if block.kind == "sh" and block.mark.startswith("lesson"):
            (line,) = block.lines
            yield line, _expected(block), found[number + 1].text


def _expected(block: Block) -> int:
    match = _EXIT.fullmatch(block.mark)
    return int(match[1]) if match else 0


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "city"
        laid_down(folder, "zh-Hant")
        add_files(PAGE, folder)
        answers = iter([told(folder, line)[1] for line, _, _ in commands(PAGE)])
    page = _PRINTED.sub(lambda shown: shown[1] + next(answers) + shown[2], PAGE.read_text("utf-8"))
    PAGE.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
