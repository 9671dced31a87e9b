"""What a Chinese input method, a word processor or a habit from elsewhere leaves in a TOML file.

Only looked at when the file is not TOML. Each trap is named with its fix, and mended character for character
in a copy, so that the rest of the file can be checked in the same go and every position stays true.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from alertd.config.toml_positions import line_and_column

#: characters that open a quotation and those that close it
_QUOTES = {
    "\u201c": "\u201d\u201c",
    "\u201d": "\u201d\u201c",
    "\u2018": "\u2019\u2018",
    "\u2019": "\u2019\u2018",
    "\u300c": "\u300d",
    "\u300e": "\u300f",
    "\uff02": "\uff02",
    "\uff07": "\uff07",
    "\u301d": "\u301e\u301f",
    "\u00ab": "\u00bb",
}
_CLOSING = "".join(sorted({closing for pair in _QUOTES.values() for closing in pair}))
#: signs that have an ASCII one of the same meaning
_SIGNS = {
    "\uff0c": ",",
    "\u3001": ",",
    "\uff1d": "=",
    "\uff1a": "=",
    "\u3010": "[",
    "\u3011": "]",
    "\uff3b": "[",
    "\uff3d": "]",
    "\u3014": "[",
    "\u3015": "]",
    "\uff5b": "{",
    "\uff5d": "}",
    "\uff0e": ".",
    "\u3002": ".",
    "\uff03": "#",
    "\uff0d": "-",
    "\u2013": "-",
    "\u2014": "-",
    "\u2212": "-",
    "\uff3f": "_",
}
#: blanks that look like a space and are none, and marks nobody sees
_BLANKS = "\u3000\u00a0\u2002\u2003\u2007\u2009\u200b\u200c\u200d\u202f\u205f\u2060\ufeff"
#: what a clerk may write for a key
_CHINESE_KEYS = {
    "編號": "id",
    "标识": "id",
    "標識": "id",
    "名稱": "name",
    "名字": "name",
    "姓名": "name",
    "別名": "aliases",
    "簡稱": "aliases",
    "標題": "title",
    "事項": "title",
    "單位": "unit",
    "分組": "group",
    "成員": "members",
    "包括": "includes",
    "職務": "positions",
    "郵箱": "email",
    "電話": "phone",
    "手機": "mobile",
    "企業微信": "wecom",
    "釘釘": "dingtalk",
    "浙政釘": "zhezhengding",
    "代理": "deputy",
    "依據": "source",
    "條款": "clause",
    "責任單位": "owed_by",
    "期限": "rule",
    "規則": "rule",
    "時限": "rule",
    "政策": "policy",
    "提醒辦法": "policy",
    "步驟": "step",
    "年": "year",
    "年份": "year",
    "語言": "language",
    "時區": "zone",
}
_SIMPLIFIED = str.maketrans(
    "编号标识称别简题项单组员职务邮电话办据条责规则时骤语区",
    "編號標識稱別簡題項單組員職務郵電話辦據條責規則時驟語區",
)
#: a file with more is no TOML file at all, and its admin needs no longer list
_MOST_TRAPS = 200
_KEY_BEFORE = re.compile(r"(?:^|[\[{.,\uff0c\u3001\u3010\uff3b\uff5b])[ \t\u3000]*$")
_ENDS_KEY = re.compile(r"[ \t]*[=.\]\uff1d\uff1a]")


@dataclass(frozen=True, slots=True)
class Trap:
    """One thing that is no TOML: where, which sentence, and its values."""

    offset: int
    code: str
    args: dict[str, str]


@dataclass(slots=True)
class Mended:
    """A text of which every trap that has an obvious meaning was replaced; `dropped` are lines left out."""

    text: str
    traps: list[Trap] = field(default_factory=list)
    dropped: set[int] = field(default_factory=set)


def mend(text: str) -> Mended:
    """All traps of a text whose line ends are plain newlines, and the text without them."""
    return _Mender(text).run()


class _Mender:
    def __init__(self, text: str) -> None:
        self.text = text
        self.out = list(text)
        self.at = 0
        self.result = Mended(text)

    def run(self) -> Mended:
        while self.at < len(self.text) and len(self.result.traps) < _MOST_TRAPS:
            self._step()
        self.result.text = "".join(self.out)
        return self.result

    def _step(self) -> None:
        char = self.text[self.at]
        if char == "#":
            self.at = self._line_end()
        elif self.text.startswith(('"""', "'''"), self.at):
            end = self.text.find(char * 3, self.at + 3)
            self.at = len(self.text) if end < 0 else end + 3
        elif char in "\"'":
            self._string(char)
        elif char in _QUOTES:
            self._quotation(char)
        elif char in _SIGNS or char in _BLANKS:
            self._run_of_signs(char)
        elif char.isascii():
            self.at += 1
        else:
            self._word()

    def _string(self, quote: str) -> None:
        """A string in plain quotes; it must end on its line, with the same quote."""
        end = self._closing(self.at + 1, quote)
        if end is None:
            line_end = self._line_end()
            wrong = max(self.text.rfind(mark, self.at + 1, line_end) for mark in _CLOSING)
            if wrong > 0:
                self._trap(wrong, "wrong-quote", found=self.text[wrong])
                self.out[wrong] = quote
                end = wrong
            else:
                self._trap(self.at, "missing-quote", quote=quote)
                end = self._close(quote, line_end)
        self.at = end + 1

    def _quotation(self, opening: str) -> None:
        """Text between quotes of print: what is inside stays as it is."""
        line_end = self._line_end()
        self._trap(self.at, "wrong-quote", found=opening)
        self.out[self.at] = '"'
        marks = _QUOTES[opening] + "\"'"
        ends = [at for at in range(self.at + 1, line_end) if self.text[at] in marks]
        if ends:
            self.out[ends[0]] = '"'
            self.at = ends[0] + 1
        else:
            self.at = self._close('"', line_end) + 1

    def _run_of_signs(self, char: str) -> None:
        blank = char in _BLANKS
        code = "wrong-blank" if blank else "wrong-sign"
        plain = " " if blank else _SIGNS[char]
        self._trap(self.at, code, found=_named(char), plain=plain)
        while self.at < len(self.text) and self.text[self.at] == char:
            self.out[self.at] = plain
            self.at += 1
        if plain == "#":
            self.at = self._line_end()

    def _word(self) -> None:
        """A run of letters outside quotes: full-width ones are mended, others belong in quotes."""
        start = self.at
        while self.at < len(self.text) and self._in_word(self.text[self.at]):
            self.at += 1
        self.at = max(self.at, start + 1)
        word = self.text[start : self.at]
        plain = unicodedata.normalize("NFKC", word)
        if plain.isascii() and plain.isprintable() and len(plain) == len(word):
            self._trap(start, "full-width", found=word, plain=plain)
            self.out[start : self.at] = plain
            return
        before = self.text[self.text.rfind("\n", 0, start) + 1 : start]
        if _KEY_BEFORE.search(before) and _ENDS_KEY.match(self.text, self.at):
            near = _CHINESE_KEYS.get(word.translate(_SIMPLIFIED))
            self._trap(start, "chinese-key", found=word, **({"near": near} if near else {}))
        else:
            self._trap(start, "unquoted-text")
        self.result.dropped.add(line_and_column(self.text, start)[0])

    def _in_word(self, char: str) -> bool:
        return not char.isascii() and char not in _SIGNS and char not in _BLANKS and char not in _QUOTES

    def _closing(self, at: int, quote: str) -> int | None:
        while at < len(self.text) and self.text[at] != "\n":
            if self.text[at] == quote:
                return at
            at += 2 if quote == '"' and self.text[at] == "\\" else 1
        return None

    def _close(self, quote: str, line_end: int) -> int:
        """Put the missing quote at the end of the line."""
        self.out[line_end - 1] += quote
        return line_end - 1

    def _line_end(self) -> int:
        end = self.text.find("\n", self.at)
        return len(self.text) if end < 0 else end

    def _trap(self, offset: int, code: str, **args: str) -> None:
        self.result.traps.append(Trap(offset, code, args))


def _named(char: str) -> str:
    """The sign itself where it can be seen, its code point where it cannot."""
    return f"U+{ord(char):04X}" if char in _BLANKS else char
