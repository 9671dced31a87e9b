"""A fault in an admin's file: where it is, what was found, what was expected, what to do."""

from __future__ import annotations

import difflib
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources

from alertd.config.core_texts import core_sentence
from alertd.core.system_text import system_text

#: codes of faults inside a rule, duration, repeat or step time: this and the code core gives
TEXT_PREFIX = "text-"
#: values that are our own words, not the file's
_OURS = ("reason", "names")


@dataclass(frozen=True, order=True, slots=True)
class Fault:
    """One thing to correct. Lines and columns count from 1, in characters; sorts in reading order.

    `file` is named as it was given to the loader (relative to config.toml where it lies below it). `args` are
    the values of the sentence; `args["near"]`, where present, is what the writer probably meant.
    """

    file: str
    line: int
    column: int
    code: str
    args: Mapping[str, str] = field(default_factory=dict, compare=False)

    def text(self, language: str = "en", convert: Callable[[str], str] | None = None) -> str:
        """The fault on one line, `file:line:column: sentence`.

        `language` is "en", "zh-Hant" or "zh-Hans". `convert` turns traditional into simplified Chinese and is
        applied to our sentence only, never to what stands in the file.
        """
        return f"{self.file}:{self.line}:{self.column}: {self.sentence(language, convert)}"

    def sentence(self, language: str = "en", convert: Callable[[str], str] | None = None) -> str:
        """The sentence without the place."""
        written = "en" if language == "en" else "zh-Hant"
        if self.code.startswith(TEXT_PREFIX):
            template = core_sentence(self.code.removeprefix(TEXT_PREFIX), self.args, written)
        else:
            template = fault_texts()[self.code][written]
        if "near" in self.args:
            template += fault_texts()["did-you-mean"][written]
        args = dict(self.args)
        if "reason" in args:
            args["reason"] = system_text(args["reason"], written)
        if language == "zh-Hans" and convert is not None:
            template = convert(template)
            args |= {name: convert(args[name]) for name in _OURS if name in args}
        return template.format_map(args)


@lru_cache(maxsize=1)
def fault_texts() -> Mapping[str, Mapping[str, str]]:
    """The sentences of all codes but those of the short texts, in the languages they are written in."""
    source = resources.files("alertd.config").joinpath("faults.toml")
    texts: dict[str, dict[str, str]] = tomllib.loads(source.read_text(encoding="utf-8"))
    return texts


def shown(value: object, longest: int = 60) -> str:
    """A value from a file, safe on one line of a terminal or mail: short, and without control characters."""
    text = value if isinstance(value, str) else str(value)
    clean = "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cs", "Cf") else c for c in text)
    return clean if len(clean) <= longest else clean[: longest - 1] + "…"


def listed(values: Iterable[str]) -> str:
    """The allowed values, as they stand in a sentence."""
    return ", ".join(values)


def nearest(found: str, known: Iterable[str]) -> dict[str, str]:
    """`{"near": ...}` when one of `known` is close to what was written, else nothing to add."""
    by_plain: dict[str, str] = {}
    for candidate in known:
        by_plain.setdefault(_plain(candidate), candidate)
    close = difflib.get_close_matches(_plain(found), by_plain, n=1, cutoff=0.6)
    return {"near": by_plain[close[0]]} if close else {}


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace("_", "-")
