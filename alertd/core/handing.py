"""Who is asked in somebody's place about one deadline, as it stands with the deadline: "ann>ben" each."""

from __future__ import annotations

_TO = ">"


def in_place_of(handed: tuple[str, ...]) -> dict[str, str]:
    """Who is asked, by who would have been."""
    return dict(each.split(_TO, 1) for each in handed if _TO in each)


def handed_on(handed: tuple[str, ...], places: frozenset[str], to: str) -> tuple[str, ...]:
    """The same once those of `places` have handed it to somebody: what they had been handed goes with it.

    Whoever gets it back is asked as they would be by themselves. So one step leads to who is asked, and no
    two hand it to each other for ever.
    """
    found = {by: to if now in places else now for by, now in in_place_of(handed).items()}
    found |= dict.fromkeys(places, to)
    found.pop(to, None)
    return tuple(f"{by}{_TO}{now}" for by, now in sorted(found.items()))
