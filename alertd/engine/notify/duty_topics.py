"""What the admin is told of the roster of duty: nobody is on duty, several are, somebody is twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from alertd.engine.notify.topics import DAILY, SELDOM, Listed


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyGap(Listed):
    """Nobody is on duty at a post `since` until `until` (RFC 3339, "" for none in sight), `time` in words."""

    name = "duty-gap"
    keyed_by = ("post", "since", "until")
    pauses = DAILY
    lasts = SELDOM
    whole = True
    see = "alertd duty"
    post: str  # unit and position, by their ids
    since: str
    until: str
    unit: str
    position: str
    time: str

    @property
    def values(self) -> dict[str, Any]:
        return {"unit": self.unit, "position": self.position, "time": self.time}


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyTwice(DutyGap):
    """The roster names several people, `who`, for one post and time at several places, `places`."""

    name = "duty-twice"
    who: str
    places: str

    @property
    def values(self) -> dict[str, Any]:
        more = {"who": self.who, "places": self.places}
        return {"unit": self.unit, "position": self.position, "time": self.time, **more}


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyClash(Listed):
    """One person is on duty at several posts at once, `posts` in words."""

    name = "duty-clash"
    keyed_by = ("person_id", "since", "until")
    pauses = DAILY
    lasts = SELDOM
    whole = True
    see = "alertd duty"
    person_id: str
    since: str
    until: str
    person: str
    posts: str
    time: str

    @property
    def values(self) -> dict[str, Any]:
        return {"person": self.person, "posts": self.posts, "time": self.time}
