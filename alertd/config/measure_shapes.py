"""The tables below `[obligation.measure]`: what is counted and how much of it is owed (see shapes.py)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from alertd.config.faults import shown
from alertd.config.values import DurationText, Id, OneOf, Positions, Shape, Title, wrong
from alertd.core.measures import RATIOS
from alertd.core.model import Checkpoint, Measure, Supply
from alertd.core.timing import Period as PeriodOf
from alertd.core.timing import TimeUnit

#: of a ratio: so many per cent at least, or at most; and whether the number itself counts
_BOUNDS = ("percent", "percent_at_most", "strict")
#: the keys that mean something for each source, besides `source` and `pace`
_KEYS = {
    "entries": {"unit", "minimum", "maximum", "checkpoints", "per", "most_per_day", "strict"},
    "sum": {"sum_of", "unit", "minimum", "maximum", "checkpoints", "strict"},
    "cases": {"of", *_BOUNDS, "result", "checkpoints"},
    "parties": {"of", *_BOUNDS, "result", "checkpoints"},
    "stock": {*_BOUNDS, "figures"},
    "given": {*_BOUNDS, "checkpoints", "figures"},
}
_NEEDED = {
    "entries": ("unit", "minimum"),
    "sum": ("sum_of", "unit", "minimum"),
    "cases": ("of",),
    "parties": ("of",),
    "stock": (),
    "given": (),
}


def _month_day(value: object) -> object:
    """ "06-30" as the pair of month and day; 29 February counts as a date, it means the end of the month."""
    month, dash, day = value.partition("-") if isinstance(value, str) else ("", "", "")
    try:
        if not (len(month) == len(day) == 2 and dash):
            raise ValueError
        found = date(2000, int(month), int(day))
    except ValueError:
        raise wrong("bad-month-day", {"found": shown(value)}) from None
    return found


def _number(value: object) -> object:
    """A whole number as a decimal one, since TOML tells 95 from 95.0 and people do not."""
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _whole_office_days(duration: object) -> object:
    unit = getattr(duration, "unit", None)
    if unit in (TimeUnit.MINUTE, TimeUnit.HOUR):
        raise wrong("figures-within-hours", {"found": str(getattr(duration, "amount", ""))})
    return duration


MonthDay = Annotated[
    date,
    BeforeValidator(_month_day),
    WithJsonSchema({"type": "string", "pattern": "^[01][0-9]-[0-3][0-9]$"}),
]
Amount = Annotated[float, BeforeValidator(_number)]


class CheckpointShape(Shape):
    """How much there must be at the end of a day of the period: an amount, or per cent of a ratio."""

    by: MonthDay
    at_least: Annotated[Amount, Field(gt=0)]


class SupplyShape(Shape):
    """The duty to supply figures: after each quarter or month, within so many days, and who is asked."""

    every: Annotated[str, OneOf("year", "half-year", "quarter", "month")]
    within: Annotated[DurationText, AfterValidator(_whole_office_days)]
    to: Annotated[Positions, Field(min_length=1)]


class MeasureShape(Shape):
    """What is counted towards a quota or a ratio. Which keys go with which source is checked here."""

    source: Annotated[str, OneOf(*_KEYS)]
    unit: Title | None = None
    minimum: Annotated[int, Field(ge=1)] | None = None
    maximum: int | None = None
    pace: Annotated[str, OneOf("linear", "checkpoints", "none")] | None = None
    of: Id | None = None
    sum_of: Annotated[list[Id], Field(min_length=2)] | None = None
    percent: Annotated[Amount, Field(gt=0, le=100)] | None = None
    percent_at_most: Annotated[Amount, Field(ge=0, lt=100)] | None = None
    strict: bool = False
    result: Annotated[str, OneOf("passed", "passed-after-changes", "failed")] | None = None
    checkpoints: list[CheckpointShape] = Field(default_factory=list)
    per: Annotated[str, OneOf("period", "case")] = "period"
    figures: SupplyShape | None = None
    most_per_day: Annotated[Amount, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _check(self) -> MeasureShape:
        known = _KEYS[self.source] | {"source", "pace"}
        for key in sorted(self.model_fields_set - known):
            raise wrong("key-unfit-for-source", {"key": key, "source": self.source}, path=(key,))
        for key in _NEEDED[self.source]:
            if getattr(self, key) is None:
                raise wrong("key-needed-for-source", {"key": key, "source": self.source}, path=("source",))
        if self.maximum is not None and self.minimum is not None and self.maximum < self.minimum:
            args = {"found": str(self.maximum), "minimum": str(self.minimum)}
            raise wrong("maximum-below-minimum", args, path=("maximum",))
        if self.source in RATIOS:
            self._check_percent()
        self._check_pace()
        return self

    def _check_percent(self) -> None:
        """A ratio is at least so much or at most so much, and something must keep it."""
        if self.percent is None and self.percent_at_most is None:
            args = {"key": "percent", "source": self.source}
            raise wrong("key-needed-for-source", args, path=("source",))
        if self.percent is not None and self.percent_at_most is not None:
            raise wrong("percent-twice", {}, path=("percent_at_most",))
        if self.percent_at_most is not None and self.checkpoints:
            raise wrong("checkpoints-of-ceiling", {}, path=("checkpoints",))
        if self.strict and (self.percent == 100 or self.percent_at_most == 0):
            found = "100" if self.percent == 100 else "0"
            raise wrong("strict-never-kept", {"found": found}, path=("strict",))

    def _check_pace(self) -> None:
        if self.pace == "linear" and (self.source in RATIOS or self.per == "case"):
            raise wrong("pace-unfit", {"found": "linear", "source": self.source}, path=("pace",))
        if self.pace == "checkpoints" and not self.checkpoints:
            raise wrong("pace-without-checkpoints", {}, path=("pace",))
        if self.checkpoints and self.pace not in (None, "checkpoints"):
            raise wrong("checkpoints-without-pace", {"found": str(self.pace)}, path=("pace",))

    def value(self) -> Measure:
        """The measure as everybody else knows it."""
        linear = self.source not in RATIOS and self.per != "case"
        pace = self.pace or ("checkpoints" if self.checkpoints else "linear" if linear else "none")
        points = sorted((p.by.month, p.by.day, p.at_least) for p in self.checkpoints)
        asked = self.figures
        supply = Supply(PeriodOf(asked.every), asked.within, tuple(asked.to)) if asked else None
        return Measure(
            source=self.source,
            unit=self.unit or {},
            minimum=self.minimum or 0,
            maximum=self.maximum,
            pace=pace,
            of=self.of or "",
            sum_of=tuple(self.sum_of or ()),
            percent=self.percent if self.percent_at_most is None else self.percent_at_most,
            ceiling=self.percent_at_most is not None,
            strict=self.strict,
            result=self.result or "",
            checkpoints=tuple(Checkpoint(*point) for point in points),
            per=self.per,
            figures=supply,
            most_per_day=self.most_per_day,
        )
