"""The first words decide: received, handed in, or neither. In both scripts, full-width or not.

Whoever asks a question has not answered; and a word that is only the beginning of another one is none of
these.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from .letter import Kind
from .quoting import folded_line

#: characters of what somebody wrote that are kept
LONGEST_WRITTEN = 20_000
#: deadlines that one answer may name
MOST_NUMBERS = 50

_GREETING = re.compile(
    r"(?:您好|你好|尊敬的[^,。!:\n]{1,20}|各位[^,。!:\n]{0,12}|(?:领导|領導|老师|老師|同志)们?[好您]?"
    r"|hi|hello|dear [^,:\n]{1,60}|good (?:morning|afternoon|evening))[\s,。!:;~、-]*",
    re.IGNORECASE,
)
_LEADING = " \t,。!:;~、-.·*\"'“”「」『』()[]【】《》<>"
#: words that may stand by themselves, and words that must: the others go on as something else
_RECEIVED = r"已?签收|已?簽收|已经?收到|已經收到|已收|收到"
_RECEIVED_EN = r"received|acknowledged|ack|got it"
_HANDED_IN = r"已(?:经|經)?(?:上)?(?:报送|報送|报|報)|已(?:经|經)?(?:办结|辦結)"
_HANDED_IN_ALONE = r"(?:上)?(?:报送|報送)|办结|辦結"
_HANDED_IN_EN = r"done|handed in|submitted"
_DONE_ENDING = r"(?:完毕|完畢|完成|了)?"
#: what ends a word of English or a Chinese one that must stand alone
_ENDED = r"(?=$|[\s,。.!:;~、#()\[\]【】「」『』\"'”>0-9\-/])"
_WORDS = (
    (Kind.RECEIVED, re.compile(rf"(?:{_RECEIVED})(?:了)?", re.IGNORECASE)),
    (Kind.RECEIVED, re.compile(rf"(?:{_RECEIVED_EN}){_ENDED}", re.IGNORECASE)),
    (Kind.HANDED_IN, re.compile(rf"(?:{_HANDED_IN}){_DONE_ENDING}", re.IGNORECASE)),
    (Kind.HANDED_IN, re.compile(rf"(?:{_HANDED_IN_ALONE}){_DONE_ENDING}{_ENDED}", re.IGNORECASE)),
    (Kind.HANDED_IN, re.compile(rf"(?:{_HANDED_IN_EN}){_ENDED}", re.IGNORECASE)),
)
_QUESTION = re.compile(r"[??]|(?:吗|嗎|没有|沒有|与否|與否|否)[。.!]?$")
_NUMBERS = re.compile(r"(?:\s*(?:[,、;和及]|and)?\s*#\s*\d{1,18})+", re.IGNORECASE)
_BARE_NUMBERS = re.compile(r"[\s,、;:]*\d{1,18}(?:[\s,、;和及]+\d{1,18})*[\s。.!]*")
_ALL = re.compile(r"\s*(?:全部|都|所有|all\b)[\s。.!]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer says: its kind, the deadlines it names, and the rest of it."""

    kind: Kind
    numbers: tuple[int, ...] = ()
    all: bool = False
    rest: str = ""


def answer_of(written: str) -> Answer:
    """What somebody wrote, without quotations, as an answer."""
    written = written.strip()[:LONGEST_WRITTEN]
    lines = written.split("\n")
    at = _first_line(lines)
    if at is None:
        return Answer(Kind.UNCLEAR, rest=written)
    first = folded_line(lines[at]).lstrip(_LEADING)
    if greeting := _GREETING.match(first):
        first = first[greeting.end() :].lstrip(_LEADING)
    for kind, words in _WORDS:
        if found := words.match(first):
            if _QUESTION.search(first[:60]):
                break
            answer = _with_rest(kind, first[found.end() :], lines[at + 1 :])
            return replace(answer, rest=_as_written(answer.rest, lines[at], first))
    return Answer(Kind.UNCLEAR, rest=written)


def _first_line(lines: list[str]) -> int | None:
    """The first line that says something beyond a greeting."""
    for at, line in enumerate(lines):
        plain = folded_line(line).lstrip(_LEADING)
        greeting = _GREETING.match(plain)
        if plain and not (greeting and greeting.end() == len(plain)):
            return at
    return None


def _with_rest(kind: Kind, rest: str, following: list[str]) -> Answer:
    """The deadlines that stand behind the deciding word: each as #12, or bare ones alone on the line."""
    every = _ALL.fullmatch(rest) or _ALL.match(rest)
    if every:
        rest = rest[every.end() :]
    numbers = _NUMBERS.match(rest) or _BARE_NUMBERS.fullmatch(rest)
    named: tuple[int, ...] = ()
    if numbers:
        named = tuple(dict.fromkeys(map(int, re.findall(r"\d+", numbers[0]))))[:MOST_NUMBERS]
        rest = rest[numbers.end() :]
    text = "\n".join((rest.lstrip(_LEADING), *following)).strip()
    return Answer(kind, named, bool(every), text)


def _as_written(rest: str, line: str, first: str) -> str:
    """`rest`, which begins within the folded line, with that line's own signs where they can be told."""
    here = rest.partition("\n")[0]
    plain = line.rstrip()
    if here and first.endswith(here) and folded_line(plain[-len(here) :]) == here:
        return plain[-len(here) :] + rest[len(here) :]
    return rest
