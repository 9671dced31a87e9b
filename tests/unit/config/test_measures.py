"""The tables below [obligation.measure]: what each source takes, and what it objects to."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from alertd.config.measure_shapes import MeasureShape
from alertd.core.model import Checkpoint, Measure, Supply
from alertd.core.timing import Duration, Period, TimeUnit

QUOTA = {"source": "entries", "unit": "學時", "minimum": 40}


def read(**table: object) -> Measure:
    return MeasureShape.model_validate(table).value()


def objection(**table: object) -> tuple[str, tuple[object, ...]]:
    with pytest.raises(ValidationError) as caught:
        MeasureShape.model_validate(table)
    (detail,) = caught.value.errors()
    return detail["ctx"]["code"], detail["loc"] + tuple(detail["ctx"]["path"])


def test_entries_keep_linear_pace_unless_they_say_otherwise():
    assert read(**QUOTA).pace == "linear"
    assert read(**QUOTA, pace="none").pace == "none"
    assert read(**QUOTA, per="case").pace == "none"


def test_checkpoints_are_read_in_the_order_of_the_year():
    points = [{"by": "09-30", "at_least": 30}, {"by": "06-30", "at_least": 20.5}]
    measure = read(**QUOTA, checkpoints=points)
    assert measure.pace == "checkpoints"
    assert measure.checkpoints == (Checkpoint(6, 30, 20.5), Checkpoint(9, 30, 30.0))


def test_a_ratio_has_no_pace_and_may_ask_for_figures():
    figures = {"every": "quarter", "within": "10 working days", "to": ["contact"]}
    measure = read(source="given", percent=95, figures=figures)
    assert (measure.percent, measure.pace) == (95, "none")
    assert measure.figures == Supply(Period.QUARTER, Duration(10, TimeUnit.WORKING_DAY), ("contact",))


@pytest.mark.parametrize("source", ["cases", "parties"])
def test_a_ratio_of_deadlines_names_the_obligation_it_counts(source):
    measure = read(source=source, of="reply", percent=100, result="passed")
    assert (measure.of, measure.result) == ("reply", "passed")
    assert objection(source=source, percent=100) == ("key-needed-for-source", ("source",))


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({"source": "entries", "unit": "x"}, ("key-needed-for-source", ("source",))),
        ({"source": "given", "percent": 95, "minimum": 3}, ("key-unfit-for-source", ("minimum",))),
        ({"source": "stock", "percent": 5, "pace": "linear"}, ("pace-unfit", ("pace",))),
        ({**QUOTA, "pace": "checkpoints"}, ("pace-without-checkpoints", ("pace",))),
        (
            {**QUOTA, "pace": "none", "checkpoints": [{"by": "06-30", "at_least": 1}]},
            ("checkpoints-without-pace", ("pace",)),
        ),
        (
            {**QUOTA, "checkpoints": [{"by": "06-31", "at_least": 1}]},
            ("bad-month-day", ("checkpoints", 0, "by")),
        ),
        (
            {**QUOTA, "checkpoints": [{"by": "6-30", "at_least": 1}]},
            ("bad-month-day", ("checkpoints", 0, "by")),
        ),
        (
            {
                "source": "given",
                "percent": 95,
                "figures": {"every": "month", "within": "5 hours", "to": ["contact"]},
            },
            ("figures-within-hours", ("figures", "within")),
        ),
        ({**QUOTA, "maximum": 39}, ("maximum-below-minimum", ("maximum",))),
        ({**QUOTA, "sum_of": ["a", "b"]}, ("key-unfit-for-source", ("sum_of",))),
        ({**QUOTA, "source": "sum"}, ("key-needed-for-source", ("source",))),
        (
            {**QUOTA, "source": "sum", "sum_of": ["a", "b"], "per": "case"},
            ("key-unfit-for-source", ("per",)),
        ),
        ({**QUOTA, "percent_at_most": 3}, ("key-unfit-for-source", ("percent_at_most",))),
        ({"source": "given"}, ("key-needed-for-source", ("source",))),
        ({"source": "given", "percent": 3, "percent_at_most": 3}, ("percent-twice", ("percent_at_most",))),
        (
            {"source": "given", "percent_at_most": 3, "checkpoints": [{"by": "06-30", "at_least": 1}]},
            ("checkpoints-of-ceiling", ("checkpoints",)),
        ),
        ({"source": "given", "percent": 100, "strict": True}, ("strict-never-kept", ("strict",))),
        ({"source": "given", "percent_at_most": 0, "strict": True}, ("strict-never-kept", ("strict",))),
    ],
)
def test_what_cannot_be_meant_is_a_fault_at_its_place(table, expected):
    assert objection(**table) == expected


def test_a_ratio_is_at_least_or_at_most_so_much_with_the_number_or_without():
    most = read(source="given", percent_at_most=3)
    assert (most.percent, most.ceiling, most.strict) == (3, True, False)
    none = read(source="given", percent_at_most=0)
    assert (none.percent, none.ceiling) == (0, True)
    more = read(source="given", percent=95, strict=True)
    assert (more.percent, more.ceiling, more.strict) == (95, False, True)
    assert read(**QUOTA, strict=True).strict
