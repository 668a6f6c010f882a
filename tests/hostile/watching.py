"""A worker's memory, children and leftovers while it takes a hostile file in hand."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
LOOK = 0.02


@dataclass
class Peak:
    """Most memory of a process and its children together, in MB above where it began."""

    base: float
    most: float = 0.0
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def grown(self) -> float:
        return max(0.0, self.most - self.base)


@contextmanager
def watched(pid: int) -> Iterator[Peak]:
    peak = Peak(resident_mb(pid))
    thread = threading.Thread(target=_look, args=(pid, peak), daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        peak.over.set()
        thread.join(timeout=5)


def _look(pid: int, peak: Peak) -> None:
    while not peak.over.is_set():
        peak.most = max(peak.most, resident_mb(pid))
        time.sleep(LOOK)


def resident_mb(pid: int) -> float:
    return sum(_own_mb(one) for one in (pid, *children(pid)))


def _own_mb(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 2**20
    except (FileNotFoundError, ProcessLookupError):
        return 0.0


def children(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def files_below(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}
