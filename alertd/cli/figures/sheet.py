"""A sheet of entries, read whole: every row as an entry, or every fault of every row at its place."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from alertd.cli.context import Session
from alertd.cli.exits import Said
from alertd.cli.faults import refusal_line
from alertd.cli.workbook import line_of, sheet_lines
from alertd.core.roster import stint_on
from alertd.core.text import LONGEST_REMARK

if TYPE_CHECKING:
    from alertd.config.csv_tables import CsvTable
    from alertd.engine.operations.counting_for import CountingFor
    from alertd.engine.operations.progress import Entry

_COLUMNS = ("obligation", "party", "amount", "on", "note", "unit", "name")


def read_sheet(
    file: str,
    text: str,
    obligation: str,
    session: Session,
    counting: CountingFor,
    on: date | None = None,
) -> dict[str, list[Entry]]:
    """The entries by obligation; `obligation` is meant where the file has no such column.

    With `on` the sheet is of one month: each person stands once, and the day is that one.
    Raises Said with all faults, one a line.
    """
    from alertd.config.csv_tables import Columns, as_day, as_line, as_text, read_table, unshortened

    required = ("party", "amount") + (() if on else ("on",)) + (() if obligation else ("obligation",))
    readers: dict[str, Callable[[str], Any]] = {
        **dict.fromkeys(_COLUMNS, as_line),
        "on": as_day,
        "note": as_text(LONGEST_REMARK),
        "party": unshortened(as_line),
    }
    table, faults = read_table(file, text, Columns(readers, required))
    sheet = _Sheet(table, obligation, session, counting, on)
    places = [(fault.line, fault.column) for fault in faults]
    sheet.wrong += zip(places, sheet_lines(faults, table.text, session), strict=True)
    if table.whole or table.rows:
        for number, cells in enumerate(table.rows):
            sheet.add(number, cells)
    if sheet.wrong:
        lines = list(dict.fromkeys(line for _, line in sorted(sheet.wrong)))
        raise Said("progress.faulty", lines="\n".join(lines), count=len(lines))
    if not sheet.entries:
        raise Said("progress.no-rows", file=file)
    return sheet.entries


def read_amount(text: str) -> float | None:
    """A number as people type it, full-width digits included; None for anything else."""
    try:
        number = float(unicodedata.normalize("NFKC", text))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


class _Sheet:
    """Checks row by row; keeps what is right and what is wrong."""

    def __init__(
        self, table: CsvTable, obligation: str, session: Session, counting: CountingFor, on: date | None
    ) -> None:
        self._counting = counting
        self._on = on
        self._lines: dict[tuple[str, str], int] = {}
        self.entries: dict[str, list[Entry]] = {}
        self.wrong: list[tuple[tuple[int, int], str]] = []
        self._table = table
        self._obligation = obligation
        self._session = session

    def add(self, number: int, cells: dict[str, Any]) -> None:
        from alertd.engine.operations.progress import Entry

        obligation = self._measured(number, cells)
        party = self._party(number, cells)
        amount = self._amount(number, cells)
        on = self._on or cells.get("on")
        if on is None and number not in self._table.damaged:
            self._empty(number, "on")
        if obligation and party and amount is not None and isinstance(on, date):
            entry = Entry(party, amount, on, cells.get("note", ""))
            allowed = self._once(number, obligation, entry)
            allowed = allowed and self._allowed(number, entry, cells.get("unit", ""))
            if allowed and self._counts(number, obligation, entry):
                self.entries.setdefault(obligation, []).append(entry)

    def _measured(self, number: int, cells: dict[str, Any]) -> str | None:
        from alertd.engine.operations.progress import measured
        from alertd.engine.ruling.naming import obligation_named
        from alertd.engine.ruling.refusal import Refused

        text = cells.get("obligation") or self._obligation
        if not text:
            if self._table.whole:  # else the heading is missing, which has been said
                self._empty(number, "obligation")
            return None
        world = self._session.world
        try:
            name = obligation_named(world.register, text)
            measured(world, name)
        except Refused as refused:
            self._fault(number, "obligation", refusal_line(refused, self._session))
            return None
        return name

    def _party(self, number: int, cells: dict[str, Any]) -> str | None:
        from alertd.engine.ruling.naming import party_named
        from alertd.engine.ruling.refusal import Refused

        if not cells.get("party"):
            if number not in self._table.damaged:  # else it may be there, and that it is unreadable was said
                self._empty(number, "party")
            return None
        try:
            return party_named(self._session.world.register, cells["party"])
        except Refused as refused:
            self._fault(number, "party", refusal_line(refused, self._session))
            return None

    def _amount(self, number: int, cells: dict[str, Any]) -> float | None:
        text = cells.get("amount")
        if not text:
            self._empty(number, "amount")
            return None
        amount = read_amount(text)
        if amount is None:
            self._fault(number, "amount", self._session.say("said.no-amount", found=text))
            return None
        return amount

    def _once(self, number: int, obligation: str, entry: Entry) -> bool:
        """In a sheet of one month nobody stands twice."""
        line = self._table.line((number, "party"))
        first = self._lines.setdefault((obligation, entry.party), line)
        if self._on and first != line:
            self._fault(number, "party", self._session.say("progress.twice", party=entry.party, line=first))
        return not self._on or first == line

    def _allowed(self, number: int, entry: Entry, unit: str) -> bool:
        """Whether the row may be entered; what is wrong is noted in the column it lies in."""
        from alertd.engine.operations.progress import check_in_sheet
        from alertd.engine.ruling.naming import unit_named
        from alertd.engine.ruling.refusal import Refused

        session = self._session
        officer = session.world.register.roster.get(entry.party)
        try:
            named = unit_named(session.world.register, unit) if unit and officer else ""
        except Refused as refused:
            self._fault(number, "unit", refusal_line(refused, session))
            return False
        wrong = check_in_sheet(session.world, entry, session.today(), bool(self._on), named)
        if wrong:
            values: dict[str, object] = {"party": entry.party, "amount": f"{entry.amount:g}", "on": entry.on}
            if wrong == "elsewhere" and officer is not None and (stint := stint_on(officer, entry.on)):
                values["unit"] = session.words.text(session.world.party_name(stint.unit))
            column = {"amount": "amount", "future": "on", "elsewhere": "unit"}.get(wrong, "party")
            self._fault(number, column, refusal_line(Refused(f"entry.{wrong}", **values), session))
        return not wrong

    def _counts(self, number: int, obligation: str, entry: Entry) -> bool:
        """Whether the row counts for a period of whoever it names."""
        lost = self._counting.fault(obligation, entry.party, entry.on)
        if lost is not None:
            column = "on" if lost.code == "figure.outside" and self._on is None else "party"
            self._fault(number, column, refusal_line(lost, self._session))
        return lost is None

    def _empty(self, number: int, column: str) -> None:
        self._fault(number, column, self._session.say("progress.empty", column=column))

    def _fault(self, number: int, column: str, sentence: str) -> None:
        place = self._table.key_fault((number, column), "", {})
        self.wrong.append(((place.line, place.column), line_of(place, self._table.text, sentence)))
