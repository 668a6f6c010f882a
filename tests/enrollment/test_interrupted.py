"""Workers that die or come back from the dead: nothing is lost, nothing is there twice."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from enrollment.models import Enrollment, RosterBatch, RosterRow
from enrollment.roster.refusal import ReadingInterrupted
from enrollment.services import checking, confirming, staging
from enrollment.services.uploading import request_confirmation
from enrollment.tasks import check_roster, confirm_roster
from office import jobs
from office.models import Job, StoredFile
from orgs.scope import acting, scope_of
from tests.cast import OWN, Cast, id_number, reread_batch, roster_book, uploaded, villages
from tests.ground import everything

PEOPLE = 5


def book(first: int = 1) -> bytes:
    village = villages(OWN)[0].name
    return roster_book(
        *((f"郑某{'甲乙丙丁戊'[(first + n) % 5]}", id_number(first + n), OWN, village) for n in range(PEOPLE))
    )


def taken(job: Job) -> jobs.Progress:
    """A worker takes the job, and is not heard of again until its lease is over."""
    progress = jobs._take(job.pk)
    assert progress is not None
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    return progress


def counts(batch: RosterBatch) -> tuple[int, int]:
    with everything():
        return RosterRow.objects.filter(batch=batch).count(), Enrollment.objects.count()


def test_a_job_whose_worker_died_is_taken_by_the_next(cast: Cast) -> None:
    batch = uploaded(book(), cast.clerk, checked=False)
    job = Job.objects.get()
    taken(job)
    assert jobs.waiting_job_ids() == [job.pk]
    assert jobs.run(job.pk)
    assert (reread_batch(batch).state, counts(batch)) == ("checked", (PEOPLE, 0))


def test_a_job_in_good_hands_is_left_alone(cast: Cast) -> None:
    uploaded(book(), cast.clerk, checked=False)
    job = Job.objects.get()
    assert jobs._take(job.pk) is not None
    assert jobs.waiting_job_ids() == []
    assert jobs.run(job.pk) is False


def test_a_job_that_never_gets_through_stops(cast: Cast) -> None:
    uploaded(book(), cast.clerk, checked=False)
    job = Job.objects.get()
    for _ in range(jobs.MOST_ATTEMPTS):
        taken(job)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, "已停止" in job.message) == ("failed", True)


def test_a_check_that_comes_back_from_the_dead_at_its_start_does_nothing(cast: Cast) -> None:
    batch = uploaded(book(), cast.clerk, checked=False)
    job = Job.objects.select_related("requested_by__organization__region").get()
    late = taken(job)
    assert jobs.run(job.pk)
    with pytest.raises(jobs.FenceLost):
        check_roster(job, late)
    assert (reread_batch(batch).state, counts(batch)) == ("checked", (PEOPLE, 0))


def test_a_check_that_comes_back_while_it_stages_leaves_no_row_twice(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other worker does all of it between two writes of ours."""
    batch = uploaded(book(), cast.clerk, checked=False)
    job = Job.objects.select_related("requested_by__organization__region").get()
    seen = []

    def interrupted(point: str) -> None:
        seen.append(point)
        if seen.count("chunk-parsed") == 2 and point == "chunk-parsed":
            Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
            assert jobs.run(job.pk)

    progress = jobs._take(job.pk)
    monkeypatch.setattr(staging, "ROWS_A_WRITE", 2)
    monkeypatch.setattr(staging, "failpoint", interrupted)
    with pytest.raises(jobs.FenceLost):
        check_roster(job, progress)
    assert (reread_batch(batch).state, counts(batch)) == ("checked", (PEOPLE, 0))


def test_a_check_whose_reading_child_was_killed_is_tried_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """By an operator, or by the system for want of memory: no fault of the file, and not for ever."""
    batch = uploaded(book(), cast.clerk, checked=False)
    job = Job.objects.get()
    with monkeypatch.context() as patch:
        patch.setattr(checking, "read_rows", lambda *_, **__: (_ for _ in ()).throw(ReadingInterrupted("killed")))
        jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, reread_batch(batch).state) == ("running", "checking")
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    jobs.run(job.pk)
    assert (reread_batch(batch).state, counts(batch)) == ("checked", (PEOPLE, 0))


def test_a_database_that_goes_away_leaves_the_job_to_the_next_worker(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = uploaded(book(), cast.clerk, checked=False)
    job = Job.objects.get()
    monkeypatch.setattr(checking, "compare", lambda *_: (_ for _ in ()).throw(OperationalError("gone")))
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.message, reread_batch(batch).state) == ("running", "", "checking")


def test_a_lease_is_kept_while_a_stage_is_silent_and_not_for_ever(cast: Cast) -> None:
    uploaded(book(), cast.clerk, checked=False)
    progress = jobs._take(Job.objects.get().pk)
    Job.objects.update(lease_until=timezone.now())
    assert progress.beat()
    assert Job.objects.get().lease_until > timezone.now() + timedelta(seconds=10)
    progress.heard_at -= jobs.MOST_SILENCE
    assert not progress.beat()
    progress.stage("x")
    assert progress.beat()
    Job.objects.update(fence=99)
    assert not progress.beat()


def confirmation(cast: Cast) -> tuple[RosterBatch, Job]:
    batch = uploaded(book(), cast.clerk)
    with acting(scope_of(cast.clerk)):
        job = request_confirmation(batch=batch, only_valid=True, whole_villages=[], by=cast.clerk)
    return batch, Job.objects.select_related("requested_by__organization__region").get(pk=job.pk)


def test_a_confirmation_that_comes_back_from_the_dead_writes_nothing(cast: Cast) -> None:
    batch, job = confirmation(cast)
    late = taken(job)
    assert jobs.run(job.pk)
    with pytest.raises(jobs.FenceLost):
        confirm_roster(job, late)
    assert (reread_batch(batch).state, counts(batch)) == ("confirmed", (PEOPLE, PEOPLE))


def test_a_confirmation_killed_half_way_leaves_the_roster_as_it_was(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch, job = confirmation(cast)

    def killed(*_args) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(confirming, "sum_up_villages", killed)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, counts(batch)) == ("failed", (PEOPLE, 0))


def test_a_confirmation_that_failed_can_be_asked_for_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure must not leave the batch where nobody can confirm or drop it."""
    batch, job = confirmation(cast)
    with monkeypatch.context() as patch:
        patch.setattr(confirming, "sum_up_villages", lambda *_: 1 / 0)
        jobs.run(job.pk)
    with acting(scope_of(cast.clerk)):
        again = request_confirmation(batch=reread_batch(batch), only_valid=True, whole_villages=[], by=cast.clerk)
    jobs.run(again.pk)
    assert (reread_batch(batch).state, counts(batch)) == ("confirmed", (PEOPLE, PEOPLE))


@pytest.mark.parametrize("attempts", [0, jobs.MOST_ATTEMPTS], ids=["at once", "after its attempts"])
def test_a_check_that_failed_says_so_instead_of_going_on_for_ever(
    cast: Cast, login, monkeypatch: pytest.MonkeyPatch, attempts: int
) -> None:
    batch = uploaded(book(), cast.clerk, checked=False)
    job = Job.objects.get()
    for _ in range(attempts):
        taken(job)
    monkeypatch.setattr("enrollment.services.checking.look_over", lambda *_, **__: 1 / 0)
    jobs.run(job.pk)
    assert reread_batch(batch).state == "refused"
    page = login(cast.clerk).get(f"/roster/import/{batch.pk}/").content.decode()
    assert "请重新上传" in page
    assert "hx-get" not in page


def test_a_roster_that_changed_since_the_check_is_checked_again(cast: Cast) -> None:
    """Two uploads name the same person as new; the second to be confirmed is told, and finds its preview right."""
    first = uploaded(book(), cast.clerk, name="甲.xlsx")
    second = uploaded(book(3), cast.clerk, name="乙.xlsx")
    for batch in (first, second):
        with acting(scope_of(cast.clerk)):
            job = request_confirmation(batch=batch, only_valid=True, whole_villages=[], by=cast.clerk)
        jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, "名册有了变动" in job.message) == ("refused", True)
    with everything():
        assert Enrollment.objects.count() == PEOPLE
    after = reread_batch(second)
    assert (after.state, after.counts["new"], after.counts["changed"] + after.counts["unchanged"]) == (
        "checked",
        2,
        3,
    )


def test_a_check_done_again_drops_the_error_workbook_of_the_one_that_died(cast: Cast) -> None:
    """The worker died once its error workbook was kept, before the preview was."""
    batch = uploaded(roster_book(("郑某甲", "12345", OWN, villages(OWN)[0].name)), cast.clerk)
    with everything():
        RosterBatch.objects.filter(pk=batch.pk).update(state="checking")
        Job.objects.update(state=Job.State.WAITING, attempts=1)
        (before,) = StoredFile.objects.filter(purpose=StoredFile.Purpose.ERROR_BOOK)
    assert jobs.run(Job.objects.get().pk)
    with everything():
        (after,) = StoredFile.objects.filter(purpose=StoredFile.Purpose.ERROR_BOOK)
    assert (reread_batch(batch).state, after.pk == before.pk) == ("checked", False)
