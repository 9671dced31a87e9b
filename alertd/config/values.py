"""The kinds of values admins' files hold, each with its check and its JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainValidator,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from alertd.config.faults import TEXT_PREFIX, listed, nearest, shown
from alertd.core.durations import TextError, parse_duration, parse_repeat
from alertd.core.model import Repeat, StepTime, Way
from alertd.core.phones import e164
from alertd.core.positions import BY_DUTY, NAMES, POSITIONS, position_called
from alertd.core.rules import parse_rule
from alertd.core.steptimes import parse_step_time
from alertd.core.text import LONGEST_LINE, LONGEST_PERSON_NAME, LONGEST_REMARK, UnfitText, fit
from alertd.core.timing import Duration, Rule
from alertd.core.ways import DEPUTY, parse_way

_T = TypeVar("_T")

LANGUAGES = ("zh-Hant", "zh-Hans", "en")
#: positions a person can hold
HELD_POSITIONS = tuple(position for position in POSITIONS if position not in BY_DUTY)
_ID = re.compile(r"[a-z0-9.-]+")
#: an id is stored, and is part of others: PostgreSQL holds to the width of its columns
LONGEST_ID = 80
#: an id of a channel or of a severity
LONGEST_SHORT_ID = 40
#: RFC 5321 section 4.5.3.1.3, without the brackets
LONGEST_EMAIL = 254
#: a rule is stored as it was written
LONGEST_RULE = 200
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")


class Shape(BaseModel):
    """A table of an admin's file. Types are exact: "5" is no number, and no key is ignored."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True)


def wrong(
    code: str, args: Mapping[str, str], index: int | None = None, path: tuple[str | int, ...] = ()
) -> PydanticCustomError:
    """What a check raises: a fault's code and values; `index` counts characters inside a text value."""
    return PydanticCustomError("fault", "fault", {"code": code, "args": args, "index": index, "path": path})


def type_name(value: object) -> str:
    """How a value's type is called in TOML."""
    names = {bool: "boolean", int: "number", float: "number", str: "text", list: "list", dict: "table"}
    return names.get(type(value), "date or time")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise wrong("expected-text", {"found": shown(value), "type": type_name(value)})
    if not value.strip():
        raise wrong("empty-text", {})
    return fitting(value)


def fitting(value: str, most: int = LONGEST_LINE, path: tuple[str | int, ...] = ()) -> str:
    """The text in its normal form. Names and titles stand in subjects, on buttons and on telephones."""
    try:
        return fit(value, most)
    except UnfitText as unfit:
        raise wrong(unfit.code, unfit.values, index=unfit.at, path=path) from None


def _fit_or_empty(most: int) -> Callable[[object], object]:
    """A check of a text that may be empty; what is no text is objected to by whoever asks next."""
    return lambda value: fitting(value, most) if isinstance(value, str) else value


def is_id(text: str) -> bool:
    """Whether this can be an id: ASCII a-z, 0-9, dots and hyphens."""
    return _ID.fullmatch(text) is not None


def _person_name(value: object) -> str:
    return fitting(_text(value), LONGEST_PERSON_NAME)


def _id(value: str) -> str:
    if not is_id(value):
        suggestion = re.sub(r"[^a-z0-9.-]+", "-", value.casefold()).strip("-")
        near = {"near": suggestion} if value.isascii() and _ID.fullmatch(suggestion) else {}
        raise wrong("bad-id", {"found": shown(value), **near})
    return id_of_at_most(value, LONGEST_ID)


def id_of_at_most(value: str, most: int) -> str:
    """The id, where it has no more characters than its column holds."""
    if len(value) > most:
        raise wrong("long-id", {"found": shown(value), "count": str(len(value)), "most": str(most)})
    return value


def _title(value: object) -> Mapping[str, str]:
    """One string is taken as traditional Chinese, the language everything else is derived from."""
    if isinstance(value, str):
        return {"zh-Hant": _text(value)}
    if not isinstance(value, dict) or not value:
        raise wrong("expected-title", {"found": shown(value)})
    found = {}
    for language, text in value.items():
        if language not in LANGUAGES:
            args = {"key": shown(language), "known": listed(LANGUAGES), **nearest(language, LANGUAGES)}
            raise wrong("unknown-key", args, path=(language,))
        if not isinstance(text, str) or not text.strip():
            raise wrong("expected-title", {"found": shown(text)}, path=(language,))
        found[language] = fitting(text, path=(language,))
    return found


def is_email(text: str) -> bool:
    """Whether this has the form of one plain mail address."""
    return _EMAIL.fullmatch(text) is not None


def _email(value: str) -> str:
    if value and not is_email(value):
        raise wrong("bad-email", {"found": shown(value)})
    return value


def _mobile(value: str) -> str:
    """The number as the network writes it, so that one number is one address."""
    found = e164(value)
    if value and not found:
        raise wrong("bad-mobile", {"found": shown(value)})
    return found


def _account_or_number(pattern: str, fault: str, bare: bool = False) -> Callable[[str], str]:
    """Reads an account, or the number to find it by, with the plus that Excel takes away.

    With `bare` a mobile number of here needs no plus: no account looks like one.
    """
    form = re.compile(pattern)

    def read(value: str) -> str:
        plus = value.startswith("+") or (value.startswith("86") and len(value) == 13)
        plus = plus or (bare and len(value) == 11 and bool(e164(value)))
        found = e164(value) if plus else value
        if value and not (found if plus else form.fullmatch(value)):
            raise wrong(fault, {"found": shown(value)})
        return found

    return read


def _account(value: object) -> str:
    """`CHANNEL=ADDRESS`, without blanks around either."""
    channel, equals, address = (part.strip() for part in fitting(_text(value)).partition("="))
    if not equals or not address or not is_id(channel):
        raise wrong("bad-account", {"found": shown(value)})
    return f"{channel}={address}"


def _zone(value: object) -> ZoneInfo:
    name = _text(value)
    try:
        return ZoneInfo(name)
    except (ValueError, OSError):
        # ZoneInfoNotFoundError is a KeyError; folders and malformed names raise the other two.
        raise wrong("bad-zone", {"found": shown(name)}) from None
    except KeyError:
        raise wrong("bad-zone", {"found": shown(name)}) from None


def _parsed(parse: Callable[[str], _T]) -> Callable[[object], _T]:
    def check(value: object) -> _T:
        text = fitting(_text(value), LONGEST_RULE)
        try:
            return parse(text)
        except TextError as error:
            args = {**error.values, "text": shown(text)}
            if error.hint:
                args["near"] = error.hint
            raise wrong(TEXT_PREFIX + error.code, args, index=error.position) from None

    return check


class OneOf:
    """Marks a text that is one of a few words: `Annotated[str, OneOf("each", "any")]`."""

    def __init__(self, *allowed: str) -> None:
        self.allowed = allowed

    def check(self, value: object) -> str:
        text = _text(value)
        if text not in self.allowed:
            args = {"found": shown(text), "known": listed(self.allowed), **nearest(text, self.allowed)}
            raise wrong("not-one-of", args)
        return text

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.allowed)}


class PositionAmong(OneOf):
    """Marks a text that names one of these positions, by its id or in Chinese; the value is the id."""

    def check(self, value: object) -> str:
        text = _text(value)
        position = position_called(text)
        if position not in self.allowed:
            names = listed(f"{each} {NAMES[each][0]}" for each in self.allowed)
            raise wrong(
                "unknown-position", {"found": shown(text), "names": names, **nearest(text, self._words())}
            )
        return position

    def _words(self) -> list[str]:
        return [word for each in self.allowed for word in (each, *NAMES[each])]

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "enum": self._words()}


class Digits:
    """Marks a column of digits that Excel shortens where it is not formatted as text."""


def _schema(description: str, **more: object) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "description": description, **more})


def _one_or_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _in_order(ways: list[Way]) -> list[Way]:
    """An order of ways: the first has nothing to wait for, and behind the deputy is nobody."""
    for number, way in enumerate(ways):
        if not number and way.after is not None:
            raise wrong("way-first-waits", {"found": way.channel}, path=(number,))
        if way.channel == DEPUTY and (way.after is None or number < len(ways) - 1):
            raise wrong("way-deputy", {}, path=(number,))
        if way.channel in [each.channel for each in ways[:number]]:
            raise wrong("way-twice", {"found": way.channel}, path=(number,))
    return ways


Words = Annotated[str, BeforeValidator(_text)]
Id = Annotated[
    str,
    BeforeValidator(_text),
    AfterValidator(_id),
    WithJsonSchema({"type": "string", "pattern": "^[a-z0-9.-]+$"}),
]
ShortId = Annotated[Id, AfterValidator(lambda value: id_of_at_most(value, LONGEST_SHORT_ID))]
PersonName = Annotated[str, BeforeValidator(_person_name)]
Email = Annotated[str, BeforeValidator(_fit_or_empty(LONGEST_EMAIL)), AfterValidator(_email)]
#: a userid as the vendor bounds it (developer.work.weixin.qq.com/document/path/90195)
WecomUser = Annotated[
    str,
    BeforeValidator(_fit_or_empty(LONGEST_LINE)),
    AfterValidator(_account_or_number(r"[A-Za-z0-9][A-Za-z0-9_\-@.]{0,63}", "bad-wecom-user")),
    WithJsonSchema({"type": "string"}),
]
DingtalkUser = Annotated[
    str,
    BeforeValidator(_fit_or_empty(LONGEST_LINE)),
    AfterValidator(_account_or_number(r"[A-Za-z0-9][A-Za-z0-9_\-@.$]{0,63}", "bad-dingtalk-user")),
    WithJsonSchema({"type": "string"}),
]
ZhezhengdingUser = Annotated[
    str,
    BeforeValidator(_fit_or_empty(LONGEST_LINE)),
    AfterValidator(_account_or_number(r"[1-9]\d{0,18}", "bad-zhezhengding-user", bare=True)),
    WithJsonSchema({"type": "string"}),
]
Account = Annotated[str, BeforeValidator(_account), WithJsonSchema({"type": "string", "pattern": "="})]
Mobile = Annotated[
    str,
    BeforeValidator(_fit_or_empty(LONGEST_LINE)),
    AfterValidator(_mobile),
    WithJsonSchema({"type": "string"}),
]
#: a text that may be empty; and one that may be a paragraph
Line = Annotated[str, BeforeValidator(_fit_or_empty(LONGEST_LINE))]
Remark = Annotated[str, BeforeValidator(_fit_or_empty(LONGEST_REMARK))]
Title = Annotated[
    Mapping[str, str],
    PlainValidator(_title),
    WithJsonSchema(
        {
            "description": "One text, or one for each language. Simplified Chinese is derived unless given.",
            "anyOf": [
                {"type": "string", "minLength": 1},
                {
                    "type": "object",
                    "properties": {language: {"type": "string", "minLength": 1} for language in LANGUAGES},
                    "additionalProperties": False,
                    "minProperties": 1,
                },
            ],
        }
    ),
]
Zone = Annotated[ZoneInfo, PlainValidator(_zone), _schema("A zone of the IANA database, e.g. Asia/Shanghai")]
RuleText = Annotated[
    Rule,
    PlainValidator(_parsed(parse_rule)),
    _schema('What `alertd when` takes: "5 hours", "5 to 15 working days", "yearly by 12-30", "每周五16時前"'),
]
#: reads a length of time, with the place of what is wrong in it
duration_of = _parsed(parse_duration)
DurationText = Annotated[
    Duration, PlainValidator(duration_of), _schema('"30 minutes", "2 working days", "1小時"')
]
WayText = Annotated[
    Way,
    PlainValidator(_parsed(parse_way)),
    _schema('"wecom", "sms after 5 minutes", "deputy after 10 minutes"'),
]
Order = Annotated[list[WayText], AfterValidator(_in_order)]
RepeatText = Annotated[
    Repeat, PlainValidator(_parsed(parse_repeat)), _schema('"every 10 minutes until acknowledged, at most 6"')
]
StepTimeText = Annotated[
    StepTime, PlainValidator(_parsed(parse_step_time)), _schema('"start", "due - 3 working days", "80%"')
]
# Two names of one position in one list are no two holders.
_ONCE = AfterValidator(lambda found: list(dict.fromkeys(found)))
Positions = Annotated[list[Annotated[str, PositionAmong(*POSITIONS)]], _ONCE]
HeldPositions = Annotated[list[Annotated[str, PositionAmong(*HELD_POSITIONS)]], _ONCE]
Language = Annotated[str, OneOf(*LANGUAGES)]
OneOrMoreIds = Annotated[
    list[Id],
    BeforeValidator(_one_or_list),
    WithJsonSchema(
        {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
    ),
]
