"""The figures as OpenMetrics (https://prometheus.io/docs/specs/om/open_metrics_spec/).

Labels are words of this program, names of channels and of modes, so that their number is bounded; nothing
names a deadline, a unit or a person.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from alertd import __version__
from alertd.core.model import Standing
from alertd.engine.reporting.attempts import BOUNDS, CLASSES, Attempts
from alertd.engine.reporting.vitals import UNREADABLE, Vitals
from alertd.engine.ruling.world import Mode
from alertd.web.pulse import Pulse

KIND = CONTENT_TYPE_LATEST
_STANDINGS = (*(str(each) for each in Standing), "suspended", UNREADABLE)


@dataclass(frozen=True, slots=True, eq=False)
class Exposed(Collector):
    """What is exposed at one scrape: `vitals` are None where the store does not answer.

    `loop` says that a loop runs in this process, and `pulse` what it says of itself, None where it is silent.
    """

    vitals: Vitals | None
    attempts: Attempts
    loop: bool = False
    pulse: Pulse | None = None

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("alertd_build", "The program.", {"version": __version__})
        yield _gauge("alertd_store_up", "Whether the store answered.", self.vitals is not None)
        if self.loop:
            yield from _of_loop(self.pulse)
        if self.vitals is not None:
            yield from _of_store(self.vitals)
            yield from _of_messages(self.vitals)
        yield from _of_attempts(self.attempts)

    @property
    def text(self) -> bytes:
        """All of it as it is sent."""
        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        written: bytes = generate_latest(registry)  # type: ignore[no-untyped-call]
        return written


def _gauge(name: str, said: str, value: float) -> Metric:
    return GaugeMetricFamily(name, said, value)


def _labelled(name: str, said: str, label: str, values: Iterable[tuple[str, float]]) -> Metric:
    family = GaugeMetricFamily(name, said, labels=[label])
    for word, value in values:
        family.add_metric([word], value)
    return family


def _of_loop(pulse: Pulse | None) -> Iterator[Metric]:
    yield _gauge("alertd_loop_up", "Whether the loop that sends answers.", pulse is not None)
    if pulse is None:
        return
    yield _gauge("alertd_tasks_ill", "Parts of the daemon that stop again and again.", len(pulse.ill))
    if pulse.round_ago is not None:
        last = time.time() - pulse.round_ago
        yield _gauge("alertd_loop_last_round_timestamp_seconds", "When a round last succeeded.", last)


def _of_store(vitals: Vitals) -> Iterator[Metric]:
    at = vitals.at.timestamp()
    yield _gauge("alertd_figures_timestamp_seconds", "As of when what is counted in the store is.", at)
    modes = ((str(mode), float(vitals.mode == mode)) for mode in Mode)
    yield _labelled("alertd_sending_mode", "The mode of this node.", "mode", modes)
    standings = ((name, vitals.standings.get(name, 0)) for name in _STANDINGS)
    yield _labelled("alertd_deadlines", "Unfinished deadlines by standing.", "standing", standings)
    said = "Unfinished deadlines whose date is estimated."
    yield _gauge("alertd_deadlines_provisional", said, vitals.provisional)
    said = "Seconds for which what is due first has waited to be looked at."
    yield _labelled("alertd_queue_age_seconds", said, "queue", vitals.queues.items())
    nodes = ((state, vitals.nodes.get(state, 0)) for state in ("running", "silent"))
    yield _labelled("alertd_nodes", "Daemons of this store.", "state", nodes)
    if vitals.beat is not None:
        yield _gauge("alertd_node_seen_age_seconds", "Seconds since a daemon was last seen.", vitals.beat)
    feeds = ((state, vitals.feeds.get(state, 0)) for state in ("heard", "silent"))
    yield _labelled("alertd_feeds", "Systems that report events.", "state", feeds)
    yield _gauge("alertd_change_held", "Whether a saved change waits to be released.", vitals.held)


def _of_messages(vitals: Vitals) -> Iterator[Metric]:
    channels = vitals.channels.items()
    said = "Messages that have not left."
    yield _labelled("alertd_outbox_messages", said, "channel", ((c, each.messages) for c, each in channels))
    said = "Seconds for which the oldest message that ought to have left waits."
    oldest = ((channel, each.seconds) for channel, each in channels)
    yield _labelled("alertd_outbox_oldest_seconds", said, "channel", oldest)
    said = "Whether no node can use a channel."
    yield _labelled("alertd_channel_ill", said, "channel", ((c, each.ill) for c, each in channels))


def _of_attempts(attempts: Attempts) -> Iterator[Metric]:
    results = CounterMetricFamily("alertd_attempts", "Attempts at messages.", labels=["channel", "result"])
    for (channel, result), count in sorted(attempts.results.items()):
        results.add_metric([channel, result], count)
    yield results
    again = CounterMetricFamily("alertd_retries", "Attempts to be made again.", labels=["class"])
    for name in CLASSES:
        again.add_metric([name], attempts.again[name])
    yield again
    said = "From when a message was to leave until its provider accepted it."
    late = HistogramMetricFamily("alertd_lateness_seconds", said, labels=["clock"], unit="seconds")
    for clock, found in attempts.late.items():
        sums, total = [], 0
        for bound, count in zip((*map(str, BOUNDS), "+Inf"), found.counts, strict=True):
            total += count
            sums.append((bound, float(total)))
        late.add_metric([clock], sums, found.total)
    yield late
