"""What a text message that comes back says: 1 for received, 2 for handed in, with the numbers it means.

Full-width or not, in either script, with or without the word itself; a mail's words do as well. A digit that
is only the beginning of something else (「2點再報」) is no answer, and nor is a question.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from .answers import Answer, answer_of
from .letter import Kind

_KINDS = {"1": Kind.RECEIVED, "2": Kind.HANDED_IN}
_BEFORE = re.compile(r"^(?:回[复復覆]?|答[复復覆]|reply|re:?)\s*", re.IGNORECASE)
_WORD = r"已?(?:签收|簽收|收到)|received|已(?:报送|報送|报|報|办结|辦結)|sent|handed in|done"
_COMMAND = re.compile(rf"([12])(?!\d)\s*({_WORD})?(?![^\W\d_])[\s,、.。:;!-]*(.*)", re.IGNORECASE | re.DOTALL)
_NUMBERS = re.compile(
    r"(?:[\s,、;和及]*(?:编号|編號|no\.?)?\s*#?\s*\d{1,18}(?![\d月日点點时時年號号]))+", re.IGNORECASE
)
_ALL = re.compile(r"(?:全部|所有|都|all)(?![^\W\d_])", re.IGNORECASE)
_BARE = re.compile(r"(?:编号|編號)?\s*#?\s*(\d{3,18})[\s.。!]*")
_QUESTION = re.compile(r"[??]|[吗嗎]")


def text_answer(text: str) -> Answer:
    """What somebody wrote, as an answer; its rest is what they say besides."""
    plain = _BEFORE.sub("", unicodedata.normalize("NFKC", text).strip())
    if bare := _BARE.fullmatch(plain):  # a number by itself says that it was read
        return Answer(Kind.RECEIVED, (int(bare[1]),))
    found = _COMMAND.fullmatch(plain)
    if found is None:
        return answer_of(plain)
    kind, word, rest = _KINDS[found[1]], found[2], found[3]
    if _QUESTION.search(rest) or (word and _said(word) is not kind):
        return Answer(Kind.UNCLEAR, rest=text)
    answer = Answer(kind)
    if every := _ALL.match(rest):
        answer, rest = replace(answer, all=True), rest[every.end() :]
    elif numbers := _NUMBERS.match(rest):
        named = tuple(dict.fromkeys(map(int, re.findall(r"\d+", numbers[0]))))
        answer, rest = replace(answer, numbers=named), rest[numbers.end() :]
    rest = rest.strip(" ,、.。:;!-\n\t")
    if rest and not (word or answer.numbers or answer.all):
        return Answer(Kind.UNCLEAR, rest=text)
    return replace(answer, rest=rest)


def _said(word: str) -> Kind:
    return Kind.RECEIVED if re.search("签收|簽收|收到|received", word, re.IGNORECASE) else Kind.HANDED_IN
