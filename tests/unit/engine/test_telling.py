"""Messages about no single deadline: each reader's language, each reader's channels, else the admin."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from alertd.engine.notify.telling import Word, tell
from alertd.engine.sending.composing import Parcel
from alertd.transports.base import Outcome, Result
from tests.support.play import ACCEPTED, Play
from tests.support.register import live_channels, tiny_register, with_person

RETRY = Outcome(Result.RETRY, "451", "later")
REFUSED = Outcome(Result.REFUSED, "550", "no")
WORD = Word(
    "gate-shut",
    "e1",
    {
        "title": {"zh-Hant": "提交審議", "en": "To deliberation"},
        "case": "draft-7",
        "version": 1,
        "clause": "§9",
        "parties": [{"zh-Hant": "甲鎮", "en": "Town A"}, {"zh-Hant": "乙鎮", "en": "Town B"}],
    },
    ("town-a", "town-b"),
)
CONTACT = (("town-a", None, "contact"),)


@pytest.fixture
def play(begin) -> Play:
    """Ann is the contact of town-a, by telegram, then mail."""
    begun: Play = begin("2026-12-05T02:00", **live_channels())
    return begun


def _answering(outcome: Outcome, *channels: str) -> Callable[[Parcel], Outcome]:
    return lambda parcel: (
        outcome if parcel.row.channel in channels and parcel.row.person == "ann" else ACCEPTED
    )


def _sent_to_ann(play: Play) -> list[tuple[str, str]]:
    return [(row.channel, row.state) for row in play.deliveries_to("ann")]


def test_it_goes_over_the_first_channel_only_where_that_works(play: Play) -> None:
    assert play.do(tell, WORD, CONTACT) == ("ann",)
    play.go("2026-12-05T03:00")
    assert _sent_to_ann(play) == [("telegram", "accepted")]
    assert play.admin_topics() == []


def test_refused_it_goes_over_the_next_channel_with_the_same_words_and_the_admin_hears(play: Play) -> None:
    play.do(tell, WORD, CONTACT)
    play.go("2026-12-05T02:01", _answering(REFUSED, "telegram"))
    assert _sent_to_ann(play) == [("telegram", "refused"), ("email", "accepted")]
    first, second = play.deliveries_to("ann")
    assert first.subject == second.subject
    assert "draft-7" in second.subject
    assert play.admin_topics() == ["delivery-abandoned"]


def test_a_channel_that_stays_silent_gives_way_after_ten_minutes(play: Play) -> None:
    play.do(tell, WORD, CONTACT)
    play.go("2026-12-05T02:07", _answering(RETRY, "telegram"))
    assert [channel for channel, _ in _sent_to_ann(play)] == ["telegram"]
    play.go("2026-12-05T02:12", _answering(RETRY, "telegram"))
    assert ("email", "accepted") in _sent_to_ann(play)


def test_reached_by_no_channel_the_admin_is_told_that_it_did_not_arrive(begin) -> None:
    register = with_person(tiny_register(), "ann", positions=("principal",))  # nobody is above her
    play = begin("2026-12-05T02:00", register, **live_channels())
    play.do(tell, WORD, (("town-a", None, "principal"),))
    play.go("2026-12-05T02:01", _answering(REFUSED, "telegram", "email"))
    assert _sent_to_ann(play) == [("telegram", "refused"), ("email", "refused")]
    assert play.admin_topics() == ["delivery-abandoned", "undelivered"]


def _ann_refuses(play: Play) -> None:
    play.go("2026-12-05T02:01", _answering(REFUSED, "telegram", "email"))


def test_reached_by_no_channel_it_goes_one_position_up_in_the_same_words(play: Play) -> None:
    play.do(tell, WORD, CONTACT)
    _ann_refuses(play)
    (ben,) = play.deliveries_to("ben")
    assert (ben.channel, ben.state, ben.payload["position"]) == ("telegram", "accepted", "section-chief")
    assert ben.subject == play.deliveries_to("ann")[0].subject
    assert play.admin_topics() == ["delivery-abandoned", "delivery-abandoned"]
    assert play.admin_told()[1][1]["instead"] == "Ben"


def test_who_stands_in_is_passed_over_in_turn(play: Play) -> None:
    play.do(tell, WORD, CONTACT)
    play.go("2026-12-05T02:01", lambda p: REFUSED if p.row.person in ("ann", "ben") else ACCEPTED)
    assert [row.state for row in play.deliveries_to("ben")] == ["refused", "refused"]
    assert [row.state for row in play.deliveries_to("cai")] == ["accepted"]
    assert play.deliveries_to("dan") == []


def test_who_stands_in_and_was_told_the_same_is_not_told_again(play: Play) -> None:
    play.do(tell, WORD, (*CONTACT, ("town-a", None, "section-chief")))
    _ann_refuses(play)
    assert len(play.deliveries_to("ben")) == 1
    assert play.admin_told()[1][1]["instead"] == "Ben"


def test_the_receivers_is_passed_up_within_the_receiving_office(play: Play) -> None:
    play.do(tell, WORD, (("office", "office", "receiver"),))
    play.go("2026-12-05T02:01", lambda p: REFUSED if p.row.person == "gao" else ACCEPTED)
    assert [row.state for row in play.deliveries_to("ian")] == ["accepted"]
    assert play.deliveries_to("ben") == []


def test_what_was_for_somebody_who_has_left_goes_up_in_the_units_it_concerns(play: Play) -> None:
    play.do(tell, WORD, CONTACT)
    people = {name: person for name, person in play.world.register.people.items() if name != "ann"}
    play.world = replace(play.world, register=replace(play.world.register, people=people))
    play.go("2026-12-05T02:01", _answering(REFUSED, "telegram"))
    assert [row.state for row in play.deliveries_to("ben")] == ["accepted"]
    assert [row.state for row in play.deliveries_to("fay")] == ["accepted"]


def test_with_no_channel_at_all_it_goes_one_position_up_and_the_admin_is_told(begin) -> None:
    register = with_person(tiny_register(), "ann", email="", telegram=None)
    play = begin("2026-12-05T02:00", register, **live_channels())
    assert play.do(tell, WORD, CONTACT) == ("ben",)
    assert play.admin_topics() == ["unreachable"]


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "To deliberation"), ("zh-Hant", "提交審議"), ("zh-Hans", "提交审议")],
)
def test_each_reads_it_in_their_own_language(begin, language, said) -> None:
    register = with_person(tiny_register(), "ann", language=language)
    play = begin("2026-12-05T02:00", register, **live_channels())
    play.do(tell, WORD, CONTACT)
    (parcel,) = play.deliver()
    assert parcel.message is not None
    assert said in parcel.message.text
    parties = {"en": "Town A, Town B", "zh-Hant": "甲鎮、乙鎮", "zh-Hans": "甲镇、乙镇"}
    assert parties[language] in parcel.message.text


@pytest.mark.parametrize(("language", "mark"), [("en", "[UNCONFIRMED]"), ("zh-Hant", "【待核實】")])
def test_of_an_event_nobody_confirmed_subject_and_text_say_so(begin, language, mark) -> None:
    register = with_person(tiny_register(), "ann", language=language)
    play = begin("2026-12-05T02:00", register, **live_channels())
    args = {"title": {"en": "Fire"}, "case": "fire", "event": "e1", "by": "clerk", "minutes": 31}
    play.do(tell, Word("event-unconfirmed", "e1", args, ("town-a",), unconfirmed=True), CONTACT)
    (parcel,) = play.deliver()
    assert parcel.message is not None
    assert mark in parcel.message.subject
    assert mark in parcel.message.text
