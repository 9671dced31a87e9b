"""The bulletin as a mail: what it comes to as the subject, its tables as lines, and the page beside them.

A mail has to arrive and to be read: of each annex only the first lines are in it, and how many are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from alertd.messages.bulletin import BulletinDocument, BulletinTable, Cell, document_of
from alertd.messages.bulletin_facts import FIGURES, BulletinView
from alertd.messages.bulletin_files import html_bytes, percent, shown
from alertd.messages.catalogue import Catalogue
from alertd.messages.dates import catalogue, day_text, occurrence_text

#: lines of an annex that are in a mail
MOST = 40
_ANNEXES = ("late", "earlier", "corrections", "breaches")


def mail_of(view: BulletinView, language: str, period: str, drill: bool) -> Mapping[str, str]:
    """Its `subject`, `text` (one line a paragraph) and `html`. `period` is the label of its period."""
    words = catalogue(language)
    short = replace(view, **{name: getattr(view, name)[:MOST] for name in _ANNEXES})
    document = document_of(short, language)
    more = {name: len(getattr(view, name)) - MOST for name in _ANNEXES}
    tables = tuple(
        replace(table, more=words.say("bulletin.mail.more", count=more[table.name]))
        if more.get(table.name, 0) > 0
        else table
        for table in document.tables
    )
    lines = (words.say("note.drill"), *document.lines) if drill else document.lines
    document = replace(document, tables=tables, lines=lines)
    subject = _subject(view, words, language, period)
    return {
        "subject": words.say("subject.drill") + subject if drill else subject,
        "text": _text(document, words),
        "html": html_bytes(document).decode(),
    }


def _subject(view: BulletinView, words: Catalogue, language: str, period: str) -> str:
    about = occurrence_text(period, language)
    if not about:
        days = (day_text(day, language) for day in (view.first, view.last))
        about = words.say("bulletin.mail.days", **dict(zip(("first", "last"), days, strict=True)))
    counts = dict(zip(FIGURES, view.total.counts, strict=True))
    late = counts["open_late"] + counts["earlier"]
    rate = words.say("bulletin.not-applicable") if view.total.rate is None else percent(view.total.rate)
    key = "subject" if counts["owed"] else "subject-none"
    return words.say(f"bulletin.mail.{key}", period=about, owed=counts["owed"], rate=rate, late=late)


def _text(document: BulletinDocument, words: Catalogue) -> str:
    lines = [document.title, *document.lines]
    for table in document.tables:
        lines += ["", words.say("bulletin.mail.caption", caption=table.caption)]
        lines += [table.intro] if table.intro else []
        lines += [_row(table, row, document, words) for row in table.rows] or [document.none]
        lines += [table.more] if table.more else []
    return "\n".join([*lines, "", *document.notes, "", words.say("text.footer")])


def _row(table: BulletinTable, row: tuple[Cell, ...], document: BulletinDocument, words: Catalogue) -> str:
    """Whose it is, then what is known of it: nought says nothing, and running text needs no heading."""
    lead = table.heads.index(words.say("bulletin.head.unit"))
    still_open = words.say("bulletin.open")
    named = {words.say(f"bulletin.head.{each}") for each in ("before", "after")}
    said = []
    for place, (head, cell) in enumerate(zip(table.heads, row, strict=True)):
        counted_none = cell == 0 and type(cell) is int
        if place == lead or cell == "" or counted_none or (cell is None and table.name == "trends"):
            continue
        alone = (place in table.wide and head not in named) or cell == still_open
        text = shown(cell, document)
        said.append(text if alone else words.say("bulletin.mail.cell", head=head, value=text))
    key = "item" if table.wide else "row"
    return words.say(f"bulletin.mail.{key}", unit=row[lead], cells=words.say("bulletin.mail.and").join(said))
