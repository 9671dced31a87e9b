"""docs/plan-table.md, for people: what the plan asks, and where it is kept.

`python -m tests.support.plan_table` writes it from docs/plan-table.toml and the shipped register; a test
holds them equal.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alertd.config import load_register, read_texts
from alertd.config.floors import floors
from alertd.core.model import Gate, Measure, Obligation, Register
from alertd.messages.rules import rule_text

TOP = Path(__file__).resolve().parents[2]
SOURCE, PAGE = TOP / "docs" / "plan-table.toml", TOP / "docs" / "plan-table.md"
ITEMS = range(1, 34)
HEADS = ("條款", "計劃要求", "規則", "數值", "事項", "責任單位", "說明")
BOUNDS = {"earliest": "下限", "due": "上限"}
HEAD = """# 計劃條款對照表

[简体中文](plan-table.zh-Hans.md)

2020年計劃33項的每個時限和數字，各由哪一事項負責提醒。「管理員設定」：計劃未載明該日期。本表由
[plan-table.toml](plan-table.toml) 和 `schedules/` 生成，測試核對三者一致；改動後運行
`python -m tests.support.plan_table`。

Each limit of the plan's 33 items, and the obligation that keeps it. Generated; a test holds it equal to
[plan-table.toml](plan-table.toml) and `schedules/`.
"""


def shipped() -> Register:
    texts, _ = read_texts(TOP / "schedules")
    register = load_register(texts).register
    assert register is not None
    return register


def limits() -> list[dict[str, Any]]:
    """The limits of the plan, in its order."""
    found: list[dict[str, Any]] = tomllib.loads(SOURCE.read_text("utf-8"))["limit"]
    return found


def page(register: Register, table: list[dict[str, Any]]) -> str:
    """The whole page."""
    parts = [HEAD]
    for item in ITEMS:
        rows = list(_rows(register, table, item))
        lines = ["| " + " | ".join(cells) + " |" for cells in (HEADS, ("---",) * len(HEADS), *rows)]
        parts.append("\n".join([f"## 第{item}項", "", *lines, ""]))
    return "\n".join(parts)


def _rows(register: Register, table: list[dict[str, Any]], item: int) -> Iterator[tuple[str, ...]]:
    """What the plan asks in one item, then what else is kept for it."""
    asked = [limit for limit in table if limit["item"] == item]
    for limit in asked:
        for name in limit.get("in", ()):
            yield _row(register, limit["id"], _text(limit["says"]), name, limit.get("soft", ""))
        if "not_kept" in limit:
            yield limit["id"], _text(limit["says"]), "—", "—", "不設", "—", _chinese(limit["not_kept"])
    named = {name for limit in table for name in limit.get("in", ())}
    says = "（配套事項）" if asked else "（無期限、無數字）"
    for name in [*register.obligations, *register.gates]:
        if _kept(register, name).source.clause == f"§{item}" and name not in named:
            yield _row(register, str(item), says, name, "")


def _kept(register: Register, name: str) -> Obligation | Gate:
    return register.gates[name] if name in register.gates else register.obligations[name]


def _chinese(text: str) -> str:
    """Of a reason in both languages the Chinese half."""
    found = re.fullmatch(r"(.*?)\s+[a-z][ -~]*", text)
    return _text(found[1] if found else text)


def _text(text: str) -> str:
    """With the punctuation of Chinese."""
    return re.sub(r"(?<=[^ -~])[,:;]", lambda mark: "，：；"[",:;".index(mark[0])], text)


def _row(register: Register, clause: str, says: str, name: str, soft: str) -> tuple[str, ...]:
    if name in register.gates:
        gate = register.gates[name]
        stage = register.event_types[gate.stage].title["zh-Hant"]
        return (
            clause,
            says,
            f"「{stage}」之前",
            "審查通過",
            f"{gate.title['zh-Hant']} `{name}`",
            "—",
            "審查把關",
        )
    duty = register.obligations[name]
    notes = [f"{'數字' if duty.measure else BOUNDS[soft]}前有「一般」：只須說明理由"] if soft else []
    notes += [
        f"低於國家規定的「{_rule(f.rule.text)}」，見{f.source}" for f in floors() if f.obligation == name
    ]
    notes += ["管理員設定"] if duty.choice else []
    return (
        clause,
        says,
        _rule(duty.rule.text),
        _value(duty.measure) if duty.measure else "—",
        f"{duty.title['zh-Hant']} `{name}`",
        _owner(register, duty),
        "；".join(notes) or "—",
    )


def _rule(text: str) -> str:
    return rule_text(text, "zh-Hant")


def _value(measure: Measure) -> str:
    if measure.percent is not None:
        return f"不少於{measure.percent:g}%"
    most = f"，不多於{measure.maximum:g}" if measure.maximum else ""
    unit = measure.unit.get("zh-Hant", "")
    return f"不少於{measure.minimum:g}{most}{unit}"


def _owner(register: Register, duty: Obligation) -> str:
    kind, _, name = duty.owed_by.partition(":")
    if kind == "unit":
        return register.units[name].name["zh-Hant"]
    if kind in ("group", "roster"):
        title = register.groups[name].title["zh-Hant"]
        return f"{title}的執法人員" if kind == "roster" else title
    return "事件所涉單位"


if __name__ == "__main__":
    PAGE.write_text(page(shipped(), limits()), "utf-8")
