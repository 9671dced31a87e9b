"""The roster of duty of the next two weeks, looked at ahead: the admin hears once of what is wrong with it.

What is put right is forgotten, so that it is told when it comes again; a message that has not left is taken
back. Stretches of time are told whole, not as far as one looks, so that the same gap stays the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from alertd.core.shifts import Post, Watch
from alertd.engine.notify.admin import take_back, tell_admin
from alertd.engine.notify.duty_topics import DutyClash, DutyGap, DutyTwice
from alertd.engine.notify.topics import Topic
from alertd.engine.ruling.scope import Scope
from alertd.messages.catalogue import Catalogue, text_in
from alertd.messages.dates import catalogue, instant_text

#: how far ahead the roster must be in order
AHEAD = timedelta(days=14)
#: a stretch that began or ends further away is told without that edge
_IN_SIGHT = timedelta(days=30)


def look_ahead(scope: Scope) -> None:
    """Tell the admin of gaps and double bookings, and forget those that are no more."""
    said = _Words(scope)
    watches = list(_watches(scope))
    _tell(scope, DutyGap, [_gap(said, *each) for each in watches if not each[1].turns])
    _tell(scope, DutyTwice, [_twice(said, *each) for each in watches if len(each[1].turns) > 1])
    _tell(scope, DutyClash, list(_clashes(scope, said)))


def _tell(scope: Scope, kind: type[Topic], topics: Sequence[Topic]) -> None:
    keys = {each.key for each in topics}
    take_back(scope, kind, lambda key: key not in keys)
    tell_admin(scope, *topics)


def _watches(scope: Scope) -> Iterator[tuple[Post, Watch]]:
    """Every stretch of the next two weeks in which not one turn counts, whole."""
    duty = scope.world.directory.duty
    for post in duty.posts:
        for watch in duty.between(post, scope.now, scope.now + AHEAD):
            if len(watch.turns) != 1:
                yield post, duty.around(post, watch.start)


def _gap(said: _Words, post: Post, watch: Watch) -> DutyGap:
    return DutyGap(**said.about(post, watch))


def _twice(said: _Words, post: Post, watch: Watch) -> DutyTwice:
    places = ", ".join(sorted({turn.source for turn in watch.turns}))
    return DutyTwice(**said.about(post, watch), who=said.people(watch.people), places=places)


def _clashes(scope: Scope, said: _Words) -> Iterator[DutyClash]:
    """Looked for in a longer time, so that the edges of what is told do not move with the day."""
    for clash in scope.world.directory.duty.clashes(scope.now - AHEAD, scope.now + 2 * AHEAD):
        if clash.end > scope.now and clash.start < scope.now + AHEAD:
            yield DutyClash(
                person_id=clash.person,
                since=clash.start.isoformat(),
                until=clash.end.isoformat(),
                person=said.people((clash.person,)),
                posts=said.listed([said.post(post) for post in clash.posts]),
                time=said.time(clash.start, clash.end),
            )


class _Words:
    """Words for the admin."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._words: Catalogue = catalogue(scope.world.language)

    def about(self, post: Post, watch: Watch) -> dict[str, Any]:
        """Where and when: with the edges that are in sight."""
        now = self._scope.now
        since = watch.start if watch.start > now - _IN_SIGHT else None
        until = watch.end if watch.end < now + _IN_SIGHT else None
        return {
            "post": " ".join(post),
            "since": since.isoformat() if since else "",
            "until": until.isoformat() if until else "",
            "unit": self.unit(post[0]),
            "position": self._words.word("position", post[1]),
            "time": self.time(since, until),
        }

    def time(self, since: datetime | None, until: datetime | None) -> str:
        start, end = self._at(since), self._at(until)
        key = "hours" if start and end else "from" if start else "to" if end else "always"
        return self._words.say(f"duty-time.{key}", start=start, end=end)

    def _at(self, instant: datetime | None) -> str:
        world = self._scope.world
        return instant_text(instant, world.zone, world.language, self._scope.today) if instant else ""

    def post(self, post: Post) -> str:
        position = self._words.word("position", post[1])
        return self._words.say("duty-time.post", unit=self.unit(post[0]), position=position)

    def unit(self, unit: str) -> str:
        return text_in(self._scope.world.party_name(unit), self._scope.world.language)

    def people(self, ids: Sequence[str]) -> str:
        known = self._scope.world.register.people
        return self.listed([known[each].name if each in known else each for each in ids])

    def listed(self, texts: Sequence[str]) -> str:
        return self._words.say("text.list").join(texts)
