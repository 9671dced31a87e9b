"""Bugs planted on purpose: each a small change of the running program that an invariant must find.

A simulator that finds nothing may look at nothing. Each bug names the invariant that must find it, the plan
in which it shows and a budget of seeds; a test holds that it is found, and that the same seeds are green
without. A bug is planted in the process of one run, which is thrown away afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.simulation import bugs, stages
from tests.simulation.city import City
from tests.simulation.plan import Plan
from tests.simulation.troubles import POSTGRESQL, SQLITE


@dataclass(frozen=True, slots=True)
class Planted:
    """`found_by` is the invariant that must find it within so many `seeds`, from the `first`, at which it
    shows; `hours` is how long a plan lasts.
    """

    plant: Callable[[], None]
    found_by: str
    happenings: stages.Happenings = stages.incidents
    hours: float = 1.0
    first: int = 1
    seeds: int = 6
    store: str = SQLITE
    machines: int = 1

    def plan(self, seed: int, city: City) -> Plan:
        happenings = sorted(self.happenings(city), key=lambda each: each.at)
        return Plan(seed, self.hours, tuple(happenings), self.store, self.machines)


PLANTED: dict[str, Planted] = {
    "lost-update": Planted(bugs.lost_update, "every_step_reached_was_fired"),
    "lease-never-freed": Planted(
        bugs.lease_never_freed, "the_outbox_drains_when_troubles_end", stages.crashes
    ),
    "mark-before-send": Planted(bugs.mark_before_send, "what_is_marked_sent_was_taken", stages.busy),
    "fire-before-commit": Planted(bugs.fire_before_commit, "what_a_server_takes_was_committed_before"),
    "poisoned-batch": Planted(bugs.poisoned_batch, "every_step_reached_was_fired"),
    "channel-forgotten": Planted(bugs.channel_forgotten, "nothing_waits_on_a_channel_that_is_gone", first=3),
    "lease-by-the-wrong-clock": Planted(
        bugs.lease_by_the_wrong_clock, "repeats_come_of_crashes_and_lies_only"
    ),
    "held-is-dropped": Planted(bugs.held_is_dropped, "every_notice_is_carried", stages.night, 12.0),
    "audit-left-out": Planted(bugs.audit_left_out, "every_change_of_a_deadline_is_in_the_audit"),
    "fall-back-forgets": Planted(
        bugs.fall_back_forgets, "who_is_asked_on_an_hour_clock_is_reached", stages.unreachable
    ),
    "half-read": Planted(bugs.half_read, "what_is_saved_rules_soon", stages.edited),
    "leave-forgotten": Planted(bugs.leave_forgotten, "nobody_on_leave_is_asked", stages.absent, first=3),
    "jobs-by-the-wall-clock": Planted(
        bugs.jobs_by_the_wall_clock, "a_node_that_runs_shows_that_it_lives", stages.set_back
    ),
    "text-in-the-log": Planted(bugs.text_in_the_log, "no_log_line_holds_the_text_of_a_message"),
    "drill-for-ever": Planted(bugs.drill_for_ever, "what_was_decided_live_leaves_live"),
    "says-what-is-over": Planted(
        bugs.says_what_is_over, "nothing_begins_after_its_deadline_is_closed", stages.busy
    ),
    "waits-for-others": Planted(bugs.waits_for_others, "one_persons_trouble_delays_nobody_else", stages.busy),
    "never-ill": Planted(bugs.never_ill, "who_has_a_channel_that_serves_is_reached_soon", stages.hanging),
    "dead-untold": Planted(
        bugs.dead_untold, "no_dead_address_stays_unknown_to_the_admin", stages.unreachable
    ),
    "a-mail-for-each": Planted(bugs.a_mail_for_each, "the_admin_gets_few_messages", stages.unreachable),
    "lease-not-held": Planted(
        bugs.lease_not_held, "nothing_is_sent_by_two_at_once", stages.busy, store=POSTGRESQL, machines=2
    ),
    "sent-by-two": Planted(bugs.sent_by_two, "nothing_is_sent_by_two_at_once"),
    "gap-untold": Planted(bugs.gap_untold, "every_alert_speaks_or_the_gap_was_told"),
    "share-for-ever": Planted(
        bugs.share_for_ever, "nothing_waits_on_an_ill_channel_alone", stages.hanging_on, 3.0
    ),
    "no-next-look": Planted(bugs.no_next_look, "every_open_deadline_has_a_next_action_or_a_reason"),
    "looked-at-late": Planted(bugs.looked_at_late, "what_comes_next_is_in_time"),
    "slips": Planted(bugs.slips, "no_slip_of_the_program_is_logged"),
    "addressed-once": Planted(
        bugs.addressed_once, "what_leaves_goes_to_an_address_its_person_has", stages.moved
    ),
    "past-the-chain": Planted(bugs.past_the_chain, "doctor_finds_nothing_changed"),
    "drills-are-enough": Planted(
        bugs.drills_are_enough, "no_open_duty_is_left_with_drills_only", stages.rehearsed
    ),
}
