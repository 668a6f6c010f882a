"""What a benchmark gives, and how it takes its options."""

import resource
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """`rows` of the roster to import; `yes`: the configured PostgreSQL may be written to."""

    rows: int
    yes: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of the job and of its baseline in the same run; `note` says what they did, for people."""

    name: str
    seconds: float
    baseline_seconds: float
    peak_mb: int
    note: str

    def document(self) -> dict[str, object]:
        return {
            "name": self.name,
            "seconds": round(self.seconds, 6),
            "baseline_seconds": round(self.baseline_seconds, 6),
            "ratio": round(self.seconds / self.baseline_seconds, 2),
            "peak_mb": self.peak_mb,
            "note": self.note,
        }


class BenchRefused(Exception):
    """The benchmark can't run here; the message says what it needs."""


def own_peak_mb() -> int:
    """Peak memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def percentile_95(seconds: list[float]) -> float:
    """The value that one in twenty exceeds."""
    return sorted(seconds)[max(0, -(-len(seconds) * 95 // 100) - 1)]
