"""Every door through which a text comes in: words of commands, files that rule, sheets, acts, presses.

Each is walked, so that a new one is held to the same: one line in normal form, bounded, nothing that turns
the line or hides in it. A door that takes any text fails here.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from datetime import date, datetime, time
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

import click
import pytest
from pydantic import BaseModel, ValidationError, create_model
from sqlalchemy import String

from alertd.cli.app import alertd
from alertd.cli.declare import Paths, Text, UnfitWord
from alertd.config.channel_settings import SHAPES
from alertd.config.channel_settings.application import ApplicationShape
from alertd.config.channel_settings.base import ChannelShape
from alertd.config.channel_settings.described import DescribedShape
from alertd.config.csv_tables import Columns, as_line, read_table
from alertd.config.duty_shapes import DefaultsShape, ObligationsFile
from alertd.config.files import _TOML
from alertd.config.node_shapes import ConfigFile
from alertd.config.shapes import ROWS
from alertd.config.values import OneOf, Shape
from alertd.core.text import LONGEST_PERSON_NAME, LONGEST_REMARK, Line, Remark
from alertd.engine.operations import events, progress, reading_back, texts, trial, turning
from alertd.engine.operations.catalogue import ACTS
from alertd.engine.operations.texts import fittings_of, taking_texts
from alertd.engine.ruling.naming import acting
from alertd.engine.ruling.refusal import Refused
from alertd.messages.catalogue import Catalogue
from alertd.messages.refusals import refused_text
from alertd.store import tables
from alertd.transports.base import Press

TURNED = "a\u202eb"
HIDDEN = "a\u200bb"
BELL = "a\ab"
ENDLESS = "x" * 100_000
UNFIT = (TURNED, HIDDEN, BELL, "half \ud83d", ENDLESS)


# ---------------------------------------------------------------- words of commands


def commands(group: click.Group, path: str = "alertd") -> Iterator[tuple[str, click.Command]]:
    ctx = click.Context(group)
    yield path, group
    for name in group.list_commands(ctx):
        found = group.get_command(ctx, name)
        assert found is not None
        if isinstance(found, click.Group):
            yield from commands(found, f"{path} {name}")
        else:
            yield f"{path} {name}", found


PARAMETERS = {
    f"{path} {parameter.opts[0]}": parameter
    for path, each in commands(alertd)
    for parameter in each.params
    if not getattr(parameter, "is_flag", False)
}


def test_all_commands_are_walked() -> None:
    assert {"alertd --config", "alertd event report --title", "alertd done --reason"} < set(PARAMETERS)


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_word_of_a_command_is_one_bounded_line(name: str) -> None:
    parameter = PARAMETERS[name]
    kind: click.ParamType[Any] = parameter.type
    assert isinstance(kind, Text | Paths | click.Choice | click.IntRange | click.FloatRange), kind
    for word in UNFIT:
        with pytest.raises(click.BadParameter):
            parameter.type.convert(word, parameter, None)
    if isinstance(kind, Text):
        assert kind.convert("two\nlines", parameter, None) == "two lines"
        assert kind.convert("e\u0301", parameter, None) == "é"


def test_what_is_wrong_with_a_word_is_kept_for_its_sentence() -> None:
    with pytest.raises(UnfitWord) as long:
        Text().convert(ENDLESS, None, None)
    assert long.value.values == {"count": "100000", "most": str(LONGEST_REMARK)}


# ---------------------------------------------------------------- files that rule

TOPS: tuple[type[Shape], ...] = (
    ConfigFile, DefaultsShape, ObligationsFile, *_TOML.values(), *SHAPES.values(),
    ROWS["person"], ROWS["officer"],
)  # fmt: skip


def shapes_in(hint: Any) -> Iterator[type[BaseModel]]:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield hint
        for field in hint.model_fields.values():
            yield from shapes_in(field.annotation)
    for part in get_args(hint):
        yield from shapes_in(part)


FIELDS = {
    f"{shape.__name__}.{name}": field
    for top in TOPS
    for shape in shapes_in(top)
    for name, field in shape.model_fields.items()
}
#: kinds of values that hold no text, or one of few words
PLAIN = (int, float, bool, date, datetime, time)


def takes_text(hint: Any) -> bool:
    """Whether some text may stand there that is not one of a few."""
    if get_origin(hint) is Annotated:
        first, *marks = get_args(hint)
        return takes_text(first) and not any(isinstance(mark, OneOf) for mark in marks)
    if get_origin(hint) in (list, tuple, Union, types.UnionType, Mapping, dict):
        return any(takes_text(part) for part in get_args(hint))
    return hint is str


def test_all_shapes_are_walked() -> None:
    assert {"PersonShape.phone", "SourceShape.note", "EmailShape.host", "NodeShape.name"} < set(FIELDS)
    bases = {ChannelShape, ApplicationShape, DescribedShape}
    assert set(_subclasses(Shape)) <= {shape for top in TOPS for shape in shapes_in(top)} | bases


def _subclasses(kind: type[Shape]) -> Iterator[type[Shape]]:
    for each in kind.__subclasses__():
        if each.__module__.startswith("alertd."):
            yield each
            yield from _subclasses(each)


@pytest.mark.parametrize("name", FIELDS)
def test_a_text_of_a_file_is_one_bounded_line(name: str) -> None:
    field = FIELDS[name]
    kind = field.annotation
    if get_origin(kind) is Literal or (isinstance(kind, type) and issubclass(kind, (BaseModel, *PLAIN))):
        return
    held = Annotated[(kind, *field.metadata)] if field.metadata else kind
    shape = create_model("Held", __base__=Shape, value=(held, ...))  # type: ignore[arg-type]
    for text in UNFIT:
        for value in (text, [text], {"zh-Hant": text}, {"file": text}):
            with pytest.raises(ValidationError):
                shape.model_validate({"value": value})


# ---------------------------------------------------------------- acts

ENTRIES = {act.place: act.function for each in ACTS.values() for act in each}
ASKING = {
    "events.checked": events.checked,
    "events.corrected_instants": events.corrected_instants,
    "progress.rehearse_sheet": progress.rehearse_sheet,
    "trial.trial_to": trial.trial_to,
    "turning.turned": turning.turned,
    **{
        f"reading_back.{name}": each
        for name, each in inspect.getmembers(reading_back, inspect.isfunction)
        if each.__module__ == reading_back.__name__ and not name.startswith("_")
    },
}
DOORS = {**ENTRIES, **ASKING}


def test_an_act_or_a_question_that_takes_texts_brings_them_into_form() -> None:
    loose = [name for name, each in DOORS.items() if not hasattr(each, "__wrapped__")]
    assert [name for name in loose if fittings_of(DOORS[name])] == []


@pytest.mark.parametrize("name", DOORS)
def test_no_text_of_an_act_is_unbounded(name: str) -> None:
    """Raises TypeError for a plain `str`."""
    act = DOORS[name]
    for what, fitting in fittings_of(getattr(act, "__wrapped__", act)).items():
        assert callable(fitting), what


def named(act: Any) -> set[str]:
    """The names by which a refusal may call a text of an act, or of a value it takes."""
    hints = get_type_hints(act)
    hints.pop("return", None)
    found = set(fittings_of(act))
    for part in (part for hint in hints.values() for part in parts_of(hint)):
        if is_dataclass(part) and part.__module__.startswith(str(texts.__package__)):
            found |= named(part)
    return found


def parts_of(hint: Any) -> Iterator[Any]:
    yield hint
    for part in get_args(hint):
        yield from parts_of(part)


@pytest.mark.parametrize("language", ["zh-Hant", "zh-Hans", "en"])
def test_every_text_of_an_act_has_a_name_for_people(language: str) -> None:
    names = {"by"}.union(*(named(getattr(act, "__wrapped__", act)) for act in DOORS.values()))
    words = Catalogue(language)
    # These are values of an act; what is in them is named by itself.
    assert {name for name in names if f"asked.{name}" not in words} == {
        "asked",
        "proposals",
        "sheet",
        "trial",
        "writing",
    }
    values = {"what": "title", "count": "301", "most": "300", "code": "U+202E"}
    for code in ("unfit-text", "long-text"):
        said = refused_text(code, values, ZoneInfo("Asia/Shanghai"), language)
        assert words.word("asked", "title") in said
        assert values["most" if code == "long-text" else "code"] in said


@taking_texts
def act(
    scope: object, reason: Remark, names: tuple[Line, ...] = (), unit: Line | None = None
) -> tuple[Any, ...]:
    return reason, names, unit


def test_a_text_comes_in_as_one_line_in_normal_form() -> None:
    assert act(None, " two\r\nlines ", ("e\u0301",), unit="x") == ("two lines", ("é",), "x")


@pytest.mark.parametrize("unfit", UNFIT)
def test_an_unfit_text_is_refused_by_its_name(unfit: str) -> None:
    for call in (lambda: act(None, unfit), lambda: act(None, "", (unfit,)), lambda: act(None, "", (), unfit)):
        with pytest.raises(Refused) as refused:
            call()
        assert refused.value.code in ("unfit-text", "long-text")
        assert refused.value.values["what"] in ("reason", "names", "unit")


def test_a_report_is_refused_where_its_title_is_unfit() -> None:
    asked = events.Report("incident", "fire", ("town-a",), title=TURNED)
    with pytest.raises(Refused) as refused:
        events.report(None, asked)  # type: ignore[arg-type]
    assert refused.value.values == {"what": "title", "code": "U+202E"}


def test_a_plain_text_in_an_act_is_a_mistake() -> None:
    @taking_texts
    def forgotten(reason: str) -> None: ...

    with pytest.raises(TypeError, match="any length"):
        forgotten("x")


def test_who_acts_is_one_bounded_line() -> None:
    for name in UNFIT:
        with pytest.raises(Refused) as refused:
            acting(None, name, "root")
        assert refused.value.values["what"] == "by"
    longest = acting(None, "x" * LONGEST_PERSON_NAME, "y" * 1000)
    assert len(longest.text) <= 200


# ---------------------------------------------------------------- presses


def test_what_a_press_carries_is_bounded() -> None:
    pressed = Press("telegram", ENDLESS, TURNED, ENDLESS)
    assert len(f"{pressed.channel}:{pressed.address}:{pressed.id}") <= 300
    assert "\u202e" not in pressed.data


# ---------------------------------------------------------------- columns of sheets


def test_what_a_sheet_holds_is_refused_at_its_cell() -> None:
    text = f"case,title\na,{TURNED}\nb,{ENDLESS}\n"
    _, faults = read_table("sheet.csv", text, Columns({"case": as_line, "title": as_line}, ("case",)))
    assert [(fault.line, fault.column, fault.code) for fault in faults] == [
        (2, 3, "unfit-text"),
        (3, 3, "long-text"),
    ]
    assert "300" in faults[1].text()


# ---------------------------------------------------------------- what the store holds

#: what stands in a column of the store, as it is, and the column
HELD = {
    "PersonShape.id": tables.deliveries.c.person,
    "PersonShape.name": tables.notices.c.deputy_for,
    "PersonShape.email": tables.blocked.c.address,
    "RosterShape.number": tables.deadlines.c.party,
    "UnitShape.id": tables.deadlines.c.unit,
    "EventTypeShape.id": tables.events.c.type,
    "EventTypeShape.severities": tables.events.c.severity,
    "PolicyShape.id": tables.deadlines.c.policy,
    "StepShape.id": tables.alerts.c.step,
    "ObligationShape.id": tables.deadlines.c.obligation,
}


@pytest.mark.parametrize("name", HELD)
def test_what_a_file_may_hold_fits_into_the_store(name: str) -> None:
    field, width = FIELDS[name], cast(String, HELD[name].type).length
    assert width
    held = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
    shape = create_model("Held", __base__=Shape, value=(held, ...))  # type: ignore[arg-type]
    for text in ("x" * (width + 1), "x" * (width - 5) + "@b.test"):
        for value in (text, [text]):
            with pytest.raises(ValidationError):
                shape.model_validate({"value": value})
