"""Private PostgreSQL and Redis, on ports and in a folder of their own, to be stopped hard. Nobody else's is touched."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from config.bench.commands import free_port

# What tells the tests within where the servers live.
FOLDER, POSTGRES_PORT, REDIS_PORT = "KILL_FOLDER", "KILL_POSTGRES_PORT", "KILL_REDIS_PORT"
ROLES = "CREATE ROLE portal_owner LOGIN CREATEDB; CREATE ROLE portal_app LOGIN;"


def binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found or shutil.which("redis-server") is None:
        pytest.skip("需要 PostgreSQL 和 Redis 的程序：apt install postgresql redis-server")
    return found[-1]


def private_folder() -> Path:
    return Path(os.environ[FOLDER])


@contextmanager
def private_servers() -> Iterator[dict[str, str]]:
    """Both servers, fresh, in a folder that postgres may enter; the environment for a run of tests on them."""
    bin_folder = binaries()
    folder = Path(tempfile.mkdtemp(prefix="portal-kill-"))
    folder.chmod(0o755)
    _own(folder)
    place = {FOLDER: str(folder), POSTGRES_PORT: str(free_port()), REDIS_PORT: str(free_port())}
    os.environ.update(place)
    try:
        _run(str(bin_folder / "initdb"), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-D", str(folder / "data"))  # fmt: skip
        start_postgres()
        start_redis()
        subprocess.run(
            ["psql", "-h", "127.0.0.1", "-p", place[POSTGRES_PORT], "-U", "postgres", "-qc", ROLES], check=True
        )
        yield place | _addresses(place)
    finally:
        kill_redis()
        with suppress(subprocess.CalledProcessError):
            stop_postgres()
        for name in place:
            del os.environ[name]
        shutil.rmtree(folder, ignore_errors=True)


def _addresses(place: dict[str, str]) -> dict[str, str]:
    database = f"127.0.0.1:{place[POSTGRES_PORT]}/portal_kill"
    return {
        "DATABASE_URL": f"postgres://portal_app@{database}",
        "MIGRATE_DATABASE_URL": f"postgres://portal_owner@{database}",
        "REDIS_URL": f"redis://127.0.0.1:{place[REDIS_PORT]}/0",
    }


def start_postgres() -> None:
    folder = private_folder()
    settings = f"-p {os.environ[POSTGRES_PORT]} -k {folder} -c listen_addresses=127.0.0.1"
    _control("-w", "-o", settings, "-l", str(folder / "log"), "start")


def stop_postgres() -> None:
    """As by a power cut: no checkpoint, no word to anybody."""
    _control("-m", "immediate", "stop")


def start_redis() -> None:
    folder = private_folder()
    _run_plain("redis-server", "--port", os.environ[REDIS_PORT], "--bind", "127.0.0.1", "--dir", str(folder), "--save", "",
               "--appendonly", "no", "--daemonize", "yes", "--pidfile", str(_pid_file()))  # fmt: skip


def kill_redis() -> None:
    """Redis forgets everything that it held."""
    with suppress(FileNotFoundError, ProcessLookupError):
        os.kill(int(_pid_file().read_text()), signal.SIGKILL)
    _pid_file().unlink(missing_ok=True)
    time.sleep(0.2)


def _pid_file() -> Path:
    return private_folder() / "redis.pid"


def _control(*arguments: str) -> None:
    _run(str(binaries() / "pg_ctl"), "-D", str(private_folder() / "data"), *arguments)


def _run(*command: str) -> None:
    """As the user postgres where we are root, for the server refuses to run as root."""
    _run_plain(*(("runuser", "-u", "postgres", "--") if os.geteuid() == 0 else ()), *command)


def _run_plain(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")


def _own(folder: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
