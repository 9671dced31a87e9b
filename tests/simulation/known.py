"""Faults of the program that are known and not yet mended: runs stay usable meanwhile.

Each names the invariant it violates, what the words of the violation have in common, and why it is there. A
run counts what it met of them. Whoever mends one takes its lines out; the invariant holds it from then on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Known:
    invariant: str
    words: str
    reason: str


KNOWN: tuple[Known, ...] = (
    Known(
        "nobody_on_leave_is_asked",
        "^again",
        "repeats and further channels go to whom the step found, though somebody stands in by now",
    ),
    Known(
        "nobody_on_leave_is_asked",
        "after a reload that failed$",
        "a reload that meets a store that is away is not made again",
    ),
    Known(
        "what_is_saved_rules_soon",
        "after a reload that failed$",
        "a reload that meets a store that is away is not made again",
    ),
    Known(
        "no_slip_of_the_program_is_logged",
        "press not handled.*(disk I/O error|database or disk is full)",
        "a press that meets a store that is away is lost, and logged as a slip",
    ),
    Known(
        "what_leaves_goes_to_an_address_its_person_has",
        "",
        "what waits keeps the address it was decided with, however long it is held or tried again",
    ),
    Known(
        "no_slip_of_the_program_is_logged",
        "sending-failed.*UnicodeEncodeError.*surrogates not allowed",
        "an answer with half a surrogate in it stops the receipts of its whole batch",
    ),
    Known(
        "who_is_asked_on_an_hour_clock_is_reached",
        "leased.*, after receipts that failed$",
        "receipts that cannot be written leave their messages leased, and no other way is taken",
    ),
    Known(
        "no_slip_of_the_program_is_logged",
        "telegram.request.*invalid JSON",
        "the Telegram library logs a page of HTML with a traceback, and the program lets it",
    ),
    Known(
        "no_slip_of_the_program_is_logged",
        "apscheduler.*CancelledError",
        "a job of the minute that the end of the daemon cuts off is logged as a slip",
    ),
    Known(
        "nothing_waits_on_a_channel_that_is_gone",
        "",
        "what waits on a channel when it is switched off goes no other way",
    ),
    Known(
        "who_is_asked_on_an_hour_clock_is_reached",
        r"\(gone\) waiting",
        "what waits on a channel when it is switched off goes no other way",
    ),
    Known(
        "nothing_waits_on_an_ill_channel_alone",
        r"\(gone\) tried",
        "what waits on a channel when it is switched off goes no other way",
    ),
    Known(
        "no_slip_of_the_program_is_logged",
        "sending-failed.*OverflowError: date value out of range",
        "a wait beyond the calendar, asked for by a provider, stops the receipts of its whole batch",
    ),
)


def reason(violation: str) -> str:
    """Why a violation "invariant: what was seen" is known, or nothing."""
    name, _, seen = violation.partition(": ")
    found = (
        each.reason for each in KNOWN if each.invariant == name and re.search(each.words, seen, re.DOTALL)
    )
    return next(found, "")
