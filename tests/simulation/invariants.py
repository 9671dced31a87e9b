"""What must hold after every step of a run, each a function with its reason.

These judge what was decided and what became of it in the store; `sent` judges what left, and how.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from math import inf
from typing import TYPE_CHECKING, Any

from alertd.core.model import RUNNING
from alertd.core.pacing import RETRY_LIMIT
from alertd.engine.notify import topics
from alertd.engine.notify.addressing import routes_of
from alertd.engine.notify.admin import KEPT
from alertd.engine.notify.topics import DAILY
from alertd.engine.preview import comparing
from alertd.engine.reporting.queries import unexplained
from alertd.engine.ruling.scope import Scope
from alertd.engine.sending.composing import JUST_NOW
from tests.simulation import sent
from tests.simulation.city import Somebody
from tests.simulation.files import is_away
from tests.simulation.picture import Picture

if TYPE_CHECKING:
    from tests.simulation.run import Run

Check = Callable[[Picture], Iterator[str]]

#: a step is looked at when its time comes, and each half minute; a row that slips is put off for five minutes
FIRE = timedelta(minutes=6)
#: a node shows that it lives each minute at the least; a transaction of the store may take a while
BEAT = 200.0
#: from a decision to another way: the share of one channel, two attempts that hang, a lease that runs out
REACH = RETRY_LIMIT + timedelta(minutes=10)
#: what waits on a channel that is gone: as long as on one that is ill
MOVE = REACH
#: what is due leaves within the last resort's pace once everything is well
DRAIN = timedelta(minutes=20)
#: a saved file rules within seconds; a reload that meets a store that is away comes with the next one
RULE = timedelta(minutes=3)
#: a daemon hears within a minute that messages are real
LIVE = timedelta(minutes=3)
#: messages about one topic in a day: one leaves and one begins to wait, and clocks are set; or one an hour
MOST_A_DAY, MOST_PRESSING = 3, 28
_TOPICS: dict[str, Any] = {
    kind.name: kind
    for kind in vars(topics).values()
    if isinstance(kind, type) and issubclass(kind, topics.Topic) and "name" in vars(kind)
}
_MAY_PRESS = frozenset({"nobody", "undelivered", "delivery-abandoned"})
_TO_PEOPLE = ("message", "told")


def every_step_reached_was_fired(look: Picture) -> Iterator[str]:
    """A step whose time has come is an alert or merged into one, or its deadline says why not."""
    alerted: dict[int, set[str]] = {}
    for alert in look.alerts.values():
        alerted.setdefault(alert.deadline, set()).update((alert.step, *alert.merged))
    for row in look.deadlines.values():
        if row.state not in RUNNING:
            continue
        excused = row.case_id in look.run.plan.unconfirmed  # only those on duty are told of it
        for reach in look.world.steps_of(row):
            passed = excused or bool(reach.step.unless) or reach.id in alerted.get(row.number, ())
            if not (reach.at > row.since and look.witness.overdue(reach.at, FIRE)):
                continue
            if reach.id not in row.fired:
                yield f"{row.id} {reach.step.id} was to be at {reach.at}"
            elif not passed:
                yield f"{row.id} {reach.step.id} counts as fired, and no alert has it"


def a_node_that_runs_shows_that_it_lives(look: Picture) -> Iterator[str]:
    """Jobs that rest because a clock was set are work nobody does, and a node that others take over."""
    now = look.run.loop.time()
    for machine in look.run.machines:
        service = machine.service
        if not (machine.runs and machine.has_store) or service is None or service.dispatcher is None:
            continue
        well = max(machine.steady_since, look.witness.changed["store"], look.run.loop.leapt)
        seen = look.witness.beats.get(service.dispatcher.world.node, (0, 0.0))[1]
        if now - max(well, seen) > BEAT:
            yield f"{machine.name} has shown no sign of life for {now - max(well, seen):.0f} seconds"


def every_alert_speaks_or_the_gap_was_told(look: Picture) -> Iterator[str]:
    """A step that speaks to nobody is a silent loss unless the admin knows."""
    told = {each["key"] for each in look.told_admin("nobody")}
    for alert in look.alerts.values():
        name = look.deadlines[alert.deadline].id
        if alert.kind == "step" and not look.of_alert[alert.id] and f"{name}|{alert.step}" not in told:
            yield f"{name} {alert.step} speaks to nobody, and nobody was told"


def every_notice_is_carried(look: Picture) -> Iterator[str]:
    """A notice without a message, or whose messages were dropped while it was owed, is never read."""
    for notice in look.notices.values():
        carriers = look.carriers[notice.id]
        name = f"{look.deadlines[notice.deadline].id} {look.alerts[notice.alert].step} {notice.person}"
        if not carriers:
            yield f"{name} has no message"
        elif (
            look.runs(notice)
            and look.alerts[notice.alert].kind == "step"
            and not all(row.drill for row in carriers)
        ):
            if all(row.state == "dropped" for row in carriers):
                if _said_otherwise(look, notice, carriers):
                    continue
                yield f"{name} was dropped though it is still owed"
            elif _ends_refused(look, notice, carriers):
                yield f"{name} was refused, and nobody was asked instead"


def _said_otherwise(look: Picture, notice: Any, carriers: list[Any]) -> bool:
    """Whether what was dropped lies ahead again or was said later, or its reader had the roll just before."""
    row, step = look.deadlines[notice.deadline], look.alerts[notice.alert].step
    if step not in row.fired:
        return True
    mine = [each for each in look.notices.values() if each.person == notice.person and each.id != notice.id]
    if any(each.deadline == row.number and look.alerts[each.alert].step == step for each in mine):
        return True
    if row.by_the_hour or notice.position not in ("receiver", "co-lead", "supervisor"):
        return False
    roll, since = (row.obligation, row.occurrence), min(each.created_at for each in carriers) - JUST_NOW
    same = (
        each
        for each in mine
        if (look.deadlines[each.deadline].obligation, look.deadlines[each.deadline].occurrence) == roll
    )
    return any(sent.sent_at and sent.sent_at > since for each in same for sent in look.carriers[each.id])


def _ends_refused(look: Picture, notice: Any, carriers: list[Any]) -> bool:
    """Whether every way was refused, what follows is decided, and nothing followed."""
    if any(row.state not in ("refused", "dropped") or row.id in look.failures for row in carriers):
        return False
    if not any(row.state == "refused" for row in carriers) or look.handed_on(notice):
        return False
    return look.witness.overdue(max(row.created_at for row in carriers), REACH)


def who_is_asked_on_an_hour_clock_is_reached(look: Picture) -> Iterator[str]:
    """Five hours are short: who is asked hears of it in minutes, or the next way, position or the admin does.

    Each further way has the same time again.
    """
    for notice in look.notices.values():
        row, alert = look.deadlines[notice.deadline], look.alerts[notice.alert]
        if not (notice.ask and row.by_the_hour and alert.kind == "step" and look.runs(notice)):
            continue
        carriers = look.carriers[notice.id]
        if not carriers or all(each.drill for each in carriers) or look.reached(notice):
            continue
        newest = max(each.created_at for each in carriers)
        if not look.handed_on(notice) and look.witness.overdue(newest, REACH):
            states = ", ".join(f"{look.way(each)} {each.state}" for each in carriers)
            lost = ", after receipts that failed" if look.run.ran.counted["log sending-failed"] else ""
            yield f"{row.id} {alert.step} {notice.person}: {states}{lost}"


def nothing_waits_on_a_channel_that_is_gone(look: Picture) -> Iterator[str]:
    """Nobody sends on a channel that is off, or not there: what waits on it waits for ever."""
    running = look.channels
    for row in look.deliveries.values():
        if row.state not in ("waiting", "leased") or row.template not in _TO_PEOPLE or row.channel in running:
            continue
        person = look.world.register.people.get(row.person)
        ways = (
            [way for way in routes_of(look.world, person, frozenset(look.blocked)) if way[0] in running]
            if person
            else []
        )
        since = max(row.created_at, row.not_before, look.run.at(look.witness.changed["channels"]))
        if ways and look.witness.overdue(since, MOVE):
            yield f"{row.person} {row.channel} since {row.created_at}, though {ways[0][0]} is open"


def nothing_waits_on_an_ill_channel_alone(look: Picture) -> Iterator[str]:
    """A channel that keeps failing has its share of time; then another way is taken, or the admin told."""
    for row in look.deliveries.values():
        if row.state != "waiting" or row.template != "message" or row.first_attempt_at is None:
            continue
        owed = [each for each in look.carried[row.id] if look.runs(each) and not look.reached(each)]
        if not owed or row.drill or not look.witness.overdue(row.first_attempt_at, REACH):
            continue
        for notice in owed:
            newer = any(each.id > row.id for each in look.carriers[notice.id])
            if not newer and not look.handed_on(notice):
                yield f"{row.person} {look.way(row)} tried since {row.first_attempt_at}, and no other way"


def every_open_deadline_has_a_next_action_or_a_reason(look: Picture) -> Iterator[str]:
    """One with neither is never looked at again: the silent loss this program exists to prevent."""
    for row in unexplained(look.scope.tx).all:
        yield row.id


def what_was_decided_live_leaves_live(look: Picture) -> Iterator[str]:
    """A real message that reads as a drill is not acted on, and a drill that reads as real is."""
    live_at, steady = look.run.live_at, look.witness.all_working_since()
    known = None if steady is None or live_at == inf else max(look.run.at(live_at), steady) + LIVE
    for row in look.deliveries.values():
        born = look.witness.born.get(row.id)
        if row.template not in _TO_PEOPLE or born is None:
            continue
        if not row.drill and born < live_at:
            yield f"{row.person} {row.channel} {row.created_at} is real"
        elif row.drill and known is not None and look.run.at(born) > known:
            yield f"{row.person} {row.channel} {row.created_at} is a drill"


def no_open_duty_is_left_with_drills_only(look: Picture) -> Iterator[str]:
    """Nobody has been told by a drill: once messages are real, what was reached before is told for real."""
    if look.run.live_at == inf:
        return
    spoken: dict[int, datetime] = {}
    for alert in look.alerts.values():
        real = any(not row.drill for each in look.of_alert[alert.id] for row in look.carriers[each.id])
        if alert.kind == "step" and real:
            spoken[alert.deadline] = max(alert.decided_at, spoken.get(alert.deadline, alert.decided_at))
    for alert in look.alerts.values():
        row, told = look.deadlines[alert.deadline], look.of_alert[alert.id]
        if alert.kind != "step" or not told or row.number in look.witness.ever_closed:
            continue
        if row.state in RUNNING and spoken.get(row.number, alert.decided_at) <= alert.decided_at:
            carriers = [each for notice in told for each in look.carriers[notice.id]]
            drills = bool(carriers) and all(each.drill for each in carriers)
            since = max(alert.decided_at, look.run.at(look.run.live_at))
            if drills and look.witness.overdue(since, LIVE):
                yield f"{row.id} {alert.step} was told as a drill at {alert.decided_at}, and no more"


def every_change_of_a_deadline_is_in_the_audit(look: Picture) -> Iterator[str]:
    """A state or a limit that moved without an entry cannot be explained to anybody afterwards."""
    yield from look.witness.unaudited
    look.witness.unaudited.clear()


def doctor_finds_nothing_changed(look: Picture) -> Iterator[str]:
    """What was done can be proved afterwards only while nothing honest looks like a forgery.

    Each entry follows from the one before, each deadline is as its chain says, messages and receipts agree.
    """
    tx = look.scope.tx
    for finding in (*comparing.audit_findings(tx), comparing.sent_finding(tx)):
        for line in finding.items:
            yield f"{finding.check}: {line}"


def what_comes_next_is_in_time(look: Picture) -> Iterator[str]:
    """A step that is looked at too late is a step that speaks too late; doctor would say so."""
    if look.witness.overdue(look.run.at(max(look.witness.changed.values(), default=0.0)), RULE):
        for line in comparing.next_finding(look.scope).items:
            yield str(line)


def the_outbox_drains_when_troubles_end(look: Picture) -> Iterator[str]:
    """What was to be said and still waits hours after everything is well was lost."""
    for row in look.deliveries.values():
        if row.state in ("waiting", "leased") and look.witness.overdue(row.not_before, DRAIN):
            yield f"{row.person} {row.channel} {row.state} since {row.created_at} until {row.not_before}"
        if (
            row.state == "leased"
            and row.not_before > look.now + timedelta(seconds=look.witness.stepped) + DRAIN
        ):
            yield f"{row.person} {row.channel} leased until {row.not_before}"
    for delivery in look.failures:
        yield f"nobody has decided what follows from the failure of {delivery:x}"


def no_slip_of_the_program_is_logged(look: Picture) -> Iterator[str]:
    """A traceback is something nobody thought of."""
    for at, event, text in look.run.logged:
        yield f"{at:.1f} {event}\n{text}"
    look.run.logged.clear()


def no_log_line_holds_the_text_of_a_message(look: Picture) -> Iterator[str]:
    """Logs are read by others than those a message is for."""
    witness = look.witness
    for logged in witness.logged:
        for line in witness.lines:
            if line in logged:
                yield f"{line!r} in {logged[:200]!r}"
    witness.logged.clear()


def what_is_saved_rules_soon(look: Picture) -> Iterator[str]:
    """A person who moved is written to at the old address for as long as the old file rules."""
    since = look.run.at(look.witness.changed["people"])
    if is_away(look.run, "schedules") or not look.witness.overdue(since, RULE):
        return
    ruling = look.world.register.people
    for person in look.run.people.values():
        known = ruling.get(person.id)
        away = (person.away,) if person.away else ()
        wanted = (person.email, person.chat or None, away)
        if known is None or (known.email, known.telegram, known.away) != wanted:
            yield f"{person.id} is {wanted} in the file and {known} in what rules{look.reload}"


def nobody_on_leave_is_asked(look: Picture) -> Iterator[str]:
    """A question to somebody who is away is a question to nobody; the deputy was there to be asked."""
    margin = RULE + timedelta(seconds=look.witness.stepped)
    steady = look.witness.all_working_since()
    if steady is None or is_away(look.run, "schedules"):
        return
    for row in look.deliveries.values():
        person = look.run.people.get(row.person)
        if row.template != "message" or row.drill or person is None or person.away is None:
            continue
        left = max(steady, look.run.at(look.witness.changed[f"leave {person.id}"])) + margin
        days = {look.world.today(at) for at in (row.created_at - margin, row.created_at + margin)}
        if row.created_at < left or not all(_away(person, day) for day in days):
            continue
        carried = look.carried[row.id]
        if any(each.ask and look.alerts[each.alert].kind == "step" for each in carried):
            again = all(row.id > min(other.id for other in look.carriers[each.id]) for each in carried)
            who = _stand_in(look, person, days)
            how = "again" if again else "first"
            yield f"{how} to {person.id}, for whom {who or 'nobody'} stands in{look.reload}"


def _away(person: Somebody, day: date) -> bool:
    return person.away is not None and person.away[0] <= day <= person.away[1]


def _stand_in(look: Picture, person: Somebody, days: set[date]) -> str:
    """Who stands in, as the file says it; the program's own answer may be what is wrong."""
    seen: list[str] = []
    while person.deputy and person.deputy not in seen:
        seen.append(person.deputy)
        person = look.run.people[person.deputy]
        if not any(_away(person, day) for day in days):
            return person.id
    return ""


def the_admin_gets_few_messages(look: Picture) -> Iterator[str]:
    """Who gets a hundred mails reads none: a topic is one message a day, what cannot wait one an hour."""
    for topic, rows in look.to_admin.items():
        kind = _TOPICS.get(topic)
        daily = kind is not None and kind.pauses == DAILY and topic not in _MAY_PRESS
        most = MOST_A_DAY if daily else MOST_PRESSING
        by_address: dict[str, list[datetime]] = {}
        for row in rows:
            if row.state != "dropped" and not row.bundle.endswith(KEPT):
                by_address.setdefault(row.address, []).append(row.created_at)
        for address, times in by_address.items():
            for first, last in zip(times, times[most:], strict=False):
                if timedelta(0) <= last - first < timedelta(days=1):
                    yield f"{address} got more than {most} messages about {topic} from {first} on"


ALWAYS: tuple[Check, ...] = (
    a_node_that_runs_shows_that_it_lives,
    the_admin_gets_few_messages,
    every_step_reached_was_fired,
    every_alert_speaks_or_the_gap_was_told,
    every_notice_is_carried,
    who_is_asked_on_an_hour_clock_is_reached,
    nothing_waits_on_a_channel_that_is_gone,
    nothing_waits_on_an_ill_channel_alone,
    every_open_deadline_has_a_next_action_or_a_reason,
    what_was_decided_live_leaves_live,
    no_open_duty_is_left_with_drills_only,
    every_change_of_a_deadline_is_in_the_audit,
    no_slip_of_the_program_is_logged,
    no_log_line_holds_the_text_of_a_message,
    what_is_saved_rules_soon,
    nobody_on_leave_is_asked,
    *sent.ALWAYS,
)
AT_THE_END: tuple[Check, ...] = (
    doctor_finds_nothing_changed,
    what_comes_next_is_in_time,
    the_outbox_drains_when_troubles_end,
)


def violated(run: Run, scope: Scope, final: bool) -> list[str]:
    """What does not hold now: "invariant: what was seen"."""
    look = Picture(run, scope, final)
    checks = ALWAYS + AT_THE_END if final else ALWAYS
    return [f"{check.__name__}: {seen}" for check in checks for seen in check(look)]
