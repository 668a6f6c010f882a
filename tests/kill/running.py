"""An import under a crew, and the comparison with an import in which nobody died."""

import os
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connection

from office.models import Job
from tests.kill.crew import CELERY, LOOP, Crew, crew
from tests.kill.digest import state_digest, unread_files
from tests.kill.flow import Watch, import_all, roster
from tests.queue.test_workers import REDIS_URL

ROWS = int(os.environ.get("KILL_ROWS", "106949"))
_undisturbed: dict[tuple[int, str], dict[str, str]] = {}


def import_with(
    folder: Path,
    *,
    rows: int,
    failpoints: str = "",
    lease: int,
    moment: Callable[[Job], bool] | None = None,
    blow: Callable[[Crew], None] | None = None,
    batch_id: int | None = None,
    redis: str | None = None,
) -> float:
    """Import the roster of so many rows; the longest wait after a death. `blow` is dealt once `moment` has come."""
    command, url = worker() if redis is None else (CELERY, redis)
    settings.REDIS_URL = url
    try:
        with crew(command, redis=url, failpoints=failpoints, folder=folder, lease=lease) as hands:
            watch = Watch(hands, moment, (lambda: blow(hands)) if blow else None)
            return import_all(roster_of(rows), watch, batch_id=batch_id)
    finally:
        settings.REDIS_URL = ""


def worker() -> tuple[tuple[str, ...], str]:
    """Celery where there is Redis, else the loop."""
    return (CELERY, REDIS_URL) if REDIS_URL and connection.vendor == "postgresql" else (LOOP, "")


def roster_of(rows: int) -> Path:
    """Kept for the whole run: a large one takes seconds to make."""
    folder = Path(settings.DATA_DIR) / "kill"
    folder.mkdir(exist_ok=True)
    return roster(folder, rows)


def demand_the_same(rows: int) -> None:
    """The state after this import is that of the first one of this size, in which nobody died."""
    found = state_digest()
    first = _undisturbed.setdefault((rows, str(connection.settings_dict["NAME"])), found)
    assert {name: (first[name], found[name]) for name in found if found[name] != first[name]} == {}
    assert unread_files() == []
