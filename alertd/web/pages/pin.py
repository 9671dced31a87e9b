"""The PIN by which somebody signs for what they do at a screen of a duty room."""

from __future__ import annotations

from typing import Literal

from alertd.core.pins import LONGEST, SHORTEST
from alertd.engine.operations import pins
from alertd.engine.operations.pins import Kept
from alertd.engine.ruling.refusal import Refused
from alertd.web.page import Call, Early, Fields, Gone, Shown


class Looked(Fields):
    """What was just done."""

    done: Literal["", "set", "removed"] = ""


class Chosen(Fields):
    """A PIN, typed twice."""

    pin: str = ""
    again: str = ""


class Pin(Shown):
    """Whether there is one, and how long it may be."""

    there: bool
    done: str
    least: int
    most: int


def show(call: Call) -> Pin:
    """Whether somebody has a PIN; nobody sees it."""
    there = pins.has_pin(call.scope, call.visitor.person)
    return Pin(there=there, done=call.asked.done, least=SHORTEST, most=LONGEST)


def prepare(early: Early) -> Kept:
    """What is kept of the PIN. Raises Refused."""
    if early.asked.pin != early.asked.again:
        raise Refused("pin-differs")
    return pins.kept_of(early.asked.pin)


def choose(call: Call) -> Gone:
    """Take the PIN."""
    pins.set_pin(call.scope, call.visitor.person, call.early)
    return Gone("/me/pin?done=set")


def remove(call: Call) -> Gone:
    """Have none any more."""
    pins.remove_pin(call.scope, call.visitor.person)
    return Gone("/me/pin?done=removed")
