"""The documents against the program: what they name exists, what they compute is so, what they show runs."""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from alertd.cli import exits
from alertd.cli.app import COMMANDS, run
from alertd.config.register import load_register
from alertd.config.shapes import PersonShape, RosterShape
from alertd.config.sources import read_texts
from alertd.config.values import Shape
from alertd.core.limits import limits_after
from alertd.core.rules import parse_rule
from alertd.messages.catalogue import Catalogue, to_simplified
from alertd.store.tables import metadata
from tests.support.daemon import Site, until
from tests.support.documents import (
    TOP,
    anchors,
    blocks,
    documents,
    headings,
    links,
    name_of,
    table,
    without_blocks,
)
from tests.support.simplified import PAGES as PAGES_IN_BOTH_SCRIPTS
from tests.support.simplified import derived
from tests.unit.core.shipped_calendar import CALENDAR, OFFICE, at

DESIGN, USE = TOP / "docs/design.md", TOP / "docs/use.md"
DERIVED = PAGES_IN_BOTH_SCRIPTS.values()
CHINESE = [name for pair in PAGES_IN_BOTH_SCRIPTS.items() for name in pair]
GUIDES = ["docs/use.md", *(name for name in CHINESE if "use" in name)]
TOURS = ["README.md", *(name for name in CHINESE if "README" in name)]
CHANNELS = {"email", "inbox", "telegram"}
PAGES = pytest.mark.parametrize("document", documents(), ids=name_of)

#: what is shown here and run by a test elsewhere, or needs a server
RUN_ELSEWHERE = ("make ", ".venv/bin/alertd demo ", "alertd test-send ", "alertd doctor", "alertd go-live")
#: what a clerk would not say (the right words are in the messages and in docs/use.zh.md)
UNNATURAL = (
    "告警", "報警", "警報", "應答", "認領", "駁回", "重新打開", "委派", "過期",
    "違約", "豁免", "放棄", "閘門", "受派人", "擁有者", "義務", "證據", "摘要",
    "靜默", "死線", "失敗", "伺服器", "檔案", "資料夾", "訊息", "使用者",
)  # fmt: skip


# ---------------------------------------------------------------- what is named exists


@PAGES
def test_links_lead_somewhere(document: Path) -> None:
    broken = []
    for link in links(document):
        if "://" in link:
            continue
        file, _, anchor = link.partition("#")
        target = (document.parent / file).resolve() if file else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_places_in_the_documents_that_the_code_names_exist() -> None:
    missing = []
    for path in (TOP / "alertd").rglob("*.py"):
        for file, heading in re.findall(r'(docs/[\w/.-]+\.md)(?:, "([^"]+)")?', path.read_text("utf-8")):
            if not (TOP / file).exists() or (heading and heading not in headings(TOP / file)):
                missing.append(f'{path.relative_to(TOP)}: {file} "{heading}"')
    assert missing == []


def test_every_decision_is_in_the_list_and_has_its_four_parts() -> None:
    folder = TOP / "docs/decisions"
    pages = sorted(folder.glob("0*.md"))
    assert sorted(links(folder / "README.md")) == [page.name for page in pages]
    for page in pages:
        text = page.read_text("utf-8")
        assert re.findall(r"^\*\*([^*.]+)\.\*\*", text, re.MULTILINE) == [
            "Context",
            "Choice",
            "Why",
            "What it costs",
        ], page.name


def _packages() -> list[Path]:
    """Every package but that of the version files, which are named by number."""
    return [
        path.parent
        for path in sorted((TOP / "alertd").rglob("__init__.py"))
        if path.parent.name != "versions"
    ]


def _named_by_the_face(package: Path) -> list[str]:
    """What the docstring of a package lists: a name and what it is, a line each, indented by four."""
    face = ast.get_docstring(ast.parse((package / "__init__.py").read_text("utf-8")), clean=False) or ""
    return re.findall(r"^ {4}(\w+) +\S", face, re.MULTILINE)


@pytest.mark.parametrize("package", _packages(), ids=name_of)
def test_the_face_of_a_package_names_each_of_its_modules_and_no_other(package: Path) -> None:
    modules = {path.stem for path in package.glob("*.py")} - {"__init__"}
    inner = {path.parent.name for path in package.glob("*/__init__.py")}
    assert sorted(_named_by_the_face(package)) == sorted(modules | inner), "one line each, and no other"


def _section(document: Path, heading: str) -> str:
    return re.split(r"^#+ ", document.read_text("utf-8").partition(f" {heading}\n")[2], flags=re.MULTILINE)[0]


def _found(name: str) -> object:
    """What a dotted name below alertd stands for; raises ImportError or AttributeError."""
    for end in range(name.count(".") + 1, 0, -1):
        parts = name.split(".")
        with contextlib.suppress(ModuleNotFoundError):
            module = importlib.import_module(".".join(["alertd", *parts[:end]]))
            return functools.reduce(getattr, parts[end:], module)
    raise ImportError(name)


def test_the_path_of_a_deadline_has_ten_lines_and_leads_through_the_program() -> None:
    told = _section(DESIGN, "The path of a deadline in ten lines")
    lines = re.findall(r"^(\d+)\. (.*)", told, re.MULTILINE)
    assert [int(number) for number, _ in lines] == list(range(1, 11))
    assert all(re.search(r"`[a-z_]+\.[\w.]+`", line) for _, line in lines)
    for name in re.findall(r"`([\w.]+\.[\w.]+)`", told):
        assert _found(name) is not None, name


def test_what_to_change_where_names_files_that_exist() -> None:
    rows = table(DESIGN, "change | files")
    assert len(rows) >= 20
    for change, files, test in rows:
        assert test.strip("`").startswith("tests/"), change
        named = re.findall(r"`([\w./-]+/[\w.-]+\.\w+|(?:service|reloading|installation)\.py)`", files)
        assert named, change
        for file in [*named, test.strip("`")]:
            assert (TOP / file).is_file() or (TOP / "alertd" / file).is_file(), f"{change}: {file}"


def test_what_may_not_be_touched_leads_to_a_decision() -> None:
    for what, why in table(DESIGN, "what holds | why"):
        assert "](decisions/" in why, what


@pytest.mark.parametrize(("first", "container"), [("floor", "alertd"), ("engine", "alertd.engine")])
def test_the_floors_are_those_that_are_enforced(first: str, container: str) -> None:
    told = [sorted(re.findall(r"`(\w+)`", parts)) for _, parts in table(DESIGN, first)]
    linter = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    (contract,) = [each for each in linter["contracts"] if each.get("containers") == [container]]
    assert told == [sorted(layer.split(" | ")) for layer in contract["layers"]]


def test_the_tables_of_the_store_are_all_described() -> None:
    assert {name.strip("`") for name, _ in table(DESIGN, "table | holds")} == set(metadata.tables)


def test_the_top_level_is_described() -> None:
    for name, _ in table(DESIGN, "top level"):
        assert (TOP / name.strip("`")).exists(), name


def test_every_command_is_in_the_table_of_commands() -> None:
    told = {name for cell, _ in table(USE, "command | does") for name in re.findall(r"`([\w-]+)", cell)}
    assert told == set(COMMANDS)


def test_the_exit_codes_are_those_of_the_program() -> None:
    told = {int(code) for code, _ in table(USE, "code | means")}
    assert told == {
        exits.YES, exits.NO, exits.DIFFERENT, exits.USAGE, exits.NOBODY, exits.INTERNAL, exits.BUSY,
        exits.CONFIGURATION,
    }  # fmt: skip


@pytest.mark.parametrize("source", PAGES_IN_BOTH_SCRIPTS)
def test_the_page_in_simplified_characters_is_current(source: str) -> None:
    page = (TOP / PAGES_IN_BOTH_SCRIPTS[source]).read_text("utf-8")
    assert page == derived(source), "python -m tests.support.simplified"


@pytest.mark.parametrize("name", CHINESE)
def test_chinese_pages_use_the_words_of_practice(name: str) -> None:
    text = (TOP / name).read_text("utf-8")
    assert [word for word in UNNATURAL if word in text or to_simplified(word) in text] == []
    prose = re.sub(r"`[^`\n]*`", "", without_blocks(TOP / name))
    assert re.findall(r".*[\u4e00-\u9fff][,;:?!].*", prose) == [], "full-width punctuation is expected"


@pytest.mark.parametrize(
    ("page", "language"), [("use.md", "en"), ("use.zh.md", "zh-Hant"), ("use.zh-Hans.md", "zh-Hans")]
)
def test_the_tags_explained_are_tags_of_messages(page: str, language: str) -> None:
    lines = (TOP / "docs" / page).read_text("utf-8").splitlines()
    rows = [
        line for line in lines if re.match(r"\| `\[(?!.*的[鍵键] )", line)
    ]  # not the head of a table of keys
    explained = set(re.findall(r"`\[([^\]`]+)\]`", " ".join(rows))) - {"DRILL"}
    words = Catalogue(language)
    tags = {words.template(key) for key in words.keys() if key.startswith("tag.")}  # noqa: SIM118
    assert len(explained) > 5
    assert explained - tags == set()


# ---------------------------------------------------------------- what is computed is so


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()[:16]
    return "–" if value is None else str(value)


@pytest.mark.parametrize("row", table(DESIGN, "rule | start | earliest"), ids=lambda row: " ".join(row[:2]))
def test_golden_values(row: list[str]) -> None:
    rule, start, *expected = row
    found = limits_after(parse_rule(rule.strip("`")), at(start), CALENDAR, OFFICE)
    told = [_shown(value) for value in (found.earliest, found.due, found.last_day, found.office_due)]
    assert [*told, "yes" if found.provisional else "no"] == expected


@pytest.mark.parametrize(
    ("name", "heading"),
    list(zip(GUIDES, ["rule | in Chinese", "寫法 | 英文寫法", "写法 | 英文写法"], strict=True)),
)
def test_a_way_of_writing_a_rule_is_the_same_rule_in_the_other_language(name: str, heading: str) -> None:
    rows = table(TOP / name, heading)
    assert len(rows) > 20
    for row in rows:
        one, other = (replace(parse_rule(cell.strip("`")), text="") for cell in row[:2])
        assert one == other, row


def _texts_with_examples(guide: str) -> dict[str, str]:
    texts, faults = read_texts(TOP / "schedules")
    assert not faults
    for block in blocks(TOP / guide):
        if block.kind == "toml" and block.mark.startswith("tested: "):
            file, _, added = block.mark.removeprefix("tested: ").partition(", ")
            texts[file] = (texts[file] if added else "") + "\n" + block.text
    return texts


@pytest.mark.parametrize("guide", GUIDES)
def test_the_files_shown_load_without_a_fault(guide: str) -> None:
    texts = _texts_with_examples(guide)
    loaded = load_register(texts, channels=CHANNELS)
    assert [fault.text() for fault in loaded.faults] == []
    assert "schedules/chapter-9.toml" in texts


@pytest.mark.parametrize(("guide", "language"), list(zip(GUIDES, ["en", "zh-Hant", "zh-Hans"], strict=True)))
def test_the_faulty_file_gives_the_faults_shown(guide: str, language: str) -> None:
    page = blocks(TOP / guide)
    number = next(n for n, block in enumerate(page) if block.mark.startswith("faulty: "))
    texts = _texts_with_examples(guide) | {page[number].mark.removeprefix("faulty: "): page[number].text}
    faults = load_register(texts, channels=CHANNELS).faults
    assert [fault.text(language, to_simplified) for fault in faults] == page[number + 1].lines


@pytest.mark.parametrize(("file", "shape"), [("people.csv", PersonShape), ("roster.csv", RosterShape)])
def test_the_columns_told_are_those_that_are_read(file: str, shape: type[Shape]) -> None:
    assert table(USE, f"column of `{file}`") == [
        [f"`{name}`", "yes" if field.is_required() else "", field.description]
        for name, field in shape.model_fields.items()
    ]


@pytest.mark.parametrize("guide", GUIDES[:2])
def test_the_csv_shown_is_read(guide: str) -> None:
    shown = next(
        block.text for block in blocks(TOP / guide) if block.text.startswith("id,name,unit,positions")
    )
    texts, _ = read_texts(TOP / "schedules")
    texts["schedules/people.csv"] += "\n".join(shown.splitlines()[1:]) + "\n"
    assert [fault.text() for fault in load_register(texts, channels=CHANNELS).faults] == []


# ---------------------------------------------------------------- what is shown runs


def _run(line: str, folder: Path) -> int:
    """One line as a shell would run it; `alertd` in this process, since starting Python takes longer."""
    if line == ". .venv/bin/activate":
        return 0
    if not line.startswith("alertd "):
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        environ = os.environ | {"PATH": path}
        return subprocess.run(["bash", "-c", line], cwd=folder, env=environ, check=False).returncode
    return run(shlex.split(line)[1:], {"PATH": "", "NO_COLOR": "1"}, folder)


def _expected(mark: str) -> int:
    return int(mark.removeprefix("tested: exit ")) if mark.startswith("tested: exit ") else 0


def _run_all(
    document: Path,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    then: Callable[[str], None] = lambda line: None,
) -> str:
    """Run the marked blocks of a page in order, `then` after each line; returns all that was printed.

    Of a derived page those that are the same in the other are left out.
    """
    printed = ""
    for block in blocks(document):
        if block.kind != "sh" or not block.mark.startswith("tested"):
            continue
        if name_of(document) in DERIVED and block.text.isascii():
            continue
        for line in block.lines:
            code = _run(line, folder)
            said = capsys.readouterr()
            assert code == _expected(block.mark), f"{line}\n{said.out}{said.err}"
            printed += said.out
            then(line)
    return printed


@pytest.mark.parametrize("name", GUIDES)
def test_commands_shown_run(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for part in ("channels", "schedules"):
        shutil.copytree(TOP / part, tmp_path / part)
    shutil.copy(TOP / "config.toml", tmp_path)
    assert _run_all(TOP / name, tmp_path, capsys)


@pytest.mark.parametrize("name", [name for name in TOURS if name not in DERIVED])
def test_the_tour_works_beside_a_running_daemon(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = Site(tmp_path)

    def delivered() -> bool:
        waiting = "select 1 from deliveries where not_before is not null"
        return bool(site.rows("select 1 from deliveries where state = 'accepted'")) and not site.rows(waiting)

    with site.daemon() as daemon:

        def wait(line: str) -> None:
            if line.startswith(("alertd event", "alertd done")):
                until(delivered, f"the messages after {line}", daemon.output)

        printed = _run_all(TOP / name, tmp_path, capsys, wait)
    assert "梁慧敏" in printed
    told = {row[0] for row in site.rows("select kind from alerts")}
    assert {"step", "done", "cancelled"} <= told


@pytest.mark.parametrize("name", [*TOURS, *GUIDES])
def test_every_command_shown_is_run_here_or_elsewhere(name: str) -> None:
    unmarked = [block for block in blocks(TOP / name) if block.kind == "sh" and not block.mark]
    lines = [line for block in unmarked for line in block.lines]
    assert [line for line in lines if not f"{line} ".startswith(RUN_ELSEWHERE)] == []
