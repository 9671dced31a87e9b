"""Invariants of sending: each attempt, what a server took of it, and what the store says became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise

from alertd.core.abilities import INBOX
from alertd.core.pacing import RETRY_LIMIT
from alertd.core.reviews import PREFIX
from alertd.engine.notify.addressing import routes_of
from tests.simulation.bot import BotMood
from tests.simulation.city import ADMIN
from tests.simulation.mail import Mood
from tests.simulation.picture import Picture

Check = Callable[[Picture], Iterator[str]]

#: others' attempts may hang for a whole batch on each connection; then it is everybody's turn
OTHERS = timedelta(minutes=5)
#: a channel is noticed to be ill within a minute, or a few messages hang a few times; then the next one
SOON = timedelta(minutes=6)
#: one address that takes nothing for now is tried as long as one channel is, and then the next way is taken
TRIED = RETRY_LIMIT + timedelta(minutes=2)
#: where several nodes run, one that is stalled may have the channel well: then it has its share of time
SHARED = timedelta(minutes=20)
#: attempts in flight for each connection (`engine.sending.receipts`), and connections of mail and Telegram
IN_FLIGHT = 4 * (4 + 8)
#: an address that is dead is told within the round after its receipt
ADDRESS = timedelta(minutes=5)
#: a saved address rules within seconds, and what was leased before leaves within its batch
MOVED = timedelta(minutes=5)


def one_persons_trouble_delays_nobody_else(look: Picture) -> Iterator[str]:
    """A mailbox that hangs is its owner's trouble: first attempts at others on hour clocks do not wait."""
    healthy = {
        "email": look.run.mail.mood is Mood.WELL and not _bad(look.run.mail_weather),
        "telegram": look.run.bot.mood is BotMood.WELL and not _bad(look.run.bot_weather),
    }
    for row in look.deliveries.values():
        if row.drill or row.state not in ("waiting", "leased") or look.witness.of.get(row.id):
            continue
        notices = look.carried[row.id]
        if row.template != "message" or not any(
            look.deadlines[each.deadline].by_the_hour for each in notices
        ):
            continue
        since = max(row.created_at, look.run.at(look.witness.changed[row.channel]))
        if healthy.get(row.channel) and row.channel in look.channels and look.witness.overdue(since, OTHERS):
            yield f"{row.person} {row.channel} waits for a first attempt since {row.created_at}"


def who_has_a_channel_that_serves_is_reached_soon(look: Picture) -> Iterator[str]:
    """A provider that hangs is no reason to wait while another channel of the same person serves."""
    for notice in look.notices.values():
        row, carriers = look.deadlines[notice.deadline], look.carriers[notice.id]
        person = look.run.people.get(notice.person)
        if not (notice.ask and row.by_the_hour and look.runs(notice)) or person is None or not carriers:
            continue
        if all(each.drill for each in carriers) or look.reached(notice) or look.handed_on(notice):
            continue
        known = look.world.register.people.get(person.id)
        routes = routes_of(look.world, known, frozenset(look.blocked)) if known else ()
        own = TRIED if any(_away(look, *route) for route in routes) else timedelta()
        for channel, address in routes:
            if not _serves(look, channel, address):
                continue
            changes = (channel, "channels", "people", f"address {person.id}")
            since = max(look.run.at(look.witness.changed[each]) for each in changes)
            bound = max(own, SOON if len(look.run.machines) == 1 else SHARED)
            if look.witness.overdue(max(since, carriers[0].created_at), bound):
                states = ", ".join(f"{look.way(each)} {each.state}" for each in carriers)
                yield f"{row.id} {person.id}: {states}, and {channel} serves"


def _serves(look: Picture, channel: str, address: str) -> bool:
    """Whether a channel takes messages to an address just now."""
    if channel not in look.channels:
        return False
    if _away(look, channel, address):
        return False
    if channel == "email":
        return look.run.mail.mood is Mood.WELL and not _bad(look.run.mail_weather)
    return channel == "telegram" and look.run.bot.mood is BotMood.WELL and not _bad(look.run.bot_weather)


def _away(look: Picture, channel: str, address: str) -> bool:
    """Whether an address takes nothing, whatever its server does for others."""
    if channel == "email":
        return address in look.run.mail.dead | look.run.mail.full
    return channel == "telegram" and int(address) in look.run.bot.blocked


def _bad(weather: object) -> bool:
    return any(getattr(weather, what) for what in ("lost", "refused", "cut"))


def what_is_marked_sent_was_taken(look: Picture) -> Iterator[str]:
    """A message that counts as sent and that no server has is never sent again."""
    for row in look.deliveries.values():
        marked = row.state in ("accepted", "handed-over") and row.channel != "inbox"
        if marked and not look.witness.arrived(row.id):
            yield f"{row.person} {row.channel} {row.created_at} is {row.state}, and no server has it"


def what_a_server_takes_was_committed_before(look: Picture) -> Iterator[str]:
    """What left before its commit is said again, or answered and not known, when the commit fails."""
    yield from look.witness.unknown
    look.witness.unknown.clear()


def nothing_begins_after_its_deadline_is_closed(look: Picture) -> Iterator[str]:
    """Who handed in is left in peace: a reminder leased after the commit of that says nothing any more."""
    closed = look.witness.closed
    for delivery, attempts in look.witness.of.items():
        notices = look.carried[delivery]
        for attempt in attempts:
            if not attempt.taken or not notices:
                continue
            steps = all(
                look.alerts[each.alert].kind == "step" and not look.alerts[each.alert].step.startswith(PREFIX)
                for each in notices
            )
            if steps and all(closed.get(each.deadline, attempt.leased) < attempt.leased for each in notices):
                name = look.deadlines[notices[0].deadline].id
                yield f"{name} to {attempt.address} at {attempt.began:.1f}, closed before it was leased"


def repeats_come_of_crashes_and_lies_only(look: Picture) -> Iterator[str]:
    """A message twice is confusing, thrice is noise: only what nobody could know of is said again.

    What a process knows to be taken it never attempts again, and nobody does once a receipt says so. What is
    repeated was in flight when a daemon died, or was taken by a server that did not say so.
    """
    again = lies = 0
    for delivery, attempts in look.witness.of.items():
        again += max(0, sum(bool(each.taken) for each in attempts) - 1)
        lies += sum(1 for each in attempts if each.taken and not each.accepted)
        for before, after in pairwise(attempts):
            known = (delivery, before.number) in look.accepted or before.process is after.process
            if before.accepted and known:
                yield f"{delivery:x} to {after.address} at {after.began:.1f}, sent at {before.began:.1f}"
    crashes = look.witness.hindrances()
    if again > crashes * IN_FLIGHT + lies:
        yield f"{again} repeats, {crashes} crashes, {lies} lies"


def nothing_is_sent_by_two_at_once(look: Picture) -> Iterator[str]:
    """A lease is one sender's: two that live and send one delivery have both been told that it is theirs."""
    for delivery, attempts in look.witness.of.items():
        for before, after in pairwise(attempts):
            ended = before.ended if before.ended is not None else before.process.died_at
            if not before.process.lived(before.leased, after.began):
                continue  # it was taken for dead, and nobody can tell what it still does
            if ended is None or after.began < ended:
                who = f"{before.process.name} and {after.process.name}"
                yield f"{delivery:x} by {who} at {before.began:.1f} and {after.began:.1f}"


def no_dead_address_stays_unknown_to_the_admin(look: Picture) -> Iterator[str]:
    """Only somebody who knows can get a new address; till then that person hears nothing there."""
    told = {
        tuple(told["key"].split("|"))
        for name in ("address-dead", "chat-blocked")
        for told in look.told_admin(name)
    }
    for attempt in look.witness.attempts:
        outcome = attempt.outcome
        if outcome is None or not outcome.address_dead or attempt.ended is None or not attempt.process.alive:
            continue
        if (
            attempt.address == ADMIN  # no message is made about a message to the admin
            or (attempt.channel, attempt.address) in told
            or attempt.delivery in look.failures
        ):
            continue
        if look.witness.overdue(look.run.at(attempt.ended), ADDRESS):
            yield f"{attempt.channel} {attempt.address} died at {attempt.ended:.1f}, and nobody was told"
    for channel, address in look.blocked - told:
        yield f"{channel} {address} is blocked, and nobody was told"


def what_leaves_goes_to_an_address_its_person_has(look: Picture) -> Iterator[str]:
    """Who moved does not read the old mailbox, and somebody else may: what waits is addressed anew."""
    steady = look.witness.all_working_since()
    if steady is None:
        return
    for attempt in look.witness.attempts:
        row = look.deliveries.get(attempt.delivery)
        person = look.run.people.get(row.person) if row is not None else None
        if person is None or attempt.channel == INBOX or attempt.address in (person.email, str(person.chat)):
            continue
        moved = max(steady, look.run.at(look.witness.changed[f"address {person.id}"]))
        if look.run.at(attempt.began) > moved + MOVED and look.witness.overdue(moved, MOVED):
            yield f"{person.id} at {attempt.address}"


ALWAYS: tuple[Check, ...] = (
    who_has_a_channel_that_serves_is_reached_soon,
    one_persons_trouble_delays_nobody_else,
    what_is_marked_sent_was_taken,
    what_a_server_takes_was_committed_before,
    nothing_begins_after_its_deadline_is_closed,
    repeats_come_of_crashes_and_lies_only,
    nothing_is_sent_by_two_at_once,
    no_dead_address_stays_unknown_to_the_admin,
    what_leaves_goes_to_an_address_its_person_has,
)
