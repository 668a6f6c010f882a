"""Staging that PostgreSQL empties when it comes up after a crash: nobody's batch is lost, doubled, or confirmed unseen."""

import pytest
from django.utils import timezone

from enrollment.models import Enrollment, RosterBatch, RosterFile, RosterRow
from enrollment.services import restaging
from enrollment.services.uploading import request_confirmation
from office import jobs
from office.models import Job
from orgs.models import AuditEvent
from orgs.scope import acting, scope_of
from tests.cast import OWN, Cast, enrol, reread_batch, uploaded
from tests.enrollment.batches import another_edition, book, carried, confirm, confirmed, run
from tests.ground import everything


def ordered(batch: RosterBatch, cast: Cast) -> Job:
    with acting(scope_of(cast.clerk)):
        return request_confirmation(batch=batch, only_valid=True, whole_villages=[], by=cast.clerk)


def lose_staging(batch: RosterBatch) -> None:
    with everything():
        RosterRow.objects.filter(batch=batch).delete()


def on_roster(batch: RosterBatch) -> int:
    with everything():
        return Enrollment.objects.filter(edition=batch.edition_id, removed_at__isnull=True).count()


def test_before_it_is_confirmed_it_is_checked_again(cast: Cast) -> None:
    batch = uploaded(book(1, 2), cast.clerk)
    lose_staging(batch)
    job = ordered(batch, cast)
    assert (job.kind, reread_batch(batch).state) == ("roster_check", "checking")
    run(job)
    after = reread_batch(batch)
    assert (after.state, after.counts["new"]) == ("checked", 2)
    with everything():
        assert AuditEvent.objects.filter(action="roster.check_again").exists()


def test_once_confirmed_it_is_staged_again_and_written_as_it_was_seen(cast: Cast) -> None:
    batch = uploaded(book(1, 2), cast.clerk)
    job = ordered(batch, cast)
    lose_staging(batch)
    assert run(job).state == "done"
    after = reread_batch(batch)
    assert (after.state, after.counts["new"], on_roster(batch)) == ("confirmed", 2, 2)
    assert restaging.LOST not in after.counts
    with everything():
        assert (RosterFile.objects.count(), Job.objects.filter(target_id=batch.pk).count()) == (1, 2)


def test_last_years_people_as_well(cast: Cast) -> None:
    confirmed(book(1, 2), cast.clerk)
    batch = carried(another_edition("next", years=1), OWN, cast.clerk)
    job = ordered(batch, cast)
    lose_staging(batch)
    assert run(job).state == "done"
    assert (reread_batch(batch).state, on_roster(batch)) == ("confirmed", 2)


def test_what_would_do_something_else_now_is_shown_again(cast: Cast) -> None:
    batch = uploaded(book(1, 2), cast.clerk)
    job = ordered(batch, cast)
    lose_staging(batch)
    enrol(OWN, 2)
    assert "与确认时不一样" in run(job).message
    assert (job.state, reread_batch(batch).state, on_roster(batch)) == ("refused", "checking", 1)
    run(Job.objects.get(target_id=batch.pk, state="waiting"))
    seen = reread_batch(batch)
    assert (seen.state, seen.counts["new"]) == ("checked", 1)
    assert confirm(seen, cast.clerk).state == "confirmed"
    assert on_roster(batch) == 2


class Killed(BaseException):
    pass


def test_a_death_before_all_is_compared_again_begins_anew(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """All rows stand there by then: that alone does not make the staging whole."""
    batch = uploaded(book(1, 2), cast.clerk)
    job = ordered(batch, cast)
    lose_staging(batch)

    def die(_point: str) -> None:
        raise Killed

    with monkeypatch.context() as armed:
        armed.setattr(restaging, "failpoint", die)
        with pytest.raises(Killed):
            jobs.run(job.pk)
    with everything():
        assert RosterRow.objects.filter(batch=batch).count() == 2
    assert (reread_batch(batch).state, on_roster(batch)) == ("confirming", 0)
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now())
    staged = []
    monkeypatch.setattr(restaging, "failpoint", staged.append)
    assert run(job).state == "done"
    assert (staged, on_roster(batch)) == (["staged-again-not-committed"], 2)
