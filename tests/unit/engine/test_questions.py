"""Questions, answered by typed values: one deadline, what it rests on, the bulletin's period, the gates."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from alertd.core.model import Gate, Source
from alertd.engine.operations import more_time
from alertd.engine.reporting.differences import Difference, difference
from alertd.engine.reporting.issuing import asked_period
from alertd.engine.reporting.passing import coming, verdicts
from alertd.engine.reporting.queries import outbox, receipts_of
from alertd.engine.reporting.whole import explained, whole
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Actor
from alertd.transports.base import Outcome, Result
from tests.support.installed import NOW, lay_down, started
from tests.support.play import Play
from tests.support.register import at, live_channels, tiny_register

INCIDENT, DRAFT = "incident-information@fire/town-a", "draft-review@rules/town-a"


@pytest.fixture
def play(begin) -> Play:
    """An incident and a draft; a hearing has a gate that asks for the draft's review."""
    gate = Gate("g", {"en": "To the hearing"}, Source("§9"), "hearing", ("draft-review",), ("contact",))
    begun: Play = begin("2026-12-05T02:00", replace(tiny_register(), gates={"g": gate}), **live_channels())
    begun.report("incident", "fire", published="2026-12-05T02:00", identity="e1")
    begun.report("draft", "rules", received="2026-11-20T10:00")
    begun.go("2026-12-05T02:10")
    return begun


def test_all_that_is_known_of_one_deadline(play: Play) -> None:
    play.acknowledge(INCIDENT, "ann")
    play.now = at("2026-12-05T09:00")
    play.done(INCIDENT, by="ann")
    found = play.do(whole, INCIDENT)
    assert (found.stood.row.id, found.unfinished) == (INCIDENT, False)
    assert [(each.action, each.by) for each in found.history][-2:] == [
        ("acknowledged", "ann"),
        ("done", "ann"),
    ]
    assert {message.person for message in found.messages} >= {"ann", "han"}
    assert next(each.acknowledged_at for each in found.messages if each.person == "ann") is not None
    assert [(breach.kind, breach.gate) for breach in found.breaches] == [("late", None)]


def test_a_gate_that_its_case_passed_shut_is_told_too(play: Play) -> None:
    play.report("hearing", "rules", assigned="2026-12-05T02:00")
    assert [(breach.kind, breach.gate, breach.version) for breach in play.do(whole, DRAFT).breaches] == [
        ("gate", "g", 1)
    ]


def test_a_deadline_is_found_by_its_number_too_and_an_unknown_one_is_refused(play: Play) -> None:
    number = play.row(INCIDENT).number
    assert play.do(whole, f"#{number}").stood.row.id == INCIDENT
    with pytest.raises(Refused, match="no-deadline"):
        play.do(whole, "nothing")


def test_what_was_asked_about_it_is_told(play: Play) -> None:
    play.do(more_time.ask_extension, play.row(DRAFT).number, date(2026, 12, 31), "experts", Actor("ann"))
    (request,) = play.do(whole, DRAFT).requests
    assert (request.kind, request.asked_by, request.decision) == ("extend", "ann", "")


def test_a_limit_is_explained_by_its_lines_and_its_steps(play: Play) -> None:
    found = play.do(explained, INCIDENT)
    assert [line.what for line in found.trace][:1] == ["start"]
    assert found.trace[-1].at == play.row(INCIDENT).due
    assert [(reach.id, reach.id in found.row.fired) for reach in found.steps][:2] == [
        ("started", True),
        ("half", False),
    ]


def test_what_came_of_each_attempt(play: Play) -> None:
    play.do(more_time.ask_extension, play.row(DRAFT).number, date(2026, 12, 31), "experts", Actor("ann"))
    play.now = at("2026-12-07T09:00")
    play.deliver(lambda parcel: Outcome(Result.REFUSED, "550", "no"))
    with play.store.read() as tx:
        found, lost = outbox(tx, person="cai")
        assert lost == []
        (posted, *_) = [each for each in found if each.row.channel == "telegram"]
        receipts = receipts_of(tx, posted.row.id)
    assert [(each.attempt, each.result, each.code) for each in receipts] == [(1, "refused", "550")]
    assert posted.last == receipts[-1]


def test_a_gate_answers_for_a_case_in_whatever_letters(play: Play) -> None:
    (verdict,) = play.do(verdicts, " Rules ", "hearing")
    assert (verdict.case, verdict.open) == ("rules", False)
    with pytest.raises(Refused, match="no-case"):
        play.do(verdicts, "nothing", "hearing")
    assert [waiting.verdict.case for waiting in play.do(coming, at("2027-02-01"))] == ["rules"]


@pytest.mark.parametrize(
    ("last", "as_of", "previous", "code"),
    [
        ("2026-10-31", "2026-12-01", None, "period-reversed"),
        ("2026-11-30", "2026-12-06", None, "figures-ahead"),
        ("2026-11-30", "2026-12-01", "2026-12-06", "figures-ahead"),
        ("2026-11-30", "2026-12-01", "2026-12-02", "previous-after"),
    ],
)
def test_a_bulletin_that_cannot_be_made_is_refused(play: Play, last, as_of, previous, code) -> None:
    asked = (date(2026, 11, 1), date.fromisoformat(last), at(as_of), at(previous) if previous else None)
    with pytest.raises(Refused, match=code):
        asked_period(play.world, play.now, *asked)


def test_a_bulletin_is_about_whole_days(play: Play) -> None:
    period = asked_period(
        play.world, play.now, date(2026, 11, 1), date(2026, 11, 30), at("2026-12-01"), at("2026-11-01")
    )
    assert (period.begins, period.ends) == (at("2026-11-01"), at("2026-12-01"))


def test_files_are_compared_with_what_rules_and_what_is_stored(tmp_path: Path) -> None:
    here, store = started(lay_down(tmp_path))
    world = here.what_rules(store, NOW).world
    assert world is not None

    def compared() -> Difference:
        return difference(store, here.files(), here.make_world, set(here.node.channels), NOW, world)

    assert compared().empty
    (tmp_path / "schedules" / "new.toml").write_text("")
    (tmp_path / "schedules" / "chapter-7.toml").unlink()
    found = compared()
    store.close()
    assert (found.new, found.gone) == (("schedules/new.toml",), ("schedules/chapter-7.toml",))
    assert found.plan.vanished
    assert not found.empty
