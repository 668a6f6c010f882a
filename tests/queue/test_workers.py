"""Real worker processes: Celery rung over Redis, and the loop without it; one of them killed in the middle."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from enrollment.models import Enrollment, RosterBatch
from enrollment.roster.making import make_roster
from enrollment.services.uploading import request_confirmation, upload_roster
from office.models import Job
from orgs.models import User
from orgs.scope import acting, scope_of, system_scope
from tests.cast import read_cast, read_edition, villages

ROOT = Path(__file__).resolve().parents[2]
REDIS_URL = os.environ.get("REDIS_URL", "")
LOOP = [sys.executable, "manage.py", "run_jobs"]
CELERY = [sys.executable, "-m", "celery", "-A", "config", "worker", "--concurrency", "1", "--loglevel", "warning"]
needs_redis = pytest.mark.skipif(
    not (REDIS_URL and connection.vendor == "postgresql"),
    reason="需要 PostgreSQL 和 Redis：设 DATABASE_URL、MIGRATE_DATABASE_URL、REDIS_URL 后再跑",
)


def _database_url() -> str:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    return f"postgres://{database['USER']}@{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}"


@contextmanager
def working(command: list[str]) -> Iterator[subprocess.Popen]:
    """A worker on the database, the files and the keys of this test."""
    environment = {name: value for name, value in os.environ.items() if "PYTEST" not in name} | {
        "DATABASE_URL": _database_url(),
        "DATA_DIR": str(settings.DATA_DIR),
        "SECRET_KEY": settings.SECRET_KEY,
        "FIELD_KEYS": settings.FIELD_KEYS,
        "REDIS_URL": REDIS_URL if command is CELERY else "",
        "MODE": "trial",
    }
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


def _upload(by: User, rows: int, folder: Path) -> RosterBatch:
    path = folder / "测试名册.xlsx"
    dazhou = [("大周镇", "500101110000", [village.name for village in villages("大周镇")])]
    make_roster(path, rows=rows, seed=5, defects=0, townships=dazhou)
    township = by.organization.region
    with acting(scope_of(by)):
        edition = read_edition()
        return upload_roster(edition=edition, township=township, name=path.name, content=path.read_bytes(), by=by)[0]


def _until(state: str, batch: RosterBatch, *, seconds: int = 60) -> RosterBatch:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with system_scope("test"):
            batch = RosterBatch.objects.get(pk=batch.pk)
        if batch.state == state:
            return batch
        time.sleep(0.1)
    raise AssertionError((batch.state, batch.refusal, list(Job.objects.values("state", "stage", "message"))))


def _enrolled() -> int:
    with system_scope("test"):
        return Enrollment.objects.filter(removed_at__isnull=True).count()


def _import(command: list[str], folder: Path) -> None:
    clerk = read_cast().clerk
    before = _enrolled()
    with working(command):
        batch = _until("checked", _upload(clerk, 300, folder))
        with acting(scope_of(clerk)):
            request_confirmation(batch=batch, only_valid=False, whole_villages=[], by=clerk)
        _until("confirmed", batch)
    assert _enrolled() == before + 300


@pytest.mark.django_db(transaction=True)
def test_the_loop_does_what_waits(tmp_path: Path) -> None:
    _import(LOOP, tmp_path)


@needs_redis
@pytest.mark.django_db(transaction=True)
def test_celery_does_what_is_rung(tmp_path: Path, settings) -> None:
    settings.REDIS_URL = REDIS_URL
    _import(CELERY, tmp_path)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_loses_and_doubles_nothing(tmp_path: Path) -> None:
    clerk = read_cast().clerk
    before = _enrolled()
    with working(LOOP) as doomed:
        batch = _upload(clerk, 20_000, tmp_path)
        _until_rows_are_staged()
        doomed.send_signal(signal.SIGKILL)
        doomed.wait()
    with working(LOOP):
        batch = _until("checked", batch, seconds=90)
        assert batch.counts["rows"] == batch.counts["new"] == 20_000
        with acting(scope_of(clerk)):
            request_confirmation(batch=batch, only_valid=False, whole_villages=[], by=clerk)
        _until("confirmed", batch)
    assert _enrolled() == before + 20_000


def _until_rows_are_staged() -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and not Job.objects.filter(state="running", done__gt=0).exists():
        time.sleep(0.02)
