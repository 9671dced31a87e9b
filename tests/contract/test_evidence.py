"""Files that prove hand-ins, on both databases: kept whole, found out when they change, carried along."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from alertd.engine.operations import acts, evidence
from alertd.engine.operations.evidence import File
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor
from alertd.store import audit, copying, migrating, tables
from alertd.store import evidence as kept_files
from alertd.store.backup import backup
from alertd.store.database import Store
from tests.support.play import Play
from tests.support.register import tiny_register, world

REPORT = "yearly-report@2026/town-a"
ANN = Actor("ann", "web:1")
#: every byte there is, and more than one piece of it
CONTENT = bytes(range(256)) * 3000


@pytest.fixture
def play(store: Store) -> Play:
    begun = Play(store, world(tiny_register()), "2026-12-01T10:00")
    begun.plan()
    begun.go("2026-12-17T10:00")
    return begun


def keep(play: Play, *files: File) -> Any:
    return play.do(evidence.keep, play.row(REPORT).number, files, ANN)


def test_a_file_comes_back_byte_for_byte_with_its_hash_in_the_audit(play: Play) -> None:
    (kept,) = keep(play, File("report.pdf", CONTENT))
    with play.store.read() as tx:
        (row,) = kept_files.of_deadline(tx, play.row(REPORT).number)
        assert kept_files.content(tx, row) == CONTENT
        last = audit.of_deadline(tx, play.row(REPORT).number)[-1]
    assert (row.name, row.kind, row.size, row.by) == ("report.pdf", "application/pdf", len(CONTENT), ANN.text)
    assert (last.action, last.detail["sha256"]) == ("evidence-kept", kept.sha256)
    assert len(play.all(tables.evidence_pieces)) == 3


def test_the_very_same_is_kept_once_and_the_first_name_stays(play: Play) -> None:
    first, other, again = keep(play, File("a.pdf", CONTENT), File("b.pdf", b"b"), File("c.pdf", CONTENT))
    assert first == again != other
    assert keep(play, File("d.pdf", CONTENT)) == (first,)
    assert len(play.all(tables.evidence)) == 2


@pytest.mark.parametrize("wrong", [File("x.pdf", b""), File("y.pdf", b"more than is taken")])
def test_one_that_is_refused_leaves_none_behind(
    play: Play, wrong: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "LARGEST", 10)
    with pytest.raises(Refused, match="file-"):
        keep(play, File("good.pdf", b"good"), wrong)
    number = play.row(REPORT).number
    with pytest.raises(Refused, match="file-"):
        play.do(acts.hand_in, number, acts.HandIn(files=(File("good.pdf", b"good"), wrong)), ANN)
    assert play.all(tables.evidence) == []
    assert play.row(REPORT).state == "open"


def test_a_deadline_takes_only_so_many(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "MOST", 2)
    keep(play, File("1", b"1"), File("2", b"2"))
    with pytest.raises(Refused, match="too-many-files"):
        keep(play, File("3", b"3"))
    assert len(keep(play, File("once more", b"2"))) == 1


def test_it_comes_with_a_hand_in_and_after_it_until_it_is_reviewed(play: Play) -> None:
    number = play.row(REPORT).number
    play.do(acts.hand_in, number, acts.HandIn(files=(File("a.pdf", b"a"),)), ANN)
    keep(play, File("b.pdf", b"b"))
    play.do(acts.verify, number, "", Actor("gao"))
    with pytest.raises(Refused, match="wrong-state"):
        keep(play, File("c.pdf", b"c"))
    assert [row.name for row in play.all(tables.evidence)] == ["a.pdf", "b.pdf"]


def test_who_has_no_part_in_it_adds_nothing(play: Play) -> None:
    with pytest.raises(Refused, match="not-allowed"):
        play.do(evidence.keep, play.row(REPORT).number, (File("a", b"a"),), Actor("eve"))


def test_a_file_that_somebody_changed_is_given_to_nobody(play: Play) -> None:
    keep(play, File("a.pdf", CONTENT), File("b.pdf", b"b"))
    with play.store.write() as tx:
        piece = tables.evidence_pieces.c.piece == 1
        tx.execute(update(tables.evidence_pieces).where(piece).values(data=b"other"))
    with play.store.read() as tx:
        first, second = kept_files.of_deadline(tx, play.row(REPORT).number)
        assert kept_files.content(tx, first) is None
        assert kept_files.content(tx, second) == b"b"
        assert [row.id for row in kept_files.damaged(tx)] == [first.id]


def test_files_are_in_a_backup(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'alertd.db'}")
    migrating.upgrade(store)
    play = Play(store, world(tiny_register()), "2026-12-01T10:00")
    play.plan()
    keep(play, File("a.pdf", CONTENT))
    backup(store, tmp_path / "copy.db")
    copy = Store(f"sqlite:///{tmp_path / 'copy.db'}")
    with copy.read() as tx:
        (row,) = kept_files.of_deadline(tx, play.row(REPORT).number)
        assert kept_files.content(tx, row) == CONTENT
    copy.close()
    store.close()


@pytest.mark.needs("postgres")
def test_files_move_to_another_database(tmp_path: Path, postgres_url: str) -> None:
    source, target = Store(f"sqlite:///{tmp_path / 'alertd.db'}"), Store(postgres_url)
    migrating.upgrade(source)
    play = Play(source, world(tiny_register()), "2026-12-01T10:00")
    play.plan()
    keep(play, File("a.pdf", CONTENT * 20))
    found = {each.table: each.rows for each in copying.copy(source, target)}
    assert found["evidence_pieces"] == len(play.all(tables.evidence_pieces)) > 32
    with target.read() as tx:
        (row,) = kept_files.of_deadline(tx, play.row(REPORT).number)
        assert kept_files.content(tx, row) == CONTENT * 20
    source.close()
    target.close()
