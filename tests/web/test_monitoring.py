"""The rules and the dashboard that are shipped speak of figures there are, and rules when they should."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from alertd.store import nodes
from alertd.web.pulse import Pulse
from tests.support.needs import program
from tests.support.pages import pages_of
from tests.support.play import Play

HERE = Path(__file__).resolve().parents[2] / "docs/monitoring"
RULES, DASHBOARD = HERE / "alerts.yml", HERE / "grafana.json"
PAGE = HERE.parent / "operation.md"


@pytest.fixture
def exported(play: Play) -> dict[str, set[str]]:
    """Each figure that a daemon gives, with the names of its labels."""
    pages = pages_of(play, pulse=lambda: Pulse((), 1.0))
    with play.store.write() as tx:
        nodes.beat(tx, "one", "1", play.now, play.now, {})
    said = pages.get("/metrics").text
    pages.client.close()
    found: dict[str, set[str]] = {"alertd_attempts_total": {"channel", "result"}}
    for family in text_string_to_metric_families(said):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def _expressions() -> list[str]:
    panels: list[Any] = json.loads(DASHBOARD.read_text("utf-8"))["panels"]
    drawn = [target["expr"] for panel in panels for target in panel["targets"]]
    return [*drawn, *re.findall(r"expr: '(.*)'", RULES.read_text("utf-8"))]


def test_rules_and_dashboard_name_figures_and_labels_there_are(exported: dict[str, set[str]]) -> None:
    expressions = _expressions()
    assert len(expressions) > 20
    for expression in expressions:
        labels: set[str] = {"job", "le"}
        for name in re.findall(r"alertd_\w+", expression):
            assert name in exported, expression
            labels |= exported[name]
        used = set(re.findall(r"(\w+)=", expression))
        used |= {word for words in re.findall(r"by \(([^)]*)\)", expression) for word in words.split(", ")}
        assert used <= labels, expression


def test_the_manual_tells_of_every_figure(exported: dict[str, set[str]]) -> None:
    page = PAGE.read_text("utf-8")
    names = {re.sub(r"_(bucket|count|sum)$", "", name) for name in exported}
    assert [name for name in sorted(names) if f"`{name}`" not in page] == []


def _promtool(*words: str, at: Path) -> None:
    ran = subprocess.run(
        [str(program("promtool")), *words], cwd=at, capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.needs("promtool")
def test_prometheus_takes_the_rules() -> None:
    _promtool("check", "rules", "--lint-fatal", str(RULES), at=HERE)


@pytest.mark.needs("promtool")
def test_rules_speak_when_nobody_would_be_reminded_and_are_silent_while_all_is_well(tmp_path: Path) -> None:
    series = {
        'alertd_nodes{state="running"}': ("1+0x20", "0+0x20"),
        'alertd_queue_age_seconds{queue="deadlines"}': ("5+0x20", "0+60x20"),
        'alertd_outbox_oldest_seconds{channel="email"}': ("20+0x20", "0+100x20"),
        'alertd_lateness_seconds_bucket{clock="hours",le="60.0"}': ("0+10x20", "0+10x20"),
        'alertd_lateness_seconds_bucket{clock="hours",le="300.0"}': ("0+10x20", "0+20x20"),
        'alertd_lateness_seconds_bucket{clock="hours",le="+Inf"}': ("0+10x20", "0+20x20"),
    }
    speak = ("AlertdNoDaemon", "AlertdDueNotLookedAt", "AlertdMessagesWait", "AlertdLate")
    tests = []
    for which, silent in enumerate((True, False)):
        given = [{"series": name, "values": values[which]} for name, values in series.items()]
        asked = [
            {"eval_time": "19m", "alertname": name, "exp_alerts": [] if silent else _spoken(name)}
            for name in speak
        ]
        tests.append({"interval": "1m", "input_series": given, "alert_rule_test": asked})
    wanted = {"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": tests}
    (tmp_path / "test.yml").write_text(json.dumps(wanted), "utf-8")  # JSON is YAML
    _promtool("test", "rules", "test.yml", at=tmp_path)


def _spoken(name: str) -> list[dict[str, Any]]:
    """The one alert that is expected, in the words of its rule."""
    labels = {"AlertdDueNotLookedAt": {"queue": "deadlines"}, "AlertdMessagesWait": {"channel": "email"}}
    about = labels.get(name, {})
    rule = RULES.read_text("utf-8").partition(f"alert: {name}\n")[2].partition("- alert:")[0]
    said = re.findall(r"summary: '(.*)'", rule)[0]
    for label, value in about.items():
        said = said.replace("{{ $labels." + label + " }}", value)
    severity = re.findall(r"severity: (\w+)", rule)[0]
    return [{"exp_labels": {**about, "severity": severity}, "exp_annotations": {"summary": said}}]
