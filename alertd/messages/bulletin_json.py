"""The bulletin for programs: ids beside names, instants as RFC 3339 in the configured zone."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from alertd.messages.bulletin_facts import (
    FIGURES,
    BreachLine,
    BulletinView,
    CorrectionLine,
    ItemView,
    LateLine,
    RankLine,
    UnitLine,
)
from alertd.messages.catalogue import Catalogue
from alertd.messages.dates import catalogue


def json_bytes(view: BulletinView, language: str) -> bytes:
    """All facts of a bulletin; `on_time_rate` is between 0 and 1, null where nothing was due."""
    writer = _Writer(catalogue(language), view.zone)
    said = {
        "from": _day(view.first),
        "to": _day(view.last),
        "as_of": writer.at(view.as_of),
        "previous": writer.at(view.previous),
        "units": [writer.unit(line) for line in view.units],
        "total": writer.unit(view.total),
        "ranking": [writer.rank(line) for line in view.ranking],
        "before": writer.before(view),
        "late": [writer.late(line) for line in view.late],
        "earlier": [writer.late(line) for line in view.earlier],
        "corrections": [writer.correction(line) for line in view.corrections],
        "breaches": [writer.breach(line) for line in view.breaches],
    }
    return (json.dumps(said, ensure_ascii=False, indent=2) + "\n").encode()


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _rate(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 6)


class _Writer:
    def __init__(self, words: Catalogue, zone: ZoneInfo) -> None:
        self._words = words
        self._zone = zone

    def at(self, at: datetime | None) -> str | None:
        return None if at is None else at.astimezone(self._zone).isoformat()

    def unit(self, line: UnitLine) -> dict[str, Any]:
        return {
            "unit": line.id or None,
            "name": self._words.text(line.name),
            **dict(zip(FIGURES, line.counts, strict=True)),
            "on_time_rate": _rate(line.rate),
        }

    def rank(self, line: RankLine) -> dict[str, Any]:
        return {
            "rank": line.rank,
            "unit": line.id,
            "name": self._words.text(line.name),
            "on_time": line.on_time,
            "judged": line.judged,
            "on_time_rate": round(line.rate, 6),
        }

    def before(self, view: BulletinView) -> dict[str, Any] | None:
        """The issue before, with each unit then and now; None without one."""
        if view.before is None:
            return None
        return {
            "from": _day(view.before.first),
            "to": _day(view.before.last),
            "as_of": self.at(view.before.as_of),
            "units": [
                {
                    "unit": line.id or None,
                    "name": self._words.text(line.name),
                    "on_time_rate": _rate(line.rate),
                    "on_time_rate_before": _rate(line.rate_before),
                    "late": line.late,
                    "late_before": line.late_before,
                }
                for line in view.trends
            ],
        }

    def _item(self, item: ItemView) -> dict[str, Any]:
        return {
            "id": item.id,
            "number": item.number,
            "obligation": item.obligation,
            "unit": item.unit_id,
            "party": item.party_id,
            "name": self._words.text(item.unit),
            "title": self._words.text(item.title),
            "occurrence": item.occurrence,
            "case": item.case or None,
            "clause": item.clause,
            "due": self.at(item.due),
            "last_day": _day(item.last_day),
            "soft": item.soft,
            "carried_from": item.carried or None,
        }

    def late(self, line: LateLine) -> dict[str, Any]:
        return {
            **self._item(line.item),
            "closed": self.at(line.closed),
            "days": line.days,
            "working_days": line.working_days,
            "seconds": int(line.span.total_seconds()),
            "reason": line.reason,
            "contact": line.contact or None,
            "phone": line.phone or None,
        }

    def correction(self, line: CorrectionLine) -> dict[str, Any]:
        return {
            **self._item(line.item),
            "before": {"outcome": line.before, "at": self.at(line.before_at)},
            "after": {"outcome": line.after, "at": self.at(line.after_at)},
            "reason": line.reason,
        }

    def breach(self, line: BreachLine) -> dict[str, Any]:
        return {
            "kind": line.kind,
            "units": [self._words.text(unit) for unit in line.units],
            "title": self._words.text(line.title),
            "about": line.about,
            "version": line.version or None,
            "clause": line.clause,
            "at": self.at(line.at),
            "late_entry": line.late_entry,
        }
