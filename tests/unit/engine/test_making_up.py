"""What was to be said while nobody was in the files to hear it is said when somebody is."""

from datetime import timedelta

import pytest

from alertd.engine.preview import comparing
from alertd.store import audit, chains, settings, tables
from tests.support.play import Play
from tests.unit.engine.register_texts import DIRECTORY, POLICIES, TEXTS, changed, let_go, look

REPORT = "report@2026/town-b"
EVE = TEXTS[DIRECTORY][TEXTS[DIRECTORY].index('[[person]]\nid = "eve"') :]
WITHOUT = {
    **TEXTS,
    DIRECTORY: TEXTS[DIRECTORY].removesuffix(EVE),
    POLICIES: TEXTS[POLICIES]
    + '[[policy.step]]\nid = "later"\nat = "due - 2 working days"\nto = ["contact"]\nlevel = 2\n',
}
WITH = {**WITHOUT, DIRECTORY: TEXTS[DIRECTORY]}


@pytest.fixture
def play(begin) -> Play:
    begun: Play = begin("2026-12-01T10:00")
    look(begun, WITHOUT)
    return begun


def _to_eve(play: Play, until: str) -> list[tuple[str, str, tuple[str, ...]]]:
    return [heard for heard in play.go(until) if heard[1] == "eve"]


def test_what_nobody_heard_is_said_when_somebody_is_there(play: Play) -> None:
    assert _to_eve(play, "2026-12-17T10:00") == []
    look(play, WITH)
    assert _to_eve(play, "2026-12-17T10:05") == [("12-17T10:00", "eve", ("near",))]
    assert [row[0] for row in _to_eve(play, "2026-12-30T10:00")] == ["12-28T08:30"]
    row = play.row(REPORT)
    with play.store.read() as tx:
        assert "made-up" in [each.action for each in audit.of_deadline(tx, row.number)]
        assert chains.verify(tx) == []
        assert all(finding.level == "ok" for finding in comparing.audit_findings(tx))


def test_several_that_were_missed_are_one_message_of_the_highest_level(play: Play) -> None:
    play.go("2026-12-29T09:00")
    look(play, WITH)
    (heard,) = _to_eve(play, "2026-12-29T10:00")
    assert heard[2][0] == "later"
    told = max(play.all(tables.alerts), key=lambda row: row.id)
    assert (told.step, tuple(told.merged)) == ("later", ("near",))


def test_nothing_is_said_twice(play: Play) -> None:
    play.go("2026-12-17T10:00")
    look(play, WITH)
    assert len(_to_eve(play, "2026-12-17T10:05")) == 1
    look(play, changed(WITH, DIRECTORY, ('name = "伊娃"', 'name = "伊娃二"')))
    assert _to_eve(play, "2026-12-18T10:05") == []


def test_while_nobody_is_there_nothing_is_reached_again(play: Play) -> None:
    play.go("2026-12-17T10:00")
    before = len(play.all(tables.alerts))
    look(play, changed(WITHOUT, DIRECTORY, ('name = "安娜"', 'name = "安娜二"')))
    play.go("2026-12-18T10:00")
    assert len(play.all(tables.alerts)) == before


def test_what_went_to_the_next_one_up_was_said(begin) -> None:
    chief = dict(WITHOUT)
    chief[DIRECTORY] += EVE.replace('"contact"', '"section-chief"').replace('"eve"', '"zoe"')
    play = begin("2026-12-01T10:00")
    look(play, chief)
    assert [who for _, who, _ in play.go("2026-12-17T10:00") if who != "admin"] == ["ann", "zoe"]
    look(play, {**chief, DIRECTORY: chief[DIRECTORY] + EVE})
    assert _to_eve(play, "2026-12-18T10:00") == []


def test_what_was_reached_before_going_live_is_over(play: Play) -> None:
    play.go("2026-12-17T10:00")
    live = play.now + timedelta(minutes=1)
    play.store.transact(lambda tx: settings.put(tx, settings.LIVE_SINCE, live.isoformat()))
    look(play, WITH)
    assert _to_eve(play, "2026-12-18T10:00") == []


def test_what_is_handed_in_is_over(play: Play) -> None:
    play.go("2026-12-17T10:00")
    play.done(REPORT)
    look(play, WITH)
    assert _to_eve(play, "2026-12-18T10:00") == []


def test_people_taken_away_by_somebody_and_put_back_hear_what_they_missed(begin) -> None:
    play = begin("2026-12-01T10:00")
    look(play, WITH)
    let_go(play, WITHOUT, "by mistake")
    look(play, WITHOUT)
    assert _to_eve(play, "2026-12-17T10:00") == []
    look(play, WITH)
    assert _to_eve(play, "2026-12-17T10:05") == [("12-17T10:00", "eve", ("near",))]
