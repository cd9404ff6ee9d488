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

    def inc(self, *labels: str, by: int = 1) -> None:
        """Count `by` more of what has these values of the metric's labels, in their order."""
        _later.add((self._metric, labels), by)


def late_counter(name: str, documentation: str, labels: Sequence[str]) -> LateMetric:
    """A counter, named as Prometheus asks, without `_total`."""
    return LateMetric(Counter(name, documentation, labels))


def write_metrics() -> None:
    """Write what this process has counted and not written yet."""
    _later.write_now()


def _write(sums: Mapping[tuple[Counter | Gauge, Labels], int]) -> None:
    for (metric, labels), number in sums.items():
        (metric.labels(*labels) if labels else metric).inc(number)


_later: Later[tuple[Counter | Gauge, Labels]] = Later("metrics", _write)
