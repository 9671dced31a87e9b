"""The Chinese manual against the program: every key, every word it may take, every command."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import time
from pathlib import Path
from typing import Any

import click
import pytest

from alertd.cli import exits
from alertd.cli.app import COMMANDS, alertd
from alertd.config import load_register, read_texts, schema
from alertd.config.channel_settings import SHAPES as CHANNELS
from alertd.config.channel_settings.application import ApplicationShape
from alertd.config.channel_settings.base import ChannelShape
from alertd.config.channel_settings.described import DescribedShape
from alertd.config.duty_shapes import (
    DefaultsShape,
    ExtensionShape,
    ObligationsFile,
    ObligationShape,
    OverdueShape,
    PoliciesFile,
    PolicyShape,
    SourceShape,
    StepShape,
)
from alertd.config.gate_shapes import GatesFile, GateShape
from alertd.config.mail_in_shapes import MailInShape
from alertd.config.measure_shapes import CheckpointShape, MeasureShape, SupplyShape
from alertd.config.node_shapes import (
    AdminShape,
    BulletinShape,
    ConfigFile,
    LogShape,
    NodeShape,
    OfficeShape,
    SendingShape,
    StoreShape,
    ThresholdsShape,
)
from alertd.config.openid_shapes import OpenIdShape
from alertd.config.rest_shapes import RestShape
from alertd.config.roster_shapes import DutyFile, RotationShape, ShiftShape
from alertd.config.shapes import (
    CalendarFile,
    DaysOffShape,
    DirectoryFile,
    EventTypesFile,
    EventTypeShape,
    GroupShape,
    PersonShape,
    RosterShape,
    SeverityShape,
    UnitShape,
    YearShape,
)
from alertd.config.values import OneOf, PositionAmong, Shape
from alertd.config.watch_shapes import FeedShape, HeartbeatShape
from alertd.config.web_shapes import WebShape
from alertd.core.model import Anchor, Standing
from alertd.core.positions import NAMES
from alertd.core.rules import parse_rule
from alertd.core.steptimes import parse_step_time
from alertd.core.timing import Period, RuleKind
from tests.support.documents import TOP, blocks, table
from tests.support.lessons import laid_down, told

MANUAL = TOP / "docs/use.zh.md"

#: what the head of its table calls each shape
TABLES: dict[str, type[Shape]] = {
    "[[obligation]]": ObligationShape,
    "source": SourceShape,
    "extension": ExtensionShape,
    "[obligation.measure]": MeasureShape,
    "checkpoints": CheckpointShape,
    "figures": SupplyShape,
    "[[event_type]]": EventTypeShape,
    "severities": SeverityShape,
    "policies.toml": PoliciesFile,
    "[[policy]]": PolicyShape,
    "[[policy.step]]": StepShape,
    "[policy.overdue]": OverdueShape,
    "[[gate]]": GateShape,
    "[[rotation]]": RotationShape,
    "[[shift]]": ShiftShape,
    "directory.toml": DirectoryFile,
    "[[unit]]": UnitShape,
    "[[group]]": GroupShape,
    "[[year]]": YearShape,
    "off": DaysOffShape,
    "config.toml": ConfigFile,
    "[store]": StoreShape,
    "[admin]": AdminShape,
    "[office]": OfficeShape,
    "[rest]": RestShape,
    "[sending]": SendingShape,
    "[bulletin]": BulletinShape,
    "[thresholds]": ThresholdsShape,
    "[log]": LogShape,
    "[web]": WebShape,
    "[web.openid]": OpenIdShape,
    "[mail-in]": MailInShape,
    "[node]": NodeShape,
    "[heartbeat]": HeartbeatShape,
    "[[feed]]": FeedShape,
    **{f'transport = "{name}"': shape for name, shape in CHANNELS.items()},
}
COLUMNS: dict[str, type[Shape]] = {"people.csv": PersonShape, "roster.csv": RosterShape}
#: a file that holds one kind of table and nothing else, and what others are made from
HOLDERS = {
    ObligationsFile,
    EventTypesFile,
    GatesFile,
    CalendarFile,
    DutyFile,
    DefaultsShape,
    ChannelShape,
    DescribedShape,
    ApplicationShape,
}

BOTH = [(f"`{name}` 的鍵", shape) for name, shape in TABLES.items()]
BOTH += [(f"`{name}` 的列", shape) for name, shape in COLUMNS.items()]


def _shapes(top: type[Shape] = Shape) -> Iterator[type[Shape]]:
    for shape in top.__subclasses__():
        yield shape
        yield from _shapes(shape)


def _words(field: Any) -> list[str]:
    """The words a key may take, where they are few; the positions have a table of their own."""
    marks = [*field.metadata, *_marks(field.annotation)]
    return [
        word
        for mark in marks
        if isinstance(mark, OneOf) and not isinstance(mark, PositionAmong)
        for word in mark.allowed
    ]


def _marks(annotation: Any) -> Iterator[object]:
    yield from getattr(annotation, "__metadata__", ())
    for inner in getattr(annotation, "__args__", ()):
        yield from _marks(inner)


def test_every_shape_has_a_table() -> None:
    told = {*TABLES.values(), *COLUMNS.values(), *HOLDERS}
    assert {shape for shape in _shapes() if shape.__module__.startswith("alertd.")} == told
    assert set(schema._FILES.values()) <= told


@pytest.mark.parametrize(("head", "shape"), BOTH, ids=[head for head, _ in BOTH])
def test_every_key_is_told_and_whether_it_must_be_there(head: str, shape: type[Shape]) -> None:
    rows = table(MANUAL, f"{head} | 必填")
    told = [(name.strip("`"), bool(needed)) for name, needed, _ in rows]
    fields = [(field.alias or name, field.is_required()) for name, field in shape.model_fields.items()]
    assert sorted(told) == sorted(fields)
    assert all(what for _, _, what in rows)
    assert {needed for _, needed, _ in rows} <= {"是", ""}


@pytest.mark.parametrize(("head", "shape"), BOTH, ids=[head for head, _ in BOTH])
def test_every_word_a_key_may_take_is_told(head: str, shape: type[Shape]) -> None:
    told = {name.strip("`"): what for name, _, what in table(MANUAL, f"{head} | 必填")}
    for name, field in shape.model_fields.items():
        words = _words(field)
        missing = [word for word in words if f"`{word}`" not in told[field.alias or name]]
        assert missing == [], name


@pytest.mark.parametrize(("head", "shape"), BOTH, ids=[head for head, _ in BOTH])
def test_what_holds_where_a_key_is_left_out_is_so(head: str, shape: type[Shape]) -> None:
    """Numbers, times and words that stand for a missing key are told, and are those of the program."""
    for name, _, what in table(MANUAL, f"{head} | 必填"):
        found = re.search(r"不寫為 `([^`]+)`", what)
        key = next(k for k, field in shape.model_fields.items() if (field.alias or k) == name.strip("`"))
        default = shape.model_fields[key].get_default(call_default_factory=True)
        plain = isinstance(default, int | time) and not isinstance(default, bool)
        assert (found[1] if found else None) == (str(default) if plain or found else None), name


@pytest.mark.parametrize(("head", "shape"), BOTH, ids=[head for head, _ in BOTH])
def test_the_english_manual_names_every_key(head: str, shape: type[Shape]) -> None:
    text = (TOP / "docs/use.md").read_text("utf-8")
    named = {*re.findall(r"`([a-z_]+)`", text), *re.findall(r"(?m)(?:^|[{,] ?|`)([a-z_]+) =", text)}
    named |= set(re.findall(r"\[\[?(?:policy\.|obligation\.)?([a-z_-]+)\]", text))
    assert {field.alias or name for name, field in shape.model_fields.items()} - named == set()


def test_the_table_of_positions_is_that_of_the_program() -> None:
    rows = table(MANUAL, "職務 | 名稱")
    told = {name.strip("`"): names.split("、") for name, names, _ in rows}
    written = {position: list(names[::2]) for position, names in NAMES.items()}
    assert told == written


def test_the_policies_event_types_and_gates_that_are_shipped_are_told() -> None:
    register = load_register(read_texts(TOP / "schedules")[0]).register
    assert register is not None
    policies, types, gates = register.policies, register.event_types, register.gates
    told = [(name.strip("`"), title) for name, title, _ in table(MANUAL, "提醒辦法 | 名稱")]
    assert told == [(each.id, each.title["zh-Hant"]) for each in policies.values()]
    kinds = [tuple(row) for row in table(MANUAL, "事件類型 | 名稱")]
    assert kinds == [
        (f"`{each.id}`", each.title["zh-Hant"], "、".join(f"`{name}`" for name in each.instants))
        for each in types.values()
    ]
    stages = [tuple(row) for row in table(MANUAL, "審查把關 | 名稱")]
    assert stages == [(f"`{each.id}`", each.title["zh-Hant"], f"`{each.stage}`") for each in gates.values()]


@pytest.mark.parametrize("manual", [MANUAL, TOP / "docs/use.md"], ids=lambda manual: manual.name)
def test_a_file_of_a_channel_that_is_shown_is_read(manual: Path) -> None:
    shown = [tomllib.loads(block.text) for block in blocks(manual) if block.mark == "channel"]
    assert shown
    for each in shown:
        assert CHANNELS[each["transport"]].model_validate(each).enabled


def test_every_moment_of_a_step_is_told() -> None:
    told = [cell.strip("`") for cell, _ in table(MANUAL, "`at` 的寫法")]
    assert {parse_step_time(text).anchor for text in told} == set(Anchor)


def test_every_standing_is_told() -> None:
    assert {name.strip("`") for name, *_ in table(MANUAL, "情形 | 顏色")} == {each.value for each in Standing}


def test_every_way_of_counting_and_of_returning_is_told() -> None:
    sources = {name.strip("`") for name, *_ in table(MANUAL, "`source` | 怎樣計")}
    assert sources == set(_words(MeasureShape.model_fields["source"]))
    returns = {name.strip("`") for name, *_ in table(MANUAL, "寫法 | 退回期間")}
    assert returns == set(_words(ObligationShape.model_fields["on_return"]))


def test_every_way_of_sending_is_told() -> None:
    told = {name.strip("`") for name, _ in table(MANUAL, "寫法 | 意思")}
    assert told == set(_words(SendingShape.model_fields["mode"]))


def test_every_kind_of_rule_is_told() -> None:
    rules = [parse_rule(cell.strip("`")) for cell, *_ in table(MANUAL, "寫法 | 英文寫法")]
    assert {rule.kind for rule in rules} == set(RuleKind)
    assert {rule.period for rule in rules if rule.kind is RuleKind.CALENDAR} >= set(Period)


def _commands() -> Iterator[str]:
    context = click.Context(alertd)
    for name in COMMANDS:
        command = alertd.get_command(context, name)
        if isinstance(command, click.Group):
            yield from (f"{name} {inner}" for inner in command.list_commands(context))
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield name


def test_every_command_is_told_with_what_its_exit_code_means() -> None:
    rows = table(MANUAL, "命令 | 作用 | 退出碼")
    assert sorted(name.strip("`") for name, _, _ in rows) == sorted(_commands())
    known = {exits.YES, exits.NO, exits.DIFFERENT}
    assert {int(code) for _, _, codes in rows for code in re.findall(r"(\d+)：", codes)} <= known


#: one thing that each of these commands says no to, in a city where nothing has happened yet
NO = (
    ("show", "99999"),
    ("explain", "99999"),
    ("roll", "nosuch"),
    ("duty", "nosuch"),
    ("outbox", "999"),
    ("resend", "999"),
    ("unblock", "nobody"),
    ("sms-templates", "email"),
    ("ack", "99999"),
    ("verify", "99999"),
    ("extend ask", "99999 --due 2026-12-31 --reason x"),
    ("reassign", "99999 --to finance-bureau --reason x"),
    ("progress undo", "nosuch"),
    ("rate set", "nosuch finance-bureau 1 2 --on 2026-01-01"),
    ("event cancel", "nosuch --yes --reason x"),
    ("event import", "config.toml"),
    ("preview", "--event nosuch@2026-12-01T01:00:town-donghe"),
    ("calendar add", "--from config.toml --yes"),
    ("when", "nosuch"),
    ("test-send", "email nobody"),
    ("go-live", "--dry-run"),
    ("db backup", "nosuch/x"),
    ("init", ". --example"),
)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("manual") / "city"
    laid_down(folder, "zh-Hant")
    return folder


@pytest.mark.parametrize(("command", "more"), NO, ids=[command for command, _ in NO])
def test_a_command_that_says_no_ends_with_the_code_that_is_told(command: str, more: str, city: Path) -> None:
    codes = {name.strip("`"): codes for name, _, codes in table(MANUAL, "命令 | 作用 | 退出碼")}
    assert codes[command].startswith("1：")
    code, said = told(city, f"alertd {command} {more}")
    assert (code, bool(said)) == (exits.NO, True), said


def test_the_exit_codes_are_those_of_the_program() -> None:
    told = {int(code) for code, _ in table(MANUAL, "退出碼 | 意思")}
    assert told == {
        exits.YES, exits.NO, exits.DIFFERENT, exits.USAGE, exits.NOBODY, exits.INTERNAL, exits.BUSY,
        exits.CONFIGURATION,
    }  # fmt: skip


@pytest.mark.parametrize("manual", [MANUAL, TOP / "docs/use.md"], ids=lambda manual: manual.name)
def test_what_config_toml_is_shown_to_say_may_be_said(manual: Path) -> None:
    shown = [block.text for block in blocks(manual) if block.mark == "config"]
    assert shown
    for text in shown:
        ConfigFile.model_validate(tomllib.loads('[admin]\nto = ["office@city.example"]\n' + text))


def test_every_example_in_a_file_is_held_to_something() -> None:
    assert [block.text for block in blocks(MANUAL) if block.kind == "toml" and not block.mark] == []
