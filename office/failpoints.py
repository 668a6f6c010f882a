"""Named points at which a test has this process killed, as an operator or a power cut would. No-ops otherwise.

FAILPOINTS="comparing:1,confirm-started:2" kills at the first visit of one point and the second of another. Visits are
counted in files of FAILPOINTS_FOLDER, so that a worker started again goes on counting. Production refuses to start
with it (config/dangers.py).
"""

import os
import signal
from pathlib import Path


def _armed(text: str) -> dict[str, set[int]]:
    """Point → visits at which it kills."""
    found: dict[str, set[int]] = {}
    for one in filter(None, text.split(",")):
        name, _, visit = one.partition(":")
        found.setdefault(name, set()).add(int(visit or 1))
    return found


ARMED = _armed(os.environ.get("FAILPOINTS", ""))
FOLDER = Path(os.environ.get("FAILPOINTS_FOLDER", "."))


def failpoint(name: str) -> None:
    """Kill this process where a test has armed the point."""
    if name in ARMED and _count(FOLDER / name) in ARMED[name]:
        os.kill(os.getpid(), signal.SIGKILL)


def _count(path: Path) -> int:
    """This visit's number. On disk before the kill: bytes written outlive the process."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, b".")
        return os.fstat(descriptor).st_size
    finally:
        os.close(descriptor)
