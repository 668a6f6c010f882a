"""An upload begins: the file is kept, the batch put on record, the check rung for."""

import hashlib

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from enrollment.models import RosterBatch, RosterRow
from enrollment.services.comparing import leaves_unread
from enrollment.services.progress import RosterGoneUp, refuse_gone_up, townships_changed_by
from office.files import store_file
from office.jobs import enqueue
from office.models import Job, StoredFile
from orgs.audit import record
from orgs.models import Region, User
from orgs.responses import XLSX
from orgs.scope import scope_of, system_scope, visible
from schemes.models import Edition

MOST_BYTES = 60 * 1024 * 1024
OPEN_STATES = (RosterBatch.State.CHECKING, RosterBatch.State.CHECKED, RosterBatch.State.CONFIRMING)


class UploadRefused(Exception):
    """The file is not taken; the message says why and what to do."""


@transaction.atomic
def upload_roster(
    *, edition: Edition, township: Region | None, name: str, content: bytes, by: User, again: bool = False
) -> tuple[RosterBatch, Job]:
    """Keep the workbook and ring for its check. Without a township, each row names its own.

    Raises UploadRefused: too large, empty, or the same file as one that was imported (unless `again`).
    """
    _refuse_size(name, content)
    _refuse_gone_up(edition, {township.pk} if township else set())
    digest = hashlib.sha256(content).hexdigest()
    if not again:
        _refuse_same_file(edition, digest, by)
    path = township.path if township else scope_of(by).region_path
    file = store_file(content, name=name, content_type=XLSX, purpose=StoredFile.Purpose.ROSTER, by=by, region_path=path)
    batch = RosterBatch.objects.create(
        edition=edition,
        township=township,
        region_path=path,
        file=file,
        file_name=file.name,
        file_sha256=digest,
        made_by=by,
    )
    record("roster.upload", by=by, target=batch, file=file.name, size=len(content), sha256=digest)
    job = enqueue(
        "roster_check",
        title=f"校验名册 {file.name}",
        by=by,
        target_id=batch.pk,
        url=f"/roster/import/{batch.pk}/",
    )
    return batch, job


def _refuse_size(name: str, content: bytes) -> None:
    if not content:
        raise UploadRefused(f"“{name}”是空文件，请重新选择")
    if len(content) > MOST_BYTES:
        raise UploadRefused(f"“{name}”超过 60 MB，请按乡镇分成几个文件上传，或另存为 CSV UTF-8")


def _refuse_gone_up(edition: Edition, township_ids: set[int]) -> None:
    try:
        refuse_gone_up(edition, township_ids)
    except RosterGoneUp as gone:
        raise UploadRefused(str(gone)) from gone


def _refuse_same_file(edition: Edition, digest: str, by: User) -> None:
    same = (
        visible(RosterBatch, by)
        .filter(edition=edition, file_sha256=digest, state__in=(*OPEN_STATES, RosterBatch.State.CONFIRMED))
        .exclude(reversed_by__state=RosterBatch.State.CONFIRMED)
        .first()
    )
    if same is None:
        return
    when = timezone.localtime(same.created_at).strftime("%Y-%m-%d %H:%M")
    raise UploadRefused(
        f"这份文件与 {when} 上传的“{same.file_name}”完全相同（{same.get_state_display()}），没有再次处理；"
        "如果确实要再导入一次，请勾选“仍要上传”"
    )


@transaction.atomic
def discard_batch(*, batch: RosterBatch, by: User) -> None:
    """Drop a checked upload; the roster was not touched."""
    changed = (
        visible(RosterBatch, by)
        .filter(pk=batch.pk, state__in=(RosterBatch.State.CHECKED, RosterBatch.State.REFUSED))
        .update(state=RosterBatch.State.DISCARDED)
    )
    if not changed:
        raise UploadRefused("这次上传已在处理或已导入，不能放弃")
    batch.rows.all().delete()
    record("roster.discard", by=by, target=batch)


@transaction.atomic
def request_confirmation(*, batch: RosterBatch, only_valid: bool, whole_villages: list[int], by: User) -> Job:
    """Ring for the confirmation; a second click finds the batch already on its way."""
    fresh = visible(RosterBatch, by).select_for_update().get(pk=batch.pk)
    if fresh.state != RosterBatch.State.CHECKED:
        raise UploadRefused(f"这次上传现在是“{fresh.get_state_display()}”，不用再确认")
    _refuse_rejected(fresh, only_valid)
    _refuse_unread_villages(fresh, whole_villages)
    _refuse_gone_up(fresh.edition, townships_changed_by(fresh, whole_villages))
    fresh.state, fresh.only_valid, fresh.whole_villages = (
        RosterBatch.State.CONFIRMING,
        only_valid,
        whole_villages,
    )
    fresh.save(update_fields=["state", "only_valid", "whole_villages"])
    record("roster.order", by=by, target=fresh, only_valid=only_valid, whole_villages=len(whole_villages))
    return enqueue(
        "roster_confirm",
        title=f"导入名册 {fresh.file_name}",
        by=by,
        target_id=fresh.pk,
        url=f"/roster/import/{fresh.pk}/",
    )


def _refuse_rejected(batch: RosterBatch, only_valid: bool) -> None:
    if only_valid or not batch.counts.get("rejected"):
        return
    mend, conflicts = batch.counts.get("to_mend", batch.counts["rejected"]), batch.counts.get("conflicts", 0)
    waiting = f"、{conflicts} 行要由区县裁定" if conflicts else ""
    raise UploadRefused(f"还有 {mend} 行要改{waiting}，不能全部导入；请改好再传，或选择“仅导入正确行”")


def _refuse_unread_villages(batch: RosterBatch, whole_villages: list[int]) -> None:
    """A village can't be taken as whole while an ID number in it can't be read: its owner would be taken out."""
    if not whole_villages:
        return
    invalid = RosterRow.objects.filter(batch=batch, outcome=RosterRow.Outcome.INVALID)
    there = invalid.filter(Q(village_id__in=whole_villages) | Q(village_id__isnull=True))
    unread = sum(
        not index or any(map(leaves_unread, found))
        for index, found in there.values_list("id_index", "problems").iterator(chunk_size=5000)
    )
    if unread:
        raise UploadRefused(
            f"整村名册里还有 {unread} 行的身份证号认不出，照此减员会误减这些人；请改好再传，或不勾选整村"
        )


def free_batch(*, batch_id: int) -> None:
    """After a job that failed: a batch to be confirmed is as it was before; one not checked is refused; what was to
    undo another lets it go.

    Whoever asked for it may no longer see it, so this looks with the system's eyes.
    """
    states = RosterBatch.State
    with system_scope("名册任务出错：放开上传批次"):
        batches = RosterBatch.objects.filter(pk=batch_id)
        undoing = batches.filter(kind=RosterBatch.Kind.REVERSAL, state=states.CONFIRMING)
        undoing.update(state=states.DISCARDED, reverses=None)
        batches.filter(state=states.CONFIRMING).update(state=states.CHECKED)
        batches.filter(state=states.CHECKING).update(
            state=states.REFUSED,
            refusal="校验中出错，没有写入任何数据；请重新上传，仍不行请联系系统管理员",
            checked_at=timezone.now(),
        )
