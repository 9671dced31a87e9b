"""What comes in: a query or a body of JSON (RFC 8259), taken whole or refused with the place.

What nobody asked for is refused, not passed over: a misspelt field would be lost silently. So is what two
readers could take differently: a name that stands twice, NaN, what is nested beyond measure.
"""

from __future__ import annotations

import difflib
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import parse_qsl

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

#: objects and lists within each other
DEEPEST = 16
#: fields of a query
_MOST_FIELDS = 30
_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
#: RFC 3339 section 5.6; the zone is demanded
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_LOCAL = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?", re.ASCII)


class Given(BaseModel):
    """What comes in. What is not named here is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=2000)


class Unread(Exception):
    """What came cannot be taken. `status` is of HTTP, `code` stands below `api.problem`.

    `places` are the fields that are wrong: (JSON Pointer of RFC 6901, code below `api.field`, values).
    """

    def __init__(
        self, status: int, code: str, places: tuple[tuple[str, str, dict[str, str]], ...] = (), **values: str
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.places, self.values = status, code, places, values


# ---------------------------------------------------------------- times


def _instant(value: Any) -> datetime:
    if not isinstance(value, str):
        raise PydanticCustomError("instant", "an instant is a text")
    if _LOCAL.fullmatch(value):
        raise PydanticCustomError("no-zone", "a time needs its zone")
    if not _INSTANT.fullmatch(value):
        raise PydanticCustomError("instant", "no instant of RFC 3339")
    try:
        return datetime.fromisoformat(value.upper())
    except ValueError:
        raise PydanticCustomError("instant", "there is no such time") from None


def _day(value: Any) -> date:
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise PydanticCustomError("day", "no day")


def _moment(value: Any) -> date | datetime:
    return _day(value) if isinstance(value, str) and _DAY.fullmatch(value) else _instant(value)


_OF_INSTANT = {"type": "string", "format": "date-time"}
_OF_DAY = {"type": "string", "format": "date"}
Instant = Annotated[datetime, BeforeValidator(_instant), WithJsonSchema(_OF_INSTANT)]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema(_OF_DAY)]
#: an instant, or a day where the time is not known
Moment = Annotated[
    datetime | date, BeforeValidator(_moment), WithJsonSchema({"anyOf": [_OF_INSTANT, _OF_DAY]})
]
#: what somebody says; how long it may be the act says too
Remark = Annotated[str, StringConstraints(max_length=1000)]
#: a name: of a unit, a duty, a case, an event
Name = Annotated[str, StringConstraints(min_length=1, max_length=300)]


# ---------------------------------------------------------------- reading


def of_query(kind: type[Given], query: str) -> Any:
    """What follows the "?" of an address. Raises Unread."""
    try:
        pairs = parse_qsl(
            query, keep_blank_values=True, strict_parsing=bool(query), max_num_fields=_MOST_FIELDS,
            errors="strict",
        )  # fmt: skip
    except ValueError:
        raise Unread(400, "query") from None
    found = _once(pairs)
    return _valid(kind, found, "", lambda: kind.model_validate(found))


def of_body(kind: type[Given], body: bytes) -> Any:
    """A body of JSON. Raises Unread."""
    return valid(kind, read_json(body))


def valid(kind: type[Given], value: Any, where: str = "") -> Any:
    """What was read as JSON, as a type; `where` is the place it stands at. Raises Unread.

    A number between quotes is a text there, and no number.
    """
    return _valid(kind, value, where, lambda: kind.model_validate_json(json.dumps(value), strict=True))


def read_json(body: bytes) -> Any:
    """What a text of JSON says. Raises Unread for what is none, or may be taken differently."""
    depth = 0
    for sign in _TEXT.sub(b"", body):
        depth += (sign in b"[{") - (sign in b"]}")
        if depth > DEEPEST:
            raise Unread(400, "deep", most=str(DEEPEST))
    try:
        found = json.loads(
            body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number, parse_float=_number
        )
    except UnicodeDecodeError:
        raise Unread(400, "utf-8") from None
    except json.JSONDecodeError as fault:
        raise Unread(400, "json", line=str(fault.lineno), column=str(fault.colno)) from None
    except ValueError:  # a number of more digits than Python reads
        raise Unread(400, "number") from None
    if any(_halved(text) for text in _texts(found)):
        raise Unread(400, "utf-8")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Unread(400, "twice", found=name[:100])
        found[name] = value
    return found


def _no_number(text: str) -> Any:
    raise Unread(400, "number")


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise Unread(400, "number")
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from _texts(each)


def _halved(text: str) -> bool:
    """Whether it has half of a character, which JSON can write and no store takes."""
    return any("\ud800" <= sign <= "\udfff" for sign in text)


def _valid(kind: type[Given], value: Any, where: str, validate: Callable[[], Given]) -> Any:
    if not isinstance(value, Mapping):
        raise Unread(422, "fields", ((where or "/", "object", {}),))
    try:
        return validate()
    except ValidationError as faults:
        places = tuple(_place(kind, fault, where) for fault in faults.errors()[:_MOST_FIELDS])
        raise Unread(422, "fields", places) from None


def _place(kind: type[Given], fault: Any, where: str) -> tuple[str, str, dict[str, str]]:
    parts = [str(part).replace("~", "~0").replace("/", "~1")[:100] for part in fault["loc"]]
    at = where + "".join(f"/{part}" for part in parts)
    match fault["type"]:
        case "missing":
            return at, "missing", {}
        case "extra_forbidden":
            known = [field.alias or name for name, field in kind.model_fields.items()]
            near = difflib.get_close_matches(parts[-1], known, n=1) if len(parts) == 1 else []
            return at, "unknown-near" if near else "unknown", {"near": near[0]} if near else {}
        case "no-zone" | "instant" | "day" as code:
            return at, code, {}
        case "literal_error" | "enum":
            return at, "choice", {"known": str(fault["ctx"]["expected"]).replace("'", "")}
        case _:
            return at, "value", {"said": fault["msg"]}
