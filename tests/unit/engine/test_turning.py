"""The year turned behind the door: what it does, what is refused, and that nothing is half done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from alertd.engine.operations.releasing import Files, NoRegister
from alertd.engine.operations.turning import Turn, Turned, turn_year, turned
from alertd.engine.ruling.refusal import Refused
from alertd.installation import Installation, Store
from alertd.store import revisions
from tests.support.installed import NOW, lay_down, started
from tests.support.play import CLERK

REPORT = "rule-of-law-report"


@pytest.fixture
def city(tmp_path: Path) -> Iterator[tuple[Installation, Store]]:
    found, store = started(lay_down(tmp_path))
    yield found, store
    store.close()


def _turn(here: Installation, **changes: Any) -> Turn:
    asked = Turn(here.files(), frozenset(here.node.channels), "schedules", 2026, 2027, reason="new plan")
    return replace(asked, **changes)


def _asked(city: tuple[Installation, Store], **changes: Any) -> Turned:
    here, store = city
    return turned(store, here.make_world, NOW, _turn(here, **changes))


def _texts(store: Store) -> dict[str, str]:
    with store.read() as tx:
        return dict(revisions.applied(tx))


def test_asking_says_what_it_would_do_and_changes_nothing(city: tuple[Installation, Store]) -> None:
    before = _texts(city[1])
    found = _asked(city, ending=("RULE-OF-LAW-REPORT",))
    assert found.ends == (REPORT,)
    assert {row.obligation for row in found.carried} == {REPORT}
    assert {row.obligation for row in found.withdrawn} == {REPORT}
    assert "officer-training" in found.goes_on
    assert found.changes["schedules/chapter-4.toml"] is None
    assert found.world.register.obligations[REPORT].valid_to == date(2026, 12, 31)
    assert _texts(city[1]) == before


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"new": 2026}, "year-reversed"),
        ({"ending": ("rule-of-law-reprot",)}, "no-obligation-near"),
        ({"new": 2025}, "year-reversed"),
    ],
)
def test_what_makes_no_sense_is_refused(
    city: tuple[Installation, Store], changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        _asked(city, **changes)
    assert refused.value.code == code


def _changed(here: Installation, file: str, old: str, new: str) -> Files:
    texts = dict(here.files().texts)
    assert old in texts[file]
    return Files({**texts, file: texts[file].replace(old, new)})


def test_other_changes_are_not_released_with_it(city: tuple[Installation, Store]) -> None:
    files = _changed(city[0], "schedules/chapter-7.toml", "yearly by 12-30", "yearly by 12-20")
    with pytest.raises(Refused, match="year-differ"):
        _asked(city, files=files)


def test_a_plan_that_has_no_duties_has_nothing_to_go_on(city: tuple[Installation, Store]) -> None:
    texts = {file.replace("/chapter", "/2024/chapter"): text for file, text in city[0].files().texts.items()}
    with pytest.raises(Refused, match="year-nothing"):
        turned(None, city[0].make_world, NOW, _turn(city[0], files=Files(texts)))


def test_where_nothing_runs_yet_no_file_waits(city: tuple[Installation, Store]) -> None:
    files = _changed(city[0], "schedules/chapter-7.toml", "yearly by 12-30", "yearly by 12-20")
    found = turned(None, city[0].make_world, NOW, _turn(city[0], files=files))
    assert (found.carried, found.withdrawn) == ((), ())
    assert found.goes_on


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [('plan = "2020"', 'plan = """2020"""', "year-unusual"), ("[[obligation]]", "[[obligtion]]", None)],
)
def test_files_that_cannot_be_taken_apart_stop_it(
    city: tuple[Installation, Store], old: str, new: str, code: str | None
) -> None:
    files = _changed(city[0], "schedules/chapter-7.toml", old, new)
    with pytest.raises(Refused if code else NoRegister, match=code):
        turned(None, city[0].make_world, NOW, _turn(city[0], files=files))


def test_the_new_folder_holds_nothing_yet(city: tuple[Installation, Store]) -> None:
    texts = {**city[0].files().texts, "schedules/2027/extra.toml": ""}
    with pytest.raises(Refused, match="year-exists"):
        turned(None, city[0].make_world, NOW, _turn(city[0], files=Files(texts)))


def test_what_was_written_rules_at_once(city: tuple[Installation, Store]) -> None:
    here, store = city
    written: list[Any] = []
    released = turn_year(store, here.make_world, NOW, CLERK, _turn(here, ending=(REPORT,)), written.append)
    assert released is not None
    assert "schedules/2027/chapter-4.toml" in _texts(store)
    assert "schedules/2027/chapter-4.toml" in written[0]
    assert "schedules/chapter-4.toml" in released.gone


def test_a_folder_that_cannot_be_written_undoes_it(city: tuple[Installation, Store]) -> None:
    here, store = city
    before = _texts(store)

    def full(changes: object) -> None:
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        turn_year(store, here.make_world, NOW, CLERK, _turn(here), full)
    assert _texts(store) == before


def test_it_is_not_done_without_a_reason(city: tuple[Installation, Store]) -> None:
    here, store = city
    written: list[Any] = []
    with pytest.raises(Refused, match="reason-missing"):
        turn_year(store, here.make_world, NOW, CLERK, _turn(here, reason=" "), written.append)
    assert written == []
