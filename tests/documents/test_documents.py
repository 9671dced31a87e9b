"""Ten made-up documents, each as a clerk would turn it into files: what `check` and `when` say of them.

NAME/text.txt         the document; `items` of expected.toml finds the number of each of its items
NAME/schedules/       the files made from it, laid below schedules/NAME/ of the example city
NAME/expected.toml    [[limit]]: the words of the text, the duty, a start and what `alertd when` must say,
                      counted by hand; 24:00 is the end of a day, `severity` chooses among its rules; `owed`
                      is how much. [[left_out]]: what is no limit, and why
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from alertd.config import load_register
from alertd.config.sources import read_texts
from alertd.core.model import Obligation
from tests.support.lessons import laid_down, told

HERE = Path(__file__).parent
NAMES = sorted(path.parent.name for path in HERE.glob("*/expected.toml"))
ITEMS = 60
#: the documents are of that year; read later, `check` says which of their dates are past
WRITTEN = datetime.fromisoformat("2026-01-05T09:00:00+08:00")


def _expected(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name / "expected.toml").read_text("utf-8"))


def _text(name: str) -> str:
    return (HERE / name / "text.txt").read_text("utf-8")


def _items(name: str) -> list[str]:
    return re.findall(_expected(name)["items"], _text(name), re.MULTILINE)


def _item(name: str, number: str) -> str:
    """The words of one item, to the beginning of the next."""
    parts = re.split(_expected(name)["items"], _text(name), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))[number]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example city with the files of all ten documents."""
    folder = tmp_path_factory.mktemp("documents") / "city"
    laid_down(folder, "zh-Hant")
    for name in NAMES:
        shutil.copytree(HERE / name / "schedules", folder / "schedules" / name)
    return folder


@pytest.fixture(scope="module")
def duties(city: Path) -> dict[str, Obligation]:
    """Every duty by its id."""
    texts, faults = read_texts(city / "schedules")
    assert not faults
    register = load_register(texts).register
    assert register is not None
    return dict(register.obligations)


def _folder(duty: Obligation) -> str:
    """The document a duty comes from."""
    return Path(duty.file).parent.name


def _limits() -> Iterator[Any]:
    for name in NAMES:
        for number, limit in enumerate(_expected(name)["limit"]):
            yield pytest.param(name, limit, id=f"{name}-{limit['item']}-{limit['duty']}-{number}")


def _shown(at: str | None) -> str | None:
    """An instant of the program as the expectations write it."""
    if at is None:
        return None
    local = datetime.fromisoformat(at)
    if local.time() == time():
        return f"{local.date() - timedelta(days=1)} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"


def test_there_are_ten_documents_with_enough_items() -> None:
    assert len(NAMES) == 10
    assert sum(len(_items(name)) for name in NAMES) >= ITEMS


def test_check_finds_no_fault_in_any_of_them(city: Path) -> None:
    code, said = told(city, "alertd check", WRITTEN)
    assert code == 0, said
    hints = [line for line in said.splitlines() if any(f"schedules/{name}/" in line for name in NAMES)]
    assert hints == []


@pytest.mark.parametrize("name", NAMES)
def test_each_alone_beside_the_example_is_without_a_fault(name: str, city: Path) -> None:
    texts, _ = read_texts(city / "schedules")
    others = tuple(f"schedules/{other}/" for other in NAMES if other != name)
    alone = {file: text for file, text in texts.items() if not file.startswith(others)}
    assert [fault.text() for fault in load_register(alone).faults] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_item_is_a_limit_or_left_out_with_a_reason(name: str, duties: dict[str, Obligation]) -> None:
    expected = _expected(name)
    told_of = [*expected["limit"], *expected["left_out"]]
    assert {each["item"] for each in told_of} == set(_items(name))
    for each in told_of:
        assert each["says"] in _item(name, each["item"]), each["says"]
    made = {duty.id for duty in duties.values() if _folder(duty) == name}
    assert {limit["duty"] for limit in expected["limit"]} == made
    assert all(each["why"] for each in expected["left_out"])


@pytest.mark.parametrize(("name", "limit"), list(_limits()))
def test_when_says_what_was_counted_by_hand(
    name: str, limit: dict[str, Any], city: Path, duties: dict[str, Obligation]
) -> None:
    duty = duties[limit["duty"]]
    assert _folder(duty) == name
    rule = (duty.severity_rules[limit["severity"]] if "severity" in limit else duty.rule).text
    stated = f" --due {limit['stated']}" if "stated" in limit else ""
    code, said = told(city, f"alertd when {shlex.quote(rule)} --after {limit['after']}{stated} --json")
    assert code == 0, said
    found = json.loads(said)
    assert _shown(found["due"]) == limit.get("due")
    assert _shown(found["earliest"]) == limit.get("earliest")
    assert found["provisional"] == limit.get("provisional", False)
    if "office" in limit:
        assert _shown(found["office_due"]) == limit["office"]
    assert {name: getattr(duty.measure, name) for name in limit.get("owed", {})} == limit.get("owed", {})
    assert (duty.measure is None) == ("owed" not in limit)
    if "urgent" in limit:
        assert _shown(found["urgent"]["due"]) == limit["urgent"]
    assert [_shown(turn["due"]) for turn in found.get("turns", [])] == limit.get("turns", [])


def test_an_event_of_a_document_becomes_messages_to_whom_its_policy_names(city: Path) -> None:
    """The emergency plan, 4.1: danger at a dyke before midnight, told at once, and two reports owed."""
    code, said = told(
        city,
        "alertd preview --from 2026-07-12T23:00 --to 2026-07-13T01:00 --json"
        " --event dyke-danger/large@2026-07-12T23:45:東河鎮",
    )
    assert code == 0, said
    lines = [line for line in json.loads(said) if line["obligation"].startswith("flood-")]
    assert {line["obligation"] for line in lines} == {"flood-alarm", "flood-call", "flood-letter"}
    assert {line["party"] for line in lines} == {"town-donghe"}
    assert min(line["at"] for line in lines) == "2026-07-12T23:45:00+08:00"
    homes = {line["person"].rpartition(".")[2] for line in lines}
    assert homes >= {
        "town-donghe",
        "government-office",
        "water-bureau",
    }  # who owes it, the desk, the receiver
