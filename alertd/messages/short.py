"""A message in so few words that it is one text message: at most 70 characters, its signature included.

What does not fit is left out by whole items, the least needed first; a title that is too long for itself is
cut between two characters as people see them. There is no link in it. A repeat says which one it is and how
long is left, and no two texts to one reader are the same: at least one provider drops what it has seen today.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from alertd.core.gateways import filled, names_in
from alertd.core.text import one_line
from alertd.core.text_messages import ALONE, Alphabet, Short, Texting, counted, signed
from alertd.messages.blocks import AT_REST
from alertd.messages.catalogue import Catalogue
from alertd.messages.dates import catalogue
from alertd.messages.reader import Reader
from alertd.messages.standing import is_late, tag_of
from alertd.messages.subject import subject_of
from alertd.messages.view import AdminView, MessageView, NoticeView, RollView

#: units of 16 bits, the signature included
LONGEST = ALONE[Alphabet.UCS2]
#: the texts that there are, as they are registered with a provider: `short.KIND` in the catalogue
ASKED, SEVERAL, NOTED, NEWS, CODE = KINDS = ("asked", "several", "noted", "news", "code")
#: characters of a value where a provider bounds it; titles are cut before anything else is left out of them
_FEWEST = 6
#: numbers of deadlines in one text
_MOST_NUMBERS = 8
_CUT = "…"


def short_of(
    view: MessageView, signature: str, heard: bool = False, known: Collection[str] = frozenset()
) -> Short:
    """A message to a person. `heard` says that texts which come back are read.

    `known` are the marks (`mark_of`) of what the reader was sent lately by other messages.
    """
    reader, local = Reader.of(view), view.now.astimezone(view.zone)
    found = _short(view, reader, signature, heard, "")
    for clock in (f"{local:%H:%M} ", f"{local:%H:%M:%S} "):
        if mark_of(found.text) not in known:
            break
        found = _short(view, reader, signature, heard, clock)
    return found


def _short(view: MessageView, reader: Reader, signature: str, heard: bool, clock: str) -> Short:
    """One of the texts, with the time it is where a `clock` is given."""
    asked = [each for each in view.notices if isinstance(each, NoticeView) and each.ask]
    if len(view.notices) == 1 and isinstance(view.notices[0], NoticeView):
        return _one(view.notices[0], view, reader, signature, heard, clock)
    if heard and asked:
        return _several(view, asked, reader, signature, clock)
    return _news(clock + subject_of(view, reader), reader.words, signature)


def short_word(said: str, view: AdminView, signature: str) -> Short:
    """What is about no single deadline, in short; `said` is its subject.

    Where its topic has a sentence `short` of its own, that one.
    """
    words, args = catalogue(view.language), view.args
    if view.topic == "sign-in" and {"code", "minutes"} <= args.keys():
        return _made(CODE, {name: str(args[name]) for name in ("code", "minutes")}, words)
    own = f"admin.{view.topic}.short"
    text = words.script(words.template(own).format_map(_Known(args)) if own in words else said)
    return _news(words.say("short.drill", tag=text) if view.drill else text, words, signature)


def mark_of(text: str) -> str:
    """Tells a text from every other one, in few characters."""
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def templates(language: str) -> Mapping[str, str]:
    """The texts that must be registered with a provider, by their kind, with the names of their values."""
    words = Catalogue(language)
    return {kind: words.template(f"short.{kind}") for kind in KINDS}


@dataclass(frozen=True, slots=True)
class Registered:
    """One text as it is registered with a provider: its kind, the names of its values, and an example."""

    kind: str
    text: str
    names: tuple[str, ...]
    example: str


def registered(texting: Texting, language: str) -> list[Registered]:
    """Every text that a channel may send, as its provider writes what is put into it."""
    words, found = Catalogue(language), []
    for kind, text in templates(language).items():
        names = names_in(text)
        written = {name: _named(texting.named, name, at) for at, name in enumerate(names, 1)}
        example = {name: words.say(f"short.example.{name}") for name in names}
        found.append(Registered(kind, filled(text, written), names, filled(text, example)))
    return found


def _named(how: str, name: str, number: int) -> str:
    return f"{{{number}}}" if how == "{1}" else how.replace("{}", f"{{{name}}}")


class _Known(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return ""


def _made(kind: str, values: Mapping[str, str], words: Catalogue) -> Short:
    text = words.template(f"short.{kind}")
    return Short(kind, filled(text, values), {name: values[name] for name in names_in(text)})


def _fits(short: Short, signature: str) -> bool:
    whole = counted(signed(signature, short.text))
    return whole.length <= LONGEST and whole.parts == 1


def _first(kind: str, found: Iterator[Mapping[str, str]], words: Catalogue, signature: str) -> Short:
    """The first of these that fits; where none does the last one, its longest value cut until it does."""
    made = None
    for values in found:
        made = _made(kind, values, words)
        if _fits(made, signature):
            return made
    assert made is not None
    for name in ("what", "when", "tag"):  # never a number: it is what an answer needs
        value = made.values.get(name, "")
        over = counted(signed(signature, made.text)).length - LONGEST
        for most in range(len(value) - max(1, over // 2), 0, -1):
            if _fits(made, signature):
                return made
            made = _made(kind, {**made.values, name: _cut(value, most)}, words)
    return made


def _cut(text: str, most: int) -> str:
    """At most so many characters and an ellipsis, nothing of what people see as one taken apart."""
    end = max(most, 0)
    while end > 0 and end < len(text) and _joined(text, end):
        end -= 1
    return text[:end].rstrip() + _CUT


def _joined(text: str, at: int) -> bool:
    """Whether the character there belongs to the one before it."""
    here, before = text[at], text[at - 1]
    mark = unicodedata.category(here) in ("Mn", "Me", "Mc") or "\U0001f3fb" <= here <= "\U0001f3ff"
    flags = "\U0001f1e6" <= here <= "\U0001f1ff" and "\U0001f1e6" <= before <= "\U0001f1ff"
    return mark or flags or "\u200d" in (here, before) or "\ufe00" <= here <= "\ufe0f"


def _one(
    view: NoticeView, message: MessageView, reader: Reader, signature: str, heard: bool, clock: str
) -> Short:
    words = reader.words
    kind = ASKED if heard and view.ask and view.kind not in AT_REST else NOTED
    tag = clock + _tag(view, message, words)
    fixed = {"tag": tag, "number": str(view.number)}

    def ways() -> Iterator[Mapping[str, str]]:
        for what in _whats(view, words):
            for when in _whens(view, reader):
                yield {**fixed, "what": what, "when": when}

    return _first(kind, ways(), words, signature)


def _tag(view: NoticeView | RollView, message: MessageView, words: Catalogue) -> str:
    tag = tag_of(view, words)
    if isinstance(view, NoticeView) and view.unconfirmed:
        tag = words.say("short.unconfirmed", tag=tag)
    return words.say("short.drill", tag=tag) if message.drill else tag


def _whats(view: NoticeView, words: Catalogue) -> list[str]:
    """What it is about, with less and less beside it."""
    title = one_line(words.text(view.obligation_title), LONGEST)
    case = one_line(words.script(view.case_title), LONGEST)
    with_case = [words.say("short.of-case", what=title, case=case)] if case else []
    return [*with_case, title, *([_cut(title, 3 * _FEWEST)] if len(title) > 3 * _FEWEST else [])]


def _whens(view: NoticeView, reader: Reader) -> list[str]:
    """By when, and of a repeat always how long is left and which one it is."""
    words = reader.words
    if view.kind in AT_REST or view.state == "done":
        return [words.say("short.known")]
    left = reader.left(view)
    by = "" if is_late(view) else reader.due_short(view)
    again = words.say("short.again", number=view.repeat_no + 1) if view.repeat_no else ""
    separator = words.say("short.separator")

    def joined(*items: str) -> str:
        return separator.join(item for item in items if item) or words.say("short.look")

    ways = [joined(by, left, again), joined(left or by, again)]
    return list(dict.fromkeys(ways))


def _several(
    view: MessageView, asked: Sequence[NoticeView], reader: Reader, signature: str, clock: str
) -> Short:
    """Several at once: how many, the first of them, and the numbers to answer by, as many as fit."""
    words = reader.words
    pressing = min(asked, key=lambda each: (each.due is None, each.due or view.now, each.number))
    numbers = list(dict.fromkeys(str(each.number) for each in asked))
    tag, count = clock + _tag(pressing, view, words), str(len(view.notices))
    title = one_line(words.text(pressing.obligation_title), LONGEST)

    def ways() -> Iterator[Mapping[str, str]]:
        for most in range(min(len(numbers), _MOST_NUMBERS), 0, -1):
            shown = words.say("short.list").join(numbers[:most]) + (_CUT if most < len(numbers) else "")
            for what in dict.fromkeys((title, _cut(title, _FEWEST) if len(title) > _FEWEST else title)):
                for when in _whens(pressing, reader):
                    yield {"tag": tag, "count": count, "what": what, "when": when, "number": shown}

    return _first(SEVERAL, ways(), words, signature)


def _news(said: str, words: Catalogue, signature: str) -> Short:
    return _first(NEWS, iter([{"what": one_line(said, LONGEST * 2)}]), words, signature)
