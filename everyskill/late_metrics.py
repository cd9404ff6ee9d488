"""Prometheus metrics for the paths of events and captures, written once a second instead of each time.

To count into the files that the processes share takes several times as long as to add to a number in memory. Whoever
reads the metrics of this process writes first.
"""

from collections.abc import Mapping, Sequence

from prometheus_client import Counter, Gauge

from everyskill.later import Later

type Labels = tuple[str, ...]


class LateMetric:
    """A counter or a gauge, with or without labels."""

    def __init__(self, metric: Counter | Gauge) -> None:
        self._metric = metric
        self._later: Later[Labels] = Later("metrics", self._write)
        _all.append(self)

    def inc(self, *labels: str, by: int = 1) -> None:
        """Count `by` more of what has these values of the metric's labels, in their order."""
        self._later.add(labels, by)

    def write_now(self) -> None:
        self._later.write_now()

    def _write(self, sums: Mapping[Labels, int]) -> None:
        for labels, number in sums.items():
            (self._metric.labels(*labels) if labels else self._metric).inc(number)


_all: list[LateMetric] = []


def late_counter(name: str, documentation: str, labels: Sequence[str]) -> LateMetric:
    """A counter, named as Prometheus asks, without `_total`."""
    return LateMetric(Counter(name, documentation, labels))


def write_metrics() -> None:
    """Write what this process has counted and not written yet."""
    for metric in _all:
        metric.write_now()
