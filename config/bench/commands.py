"""Our own commands in processes of their own, on the configured database or on a fresh one."""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from config.bench.measured import BenchRefused

MANAGE = (sys.executable, str(settings.BASE_DIR / "manage.py"))


def own_environment(folder: Path) -> dict[str, str]:
    """A portal on SQLite whose data is in `folder`, and nobody else's queue."""
    ours = {name: value for name, value in os.environ.items() if not name.endswith(("DATABASE_URL", "REDIS_URL"))}
    return ours | {"DATA_DIR": str(folder / "data")}


def manage(environment: Mapping[str, str], *words: str) -> str:
    """Standard output of one of our commands; BenchRefused with its complaint where it fails."""
    done = subprocess.run([*MANAGE, *words], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BenchRefused(f"{words[0]} 没有做成：{done.stderr.strip()[-500:]}")
    return done.stdout


def free_port() -> int:
    """A port of this machine on which nobody listens at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
