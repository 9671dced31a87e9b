"""The tables of policies.toml and of the chapters: who is asked when, and what is owed (see shapes.py)."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from alertd.config.faults import TEXT_PREFIX, shown
from alertd.config.measure_shapes import MeasureShape
from alertd.config.shapes import dates_in_order
from alertd.config.values import (
    DurationText,
    Id,
    Line,
    OneOf,
    OneOrMoreIds,
    Positions,
    Remark,
    RepeatText,
    RuleText,
    Shape,
    StepTimeText,
    Title,
    Words,
    wrong,
)
from alertd.core.model import Anchor
from alertd.core.rules import in_year
from alertd.core.text_error import TextError
from alertd.core.timing import Extension, Rule, RuleKind, TimeUnit

#: nobody is asked more often than this outside hour clocks, while not everybody can answer from a message
DAY_CLOCK_REPEATS = 3

#: nobody writes reports faster than this
SHORTEST_TURN_MINUTES = 10

_PLAN_YEAR = re.compile(r"[0-9]{4}")

# ---------------------------------------------------------------- policies.toml


class StepShape(Shape):
    """One rung: who is asked or informed at one moment."""

    id: Id
    at: StepTimeText
    to: Annotated[Positions, Field(min_length=1)]
    ask: Positions | None = None
    inform: Positions | None = None
    level: Annotated[int, Field(ge=0, le=99)]
    repeat: RepeatText | None = None
    ack: Annotated[str, OneOf("each", "any")] | None = None
    unless: list[Annotated[str, OneOf("acknowledged", "on-track")]] = Field(default_factory=list)
    each: Annotated[str, OneOf("year", "quarter", "month")] | None = None
    urgent: Annotated[bool, Field(description="people are reached in their order for what is urgent")] = False

    @model_validator(mode="after")
    def _check(self) -> StepShape:
        _positions_among(self.to, self.ask, self.inform)
        if self.each is not None and (self.at.anchor is not Anchor.OPENS or self.at.offset):
            raise wrong("each-without-opens", {"found": shown(self.at.text)}, path=("each",))
        return self


class OverdueShape(Shape):
    """What happens after due: each working day for a while, then weekly."""

    to: Annotated[Positions, Field(min_length=1)]
    ask: Positions | None = None
    inform: Positions | None = None
    daily: Annotated[int, Field(ge=0, le=60)] = 5
    weekly: Annotated[int, Field(ge=0, le=52)] = 4
    level: Annotated[int, Field(ge=0, le=99)] = 9

    @model_validator(mode="after")
    def _check(self) -> OverdueShape:
        _positions_among(self.to, self.ask, self.inform)
        return self


def _positions_among(to: list[str], ask: list[str] | None, inform: list[str] | None) -> None:
    for key, positions in (("ask", ask), ("inform", inform)):
        for number, position in enumerate(positions or ()):
            if position not in to:
                raise wrong("position-not-in-to", {"key": key, "found": position}, path=(key, number))
    for number, position in enumerate(inform or ()):
        if position in (ask or ()):
            raise wrong("asked-and-informed", {"found": position}, path=("inform", number))


class PolicyShape(Shape):
    """The ladder of one kind of deadline."""

    id: Id
    title: Title
    hours: bool = False
    acknowledged_for: DurationText | None = None
    step: Annotated[list[StepShape], Field(min_length=1)]
    overdue: OverdueShape | None = None

    @model_validator(mode="after")
    def _check(self) -> PolicyShape:
        seen: set[str] = set()
        for number, step in enumerate(self.step):
            if step.id in seen:
                raise wrong("step-twice", {"id": step.id}, path=("step", number, "id"))
            seen.add(step.id)
            if step.repeat and not self.hours and step.repeat.at_most > DAY_CLOCK_REPEATS:
                args = {"found": str(step.repeat.at_most), "limit": str(DAY_CLOCK_REPEATS)}
                raise wrong("too-many-repeats", args, path=("step", number, "repeat"))
        return self


class DefaultsShape(Shape):
    """What stands above the policies: for every duty that does not say it itself."""

    review: DurationText | None = None
    decline_within: DurationText | None = None


class PoliciesFile(DefaultsShape):
    """schedules/policies.toml: how people are asked, and what holds for every duty that says nothing else."""

    policy: list[PolicyShape] = Field(default_factory=list)


# ---------------------------------------------------------------- chapter-N.toml


class SourceShape(Shape):
    """Where the duty is written and when somebody last looked."""

    clause: Words
    checked: date | None = None
    note: Remark = ""


class ExtensionShape(Shape):
    """How far its limit may be extended; `limit` counts from the start, as the law that sets it does."""

    most: DurationText | None = None
    times: Annotated[int, Field(ge=0, le=99)] | None = None
    limit: DurationText | None = None

    def value(self) -> Extension:
        return Extension(self.most, self.times, self.limit)


class ObligationShape(Shape):
    """A standing duty."""

    id: Id
    title: Title
    source: SourceShape
    owed_by: Words
    rule: RuleText
    policy: Words
    starts_on: Annotated[OneOrMoreIds, Field(min_length=1)] | None = None
    soft: list[Annotated[str, OneOf("earliest", "due")]] = Field(default_factory=list)
    closed_by: OneOrMoreIds = Field(default_factory=list)
    receiver: Words | None = None
    measure: MeasureShape | None = None
    joiners: Annotated[str, OneOf("full", "prorata", "exempt")] | None = None
    plan: Line = ""
    valid_from: date | None = None
    valid_to: date | None = None
    was: OneOrMoreIds = Field(default_factory=list)
    closes: Annotated[str, OneOf("hand-in", "verify")] = "hand-in"
    review: DurationText | None = None
    decline_within: DurationText | None = None
    extension: ExtensionShape | None = None
    choice: bool = False
    inform: list[Words] = Field(default_factory=list)
    severity: OneOrMoreIds = Field(default_factory=list)
    severity_rules: dict[str, RuleText] = Field(default_factory=dict)
    on_return: Annotated[str, OneOf("restart", "suspend", "continue")] = "continue"
    returned_by: OneOrMoreIds = Field(default_factory=list)
    resumed_by: OneOrMoreIds = Field(default_factory=list)
    ends_on: OneOrMoreIds = Field(default_factory=list)

    @model_validator(mode="after")
    def _check(self) -> ObligationShape:
        dates_in_order(self.valid_from, self.valid_to, "valid_from", "valid_to")
        by_calendar = self.rule.kind is RuleKind.CALENDAR
        if by_calendar and self.starts_on:
            raise wrong("start-on-calendar-rule", {"rule": shown(self.rule.text)}, path=("starts_on",))
        if not by_calendar and not self.starts_on:
            raise wrong("start-missing", {"rule": shown(self.rule.text)}, path=("rule",))
        if by_calendar and self.owed_by == "event.party":
            raise wrong("party-on-calendar-rule", {"rule": shown(self.rule.text)}, path=("owed_by",))
        if self.measure is not None:
            _check_measure(self.measure, self.rule)
        if self.closes == "verify" and self.receiver is None:
            raise wrong("verify-without-receiver", {}, path=("closes",))
        if self.review is not None and self.closes != "verify":
            raise wrong("review-without-verify", {}, path=("review",))
        if by_calendar and self.extension is not None and self.extension.limit is not None:
            args = {"rule": shown(self.rule.text)}
            raise wrong("extension-limit-without-start", args, path=("extension", "limit"))
        _check_year(self)
        check_ongoing(self)
        _check_severity_rules(self)
        for number, bound in enumerate(self.soft):
            if not _has_bound(self, bound):
                args = {"found": bound, "rule": shown(self.rule.text)}
                raise wrong("no-such-bound", args, path=("soft", number))
        return self

    def dated_rule(self) -> Rule:
        """The rule with the year of the plan for 今年.

        Raises:
            TextError: `plan` names no year, or the date is not in it.
        """
        if not self.rule.of_plan_year:
            return self.rule
        if not _PLAN_YEAR.fullmatch(self.plan):
            raise TextError("year-of-plan", {"found": self.rule.text})
        return in_year(self.rule, int(self.plan))


def _check_measure(measure: MeasureShape, rule: Rule) -> None:
    by_calendar, said = rule.kind is RuleKind.CALENDAR, {"rule": shown(rule.text)}
    if measure.per == "period" and not by_calendar:
        raise wrong("measure-needs-period", said, path=("measure",))
    if len(rule.days) > 1 or rule.times:
        raise wrong("measure-needs-one-day", said, path=("measure",))
    if measure.per == "case" and by_calendar:
        raise wrong("measure-needs-case", said, path=("measure", "per"))


def _check_severity_rules(duty: ObligationShape) -> None:
    """A rule for a severity takes the place of the duty's own while its clock runs: both count alike."""
    for severity, rule in duty.severity_rules.items():
        alike = duty.rule.kind is RuleKind.ELAPSED and _way_of(rule) == _way_of(duty.rule)
        if not alike or rule.of_plan_year:
            args = {"found": shown(rule.text), "rule": shown(duty.rule.text)}
            raise wrong("severity-rule-unfit", args, path=("severity_rules", severity))


def _way_of(rule: Rule) -> tuple[object, ...]:
    bounds = rule.minimum is not None, rule.maximum is not None
    return rule.kind, rule.before, rule.by_the_hour, bounds


def _check_year(duty: ObligationShape) -> None:
    """Whether 今年 is a year: the one that `plan` names."""
    try:
        duty.dated_rule()
    except TextError as error:
        args = {**error.values, "text": shown(duty.rule.text)}
        raise wrong(TEXT_PREFIX + error.code, args, index=error.position, path=("rule",)) from None


def _has_bound(obligation: ObligationShape, bound: str) -> bool:
    rule = obligation.rule
    if rule.kind is not RuleKind.ELAPSED:
        return bound == "due" and rule.kind is not RuleKind.WHILE_OPEN
    return (rule.minimum if bound == "earliest" else rule.maximum) is not None


def check_ongoing(duty: ObligationShape) -> None:
    """What a rule that runs with a case takes besides: returns, turns with an end, something to count."""
    for key in ("returned_by", "resumed_by"):
        if duty.on_return != "continue" and not getattr(duty, key):
            raise wrong("return-incomplete", {"found": duty.on_return, "key": key}, path=("on_return",))
    rule = duty.rule
    unfit = {"on_return": duty.on_return != "continue", "ends_on": bool(duty.ends_on)}
    if rule.kind is RuleKind.RECURRING:
        unfit |= {"measure": duty.measure is not None, "ends_on": False}
        every = rule.maximum
        if every and every.unit is TimeUnit.MINUTE and every.amount < SHORTEST_TURN_MINUTES:
            args = {"rule": shown(rule.text), "limit": str(SHORTEST_TURN_MINUTES)}
            raise wrong("turns-too-short", args, path=("rule",))
    elif rule.kind is RuleKind.WHILE_OPEN:
        unfit |= {"closed_by": bool(duty.closed_by), "closes": duty.closes != "hand-in"}
        if duty.measure is None:
            raise wrong("while-open-without-measure", {"rule": shown(rule.text)}, path=("rule",))
    else:
        unfit["on_return"] = False
    for key in (key for key, stands in unfit.items() if stands):
        raise wrong("key-unfit-for-rule", {"key": key, "rule": shown(rule.text)}, path=(key,))


class ObligationsFile(Shape):
    """schedules/chapter-N.toml: the duties of one chapter of the plan."""

    obligation: list[ObligationShape] = Field(default_factory=list)
