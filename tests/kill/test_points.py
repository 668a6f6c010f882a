"""Workers killed at every named point, once and twice over: the roster is the same as without a death."""

from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.kill.crew import CELERY, LOOP, crew, visits
from tests.kill.digest import state_digest, unread_files
from tests.kill.flow import PATIENCE, Watch, import_all, roster
from tests.queue.test_workers import REDIS_URL

pytestmark = pytest.mark.django_db(transaction=True)
CHECK = ("job-taken", "child-started", "chunk-parsed", "rows-written-not-committed", "chunk-committed", "last-chunk-staged",
         "comparing", "error-book-half-written", "preview-stored-not-committed")  # fmt: skip
CONFIRM = ("confirm-started", "confirm-written-not-committed", "confirm-committed-not-finished")
SHORT = (
    "rows-written-not-committed:1,preview-stored-not-committed:1,confirm-written-not-committed:1",
    "chunk-committed:1,error-book-half-written:1,confirm-committed-not-finished:1",
)
LONG = [f"{point}:1,{point}:2,{CONFIRM[n % 3]}:1,{CONFIRM[n % 3]}:2" for n, point in enumerate(CHECK)]
_digests: dict[tuple[int, str], dict[str, str]] = {}


def worker() -> tuple[tuple[str, ...], str]:
    """Celery where there is Redis, else the loop."""
    return (CELERY, REDIS_URL) if REDIS_URL and connection.vendor == "postgresql" else (LOOP, "")


@cache
def folder() -> Path:
    made = Path(settings.DATA_DIR) / "kill"
    made.mkdir(exist_ok=True)
    return made


def run(rows: int, failpoints: str, tmp_path: Path, *, lease: int) -> float:
    command, redis = worker()
    settings.REDIS_URL = redis
    try:
        with crew(command, redis=redis, failpoints=failpoints, folder=tmp_path, lease=lease) as hands:
            return import_all(roster(folder(), rows), Watch(hands))
    finally:
        settings.REDIS_URL = ""


@pytest.fixture
def undisturbed(tmp_path: Path):
    """The digest of a run in which nobody dies; made by the first test that asks."""

    def digest(rows: int) -> dict[str, str]:
        key = (rows, connection.vendor)
        if key not in _digests:
            run(rows, "", tmp_path, lease=15)
            _digests[key] = state_digest()
        return _digests[key]

    return digest


@pytest.mark.parametrize("failpoints", ["", *SHORT])
def test_a_few_deaths_change_nothing(tmp_path: Path, failpoints: str) -> None:
    """The first of these is the run without a death."""
    waited = run(1_500, failpoints, tmp_path, lease=2)
    _compare(1_500, failpoints, waited, tmp_path)


def _compare(rows: int, failpoints: str, waited: float, tmp_path: Path) -> None:
    found = state_digest()
    for one in filter(None, failpoints.split(",")):
        name, _, visit = one.partition(":")
        assert visits(tmp_path, name) >= int(visit), f"{name} was not reached {visit} times"
    assert found == _digests.setdefault((rows, connection.vendor), found)
    assert unread_files() == []
    assert waited < PATIENCE
