"""Takes away what nobody can fetch any more: exports whose day is over, and what killed processes left half-written.

Done every hour by whoever does the jobs. Killed at any point, the next round goes on from there.
"""

import time
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from office.failpoints import failpoint
from office.files import erase_bytes
from office.models import StoredFile
from orgs.scope import system_scope

EVERY = timedelta(hours=1)
LEFT_AFTER = timedelta(days=1)  # no upload arrives, and no file is written, for as long
AT_A_TIME = 200
LEFTOVERS = ("arriving/*.sealed", "??/*.partial")


@dataclass(frozen=True)
class Swept:
    exports: int
    leftovers: int


def sweep() -> Swept:
    """One round; what went."""
    exports = 0
    while found := _expired():
        for file in found:
            _erase(file)
        exports += len(found)
    leftovers = _leftovers()
    for path in leftovers:
        path.unlink(missing_ok=True)
    return Swept(exports, len(leftovers))


def _expired() -> list[StoredFile]:
    """Whosever they are."""
    with system_scope("清除过期的导出文件"):
        exports = StoredFile.objects.filter(purpose=StoredFile.Purpose.EXPORT, expires_at__lte=timezone.now())
        return list(exports.order_by("pk")[:AT_A_TIME])


def _erase(file: StoredFile) -> None:
    """The bytes first: a row without bytes is found by the next round, bytes without a row by nobody."""
    erase_bytes(file.uuid)
    failpoint("export-bytes-erased")
    with system_scope("清除过期的导出文件"):
        file.delete()


def _leftovers() -> list[Path]:
    folder, before = Path(settings.FILES_DIR), time.time() - LEFT_AFTER.total_seconds()
    return [path for path in chain(*map(folder.glob, LEFTOVERS)) if _written_at(path) < before]


def _written_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # its request has just ended
        return time.time()
