"""A quota that is the sum of others: which may be added up."""

import pytest

from alertd.config import load_register
from tests.unit.config.samples import CHAPTER, TEXTS, only_fault, pointed_at

FILE = "schedules/sums.toml"
QUOTA = """
[[obligation]]
id = "{id}"
title = "{id}"
source = {{ clause = "§1" }}
owed_by = "{owed_by}"
rule = "{rule}"
policy = "hour-clock"
[obligation.measure]
source = "{source}"
unit = "學時"
minimum = 10
"""


def quota(name: str, more: str = "", **changes: str) -> str:
    values = {"id": name, "owed_by": "group:every-town", "rule": "yearly by 12-31", "source": "entries"}
    return QUOTA.format(**{**values, **changes}) + more


def texts(parts: str = '["law", "other"]', **changes: str) -> dict[str, str]:
    whole = quota("all", f"sum_of = {parts}\n", source="sum")
    return {**TEXTS, FILE: whole + quota("law") + quota("other", **changes)}


def test_quotas_of_the_same_owner_unit_and_period_add_up() -> None:
    register = load_register(texts()).register
    assert register is not None
    measure = register.obligations["all"].measure
    assert measure is not None
    assert (measure.source, measure.sum_of, measure.pace) == ("sum", ("law", "other"), "linear")


@pytest.mark.parametrize(
    ("text", "code", "pointed"),
    [
        (texts('["law", "othr"]'), "unknown-obligation", 'othr"'),
        (texts('["law", "law"]'), "sum-of-unfit", '"law"]'),
        (texts('["law", "all"]'), "sum-of-unfit", '"all"]'),
        (texts('["law", "incident-information"]'), "sum-of-unfit", '"incident'),
        (texts(owed_by="unit:office"), "sum-of-unfit", '"other"'),
        (texts(rule="quarterly by last day"), "sum-of-unfit", '"other"'),
        (texts('["law"]'), "empty-list", '["law"'),
    ],
)
def test_what_does_not_add_up_is_a_fault_at_the_part(text, code, pointed) -> None:
    fault = only_fault(text)
    assert fault.code == code
    assert pointed_at(fault, text[FILE], len(pointed)) == pointed


def test_another_unit_is_not_added() -> None:
    text = texts()
    text[FILE] = text[FILE].replace('id = "other"', 'id = "other"', 1)
    head, _, tail = text[FILE].rpartition('unit = "學時"')
    text[FILE] = head + 'unit = "次"' + tail
    assert only_fault(text).code == "sum-of-unfit"
    assert CHAPTER in text
