"""Staging that a crash of the database has emptied, made anew while its batch is being confirmed.

Whoever confirmed has seen what the batch does and need not look again, as long as it still does the same.
"""

from typing import Any

from enrollment.models import RosterBatch
from enrollment.roster.refusal import ReadingInterrupted, RosterRefused
from enrollment.services.carrying import stage_last_year
from enrollment.services.checking import stage_files
from enrollment.services.staging import LOST
from office.failpoints import failpoint
from office.jobs import Progress, TryAgain
from orgs.models import User
from orgs.scope import acting, scope_of


def stage_again(*, batch_id: int, by: User, progress: Progress) -> bool:
    """Whether the rows stand there again and do what was confirmed.

    The batch is marked until all of it is true: whoever goes on after a death half-way begins anew. TryAgain where
    the reading was interrupted.
    """
    scope = scope_of(by)
    with progress.holding(), acting(scope):
        batch = RosterBatch.objects.select_related("edition__place", "source_edition", "township").get(pk=batch_id)
        batch.counts[LOST] = True
        batch.save(update_fields=["counts"])
    summary = _staged(batch, by, progress)
    if summary is None or not _does_the_same(batch, summary):
        return False
    failpoint("staged-again-not-committed")
    with progress.holding(), acting(scope):
        del batch.counts[LOST]
        batch.save(update_fields=["counts"])
    return True


def _staged(batch: RosterBatch, by: User, progress: Progress) -> dict[str, Any] | None:
    """What it would do now; None where its files are refused, which they were not the first time."""
    try:
        carried = batch.kind == RosterBatch.Kind.CARRIED
        return stage_last_year(batch, by, progress) if carried else stage_files(batch, by, progress)
    except RosterRefused:
        return None
    except ReadingInterrupted as interrupted:
        raise TryAgain(str(interrupted)) from interrupted


def _does_the_same(batch: RosterBatch, summary: dict[str, Any]) -> bool:
    counts = {name: batch.counts.get(name) for name in summary["counts"]}
    return (counts, batch.villages) == (summary["counts"], summary["villages"])
