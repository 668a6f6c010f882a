"""The confirmation: one set-based transaction that writes the roster, its sums, the batch and the job together."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from enrollment.models import RosterBatch, RosterRow
from enrollment.services.changing import (
    add_people,
    correct_people,
    remove_missing,
    sum_up_villages,
    touched_villages,
    with_removals,
)
from enrollment.services.comparing import compare, forget_comparison, mark_waiting
from enrollment.services.endorsed_out import mark_endorsed_out
from enrollment.services.listing import mark_listed
from enrollment.services.member_sums import people_of, sum_up_members
from enrollment.services.previewing import present_in, preview
from enrollment.services.progress import RosterGoneUp, refuse_gone_up, townships_changed_by
from enrollment.services.queueing import queue_conflicts
from enrollment.services.restaging import stage_again
from enrollment.services.staging import staging_is_whole
from enrollment.services.uploading import check_again, free_batch
from office.failpoints import failpoint
from office.jobs import JobRefused, Progress
from orgs.audit import record
from orgs.bulk import refresh_statistics, run_join
from orgs.models import User
from orgs.scope import acting, scope_of, system_scope
from schemes.models import Edition

LARGE_LOAD = 1_000
MOVED = (
    "校验之后名册有了变动（有人已由别处参保、上了名单，或已另行增减、更正、批改），没有写入；已重新核对，请再看一遍预览"
)
LOST_AND_OTHER = (
    "校验好的数据因数据库重启而丢失，重新校验的结果与确认时不一样，没有写入；正在生成新的预览，请再看一遍、重新确认"
)


class RosterMoved(Exception):
    """The roster is no longer the one that the preview was made from."""


class StagingLost(Exception):
    """Rows that were checked no longer stand in staging, or do something else when they are staged again."""


def confirm_batch(*, batch_id: int, by: User, progress: Progress) -> dict[str, Any]:
    """Write new and changed people, take out those missing from whole villages, queue conflicts; all or nothing,
    once."""
    progress.stage("写入名册")
    try:
        counts = _confirm_staged(batch_id, by, progress)
    except StagingLost as error:
        _check_again(batch_id, by)
        raise JobRefused(LOST_AND_OTHER) from error
    except (IntegrityError, RosterMoved) as error:
        _back_to_preview(batch_id, by)
        raise JobRefused(MOVED) from error
    except RosterGoneUp as gone:
        free_batch(batch_id=batch_id)
        raise JobRefused(f"{gone}，没有写入") from gone
    failpoint("confirm-committed-not-finished")
    if counts["new"] + counts["changed"] > LARGE_LOAD:
        refresh_statistics()
    return counts


def _confirm_staged(batch_id: int, by: User, progress: Progress) -> dict[str, Any]:
    """With the staging made anew where a crash of the database has emptied it since the confirmation was asked for."""
    try:
        return _confirm(batch_id, by, progress)
    except StagingLost:
        if not stage_again(batch_id=batch_id, by=by, progress=progress):
            raise
    progress.stage("写入名册")
    return _confirm(batch_id, by, progress)


def _confirm(batch_id: int, by: User, progress: Progress) -> dict[str, Any]:
    with transaction.atomic(), acting(scope_of(by)):
        progress.hold()
        batch = RosterBatch.objects.select_for_update(of=("self",)).select_related("edition").get(pk=batch_id)
        if batch.state == RosterBatch.State.CONFIRMED:
            return batch.counts
        if batch.state != RosterBatch.State.CONFIRMING:  # sent back to its preview, perhaps dropped since
            raise JobRefused(f"这次上传现在是“{batch.get_state_display()}”，没有写入；请打开它看一遍再确认")
        if not staging_is_whole(batch):
            raise StagingLost
        failpoint("confirm-started")
        take_turns(batch.edition_id)
        _refuse_moved_roster(batch)
        refuse_gone_up(batch.edition, townships_changed_by(batch, batch.whole_villages))
        counts = batch.counts | _write(batch)
        batch.state, batch.counts = RosterBatch.State.CONFIRMED, counts
        batch.villages = with_removals(batch)
        batch.confirmed_at, batch.confirmed_by = timezone.now(), by
        batch.save(update_fields=["state", "counts", "villages", "confirmed_at", "confirmed_by"])
        told = ("new", "changed", "removed", "unchanged", "queued")
        record("roster.confirm", by=by, target=batch, **{key: counts[key] for key in told})
        failpoint("confirm-written-not-committed")
        progress.hold()  # the lease counts from the end of a long transaction
        return counts


def take_turns(edition_id: int) -> None:
    """Confirmations, undoings and decisions of an edition follow one another from here on."""
    Edition.objects.select_for_update(no_key=True).only("pk").get(pk=edition_id)


def _write(batch: RosterBatch) -> dict[str, int]:
    """Everything that the batch does to the roster; people leave first, so that somebody may come in their place."""
    removed, held = remove_missing(batch)
    counts = {
        "removed": removed,
        "held": held,
        "new": add_people(batch),
        "changed": correct_people(batch),
        "queued": queue_conflicts(batch),
    }
    named = set(RosterRow.objects.filter(batch=batch).values_list("village_id", flat=True).order_by().distinct())
    sum_up_villages(batch.edition_id, {village for village in named | touched_villages(batch) if village})
    sum_up_members(batch.edition, people_of(batch))
    return counts


def _refuse_moved_roster(batch: RosterBatch) -> None:
    """RosterMoved where the preview no longer holds."""
    gone = run_join(
        """UPDATE enrollment_rosterrow AS r SET outcome = 'new'
           WHERE r.batch_id = %s AND r.outcome IN ('changed', 'unchanged') AND NOT EXISTS (
               SELECT 1 FROM enrollment_enrollment AS e
               WHERE e.edition_id = %s AND e.id_index = r.id_index AND e.township_id = r.township_id
                 AND e.removed_at IS NULL AND e.version = r.found_version)""",
        [batch.pk, batch.edition_id],
    )
    marked = gone or _conflicts_gone(batch) or mark_listed(batch) or mark_endorsed_out(batch) or mark_waiting(batch)
    if marked or _villages_moved(batch):
        raise RosterMoved


def _conflicts_gone(batch: RosterBatch) -> int:
    """Rows that need no decision any more, because nobody else has the person or the name is now the same."""
    with system_scope("名册导入：核对待裁定的行是否还有冲突"):
        return run_join(
            """UPDATE enrollment_rosterrow AS r SET outcome = 'new'
               WHERE r.batch_id = %s AND r.outcome = 'conflict' AND NOT EXISTS (
                   SELECT 1 FROM enrollment_enrollment AS e
                   WHERE e.edition_id = %s AND e.id_index = r.id_index AND e.removed_at IS NULL
                     AND (e.township_id <> r.township_id OR e.name <> r.name))""",
            [batch.pk, batch.edition_id],
        )


def _villages_moved(batch: RosterBatch) -> bool:
    """Whether anybody came to, or left, a village that is ticked as whole."""
    seen = {
        line["id"]: (line["present"], line["present_ids"])
        for line in batch.villages
        if line["id"] in batch.whole_villages and line["present"]
    }
    return present_in(batch.edition_id, batch.whole_villages) != seen


def _check_again(batch_id: int, by: User) -> None:
    with transaction.atomic(), acting(scope_of(by)):
        check_again(RosterBatch.objects.get(pk=batch_id), by)


def _back_to_preview(batch_id: int, by: User) -> None:
    scope = scope_of(by)
    with acting(scope):
        batch = RosterBatch.objects.select_related("edition__place").get(pk=batch_id)
        forget_comparison(batch)
    compare(batch, scope)
    summary = preview(batch, scope)
    with acting(scope):
        RosterBatch.objects.filter(pk=batch_id).update(
            state=RosterBatch.State.CHECKED,
            counts=batch.counts | summary["counts"],
            villages=summary["villages"],
        )
