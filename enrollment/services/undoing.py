"""A confirmed batch is taken back as a whole, by a batch of its own. What somebody went on from stays, and is named."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from enrollment.cover import taken_off
from enrollment.models import Enrollment, RosterBatch, RosterChange
from enrollment.services.changing import (
    COPIED,
    CORRECTED,
    keep_before,
    names,
    sum_up_villages,
    take_out,
    touched_villages,
)
from enrollment.services.confirming import take_turns
from enrollment.services.holding import is_held
from enrollment.services.member_sums import people_of, sum_up_members
from enrollment.services.objecting import open_again
from enrollment.services.progress import RosterGoneUp, refuse_gone_up, townships_undone_by
from enrollment.services.queueing import drop_conflicts
from enrollment.services.uploading import free_batch
from office.jobs import JobRefused, Progress, enqueue
from orgs.audit import record
from orgs.bulk import row_lock, run_join, run_sql
from orgs.models import User
from orgs.scope import system_scope, up_to, visible

Kind, State = RosterBatch.Kind, RosterBatch.State
BACK = "back"
STAYS = {
    "has_claim": "已有案件",
    "changed_since": "这次导入之后又有改动",
    "enrolled_since": "该证件暂不能恢复登记，请联系区县主管部门",
}
OPPOSITE = {"added": "removed", "removed": "added", "changed": "changed"}


class UndoRefused(Exception):
    """The batch can't be taken back; the message says why and what to do."""


@dataclass(frozen=True)
class UndoPreview:
    """How many changes go back, by kind, and how many stay, by reason."""

    back: dict[str, int]
    stays: dict[str, int]

    @property
    def n_back(self) -> int:
        return sum(self.back.values())

    @property
    def n_stays(self) -> int:
        return sum(self.stays.values())


def undo_preview(batch: RosterBatch) -> UndoPreview:
    """What undoing would do now. The batch is one that the person sees."""
    with system_scope("撤销批次：看哪些人能撤回"):
        found = fates(batch)
        back = _by_kind(RosterChange.objects.filter(batch=batch))  # whoever does not stay goes back: no need to look
        stays = {fate: _by_kind(found[fate]) for fate in STAYS}
    for kinds in stays.values():
        back -= kinds
    return UndoPreview(dict(+back), {fate: kinds.total() for fate, kinds in stays.items() if kinds})


def _by_kind(changes: QuerySet[RosterChange]) -> Counter[str]:
    return Counter(dict(changes.order_by().values_list("kind").annotate(n=Count("id"))))


def staying(batch: RosterBatch, most: int) -> list[dict[str, str]]:
    """The first people who stay as they are: name, village, reason. Not whoever has moved to another village, of which
    its own clerk's batch tells nothing."""
    with system_scope("撤销批次：列出不能撤回的人"):
        found = fates(batch)
        why = {
            pk: reason
            for fate, reason in STAYS.items()
            for pk in found[fate].order_by("enrollment_id").values_list("enrollment_id", flat=True)[:most]
        }
        people = Enrollment.objects.filter(pk__in=sorted(why)[:most]).select_related("village").order_by("pk")
        people = people.filter(region_path__gte=batch.region_path, region_path__lte=up_to(batch.region_path))
        return [{"name": one.name, "village": one.village.name, "reason": why[one.pk]} for one in people]


def fates(batch: RosterBatch) -> dict[str, QuerySet[RosterChange]]:
    """What the batch did, by what becomes of it: back, or why it stays; nothing twice. Under the scope in force.

    Conditions on the row alone, and no join of the changes with themselves: of a batch that has just been written
    PostgreSQL knows nothing, and would go through all of it for each person.
    """
    person, removed = "enrollment_id", Q(kind=RosterChange.Kind.REMOVED)
    untouched = Q(enrollment__version=F("version_after"))
    done = RosterChange.objects.filter(batch=batch)
    held = ~removed & is_held(person)
    still = done.filter(~held, untouched)
    leaving = still.filter(kind=RosterChange.Kind.ADDED, enrollment_id=OuterRef("pk"))
    others = Enrollment.objects.filter(
        ~Exists(leaving), edition=batch.edition_id, id_index=OuterRef("enrollment__id_index"), removed_at__isnull=True
    )
    went = taken_off(Enrollment.objects.filter(edition=batch.edition_id)).values("id_index")
    replaced = removed & (Q(Exists(others)) | Q(enrollment__id_index__in=went))  # a batch covers the whole period
    return {
        "has_claim": done.filter(held),
        "changed_since": done.filter(~held).exclude(untouched),
        "enrolled_since": still.filter(replaced),
        BACK: still.filter(~replaced),
    }


def request_undo(*, batch: RosterBatch, typed: str, by: User) -> RosterBatch:
    """Ring for the undoing; the reversing batch. Clicked twice: the one that was made first.

    Raises UndoRefused: not confirmed, a reversal itself, or the name was not typed as it is.
    """
    try:
        with transaction.atomic():
            return _request(batch, typed, by)
    except IntegrityError:  # two clicks at the same moment
        return visible(RosterBatch, by).get(reverses=batch.pk)


def _request(batch: RosterBatch, typed: str, by: User) -> RosterBatch:
    fresh = visible(RosterBatch, by).select_related("edition").select_for_update(of=("self",)).get(pk=batch.pk)
    if fresh.kind == Kind.REVERSAL:
        raise UndoRefused("撤销本身不能再撤销；要恢复的，请把原文件重新导入一次")
    if fresh.state != State.CONFIRMED:
        raise UndoRefused(f"这一批现在是“{fresh.get_state_display()}”，没有写入过名册，不用撤销")
    before = visible(RosterBatch, by).filter(reverses=fresh).first()
    if before is not None:
        return before
    if typed.strip() not in {fresh.file_name, fresh.edition.title}:
        raise UndoRefused(f"请照着输入“{fresh.file_name}”或“{fresh.edition.title}”，没有撤销")
    try:
        refuse_gone_up(fresh.edition, townships_undone_by(fresh))
    except RosterGoneUp as gone:
        raise UndoRefused(str(gone)) from gone
    reversal = RosterBatch.objects.create(
        kind=Kind.REVERSAL, reverses=fresh, edition=fresh.edition, township_id=fresh.township_id,
        region_path=fresh.region_path, file_name=f"撤销 {fresh.file_name}"[:200], state=State.CONFIRMING, made_by=by,
    )  # fmt: skip
    record("roster.undo_order", by=by, target=fresh, reversal=reversal.pk)
    url = f"/roster/import/{reversal.pk}/"
    enqueue("roster_undo", title=f"撤销名册 {fresh.file_name}", by=by, target_id=reversal.pk, url=url)
    return reversal


def undo_batch(*, batch_id: int, by: User, progress: Progress) -> dict[str, Any]:
    """Take back what the reversed batch did, all of it that nobody went on from; one transaction, once."""
    progress.stage("撤销")
    try:
        return _undo(batch_id, by, progress)
    except RosterGoneUp as gone:
        free_batch(batch_id=batch_id)
        raise JobRefused(f"{gone}，没有撤销") from gone


def _undo(batch_id: int, by: User, progress: Progress) -> dict[str, Any]:
    with transaction.atomic(), system_scope("撤销批次：写回名册"):
        progress.hold()
        reversals = RosterBatch.objects.select_for_update(of=("self",)).select_related("reverses", "edition")
        reversal = reversals.get(pk=batch_id, kind=Kind.REVERSAL)
        if reversal.state == State.CONFIRMED:
            return reversal.counts
        if reversal.state != State.CONFIRMING or reversal.reverses is None:
            raise JobRefused("这次撤销已经停止，名册没有改动；要撤销的，请打开那一批再点一次")
        take_turns(reversal.edition_id)
        refuse_gone_up(reversal.edition, townships_undone_by(reversal.reverses))
        counts = _take_back(reversal, reversal.reverses)
        reversal.state, reversal.counts = State.CONFIRMED, counts
        reversal.confirmed_at, reversal.confirmed_by = timezone.now(), by
        reversal.save(update_fields=["state", "counts", "confirmed_at", "confirmed_by"])
        told = {key: counts[key] for key in ("new", "changed", "removed", "rejected", "reopened")}
        record("roster.undo", by=by, target=reversal, reversed=reversal.reverses.pk, **told)
        return counts


def _take_back(reversal: RosterBatch, batch: RosterBatch) -> dict[str, Any]:
    _hold_people(batch)  # whoever is reporting a claim for one of them is done, or waits
    stays = _keep_rows_that_stay(reversal, batch)
    for kind, opposite in OPPOSITE.items():
        _keep_opposite(reversal, batch, kind, opposite)
    counts = {
        "removed": take_out(reversal),
        "new": _bring_back(reversal),
        "changed": _write_back(reversal, batch),
        "dropped": drop_conflicts(batch),
        "reopened": open_again(batch, reversal),
        "stays": stays,
        "rejected": sum(stays.values()),
    }
    sum_up_villages(reversal.edition_id, touched_villages(reversal, batch))
    sum_up_members(reversal.edition, people_of(reversal))
    return counts


def _hold_people(batch: RosterBatch) -> None:
    run_sql(
        f"""SELECT e.id FROM enrollment_enrollment AS e
            WHERE e.id IN (SELECT enrollment_id FROM enrollment_rosterchange WHERE batch_id = %s)
            ORDER BY e.id{row_lock("e")}""",  # noqa: S608
        [batch.pk],
    )


def _keep_rows_that_stay(reversal: RosterBatch, batch: RosterBatch) -> dict[str, int]:
    """One row for each person who stays, with the reason, as the preview of an upload shows wrong rows."""
    found: dict[str, int] = {}
    for fate, reason in STAYS.items():
        problem = {"column": "", "title": "", "kind": fate, "found": "", "message": reason, "mend": ""}
        sql, parameters = fates(batch)[fate].order_by().values("enrollment_id").query.sql_with_params()
        found[fate] = run_sql(
            f"""INSERT INTO enrollment_rosterrow
                  (batch_id, sheet, number, outcome, village_name, problems, {names(COPIED)})
                SELECT %s, '', row_number() OVER (ORDER BY e.id), 'invalid', v.name, %s, {names(COPIED, "e.")}
                FROM enrollment_enrollment AS e JOIN orgs_region AS v ON v.id = e.village_id
                WHERE e.id IN ({sql})""",  # noqa: S608
            [reversal.pk, json.dumps([problem], ensure_ascii=False), *parameters],
        )
    return {fate: n for fate, n in found.items() if n}


def _keep_opposite(reversal: RosterBatch, batch: RosterBatch, kind: str, opposite: str) -> None:
    back = fates(batch)[BACK].filter(kind=kind).order_by().values("enrollment_id")
    sql, parameters = back.query.sql_with_params()
    keep_before(reversal, opposite, f"FROM enrollment_enrollment AS e WHERE e.id IN ({sql})", list(parameters))


def _bring_back(reversal: RosterBatch) -> int:
    return run_sql(
        """UPDATE enrollment_enrollment SET removed_at = NULL, version = version + 1
           WHERE id IN (SELECT enrollment_id FROM enrollment_rosterchange WHERE batch_id = %s AND kind = 'added')""",
        [reversal.pk],
    )


def _write_back(reversal: RosterBatch, batch: RosterBatch) -> int:
    """Former content from what the reversed batch kept, for those whom the reversal has on record."""
    sets = ", ".join(f'"{column}" = c."{column}"' for column in CORRECTED)
    return run_join(
        f"""UPDATE enrollment_enrollment AS e SET {sets}, version = e.version + 1
            FROM enrollment_rosterchange AS c
            JOIN enrollment_rosterchange AS mine ON mine.enrollment_id = c.enrollment_id AND mine.kind = 'changed'
            WHERE c.batch_id = %s AND c.kind = 'changed' AND mine.batch_id = %s AND e.id = c.enrollment_id""",  # noqa: S608
        [batch.pk, reversal.pk],
    )
