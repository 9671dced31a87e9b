"""Who acts at a screen that others use too: an officer of its unit gives name and PIN with each thing done.

One mechanism for all pages: whatever a form of theirs is sent with, it is shown once more and asks who it is,
and nothing is done before that is known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from alertd.engine.operations import pins, signing_in
from alertd.engine.operations.pins import Claim
from alertd.engine.operations.signing_in import Visitor
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope
from alertd.web.asking import Asked
from alertd.web.backing import Backing

#: the fields that say who it is; a page's own form may have them already
OFFICER, PIN = "desk_officer", "desk_pin"
#: names the files that came with the form and have to be chosen again: no page can hold them for a browser
FILES = "desk_files"
_OWN = frozenset({"token", OFFICER, PIN, FILES})


@dataclass(frozen=True, slots=True)
class Vouching:
    """The form once more: what was sent with it, who may have sent it, and why it was not taken so.

    `files` are the names of files that have to be chosen again.
    """

    given: tuple[tuple[str, str], ...]
    files: tuple[str, ...]
    officers: tuple[str, ...]
    officer: str
    refused: Refused | None


def vouch(backing: Backing, visitor: Visitor, asked: Asked) -> Visitor | Vouching:
    """The visitor as the officer who acts; the question, where that is not known yet or not true."""
    officer, pin = asked.given.get(OFFICER, ""), asked.given.get(PIN, "")
    if not officer and not pin:
        return _question(backing, visitor, asked, None)
    if asked.several.get(FILES) and not asked.files:
        return _question(backing, visitor, asked, Refused("files-again"))
    world, now = backing.world(), backing.now()
    try:
        claimed: Claim = backing.store.transact(
            lambda tx: pins.claim(Scope(tx, world, now, visitor.actor), visitor.desk, officer), wake=False
        )
    except Refused as refused:
        return _question(backing, visitor, asked, refused)
    if not pins.is_right(claimed, pin):
        backing.store.transact(lambda tx: pins.was_wrong(Scope(tx, world, now, visitor.actor), claimed))
        return _question(backing, visitor, asked, Refused("pin-wrong"))
    backing.store.transact(
        lambda tx: pins.was_right(Scope(tx, world, now, visitor.actor), claimed), wake=False
    )
    return replace(visitor, person=officer)


def _question(backing: Backing, visitor: Visitor, asked: Asked, refused: Refused | None) -> Vouching:
    people = signing_in.people_of(backing.world(), visitor.desk, backing.now())
    return Vouching(
        given=tuple(
            (name, value) for name, values in asked.several.items() for value in values if name not in _OWN
        ),
        files=tuple(sent.name for sent in asked.files) or asked.several.get(FILES, ()),
        officers=tuple(person.id for person in people),
        officer=asked.given.get(OFFICER, ""),
        refused=refused,
    )
