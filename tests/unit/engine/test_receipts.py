"""What follows from a provider's answer: retry, another channel, another person, and a word to the admin."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from alertd.core.ways import plain
from alertd.engine.notify.admin import GATHERING
from alertd.engine.operations.resending import Resend, resend
from alertd.engine.sending.composing import Parcel
from alertd.engine.sending.delivering import Attempt, follow_failures, record
from alertd.store import addresses, leasing, outbox, tables
from alertd.transports.base import Outcome, Result
from tests.support.play import ACCEPTED, Play
from tests.support.register import at, live_channels, tiny_register, with_person

RETRY = Outcome(Result.RETRY, "451", "later")
REFUSED = Outcome(Result.REFUSED, "550", "no")
DEAD = Outcome(Result.REFUSED, "403", "blocked by the user", address_dead=True)
Answer = Callable[[Parcel], Outcome]


def _when(outcome: Outcome, *wanted: str) -> Answer:
    """This outcome for these people ("ann") or routes ("ann telegram"), yes to everybody else."""
    return lambda p: outcome if {p.row.person, _route(p)} & set(wanted) else ACCEPTED


def _route(parcel: Parcel) -> str:
    return f"{parcel.row.person} {parcel.row.channel}"


def _sent_to(play: Play, person: str) -> list[tuple[str, str]]:
    return [(row.channel, row.state) for row in play.deliveries_to(person)]


def test_a_retry_keeps_its_message_id_and_pauses_longer_each_time(play: Play) -> None:
    tries = []
    for pause in (2, 5, 15, 30):
        play.deliver(_when(RETRY, "ann"))
        row = play.deliveries_to("ann")[0]
        assert row.state == "waiting"
        assert timedelta(seconds=pause) <= row.not_before - play.now <= timedelta(seconds=pause * 1.25)
        tries.append((row.message_id, row.attempts))
        play.now = row.not_before
    play.deliver()
    row = play.deliveries_to("ann")[0]
    assert (row.state, row.attempts, row.not_before) == ("accepted", 5, None)
    assert {name for name, _ in tries} == {row.message_id}
    results = [r.result for r in play.all(tables.receipts) if r.delivery == row.id]
    assert results == ["retry"] * 4 + ["accepted"]


def test_an_unknown_outcome_is_tried_again_with_the_same_message_id(play: Play) -> None:
    play.deliver(_when(Outcome(Result.UNKNOWN, "lost"), "ann"))
    before = play.deliveries_to("ann")[0]
    play.now = before.not_before
    assert [p.row.message_id for p in play.deliver()] == [before.message_id]


def test_a_provider_that_asks_for_patience_gets_it_for_this_message_only(play: Play) -> None:
    patience = Outcome(Result.RETRY, "429", "flood", retry_after=90)
    play.deliver(_when(patience, "ann"))
    assert play.deliveries_to("ann")[0].not_before == play.now + timedelta(seconds=90)
    assert _sent_to(play, "han") == [("telegram", "accepted")]


HANDED_OVER = Outcome(Result.HANDED_OVER)


def test_on_an_hour_clock_who_was_only_handed_over_to_is_told_over_the_next_channel(play: Play) -> None:
    play.deliver(_when(HANDED_OVER, "ann telegram"))
    assert _sent_to(play, "ann") == [("telegram", "handed-over"), ("email", "accepted")]
    assert play.admin_topics() == []
    assert not any(n.person == "ben" for n in play.all(tables.notices))


def test_where_no_channel_confirms_the_next_person_is_rung(play: Play) -> None:
    play.deliver(_when(HANDED_OVER, "ann"))
    play.deliver()
    assert _sent_to(play, "ann") == [("telegram", "handed-over"), ("email", "handed-over")]
    assert _sent_to(play, "ben") == [("telegram", "accepted")]


def test_where_nobody_confirms_the_admin_hears_it(play: Play) -> None:
    for _ in range(6):
        play.deliver(lambda parcel: HANDED_OVER if parcel.row.person != "admin" else ACCEPTED)
    assert "undelivered" in play.admin_topics()


def test_on_a_day_clock_a_relay_that_confirms_nothing_ends_the_matter(begin) -> None:
    play = begin("2026-12-01T09:00", **live_channels())
    play.plan()
    play.go("2026-12-29T18:00", lambda parcel: HANDED_OVER)
    rows = [row for row in play.all(tables.deliveries) if row.template == "message" and not row.by_the_hour]
    assert rows
    assert {row.state for row in rows} <= {"handed-over", "waiting"}
    assert play.all(tables.failures) == []


def test_a_telephone_breaks_lines_itself_and_a_mail_has_none_over_78_columns(begin) -> None:
    play = begin("2026-12-05T02:00", **live_channels())
    play.report("incident", "c" * 120, published="2026-12-05T02:00")
    play.fire()
    parcels = {p.row.channel: p for p in play.deliver(_when(REFUSED, "ann telegram"))}
    parcels |= {p.row.channel: p for p in play.deliver()}
    texts = {channel: parcel.message.text for channel, parcel in parcels.items() if parcel.message}
    assert max(len(line) for line in texts["email"].splitlines()) <= 78
    assert max(len(line) for line in texts["telegram"].splitlines()) > 78


def test_a_refused_message_goes_over_the_next_channel_and_the_admin_is_told(play: Play) -> None:
    play.deliver(_when(REFUSED, "ann telegram"))
    assert _sent_to(play, "ann") == [("telegram", "refused"), ("email", "accepted")]
    assert play.admin_topics() == ["delivery-abandoned"]
    play.now += GATHERING
    play.deliver()
    (told,) = play.deliveries_to("admin")
    assert (told.channel, told.address, told.state) == ("email", "admin@example.org", "accepted")
    assert play.admin_told()[0][1]["instead"] == "Ann (email)"
    assert any(p.message and "Ann" in p.message.text for p in play.sent if p.row.person == "admin")


def test_who_is_reached_by_no_channel_is_stood_in_for_by_the_next_position_up(play: Play) -> None:
    play.deliver(_when(REFUSED, "ann"))
    assert _sent_to(play, "ann") == [("telegram", "refused"), ("email", "refused")]
    play.deliver()
    (notice,) = [n for n in play.all(tables.notices) if n.person == "ben"]
    assert (notice.position, notice.ask, notice.ack) == ("section-chief", True, "any")
    assert _sent_to(play, "ben") == [("telegram", "accepted")]
    assert play.admin_topics() == ["delivery-abandoned", "delivery-abandoned"]


def test_when_nobody_is_left_the_admin_is_told_that_nobody_heard(begin) -> None:
    register = tiny_register()
    people = {name: person for name, person in register.people.items() if name in ("ann", "gao")}
    play = begin("2026-12-05T02:00", replace(register, people=people), **live_channels())
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.fire()
    play.deliver(_when(REFUSED, "ann"))
    assert play.admin_topics()[-1] == "undelivered"


def test_a_channel_that_stays_silent_gives_way_after_ten_minutes(play: Play) -> None:
    start = play.now
    play.go("2026-12-05T02:09", _when(RETRY, "ann telegram"))
    assert {row.channel for row in play.deliveries_to("ann") if row.created_at == start} == {"telegram"}
    play.go("2026-12-05T02:11", _when(RETRY, "ann telegram"))
    first = play.deliveries_to("ann")[0]
    assert (first.channel, first.last_resort, first.state) == ("telegram", True, "waiting")
    assert "delivery-abandoned" in play.admin_topics()
    assert ("email", "accepted") in _sent_to(play, "ann")


def test_close_to_the_end_a_channel_gives_way_after_a_quarter_of_the_time_left(begin) -> None:
    play = begin("2026-12-05T06:48", **live_channels())
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.go("2026-12-05T06:49", _when(RETRY, "ann telegram"))
    assert [row.channel for row in play.deliveries_to("ann")] == ["telegram"]
    play.go("2026-12-05T06:51", _when(RETRY, "ann telegram"))
    assert ("email", "accepted") in _sent_to(play, "ann")


def test_where_every_channel_of_somebody_fails_the_next_position_is_told_at_once(begin) -> None:
    play = begin("2026-12-05T02:00", **live_channels())
    play.report("incident", "fire", published="2026-12-05T02:00")

    def fails(parcel: Parcel) -> Outcome:
        return {"ann telegram": REFUSED, "ann email": RETRY}.get(_route(parcel), ACCEPTED)

    play.go("2026-12-05T02:00:05", fails)
    assert [row.channel for row in play.deliveries_to("ann")] == ["telegram", "email"]
    assert play.deliveries_to("ben") == []
    play.go("2026-12-05T02:01", fails)
    assert play.deliveries_to("ben") != []
    mail = play.deliveries_to("ann")[-1]
    assert (mail.channel, mail.state, mail.last_resort) == ("email", "waiting", True)  # and goes on


def test_the_next_channel_is_the_next_of_the_persons_own_order(begin) -> None:
    channels = ("telegram", "email", "inbox")
    register = with_person(tiny_register(), "ann", channels=plain(*channels))
    play = begin("2026-12-05T02:00", register, **{**live_channels(), "channels": channels})
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.fire()
    play.deliver(_when(REFUSED, "ann telegram"))
    assert _sent_to(play, "ann") == [("telegram", "refused"), ("email", "accepted")]


def test_from_an_attempt_whose_lease_another_has_by_now_nothing_follows(play: Play) -> None:
    late = [Attempt(parcel, REFUSED, 70.0) for parcel in play.lease("telegram")]
    own = play.world
    play.store.transact(lambda tx: leasing.release(tx, [own.node]))  # it counts as dead, and is not
    play.world = replace(own, node="other")
    taken = play.lease("telegram")
    assert [parcel.row.id for parcel in taken] == [attempt.parcel.row.id for attempt in late]
    play.world = own
    assert play.do(record, late) == 0
    assert play.all(tables.failures) == []
    assert {row.state for row in play.all(tables.deliveries)} == {"leased"}
    assert [receipt.result for receipt in play.all(tables.receipts)] == ["refused"] * len(late)


@pytest.mark.parametrize(
    ("asked", "gives_way", "comes_again"), [(600, False, 600), (601, True, 900), (1200, True, 1200)]
)
def test_a_provider_may_ask_for_ten_minutes_and_for_longer_a_channel_gives_way(
    play: Play, asked: int, gives_way: bool, comes_again: int
) -> None:
    play.deliver(_when(Outcome(Result.RETRY, "429", "flood", retry_after=asked), "ann telegram"))
    first = play.deliveries_to("ann")[0]
    assert (first.last_resort, first.not_before) == (gives_way, play.now + timedelta(seconds=comes_again))
    assert ("delivery-abandoned" in play.admin_topics()) is gives_way


def test_all_that_a_message_is_about_goes_over_the_next_channel(begin) -> None:
    play = begin("2026-12-05T02:00", **live_channels())
    play.report("incident", "fire", "town-a town-b", published="2026-12-05T02:00")
    play.fire()
    play.deliver(_when(REFUSED, "han telegram"))
    first, second = play.deliveries_to("han")
    with play.store.read() as tx:
        found = outbox.contents(tx, [first.id, second.id])
    assert [n.id for n in found[second.id]] == [n.id for n in found[first.id]]
    assert len(found[second.id]) == 2


def test_who_was_not_reached_while_it_was_handed_in_is_told_no_other_way(play: Play) -> None:
    parcels = play.lease("telegram")
    play.done("incident-information@fire/town-a", by="ann")
    play.do(record, [Attempt(parcel, REFUSED, 0.1) for parcel in parcels])
    play.do(follow_failures, 100)
    assert [row.channel for row in play.deliveries_to("ann")] == ["telegram"]
    assert play.admin_topics() == []


def test_who_holds_the_next_position_up_too_is_not_told_once_more(begin) -> None:
    play = begin("2026-12-05T02:00", **live_channels())
    play.report("incident", "flood", "town-b", published="2026-12-05T02:00")
    play.fire()
    for _ in range(4):
        play.deliver(_when(REFUSED, "eve", "fay"))
    assert _sent_to(play, "fay") == [("telegram", "refused"), ("email", "refused")]
    assert play.admin_topics()[-1] == "undelivered"


def test_a_message_that_stays_silent_gives_way_only_once(begin) -> None:
    play = begin("2026-12-01T10:00", **live_channels())
    play.report("draft", "rules", received="2026-12-01T09:00")
    play.go("2026-12-01T13:00", _when(RETRY, "ann telegram"))
    # Said by mail, it is not said once more when its turn as a last resort comes.
    assert _sent_to(play, "ann") == [("telegram", "dropped"), ("email", "accepted")]
    assert play.deliveries_to("ben") == []
    assert play.admin_topics() == ["delivery-abandoned"]


def test_the_last_resort_is_tried_slowly_until_the_deadline_closes(begin) -> None:
    register = with_person(tiny_register(), "ann", channels=plain("telegram"))
    play = begin("2026-12-05T02:00", register, **live_channels())
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.go("2026-12-05T03:00", _when(RETRY, "ann"))
    first = play.deliveries_to("ann")[0]
    assert (first.last_resort, first.state) == (True, "waiting")
    assert timedelta(0) < first.not_before - play.now <= timedelta(minutes=15)
    play.done("incident-information@fire/town-a", by="ann")
    play.go("2026-12-05T04:00", _when(RETRY, "ann"))
    assert play.deliveries_to("ann")[0].state == "dropped"


def test_a_dead_address_is_not_used_again_and_the_admin_is_told_once(play: Play) -> None:
    play.go("2026-12-05T02:30", _when(DEAD, "ann telegram"))
    with play.store.read() as tx:
        assert addresses.unusable(tx, play.now) == {("telegram", "1")}
    assert [channel for channel, _ in _sent_to(play, "ann")] == [
        "telegram",
        "email",
        "email",
        "email",
        "email",
    ]
    assert play.admin_topics().count("chat-blocked") == 1


def test_whoever_no_channel_can_reach_is_reported_at_once_and_passed_over(begin) -> None:
    register = with_person(tiny_register(), "ann", email="", telegram=None)
    play = begin("2026-12-05T02:00", register, **live_channels())
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.fire()
    assert play.admin_topics() == ["unreachable"]
    (notice,) = [n for n in play.all(tables.notices) if n.person == "ben"]
    assert (notice.position, notice.ask) == ("section-chief", True)


def test_a_receiver_no_channel_can_reach_is_passed_over_within_its_own_office(begin) -> None:
    register = with_person(tiny_register(), "gao", email="", telegram=None)
    play = begin("2026-12-05T07:00", register, **live_channels())
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.fire()
    told = {n.person for n in play.all(tables.notices)}
    assert "ian" in told  # the section chief of the office, not the one of the town
    assert "ben" not in told


def test_a_receiver_who_refuses_is_passed_over_within_its_own_office(begin) -> None:
    play = begin("2026-12-05T07:00", **live_channels())
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.go("2026-12-05T07:00", _when(REFUSED, "gao"))
    told = {n.person: n.alert for n in play.all(tables.notices)}
    assert "ian" in told
    assert "ben" not in told
    levels = {alert.id: (alert.step, alert.level) for alert in play.all(tables.alerts)}
    assert levels[told["ian"]] == levels[told["gao"]] == ("reached", 5)


def test_a_supervisor_who_refuses_is_passed_over_within_the_supervising_office(begin) -> None:
    play = begin("2026-12-07T08:30", **live_channels())
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.go("2026-12-07T08:30", _when(REFUSED, "gao"))
    play.now = at("2026-12-08T08:30")
    play.go("2026-12-08T08:30", _when(REFUSED, "gao"))
    assert any(n.position == "supervisor" for n in play.all(tables.notices))
    told = {n.person for n in play.all(tables.notices)}
    assert "ian" in told
    assert "ben" not in told


def test_an_admins_mail_that_is_refused_is_kept_in_the_inbox(begin) -> None:
    register = with_person(tiny_register(), "ann", email="", telegram=None)
    play = begin("2026-12-05T02:00", register, **live_channels())
    play.report("incident", "fire", published="2026-12-05T02:00")
    play.go("2026-12-05T02:01", _when(REFUSED, "admin email"))
    assert _sent_to(play, "admin") == [("email", "refused"), ("inbox", "accepted")]
    kept = play.deliveries_to("admin")[1]
    assert "Ann" in kept.body


# ---------------------------------------------------------------- messages in parts

HALF = Outcome(Result.RETRY, "429", "2 of 3 parts accepted", parts=("a1", "b2"))


def _parts_next(play: Play, person: str = "ann") -> tuple[str, ...]:
    play.now = play.deliveries_to(person)[0].not_before
    (parcel,) = [p for p in play.deliver() if p.row.person == person]
    assert parcel.message is not None
    return parcel.message.parts


def test_the_next_attempt_knows_the_parts_that_were_accepted(play: Play) -> None:
    play.deliver(_when(HALF, "ann"))
    assert _parts_next(play) == ("a1", "b2")


def test_an_attempt_that_adds_no_part_forgets_none(play: Play) -> None:
    play.deliver(_when(HALF, "ann"))
    play.now = play.deliveries_to("ann")[0].not_before
    play.deliver(_when(RETRY, "ann"))
    assert _parts_next(play) == ("a1", "b2")


def test_a_corrected_address_gets_all_parts(play: Play) -> None:
    play.deliver(_when(HALF, "ann"))
    play.world = replace(play.world, register=with_person(play.world.register, "ann", telegram=777))
    assert _parts_next(play) == ()


def test_another_channel_gets_all_parts(play: Play) -> None:
    play.deliver(_when(HALF, "ann telegram"))
    play.now = play.deliveries_to("ann")[0].not_before
    sent = play.deliver(_when(replace(HALF, result=Result.REFUSED), "ann telegram"))
    sent += play.deliver()
    assert [p.message.parts for p in sent if p.message and _route(p) == "ann email"] == [()]


def test_a_message_that_leaves_once_more_at_somebodys_word_leaves_whole(play: Play) -> None:
    play.deliver(_when(HALF, "ann"))
    play.do(resend, Resend((play.deliveries_to("ann")[0].id,)))
    assert _parts_next(play) == ()
