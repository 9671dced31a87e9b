"""Sentences by key, in the language of the reader.

The sentences are package data, `SUBJECT.LANGUAGE.toml` per written language; simplified Chinese is derived
from traditional Chinese, so that a sentence is written once. A table stands whole in the file of one subject:
of what two files held, the order of a folder would decide. Keys are the tables joined by dots. A placeholder
is `{name}`; where English needs another sentence for one thing, it stands under the key with `.one` behind it
and is chosen by the argument `count`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

from alertd.core.model import Text
from alertd.core.system_text import system_text

LANGUAGES = ("zh-Hant", "zh-Hans", "en")

#: what the profile `t2s` leaves in the spelling of Hong Kong and of the plan
_LEFT_BY_T2S = str.maketrans({"衞": "卫"})

#: 著 stays in 顯著, 著作 ...; everywhere else the simplified standard writes 着. After a verb such as 隨 it
#: is the particle whatever follows: 隨著名單 is 随着名单, not 著名.
_PARTICLE = re.compile(
    r"(?<=[随接沿跟朝伴趁顺按照对])著|(?<![显昭卓名论编专巨原合土译遗拙])著(?![名作者述书称录])"
)


@lru_cache(maxsize=1)
def _converter() -> Any:
    # Loading the dictionaries takes tens of milliseconds, which an English installation need not pay.
    import opencc

    return opencc.OpenCC("t2s")


@lru_cache(maxsize=4096)
def to_simplified(text: str) -> str:
    """Traditional to simplified Chinese, character by character and by word, never by regional vocabulary."""
    if text.isascii():
        return text
    simplified: str = _converter().convert(text)
    return _PARTICLE.sub("着", simplified.translate(_LEFT_BY_T2S))


def text_in(text: Text, language: str) -> str:
    """The spelling of a name or title for a reader; the other language rather than nothing."""
    own = text.get(language)
    if own:
        return own
    chinese = text.get("zh-Hant")
    if language == "zh-Hans" and chinese:
        return to_simplified(chinese)
    return chinese or text.get("en") or next(iter(text.values()), "")


class Catalogue:
    """All sentences of one language. Cheap to make: the files are read once per process."""

    __slots__ = ("_texts", "language")

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = _texts(language)

    def say(self, key: str, **args: object) -> str:
        """The sentence under `key` with its placeholders filled.

        `said` is what the operating system answered, and is said in words where there are any.
        Raises KeyError naming the key, or the placeholder that got no value: both are mistakes of the caller.
        """
        text = self._texts.get(key)
        if text is None:
            raise KeyError(f"no sentence {key!r} in the catalogue {self.language}")
        if args.get("count") == 1:
            text = self._texts.get(key + ".one", text)
        if "said" in args:
            answer = str(args["said"])
            words = system_text(answer, self.language)
            args["said"] = answer if words == answer else self.script(words)
        return text.format(**args) if args else text

    def word(self, group: str, code: str) -> str:
        """The word for a code (a position, a state); the code itself where the admin made it up."""
        return self._texts.get(f"{group}.{code}", code)

    def __contains__(self, key: object) -> bool:
        return key in self._texts

    def keys(self) -> frozenset[str]:
        return frozenset(self._texts)

    def template(self, key: str) -> str:
        """The sentence as written, placeholders unfilled."""
        return self._texts[key]

    def text(self, text: Text) -> str:
        """A name or title that has several spellings."""
        return text_in(text, self.language)

    def script(self, text: str) -> str:
        """What people typed, in the reader's script: names of persons and cases, reasons."""
        return to_simplified(text) if self.language == "zh-Hans" else text


@lru_cache(maxsize=len(LANGUAGES))
def _texts(language: str) -> Mapping[str, str]:
    if language not in LANGUAGES:
        raise ValueError(f"unknown language {language!r}: expected one of {', '.join(LANGUAGES)}")
    if language == "zh-Hans":
        return {key: to_simplified(text) for key, text in _texts("zh-Hant").items()}
    texts: dict[str, str] = {}
    for source in resources.files("alertd.messages").joinpath("catalogue").iterdir():
        if source.name.endswith(f".{language}.toml"):
            texts.update(_flat(tomllib.loads(source.read_text("utf-8"))))
    return texts


def _flat(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in table.items():
        if isinstance(value, dict):
            pairs += _flat(value, f"{prefix}{name}.")
        else:
            pairs.append((prefix + name, str(value)))
    return pairs
