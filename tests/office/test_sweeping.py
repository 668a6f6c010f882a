"""What nobody can fetch any more goes by itself, every hour; a round that is killed is finished by the next."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as portal
from django.utils import timezone

from config.celery import app
from office import sweeping
from office.exports import keep_export
from office.files import read_file, store_file
from office.management.commands import run_jobs
from office.models import StoredFile
from office.sweeping import EVERY, LEFT_AFTER, Swept, sweep
from office.tasks import sweep_files
from orgs.scope import acting, scope_of
from tests.cast import Cast
from tests.ground import everything


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path: Path, db: None) -> None:
    settings.FILES_DIR = tmp_path


def export(cast: Cast, *, expired: bool, name: str = "导出.xlsx") -> StoredFile:
    by = cast.clerk
    with acting(scope_of(by)):
        kept = keep_export(
            b"bytes", name=name, content_type="x", by=by, region_path=by.organization.region.path, insurer_id=None
        )
        if expired:
            StoredFile.objects.filter(pk=kept.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
        return kept


def there(file: StoredFile) -> tuple[bool, bool]:
    """Its row, and its bytes."""
    with everything():
        row = StoredFile.objects.filter(pk=file.pk).exists()
    return row, any(file.uuid.hex in path.name for path in Path(portal.FILES_DIR).rglob("*"))


def left(name: str, *, age: timedelta) -> Path:
    path = Path(portal.FILES_DIR) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"half")
    then = time.time() - age.total_seconds()
    os.utime(path, (then, then))
    return path


def test_exports_go_with_row_and_bytes_once_their_day_is_over(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "AT_A_TIME", 2)
    old, young = [export(cast, expired=True) for _ in range(5)], export(cast, expired=False)
    assert sweep() == Swept(exports=5, leftovers=0)
    assert {there(file) for file in old} == {(False, False)}
    assert there(young) == (True, True)
    assert sweep() == Swept(0, 0)


def test_other_files_are_never_taken(cast: Cast) -> None:
    by = cast.clerk
    with acting(scope_of(by)):
        paper = store_file(
            b"bytes", name="x", content_type="x", purpose=StoredFile.Purpose.ROSTER, by=by,
            region_path=by.organization.region.path, expires_at=timezone.now() - timedelta(days=9),
        )  # fmt: skip
    for path in Path(portal.FILES_DIR).rglob("*.sealed"):
        os.utime(path, (0, 0))
    sweep()
    with everything():
        assert read_file(StoredFile.objects.get(pk=paper.pk)) == b"bytes"


def test_what_killed_processes_left_goes_after_a_day(cast: Cast) -> None:
    over, within = LEFT_AFTER + timedelta(minutes=1), LEFT_AFTER - timedelta(minutes=1)
    gone = [left("arriving/a.sealed", age=over), left("ab/c.partial", age=over)]
    kept = [left("arriving/b.sealed", age=within), left("ab/d.partial", age=within)]
    assert sweep() == Swept(exports=0, leftovers=2)
    assert ([path.exists() for path in gone], [path.exists() for path in kept]) == ([False] * 2, [True] * 2)


class Killed(BaseException):
    pass


def test_a_round_that_is_killed_half_way_is_finished_by_the_next(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes are gone, their row is not: the next round finds it."""
    files = [export(cast, expired=True) for _ in range(2)]

    def die(point: str) -> None:
        raise Killed(point)

    with monkeypatch.context() as armed:
        armed.setattr(sweeping, "failpoint", die)
        with pytest.raises(Killed, match="export-bytes-erased"):
            sweep()
    assert [there(file) for file in files] == [(True, False), (True, True)]
    sweep()
    assert [there(file) for file in files] == [(False, False)] * 2


def test_the_loop_sweeps_when_nothing_waits_and_then_not_for_an_hour(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_jobs, "close_old_connections", lambda: None)
    loop, old = run_jobs.Command(), export(cast, expired=True)
    loop.sweeps_at = 0.0
    assert loop._look() == []
    assert there(old) == (False, False)
    next_one = export(cast, expired=True)
    loop._look()
    assert there(next_one) == (True, True)


def test_the_loop_outlives_what_can_not_be_taken_away(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("read-only")

    monkeypatch.setattr(run_jobs, "close_old_connections", lambda: None)
    monkeypatch.setattr(sweeping, "erase_bytes", refuse)
    loop, old = run_jobs.Command(), export(cast, expired=True)
    loop.sweeps_at = 0.0
    assert loop._look() == []
    assert there(old) == (True, True)


def test_beat_rings_for_it_every_hour(cast: Cast) -> None:
    entry = app.conf.beat_schedule["sweep-files"]
    assert (entry["task"], entry["schedule"]) == (sweep_files.name, EVERY.total_seconds())
    old = export(cast, expired=True)
    sweep_files()
    assert there(old) == (False, False)
