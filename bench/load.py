"""What a load tells."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """One run's outcome: requests a second, latencies in milliseconds, and answers that were no 200."""

    requests_per_second: float
    p50: float
    p99: float
    failed: int
