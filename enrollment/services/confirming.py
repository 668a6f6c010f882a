"""The confirmation: one set-based transaction that writes the roster, its sums, the batch and the job together."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils import timezone

from enrollment.models import Enrollment, RosterBatch, RosterRow, VillageTotal
from enrollment.services.comparing import compare, preview
from enrollment.services.staging import staging_is_whole
from enrollment.services.uploading import check_again
from office.jobs import JobRefused, Progress
from orgs.audit import record
from orgs.bulk import refresh_statistics, run_join, run_sql
from orgs.models import Region, User
from orgs.scope import acting, scope_of
from schemes.models import Edition

COPIED = (
    "region_path", "insurer_id", "township_id", "village_id", "name", "initials", "id_number", "id_index", "id_kind",
    "sex", "household", "relation", "group", "address", "phone", "bank", "account", "content",
)  # fmt: skip
LARGE_LOAD = 1_000
CORRECTED = tuple(column for column in COPIED if column not in {"id_number", "id_index", "township_id", "insurer_id"})


class RosterMoved(Exception):
    """The roster is no longer the one that the preview was made from."""


class StagingLost(Exception):
    """Rows that were checked no longer stand in staging."""


def confirm_batch(*, batch_id: int, by: User, progress: Progress) -> dict[str, Any]:
    """Write new and changed people, take out those missing from whole villages; all or nothing, once."""
    progress.stage("写入名册")
    try:
        counts = _confirm(batch_id, by, progress)
    except StagingLost as error:
        _check_again(batch_id, by)
        raise JobRefused("校验好的数据因数据库重启而丢失，没有写入；已自动重新校验，请再看一遍预览") from error
    except (IntegrityError, RosterMoved) as error:
        _back_to_preview(batch_id, by)
        raise JobRefused(
            "校验之后名册有了变动（有人已由别处参保，或已另行增减），没有写入；已重新核对，请再看一遍预览"
        ) from error
    if counts["new"] + counts["changed"] > LARGE_LOAD:
        refresh_statistics()
    return counts


def _confirm(batch_id: int, by: User, progress: Progress) -> dict[str, Any]:
    scope = scope_of(by)
    with transaction.atomic(), acting(scope):
        progress.hold()
        batch = RosterBatch.objects.select_for_update(of=("self",)).select_related("edition").get(pk=batch_id)
        if batch.state == RosterBatch.State.CONFIRMED:
            return batch.counts
        if batch.state != RosterBatch.State.CONFIRMING:  # sent back to its preview, perhaps dropped since
            raise JobRefused(f"这次上传现在是“{batch.get_state_display()}”，没有写入；请打开它看一遍再确认")
        if not staging_is_whole(batch):
            raise StagingLost
        _refuse_moved_roster(batch)
        villages = set(RosterRow.objects.filter(batch=batch).values_list("village_id", flat=True).distinct())
        villages |= _left_villages(batch)
        counts = batch.counts | {
            "removed": _remove_missing(batch),
            "new": _add_new(batch),
            "changed": _correct_changed(batch),
        }
        sum_up_villages(batch.edition_id, {village for village in villages if village})
        batch.state, batch.counts = RosterBatch.State.CONFIRMED, counts
        batch.confirmed_at, batch.confirmed_by = timezone.now(), by
        batch.save(update_fields=["state", "counts", "confirmed_at", "confirmed_by"])
        record(
            "roster.confirm",
            by=by,
            target=batch,
            **{k: counts[k] for k in ("new", "changed", "removed", "unchanged")},
        )
        return counts


def _refuse_moved_roster(batch: RosterBatch) -> None:
    """RosterMoved where the preview no longer holds. Confirmations of an edition take turns from here on."""
    Edition.objects.select_for_update(no_key=True).get(pk=batch.edition_id)
    gone = run_join(
        """UPDATE enrollment_rosterrow AS r SET outcome = 'new'
           WHERE r.batch_id = %s AND r.outcome IN ('changed', 'unchanged') AND NOT EXISTS (
               SELECT 1 FROM enrollment_enrollment AS e
               WHERE e.edition_id = %s AND e.id_index = r.id_index AND e.township_id = r.township_id
                 AND e.removed_at IS NULL AND (r.outcome = 'changed' OR e.content = r.content))""",
        [batch.pk, batch.edition_id],
    )
    if gone or _present(batch) != {
        line["id"]: line["present"] for line in batch.villages if line["id"] in batch.whole_villages and line["present"]
    }:
        raise RosterMoved


def _present(batch: RosterBatch) -> dict[int, int]:
    """People in each village that is ticked as whole."""
    whole = Enrollment.objects.filter(
        edition=batch.edition_id, village_id__in=batch.whole_villages, removed_at__isnull=True
    )
    return dict(whole.values_list("village_id").annotate(n=Count("id")).order_by())


def _left_villages(batch: RosterBatch) -> set[int]:
    """Where people whose row changed were before: their village may be what changed."""
    changed = RosterRow.objects.filter(batch=batch, outcome=RosterRow.Outcome.CHANGED).values("id_index")
    present = Enrollment.objects.filter(edition=batch.edition_id, removed_at__isnull=True, id_index__in=changed)
    return set(present.values_list("village_id", flat=True).distinct())


def _quoted(columns: tuple[str, ...], prefix: str = "") -> str:
    return ", ".join(f'{prefix}"{column}"' for column in columns)


def _add_new(batch: RosterBatch) -> int:
    """Ordered by person, so that two confirmations at once wait for each other rather than lock each other out."""
    return run_sql(
        f"""INSERT INTO enrollment_enrollment (edition_id, batch_id, version, {_quoted(COPIED)})
            SELECT %s, batch_id, 1, {_quoted(COPIED)} FROM enrollment_rosterrow
            WHERE batch_id = %s AND outcome = 'new' ORDER BY id_index""",  # noqa: S608
        [batch.edition_id, batch.pk],
    )


def _correct_changed(batch: RosterBatch) -> int:
    sets = ", ".join(f'"{column}" = r."{column}"' for column in CORRECTED)
    return run_join(
        f"""UPDATE enrollment_enrollment AS e SET {sets}, version = e.version + 1
            FROM enrollment_rosterrow AS r
            WHERE r.batch_id = %s AND r.outcome = 'changed' AND e.edition_id = %s AND e.id_index = r.id_index
              AND e.township_id = r.township_id AND e.removed_at IS NULL""",  # noqa: S608
        [batch.pk, batch.edition_id],
    )


def _remove_missing(batch: RosterBatch) -> int:
    """People of the villages ticked as whole (整村名册) whom the file does not name."""
    if not batch.whole_villages:
        return 0
    named = RosterRow.objects.filter(batch=batch).exclude(id_index="").values("id_index")
    missing = Enrollment.objects.filter(
        edition=batch.edition_id, village_id__in=batch.whole_villages, removed_at__isnull=True
    ).exclude(id_index__in=named)
    return missing.update(removed_at=timezone.now())


def sum_up_villages(edition_id: int, villages: set[int]) -> None:
    """Count the villages anew, in the transaction that changed them."""
    counted = (
        Enrollment.objects.filter(edition=edition_id, village_id__in=villages, removed_at__isnull=True)
        .values("village_id", "township_id", "insurer_id")
        .annotate(persons=Count("id"), households=Count("household", distinct=True, filter=~Q(household="")))
        .order_by("village_id")
    )
    paths = dict(Region.objects.filter(pk__in=villages).values_list("pk", "path"))
    VillageTotal.objects.filter(edition=edition_id, village_id__in=villages).delete()
    VillageTotal.objects.bulk_create(
        VillageTotal(edition_id=edition_id, region_path=paths[row["village_id"]], **row) for row in counted
    )


def _check_again(batch_id: int, by: User) -> None:
    with transaction.atomic(), acting(scope_of(by)):
        check_again(RosterBatch.objects.get(pk=batch_id), by)


def _back_to_preview(batch_id: int, by: User) -> None:
    scope = scope_of(by)
    with acting(scope):
        batch = RosterBatch.objects.select_related("edition").get(pk=batch_id)
        RosterRow.objects.filter(batch=batch, outcome__in=("changed", "unchanged")).update(outcome="new")
    compare(batch, scope)
    summary = preview(batch, scope)
    with acting(scope):
        RosterBatch.objects.filter(pk=batch_id).update(
            state=RosterBatch.State.CHECKED,
            counts=batch.counts | summary["counts"],
            villages=summary["villages"],
        )
