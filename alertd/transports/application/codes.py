"""What a vendor's codes mean for the one message, or the one call, that they answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from alertd.transports.application.api import Found
from alertd.transports.base import Outcome, Result


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of one vendor, whose answers say why in `errmsg`.

    `of` finds the code of an answer, 0 for done. `token`: the access token is none any more. `busy` gives the
    seconds after which to try again. `ours` are about the application, whoever is written to, with what to do
    about it; `dead` say that nobody is called so.
    """

    of: Callable[[Found], int]
    token: frozenset[int]
    busy: Mapping[int, float]
    ours: Mapping[int, str]
    dead: frozenset[int]

    def void(self, answer: Found) -> bool:
        """Whether the token that was shown is none any more."""
        return self.of(answer) in self.token

    def fault_of(self, answer: Found) -> Outcome:
        """What a code other than 0 means."""
        code, said = self.of(answer), str(answer.get("errmsg") or "")
        name = str(code)
        if code in self.busy:
            return Outcome(Result.RETRY, name, said, retry_after=self.busy[code], server=True)
        if code in self.token:
            words = f"the access token is not taken, a new one neither: {said}"
            return Outcome(Result.RETRY, name, words, server=True)
        if code in self.ours:
            return Outcome(Result.RETRY, name, f"{self.ours[code]}: {said}", server=True)
        return Outcome(Result.REFUSED, name, said, address_dead=code in self.dead)
