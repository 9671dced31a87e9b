"""A silence: the reminders of one deadline are held until a day, for a reason, by who answers for it.

What is decided goes on as it was: steps are reached, repeats counted, breaches recorded, and the page says
that it is silent. What would have been said is held, and looked at anew when the silence ends. It never holds
an hour clock, nor anything beyond two hours before the limit (core.pacing), and lasts for thirty days at the
most; whoever entered it is told before it ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from alertd.core.rights import Act
from alertd.core.text import Remark
from alertd.engine.deadlines.permission import need_reason, permitted
from alertd.engine.notify import guard
from alertd.engine.notify.addressing import Recipient
from alertd.engine.notify.admin import tell_admin
from alertd.engine.notify.drafts import Drafts
from alertd.engine.notify.gathering import leave_then
from alertd.engine.notify.holds import SILENCE, Holds, is_reminder
from alertd.engine.notify.override_topics import SilenceEnds
from alertd.engine.notify.telling import Word, tell_people
from alertd.engine.operations.texts import taking_texts
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import PROGRAM, Scope, name_in
from alertd.messages.catalogue import text_in
from alertd.messages.dates import limit_text
from alertd.store import deadlines, outbox, overrides, repeats
from alertd.store.rows import DeadlineRow, OverrideRow

#: no silence lasts longer: whoever still wants it then says so anew
LONGEST = timedelta(days=30)
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Silenced:
    """Until when reminders are held, and when whoever entered it is told that it ends."""

    until: datetime
    told_at: datetime


@taking_texts
def silence(scope: Scope, number: int, end: date | datetime, reason: Remark) -> Silenced:
    """Hold the reminders of a deadline until `end`, an instant, or a day that counts in full.

    One that stands already is replaced. Raises Refused: no right; "reason-missing", "silence-by-the-hour",
    "silence-over", "silence-long".
    """
    row, right = permitted(scope, number, Act.SILENCE)
    reason = need_reason(reason)
    if row.by_the_hour:
        raise Refused("silence-by-the-hour", deadline=row.id)
    calendar = scope.world.calendar
    until = end if isinstance(end, datetime) else calendar.midnight_after(end)
    if until <= scope.now:
        raise Refused("silence-over", deadline=row.id)
    if until > calendar.midnight_after(scope.today + LONGEST):
        raise Refused("silence-long", deadline=row.id, days=LONGEST.days)
    about = overrides.DEADLINE, str(row.number)
    for standing in overrides.open_about(scope.tx, SILENCE, about, scope.now):
        overrides.end(scope.tx, standing.id, scope.now, scope.actor.text)
    told_at = _told_at(scope, until)
    overrides.add(scope.tx, SILENCE, about, scope.actor.text, reason, scope.now, until, next_at=told_at)
    scope.record(row.number, "silenced", {"until": until.isoformat(), "reason": reason, **right})
    _look_anew(scope, row)  # what it replaces may have lasted longer
    return Silenced(until, told_at)


@taking_texts
def end_silence(scope: Scope, number: int, reason: Remark = "") -> None:
    """End the silence over a deadline: what was held leaves in office hours, as far as it is still true.

    Raises Refused: no right; "not-silent" where there is none.
    """
    row, right = permitted(scope, number, Act.END_SILENCE)
    standing = overrides.open_about(scope.tx, SILENCE, (overrides.DEADLINE, str(number)), scope.now)
    if not standing:
        raise Refused("not-silent", deadline=row.id)
    for each in standing:
        overrides.end(scope.tx, each.id, scope.now, scope.actor.text)
    detail = {"until": _iso(standing[-1].ends_at), **right, **({"reason": reason} if reason else {})}
    scope.record(row.number, "silence-ended", detail)
    _look_anew(scope, row)


def tell_ends(scope: Scope) -> int:
    """Tell who entered a silence that it is about to end, and put on record that one has ended; how many.

    Call it every minute. One whose deadline is closed ends without a word.
    """
    found = overrides.due(scope.tx, SILENCE, scope.now, _AT_ONCE)

    def work(rows: Sequence[OverrideRow]) -> None:
        for row in rows:
            _tell_end(scope, row)

    def put_off(row: OverrideRow) -> None:
        overrides.look_again(scope.tx, row.id, guard.put_off(scope.now, by_the_hour=False))

    guard.each(scope, "silence", found, work, put_off, lambda row: (f"{row.id:x}", None))
    return len(found)


def _tell_end(scope: Scope, silence: OverrideRow) -> None:
    row = deadlines.hold(scope.tx, int(silence.name))
    until = silence.ends_at
    if until is None or row.state not in deadlines.UNFINISHED:
        overrides.look_again(scope.tx, silence.id, None)
    elif scope.now < until:
        overrides.look_again(scope.tx, silence.id, until)
        _tell_author(scope, silence, row, until)
    else:
        overrides.look_again(scope.tx, silence.id, None)
        scope.by(PROGRAM).record(row.number, "silence-over", {"until": until.isoformat()})


def _tell_author(scope: Scope, silence: OverrideRow, row: DeadlineRow, until: datetime) -> None:
    """Tell the person who entered it, or the admin where the directory does not know who that is."""
    world, drafts = scope.world, Drafts(scope)
    person = world.register.people.get(name_in(silence.author))
    here = world.directory.stand_in(person, scope.today) if person is not None else None
    routes = drafts.addressing.routes_to(here) if here is not None else ()
    language = here.language if here is not None and here.language else world.language
    topic = SilenceEnds(
        deadline=row.id,
        number=row.number,
        title=_title(scope, row, language),
        at=limit_text(until, world.zone, language, scope.today),
        reason=silence.reason,
        held=len({each.id for each in outbox.unsent(scope.tx, row.number).values()}),
        silence=f"{silence.id:x}",
    )
    if here is None or not routes:
        tell_admin(scope, topic)
        return
    word = Word(topic.name, topic.silence, topic.values, (row.unit,))
    position = here.positions[0] if here.positions else "assignee"
    tell_people(drafts, word, [Recipient(here.id, position, False, "", routes)])
    drafts.write()


def _told_at(scope: Scope, until: datetime) -> datetime:
    """When whoever entered a silence hears that it ends: as the office opens last before, else halfway."""
    calendar, office = scope.world.calendar, scope.world.office
    day = calendar.local_date(until)
    while day >= scope.today:
        opening = calendar.instant(day, office.opens)
        if calendar.is_workday(day) and scope.now < opening < until:
            return opening
        day -= timedelta(days=1)
    return scope.now + (until - scope.now) / 2


def _look_anew(scope: Scope, row: DeadlineRow) -> None:
    """Let what is held about a deadline leave as soon as it may now, with what leaves then."""
    holds = Holds(scope)
    ids = {each.id for each in outbox.unsent(scope.tx, row.number).values()}
    found = [each for each in map(partial(outbox.hold, scope.tx), sorted(ids)) if each is not None]
    contents = outbox.contents(scope.tx, sorted(ids))
    for delivery in found:
        leave = holds.leave(row, delivery.person, reminder=True)
        if delivery.by_the_hour or delivery.not_before is None or delivery.not_before <= leave:
            continue
        said = contents[delivery.id]
        mine = [n for n in said if n.deadline == row.number and is_reminder(n.alert_kind, n.step)]
        if mine:
            leave_then(scope, delivery, mine, leave, whole=len(mine) == len(said))
            repeats.sooner(scope.tx, [n.id for n in mine], leave)


def _title(scope: Scope, row: DeadlineRow, language: str) -> str:
    obligation = scope.world.register.obligations.get(row.obligation)
    return text_in(obligation.title, language) if obligation is not None else row.id


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at is not None else ""
