"""Systems that report events, and the signs of life they give."""

from __future__ import annotations

from alertd.core.text import Line
from alertd.engine.notify.feeds import note
from alertd.engine.operations.texts import taking_texts
from alertd.engine.ruling.refusal import Refused
from alertd.engine.ruling.scope import Scope

#: what the account of whoever comes with a token begins with (`tokens`)
_TOKEN = "token:"  # noqa: S105  no secret


@taking_texts
def heard(scope: Scope, name: Line) -> None:
    """A sign of life of a feed that config.toml names. Raises Refused "no-feed"."""
    if name not in scope.world.feeds:
        raise Refused("no-feed", found=name, known=", ".join(scope.world.feeds) or "–")
    note(scope, name)


def reported(scope: Scope) -> None:
    """Whoever acts reported something: a sign of life of the feed that is called as its token."""
    account = scope.actor.account
    name = account.removeprefix(_TOKEN)
    if account.startswith(_TOKEN) and name in scope.world.feeds:
        note(scope, name)
