"""Whether a channel is ill: a circuit breaker, by what its provider answered lately. Pure.

What concerns the provider is not held against the people on it. After some failures of the provider in a row,
after the same refusal to everybody, or while all connections stay silent, the channel is ill: then one probe
at a time is sent, by turns to who was tried before and to who was not, until one is accepted. Time is an
argument, in seconds of a clock that only runs forward.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from enum import Enum

#: only what was answered so lately counts
WINDOW = 60.0
#: of the last answers so many failures of the provider make a channel ill
LOOKED_AT, FAILURES = 10, 5
#: the same refusal to so many different people, and nothing accepted meanwhile
SAME_REFUSALS = 3
#: an attempt that lasts longer is silent; where all connections are, the channel is ill
SILENT_AFTER = 15.0
#: between two probes, doubled each time up to the second
FIRST_PROBE, LAST_PROBE = 5.0, 60.0
#: the longest between two probes of a provider that answers and only refuses: it may be right about those,
#: and others wait meanwhile
REFUSING_PROBE = 10.0
#: while a provider is weak, retries are at most this share of first tries, but never fewer than the second
RETRY_SHARE, FEWEST_RETRIES = 0.1, 5
#: addresses, and the numbers a provider gives to each message
_VARIES = re.compile(r"<[^>]*>|\S*@\S*|\b[0-9A-Fa-f]{8,}\b|\d{5,}")


class Verdict(Enum):
    """What an answer says of the provider."""

    WELL = "well"  # it took the message
    FAILED = "failed"  # it could not serve anybody
    REFUSED = "refused"  # it refused this message; perhaps everybody's


@dataclass(frozen=True, slots=True)
class Answer:
    """How an attempt ended: at which second, for whom, and with which words."""

    at: float
    delivery: int
    person: str
    verdict: Verdict
    words: str


@dataclass(slots=True)
class Breaker:
    """One channel on one node. `connections` is how many attempts its transport makes side by side."""

    connections: int
    #: since when it is ill, None while it is well
    ill_since: float | None = None
    #: what the provider said when it fell ill
    said: str = ""
    _answers: deque[Answer] = field(default_factory=lambda: deque(maxlen=LOOKED_AT))
    _under_way: dict[int, float] = field(default_factory=dict)
    _first_tries: deque[float] = field(default_factory=deque)
    _retries: deque[float] = field(default_factory=deque)
    _probes: int = 0
    _next_probe: float = 0.0

    @property
    def ill(self) -> bool:
        return self.ill_since is not None

    def room(self, now: float) -> int | None:
        """How many attempts may begin: any number (None) while it is well, else one probe at its time."""
        if not self.ill:
            return None
        return 0 if self._under_way or now < self._next_probe else 1

    @property
    def asks_again(self) -> bool:
        """Whether the next probe goes to who was tried before; else to somebody new.

        Who is new may be let wait by a provider that is well (greylisting, RFC 6647). But where the only ones
        tried are people who have left, nobody else would ever show that the others can be reached.
        """
        return self._probes % 2 == 1

    def rests_for(self, now: float) -> float | None:
        """While ill, the seconds until a probe may be sent; None while well, or while one is under way."""
        return None if not self.ill or self._under_way else max(0.0, self._next_probe - now)

    def retries_left(self, now: float) -> int | None:
        """How many retries may begin now; None where the provider is not weak, or a probe is wanted."""
        if self.ill or all(each.verdict is not Verdict.FAILED for each in self._lately(now)):
            return None
        self._forget(now)
        most = max(FEWEST_RETRIES, int(RETRY_SHARE * len(self._first_tries)))
        return max(0, most - len(self._retries))

    def began(self, now: float, delivery: int, again: bool) -> None:
        """An attempt begins; `again` says that it is a retry."""
        self._forget(now)
        self._under_way[delivery] = now
        (self._retries if again else self._first_tries).append(now)

    def _forget(self, now: float) -> None:
        """Attempts that began before the window count no more, and are not kept."""
        for began in (self._first_tries, self._retries):
            while began and began[0] <= now - WINDOW:
                began.popleft()

    def ended(
        self, now: float, delivery: int, person: str, verdict: Verdict, said: str, wait: float = 0.0
    ) -> None:
        """An attempt is over. `said` is the provider's answer; it wants to be asked after `wait` seconds."""
        self._under_way.pop(delivery, None)
        words = "" if verdict is Verdict.WELL else alike(said)
        self._answers.append(Answer(now, delivery, person, verdict, words))
        if verdict is Verdict.WELL or (verdict is Verdict.REFUSED and words != alike(self.said)):
            self._recover()  # a provider that refuses one address serves again
        if self.ill:
            self._probe_later(now, wait)
        elif verdict is not Verdict.WELL and self._failing(now):
            self._fall_ill(now, said, wait)

    def look(self, now: float) -> None:
        """Notice that the provider has gone silent, before the attempts under way time out."""
        silent = sum(began <= now - SILENT_AFTER for began in self._under_way.values())
        if not self.ill and silent >= self.connections:
            self._fall_ill(now, "", 0.0)

    def refused_alike(self, said: str) -> tuple[int, ...]:
        """Deliveries lately refused in the same words, the newest last."""
        words = alike(said)
        return tuple(
            each.delivery for each in self._answers if each.verdict is Verdict.REFUSED and each.words == words
        )

    def _lately(self, now: float) -> list[Answer]:
        return [each for each in self._answers if each.at > now - WINDOW]

    def _failing(self, now: float) -> bool:
        lately = self._lately(now)
        if sum(each.verdict is Verdict.FAILED for each in lately) >= FAILURES or self._in_a_row() >= FAILURES:
            return True
        people: set[str] = set()
        for each in reversed(lately):
            if each.verdict is Verdict.WELL:
                break
            if each.verdict is Verdict.REFUSED and each.words == lately[-1].words:
                people.add(each.person)
        return len(people) >= SAME_REFUSALS

    def _in_a_row(self) -> int:
        """Failures since the provider last took something, none further from the next than the window.

        One that lets a few messages time out, half a minute each, never fails often within one window.
        """
        found, after = 0, None
        for each in reversed(self._answers):
            if each.verdict is Verdict.WELL or (after is not None and after - each.at > WINDOW):
                break
            found += each.verdict is Verdict.FAILED
            after = each.at
        return found

    def _fall_ill(self, now: float, said: str, wait: float) -> None:
        self.ill_since, self.said, self._probes = now, said, 0
        self._probe_later(now, wait)

    def _probe_later(self, now: float, wait: float) -> None:
        refuses = self._answers and self._answers[-1].verdict is Verdict.REFUSED
        longest = REFUSING_PROBE if refuses else LAST_PROBE
        self._next_probe = now + max(wait, min(FIRST_PROBE * 2 ** min(self._probes, 8), longest))
        self._probes += 1

    def _recover(self) -> None:
        if self.ill:
            self.ill_since, self.said = None, ""
            self._answers.clear()


def alike(said: str) -> str:
    """A provider's words without what differs from person to person: addresses, numbers of messages."""
    return _VARIES.sub("…", said).casefold()
