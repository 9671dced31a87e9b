"""National Day from beginning to end: entered late, a missing time asked for, closed clock by clock.

What was in time never makes good what was late.
"""

from __future__ import annotations

import pytest

from alertd.engine.ruling.refusal import Refused
from tests.story.city import City, Message, at

TOWN = "town-donghe"
INFORMATION = f"incident-information@fire/{TOWN}"
CONFERENCE = f"press-conference@fire/{TOWN}"
BOTH = (INFORMATION, CONFERENCE)


@pytest.fixture
def late() -> City:
    """06:15: the fire of 02:10 is entered only now; all that is known is when the duty desk heard of it."""
    city = City("2026-10-01 06:15")
    city.report("major-incident", "fire", TOWN, received="2026-10-01 02:40")
    return city


def words(message: Message) -> str:
    """The text as one line, however it was wrapped."""
    return "".join(message.text.split())


def test_every_message_asks_for_the_time_that_is_missing(
    late: City,
) -> None:
    sent = late.until("2026-10-01 06:20")
    assert sent
    for message in sent:
        assert "尚缺事件發佈時間，暫按已知時間起算，請儘快補報事件發佈時間。" in words(message)
    assert late.row(INFORMATION).due == at("2026-10-01 07:40")


def test_once_it_is_given_the_clock_is_counted_anew_and_those_told_hear_what_moved(late: City) -> None:
    told = {m.person for m in late.until("2026-10-01 06:20")}
    assert late.correct(late.event_of(INFORMATION), published="2026-10-01 02:10") == list(BOTH)
    assert [late.row(each).start_provisional for each in BOTH] == ["", ""]
    assert late.row(INFORMATION).due == at("2026-10-01 07:10")
    news = [m for m in late.until("2026-10-01 06:21") if "moved" in m.steps]
    assert {m.person for m in news} == told
    assert len(news) == len(told)  # both clocks in one message
    for message in news:
        assert message.deadlines[0] == INFORMATION
        assert "原時限：10月1日(星期四)07:40" in words(message)
        assert "新時限：10月1日(星期四)07:10。" in words(message)
        assert "尚缺" not in message.text
    for message in late.until("2026-10-01 07:00"):
        assert "尚缺" not in message.text


def test_given_but_later_than_what_stood_in_for_it_it_moves_with_an_approver(
    late: City,
) -> None:
    late.until("2026-10-01 06:20")
    event = late.event_of(INFORMATION)
    assert late.correct(event, approver="leader", published="2026-10-01 03:00") == list(BOTH)
    assert late.row(INFORMATION).due == at("2026-10-01 08:00")
    assert any("moved" in m.steps for m in late.until("2026-10-01 06:21"))


def test_given_and_the_same_nothing_moves_and_nobody_is_written_to_but_it_is_no_longer_asked_for(
    late: City,
) -> None:
    late.until("2026-10-01 06:20")
    late.correct(late.event_of(INFORMATION), published="2026-10-01 02:40")
    assert late.row(INFORMATION).start_provisional == ""
    assert not any("moved" in m.steps for m in late.until("2026-10-01 06:24"))
    assert not any("尚缺" in m.text for m in late.until("2026-10-01 07:30"))


def test_from_the_first_call_to_the_end(late: City) -> None:
    # entered four hours late: what was passed meanwhile is one message each, at the highest level
    first = late.until("2026-10-01 06:20")
    assert len(first) == len({m.person for m in first})
    late.correct(late.event_of(INFORMATION), published="2026-10-01 02:10")

    # 07:10 passes without information
    sent = late.until("2026-10-01 07:41")
    assert any("principal" in m.positions for m in sent if INFORMATION in m.deadlines)
    assert any("超時限" in m.subject for m in sent)

    # the press conference at 08:30 is in time, and closes its own clock and no other
    late.until("2026-10-01 09:00")
    late.report("press-conference-held", "fire", TOWN, started="2026-10-01 08:30")
    assert (late.row(CONFERENCE).state, late.row(CONFERENCE).breach) == ("done", "")
    assert (late.row(INFORMATION).state, late.row(INFORMATION).done_at) == ("open", None)
    assert late.case("fire").closed_at is None
    assert late.breaches() == []  # nothing is late before it is handed in: the clock still says so itself
    assert any(INFORMATION in m.deadlines for m in late.until("2026-10-03 09:00"))

    # the information, at last: closed late, and late for ever
    late.report("information-published", "fire", TOWN, published="2026-10-03 08:50")
    assert (late.row(INFORMATION).state, late.row(INFORMATION).breach) == ("done", "late")
    assert [(b.kind, b.deadline) for b in late.breaches()] == [("late", late.row(INFORMATION).number)]
    assert (late.row(CONFERENCE).state, late.row(CONFERENCE).breach) == ("done", "")
    assert late.case("fire").closed_at == late.now
    rest = [m for m in late.until("2026-10-20 09:00") if set(m.deadlines) & set(BOTH)]
    assert {step for m in rest for step in m.steps} == {"done"}


def test_a_correction_after_one_clock_has_closed_judges_it_anew_and_moves_the_other(late: City) -> None:
    late.until("2026-10-01 06:30")
    late.report("information-published", "fire", TOWN, published="2026-10-01 06:25")
    assert late.row(INFORMATION).breach == ""
    event = late.event_of(CONFERENCE)
    with pytest.raises(Refused, match="approver-needed"):
        late.correct(event, published="2026-10-01 01:00")
    assert set(late.correct(event, "mayor", published="2026-10-01 01:00")) == {INFORMATION, CONFERENCE}
    assert (late.row(INFORMATION).breach, late.row(INFORMATION).due) == ("late", at("2026-10-01 06:00"))
    found = [row for row in late.breaches() if row.deadline == late.row(INFORMATION).number]
    assert [(row.kind, row.detail["approver"]) for row in found] == [("rejudged-late", "mayor")]
    assert late.row(CONFERENCE).due == at("2026-10-02 01:00")
