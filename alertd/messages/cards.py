"""A message as a card with a button that opens the reader's page, or as a text where there is no page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from alertd.core.cards import Card, CardSize, cut, fitted, length, size_of
from alertd.messages.blocks import Block
from alertd.messages.catalogue import Catalogue
from alertd.messages.reader import Reader
from alertd.messages.subject import line_of
from alertd.messages.view import MessageView, NoticeView, Rendered, RollView

_Says = Callable[[int], str]
_LAST = datetime.max.replace(tzinfo=UTC)


def message_card(
    view: MessageView, rendered: Rendered, blocks: Sequence[Block], reply: str, size: CardSize
) -> Card:
    """A message to one person. Several notices are a line each, the most pressing first."""
    reader = Reader.of(view)
    if len(blocks) == 1:
        lines, more = _of_one(blocks[0], reader.words), _rest(reader.words)
    else:
        views = sorted(view.notices, key=lambda each: each.due or _LAST)
        lines, more = [_item(each, reader) for each in views], partial(_more, reader.words)
    if view.link:
        text = fitted(lines, size.text, size.gap, more)
        return Card(cut(rendered.subject, size.title), text, view.link, reader.words.say("card.button"))
    return _plain(rendered, (), lines, [reply] if reply else [], size, more)


def word_card(
    rendered: Rendered, head: Sequence[str], items: Sequence[str], size: CardSize, words: Catalogue
) -> Card:
    """What is about no single deadline: what is said first, and the items of a list."""
    if not items:
        return _plain(rendered, (), head, (), size, _rest(words))
    return _plain(rendered, head, items, (), size, partial(_more, words))


def _plain(
    rendered: Rendered,
    before: Sequence[str],
    lines: Sequence[str],
    after: Sequence[str],
    size: CardSize,
    more: _Says,
) -> Card:
    """All that the message says where it fits; else as many of the lines as fit between the others."""
    title = cut(rendered.subject, size.text)
    whole = tuple(rendered.flowing.split("\n"))
    room = size.plain - size_of(title) - 2
    if length(whole, 1) <= room:
        return Card(title, whole)
    left = room - length((*before, *after, ""), 1) - 1
    if left < size.title:  # what surrounds them leaves no room: then all of it is lines
        return Card(title, fitted((*before, *lines, *after), room, 1, more))
    return Card(title, (*before, *fitted(lines, left, 1, more), *after))


def _of_one(block: Block, words: Catalogue) -> list[str]:
    """One notice, what is needed most first."""
    colon = words.say("text.colon")
    facts = [f"{label}{colon}{value}" for label, value in block["by_when"]]
    details = [f"{label}{colon}{value}" for label, value in block["details"]]
    reference = [f"{block['reference'][0]}{colon}{block['reference'][1]}"] if block["reference"] else []
    table = block["table"]["lines"] if block["table"] else []
    return [*facts, block["lead"], *reference, *block["notes"], *details, *table]


def _item(view: NoticeView | RollView, reader: Reader) -> str:
    line = line_of(view, reader)
    if isinstance(view, RollView):
        return line
    return reader.words.say("card.item", line=line, number=view.number)


def _more(words: Catalogue, count: int) -> str:
    return words.say("card.more", count=count)


def _rest(words: Catalogue) -> _Says:
    return lambda _: words.say("card.rest")
