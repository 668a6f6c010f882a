"""Real workers under a supervisor that starts them again, as systemd does. It ends only what it started itself."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
LOOP = (sys.executable, "manage.py", "run_jobs")
CELERY = (sys.executable, "-m", "celery", "-A", "config", "worker", "--concurrency", "1", "--beat", "--loglevel", "error")  # fmt: skip


@dataclass
class Crew:
    """A worker that is started again whenever it has ended; `deaths` are how often."""

    command: tuple[str, ...]
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    deaths: list[int] = field(default_factory=list)

    def tend(self) -> None:
        """Start the worker if there is none alive; call it while waiting."""
        if self.process is not None and self.process.poll() is not None:
            self.deaths.append(self.process.returncode)
            self.process = None
        if self.process is None:
            with self.log.open("ab") as log:
                self.process = subprocess.Popen(
                    self.command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
                )

    def told(self) -> str:
        """The end of what its workers wrote."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-4000:] if self.log.exists() else ""

    def kill(self) -> None:
        """The worker and its children at once, as a power cut would."""
        self._signal(signal.SIGKILL)

    def dismiss(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=15)
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        """To the session that was started for this worker: no other process is in it."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)
        self.process.wait(timeout=15)


@contextmanager
def crew(
    command: tuple[str, ...], *, redis: str = "", failpoints: str = "", folder: Path, lease: int
) -> Iterator[Crew]:
    """A crew on the database, the files and the keys of this test."""
    log = folder.with_suffix(".log")  # beside the folder: whoever looks for leftovers in it finds none of ours
    made = Crew(command, environment(redis=redis, failpoints=failpoints, folder=folder, lease=lease), log)
    made.tend()
    try:
        yield made
    finally:
        made.dismiss()


def environment(*, redis: str = "", failpoints: str = "", folder: Path, lease: int) -> dict[str, str]:
    """What a process needs to work where this test works."""
    inherited = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    return inherited | {
        "DATABASE_URL": database_url(),
        "DATA_DIR": str(settings.DATA_DIR),
        "SECRET_KEY": settings.SECRET_KEY,
        "FIELD_KEYS": settings.FIELD_KEYS,
        "REDIS_URL": redis,
        "MODE": "trial",
        "JOB_LEASE": str(lease),
        "FAILPOINTS": failpoints,
        "FAILPOINTS_FOLDER": str(folder),
    }


def database_url() -> str:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    return f"postgres://{database['USER']}@{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}"


def visits(folder: Path, point: str) -> int:
    """How often armed processes came to a point."""
    path = folder / point
    return path.stat().st_size if path.exists() else 0
