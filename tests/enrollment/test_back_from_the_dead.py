"""A worker frozen at any stage wakes after another has done its job: it stops, and what stands is there once.

The other worker does all of it while this one stands still at the point. While it compares or writes the roster it
holds the job's row, so nobody can take it.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from enrollment.models import Enrollment, RosterBatch, RosterRow
from enrollment.services import checking, confirming, error_file, staging
from enrollment.services.uploading import request_confirmation
from office import jobs
from office.models import Job, StoredFile
from orgs.scope import acting, scope_of
from tests.cast import OWN, Cast, id_number, reread_batch, roster_book, uploaded, villages
from tests.ground import everything

GOOD, WRONG = 4, 1
CHECK_STAGES = {
    "the file is looked over": (checking, "look_over"),
    "earlier rows are dropped": (checking, "region_index"),
    "reading begins": (staging, "ahead"),
    "a chunk is written": (staging, "failpoint"),
    "villages are summed up": (checking, "preview"),
    "the error workbook is made": (error_file, "write_error_book"),
}
CONFIRM_STAGES = {"it begins": (confirming, "_confirm"), "statistics are taken": (confirming, "refresh_statistics")}


def book() -> bytes:
    village = villages(OWN)[0].name
    good = [(f"郑某{'甲乙丙丁'[n]}", id_number(n + 1), OWN, village) for n in range(GOOD)]
    return roster_book(*good, ("郑某戊", id_number(9)[:17], OWN, village))


def frozen_before(monkeypatch: pytest.MonkeyPatch, where: tuple[object, str], job: Job) -> None:
    """At the first call of it, another worker takes the job, since the lease is over, and does it whole."""
    module, name = where
    plain: Callable[..., object] = getattr(module, name)
    first = [True]

    def held_up(*args: object, **more: object) -> object:
        if first:
            first.clear()
            Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
            assert jobs.run(job.pk)
        return plain(*args, **more)

    monkeypatch.setattr(module, name, held_up)


def what_stands(batch: RosterBatch) -> dict[str, object]:
    with everything():
        rows = RosterRow.objects.filter(batch=batch)
        return {
            "state": reread_batch(batch).state,
            "rows": rows.count(),
            "new": rows.filter(outcome="new").count(),
            "enrolled": Enrollment.objects.count(),
            "files": StoredFile.objects.count(),
        }


def job_of(batch: RosterBatch) -> Job:
    return Job.objects.select_related("requested_by__organization__region").filter(target_id=batch.pk).first()


@pytest.mark.parametrize("stage", CHECK_STAGES)
def test_a_check_that_wakes_late_changes_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch, stage: str) -> None:
    batch = uploaded(book(), cast.clerk, checked=False)
    job = job_of(batch)
    frozen_before(monkeypatch, CHECK_STAGES[stage], job)
    assert jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.fence) == ("done", 2)
    assert what_stands(batch) == {"state": "checked", "rows": GOOD + WRONG, "new": GOOD, "enrolled": 0, "files": 2}


@pytest.mark.parametrize("stage", CONFIRM_STAGES)
def test_a_confirmation_that_wakes_late_writes_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch, stage: str) -> None:
    batch = uploaded(book(), cast.clerk)
    with acting(scope_of(cast.clerk)):
        request_confirmation(batch=batch, only_valid=True, whole_villages=[], by=cast.clerk)
    job = job_of(batch)
    monkeypatch.setattr(confirming, "LARGE_LOAD", 0)
    frozen_before(monkeypatch, CONFIRM_STAGES[stage], job)
    assert jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.fence) == ("done", 2)
    assert what_stands(batch) | {"rows": 0, "new": 0} == {
        "state": "confirmed", "rows": 0, "new": 0, "enrolled": GOOD, "files": 2,
    }  # fmt: skip


def test_without_the_fence_the_same_check_leaves_rows_twice(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: if this did not go wrong, the tests above would prove nothing."""
    batch = uploaded(book(), cast.clerk, checked=False)
    job = job_of(batch)
    frozen_before(monkeypatch, CHECK_STAGES["a chunk is written"], job)
    monkeypatch.setattr(jobs.Progress, "_renew", lambda *_, **__: True)
    jobs.run(job.pk)
    assert what_stands(batch)["rows"] == 2 * (GOOD + WRONG)
