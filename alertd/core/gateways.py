"""How a provider is spoken to that a file describes: what is put into a request, what is read in an answer.

An expression is a path into JSON, `data.0.code`, and what must stand there, `data.0.code = 0 | 00`; a value
may end in `*`. Without a value it holds where anything stands there but false. Or it is a pattern over the
text of the answer, `/^OK:(\\d+)/`, whose first group is the value. `http` is the status. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

#: what may stand in braces in any request
COMMON = (
    "to",  # a number as +8613800138000, or whatever names the person there
    "text",  # of a text message without the signature; of another one without its title
    "id",  # the same over all attempts at one message
    "account",
    "secret",
    "now",  # seconds since 1970
    "millis",
    "time",  # 20261231235959, in the zone of the provider
    "nonce",
    "body",  # in what is signed: the body itself
    "sign",  # what was signed, in a field
)
#: and besides where text messages are sent; each value of theirs is {value.NAME}
OF_TEXTS = (
    "digits",  # 8613800138000
    "number",  # 13800138000: without the country, where it is the one at home
    "signed",  # with the signature
    "signature",
    "kind",  # which of the registered texts it is
    "template",  # what the provider calls that one
    "values",  # its values, as JSON
    "value.",
)
#: and besides where other messages are
OF_MESSAGES = (
    "title",
    "link",  # the reader's own page; empty where there is none
    "level",  # what the file calls an ordinary message, or an urgent one
)
_PLACEHOLDER = re.compile(r"\{([a-z]+(?:\.[a-z]+)?)\}")
#: characters of an answer that a pattern looks at
_LOOKED_AT = 4096
_LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the text, and what it is as JSON; None where it is none.

    `wait` is the seconds that its header asks for, None where it asks for none.
    """

    status: int
    text: str
    data: Any = None
    wait: float | None = None

    @classmethod
    def of(cls, status: int, text: str, wait: float | None = None) -> Answer:
        """An answer as it came over the wire."""
        try:
            return cls(status, text, json.loads(text), wait)
        except (ValueError, RecursionError):
            return cls(status, text, None, wait)


class BadExpression(ValueError):
    """A text that is no expression."""


@dataclass(frozen=True, slots=True)
class Expression:
    """Something that is read in an answer. Made by `expression`."""

    path: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None

    def value(self, answer: Answer) -> str:
        """What stands there, as text; "" where nothing does."""
        if self.pattern is not None:
            found = self.pattern.search(answer.text[:_LOOKED_AT])
            return "" if found is None else str(found[1] if found.re.groups else found[0])[:_LONGEST_VALUE]
        return as_text(at(answer.data, self.path, answer.status))

    def holds(self, answer: Answer) -> bool:
        """Whether what is there is what is looked for."""
        found = self.value(answer)
        if self.pattern is not None or not self.values:
            return found not in ("", "false", "0") if self.pattern is None else found != ""
        return any(found.startswith(v[:-1]) if v.endswith("*") else found == v for v in self.values)


def expression(text: str) -> Expression:
    """Read an expression. Raises BadExpression with what is wrong."""
    text = text.strip()
    if text.startswith("/"):
        if len(text) < 3 or not text.endswith("/"):
            raise BadExpression("a pattern ends in /")
        try:
            return Expression(pattern=re.compile(text[1:-1]))
        except re.error as fault:
            raise BadExpression(str(fault)) from fault
    path, equals, wanted = text.partition("=")
    names = tuple(name.strip() for name in path.split("."))
    if not all(re.fullmatch(r"[\w@-]+", name) for name in names):
        raise BadExpression("a path of names with dots between is expected before the =")
    values = tuple(value.strip() for value in wanted.split("|")) if equals else ()
    if equals and not all(values):
        raise BadExpression("a value is missing behind the =")
    return Expression(names, values)


def at(data: Any, path: tuple[str, ...], status: int = 0) -> Any:
    """What stands at a path; None where nothing does."""
    if path == ("http",):
        return status
    for name in path:
        if isinstance(data, dict):
            data = data.get(name)
        elif isinstance(data, list) and name.isascii() and name.isdigit() and len(name) < 4:
            data = data[int(name)] if int(name) < len(data) else None
        else:
            return None
    return data


def as_text(found: Any) -> str:
    """A value of JSON as people write it in a file: true, 0, OK."""
    if found is None or isinstance(found, dict | list):
        return ""
    if isinstance(found, bool):
        return str(found).lower()
    return str(found)[:_LONGEST_VALUE]


def unknown_placeholders(text: str, known: Collection[str]) -> list[str]:
    """The names in braces that are none of the known ones; one that ends in a dot stands for all below it."""
    return [name for name in _PLACEHOLDER.findall(text) if name not in known and not _below(name, known)]


def _below(name: str, known: Collection[str]) -> bool:
    table, dot, _ = name.partition(".")
    return bool(dot) and table + dot in known


def names_in(text: str) -> tuple[str, ...]:
    """The names in braces, each once, in their order."""
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(text)))


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its placeholders filled; nothing that was put in is looked at again."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], ""), text)
