"""A broken file takes no other down: the last good text of a file stands in for a broken one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from alertd.config.faults import Fault
from alertd.config.register import Loaded, load_register


@dataclass(frozen=True, slots=True)
class Settled:
    """What rules now: `loaded` has a register always, from `texts`.

    `faults` are those of the files as they lie on disk. `kept` are the files whose last good text rules in
    place of the new one, `left_out` those without a good text; both are empty when everything is in order.
    """

    loaded: Loaded
    texts: Mapping[str, str]
    faults: tuple[Fault, ...]
    kept: frozenset[str]
    left_out: frozenset[str]


def load_with_last_good(
    texts: Mapping[str, str],
    last_good: Mapping[str, str],
    *,
    channels: Collection[str] | None = None,
    unreadable: Collection[Fault] = (),
) -> Settled:
    """The register of the new texts, with `last_good` texts in place of broken ones. Pure, never raises.

    `last_good` are texts that were applied together. Where a new file only breaks what another one refers to,
    no single file can be kept without contradiction, and all last good texts rule until it is corrected.
    A file that is not among `texts` was taken away, unless `unreadable` names it.
    """
    fresh = load_register(texts, channels=channels, unreadable=unreadable)
    if not fresh.faults:
        return Settled(fresh, texts, (), frozenset(), frozenset())
    lost = {fault.file for fault in unreadable}
    ruling: Mapping[str, str] = {**texts, **{file: last_good[file] for file in lost if file in last_good}}
    loaded, went_back = load_register(ruling, channels=channels), False
    while loaded.faults:
        ruling, went_back = _step_back(ruling, loaded.faulty_files, last_good, went_back)
        loaded = load_register(ruling, channels=channels)
    kept = frozenset(file for file, text in ruling.items() if texts.get(file) != text)
    left_out = frozenset({*texts, *lost} - ruling.keys())
    return Settled(loaded, ruling, fresh.faults, kept, left_out)


def _step_back(
    ruling: Mapping[str, str], faulty: Collection[str], last_good: Mapping[str, str], went_back: bool
) -> tuple[Mapping[str, str], bool]:
    """The faulty files as they last were; then everything as it last was; then without the faulty files."""
    without = {file: text for file, text in ruling.items() if file not in faulty}
    if went_back:
        return without, True
    stepped = {**without, **{file: last_good[file] for file in faulty if file in last_good}}
    return (stepped, False) if stepped != ruling else (last_good, True)
