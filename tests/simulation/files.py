"""The files of every machine: as their admin means them, and as they lie there meanwhile."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tests.simulation.city import people_csv

if TYPE_CHECKING:
    from tests.simulation.run import Run

PEOPLE = "schedules/people.csv"
#: what a trouble may befall
FILES = ("config.toml", "channels/email.toml", "channels/telegram.toml", "schedules/chapter-1.toml", PEOPLE)
FOLDERS = ("channels", "schedules")
#: what invariants call that which stands in the files of schedules/
_IN_SCHEDULES = ("people", "leave ", "address ")
#: where a folder lies while it is gone
_ASIDE = "aside-"


def meant(run: Run, name: str) -> str:
    """What is to stand in a file."""
    if name == PEOPLE:
        return people_csv(list(run.people.values()))
    if name not in run.meant:
        run.meant[name] = (run.machines[0].folder / name).read_text()
    return run.meant[name]


def save(run: Run, name: str, text: str = "") -> None:
    """Save a file on every machine as it is meant, or from now on meant to be `text`."""
    run.meant[name] = text or meant(run, name)
    _lay(run, name, run.meant[name])


def cut(run: Run, name: str, share: float) -> None:
    """Leave the first part of a file, as an editor that saves in place does for a moment."""
    whole = meant(run, name)
    _lay(run, name, whole[: int(len(whole) * share)])


def cut_at_a_line(run: Run, name: str, share: float) -> None:
    """Leave the first lines of a file: mostly something that can be read, and says less."""
    lines = meant(run, name).splitlines(keepends=True)
    _lay(run, name, "".join(lines[: int(len(lines) * share)]))


def _lay(run: Run, name: str, text: str) -> None:
    run.changes(_about(name))
    for machine in run.machines:
        if run.edited_on not in ("", machine.name):
            continue
        path = machine.folder / name
        if not path.parent.exists():  # it is saved where its folder lies meanwhile
            path = machine.folder / f"{_ASIDE}{path.parent.name}" / path.name
        path.write_text(text)
        machine.saved(path)


def edit_on(run: Run, machine: str) -> None:
    """From now on files are saved on one machine only; with "" on all, as they are there."""
    run.edited_on = machine
    if not machine:
        for name in list(run.meant):
            save(run, name)


def move_away(run: Run, folder: str) -> None:
    """Let a folder be gone; what is saved there meanwhile is there when it comes back."""
    for machine in run.machines:
        if (machine.folder / folder).exists():
            shutil.move(machine.folder / folder, machine.folder / f"{_ASIDE}{folder}")
            machine.saved(machine.folder / folder)
    run.changes(_about(folder))


def move_back(run: Run, folder: str) -> None:
    for machine in run.machines:
        shutil.move(machine.folder / f"{_ASIDE}{folder}", machine.folder / folder)
        for path in (machine.folder / folder).iterdir():
            machine.saved(path)
    run.changes(_about(folder))
    for what in [each for each in run.witness.changed if each.startswith(_IN_SCHEDULES)]:
        if folder == "schedules":  # what was saved meanwhile can rule from now on
            run.changes(what)


def is_away(run: Run, folder: str) -> bool:
    """Whether a folder is gone just now: what is saved there cannot rule before it comes back."""
    return any((machine.folder / f"{_ASIDE}{folder}").exists() for machine in run.machines)


def _about(name: str) -> str:
    """What an invariant asks when it changed: people, channels, or the whole."""
    if name == PEOPLE:
        return "people"
    return "channels" if name.startswith("channels") else "files"
