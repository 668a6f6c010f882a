"""上年结转: last year's roster as a batch of this year's edition, to be looked over and confirmed like an upload."""

import time
from collections import Counter
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from enrollment.left_behind import left_behind
from enrollment.models import RosterBatch, RosterRow, VillageTotal
from enrollment.services.changing import names
from enrollment.services.comparing import compare
from enrollment.services.last_year import edition_before
from enrollment.services.last_year_numbers import AT_THE_END
from enrollment.services.previewing import preview
from enrollment.services.uploading import path_for
from office.jobs import JobRefused, Progress, enqueue
from office.models import Job
from orgs.audit import record
from orgs.bulk import run_join
from orgs.models import Region, User
from orgs.scope import Scope, acting, scope_of, up_to, visible
from schemes.models import Edition

CARRIED = (
    "name", "initials", "id_number", "id_index", "id_kind", "sex", "household", "relation", "group", "address", "phone",
    "bank", "account", "content",
)  # fmt: skip


class CarryRefused(Exception):
    """There is nothing to carry over; the message says why."""


def source_of(edition: Edition, by: User) -> Edition | None:
    """The edition whose roster the person may carry over; None where there is no roster of last year to see."""
    before = edition_before(edition)
    if before is None or not visible(VillageTotal, by).filter(edition=before).exists():
        return None
    return before


@transaction.atomic
def request_carry_over(*, edition: Edition, township: Region | None, by: User) -> tuple[RosterBatch, Job]:
    """Ring for last year's roster of a township, or of everything that the person sees.

    Raises CarryRefused where nobody can be carried over; who is left behind is told in the batch's notes.
    """
    before = source_of(edition, by)
    if before is None:
        raise CarryRefused(f"“{edition.title}”之前没有同一险种的名册可以结转，请上传名册")
    behind = left_behind(edition, before, by, township)
    if behind and not _carried_in_all(before, by, township) - sum(one.persons for one in behind):
        raise CarryRefused("；".join(one.sentence for one in behind))
    batch = RosterBatch.objects.create(
        kind=RosterBatch.Kind.CARRIED, edition=edition, source_edition=before, township=township, made_by=by,
        region_path=path_for(township, by),
        file_name=f"{before.title}{township.name if township else ''}结转",
        notes=[one.sentence for one in behind],
    )  # fmt: skip
    record("roster.carry", by=by, target=batch, source=before.code)
    title, url = f"结转名册 {batch.file_name}", f"/roster/import/{batch.pk}/"
    return batch, enqueue("roster_carry", title=title, by=by, target_id=batch.pk, url=url)


def _carried_in_all(before: Edition, by: User, township: Region | None) -> int:
    totals = visible(VillageTotal, by).filter(edition=before)
    if township is not None:
        totals = totals.filter(township=township)
    return totals.aggregate(n=Sum("persons", default=0))["n"]


def carry_batch(*, batch_id: int, by: User, progress: Progress) -> dict[str, Any]:
    """Stage last year's people and sum them up; safe to run twice."""
    scope, started = scope_of(by), time.perf_counter()
    with transaction.atomic(), acting(scope):
        progress.stage("取出上年名册")
        batch = visible(RosterBatch, by).select_related("edition__place", "source_edition").get(pk=batch_id)
        if batch.state != RosterBatch.State.CHECKING:  # done before; somebody may be confirming its rows
            return batch.counts
        staged = _stage(batch)
    if not staged:
        return _refuse(batch, scope)
    kinds, summary = _compared(batch, scope, progress)
    seconds = {"carry": round(time.perf_counter() - started, 3)}
    counts = summary["counts"] | {"errors_by_kind": dict(kinds), "stage_seconds": seconds}
    with transaction.atomic(), acting(scope):
        progress.hold()
        RosterBatch.objects.filter(pk=batch.pk).update(
            state=RosterBatch.State.CHECKED, counts=counts, villages=summary["villages"], checked_at=timezone.now()
        )
    return counts


def stage_last_year(batch: RosterBatch, by: User, progress: Progress) -> dict[str, Any]:
    """Last year's people staged once more, and nothing else of the batch; what it would do now."""
    scope = scope_of(by)
    with progress.holding(), acting(scope):
        _stage(batch)
    return _compared(batch, scope, progress)[1]


def _compared(batch: RosterBatch, scope: Scope, progress: Progress) -> tuple[Counter[str], dict[str, Any]]:
    """What the comparison found by kind, and what the batch would do."""
    progress.stage("与现名册核对")
    kinds = compare(batch, scope)
    progress.stage("汇总各村")
    return kinds, preview(batch, scope)


def _refuse(batch: RosterBatch, scope: Scope) -> dict[str, Any]:
    message = "上年名册里没有可以结转的人，请上传名册"
    with acting(scope):
        RosterBatch.objects.filter(pk=batch.pk).update(
            state=RosterBatch.State.REFUSED, refusal=message, checked_at=timezone.now()
        )
    raise JobRefused(message)


def _stage(batch: RosterBatch) -> int:
    """Those on last year's roster at its end, in the places that are there this year, with this year's insurer."""
    before = batch.source_edition
    assert before is not None
    RosterRow.objects.filter(batch=batch).delete()
    return run_join(
        f"""INSERT INTO enrollment_rosterrow (batch_id, region_path, insurer_id, sheet, number, outcome, township_id,
              village_id, village_name, problems, {names(CARRIED)})
            SELECT %s, e.region_path, a.insurer_id, '', row_number() OVER (ORDER BY e.region_path, e.id), 'new',
              e.township_id, e.village_id, v.name, '[]', {names(CARRIED, "e.")}
            FROM enrollment_enrollment AS e
            JOIN schemes_insurerassignment AS a
              ON a.edition_id = %s AND a.township_id = e.township_id AND a.insurer_id IS NOT NULL
            JOIN orgs_region AS v ON v.id = e.village_id AND v.active
            JOIN orgs_region AS t ON t.id = e.township_id AND t.active
            WHERE e.edition_id = %s AND {AT_THE_END} AND e.region_path BETWEEN %s AND %s""",  # noqa: S608
        [batch.pk, batch.edition_id, before.pk, before.last_day, batch.region_path, up_to(batch.region_path)],
    )
