"""An upload begins: its files are kept, the batch put on record, the check rung for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from enrollment.models import RosterBatch, RosterFile, RosterRow
from enrollment.services.comparing import leaves_unread
from enrollment.services.progress import RosterGoneUp, refuse_gone_up, townships_changed_by
from enrollment.services.staging import staging_is_whole
from office.failpoints import failpoint
from office.files import erase_bytes, store_file
from office.jobs import enqueue
from office.models import Job, StoredFile
from orgs.audit import record
from orgs.bulk import wait_for_turn
from orgs.models import Region, User
from orgs.responses import CSV, XLSX
from orgs.scope import scope_of, system_scope, visible
from schemes.models import Edition

MOST_BYTES = 60 * 2**20
MOST_CSV_BYTES = 500 * 2**20
MOST_FILES = 50
OPEN_STATES = (RosterBatch.State.CHECKING, RosterBatch.State.CHECKED, RosterBatch.State.CONFIRMING)


class UploadRefused(Exception):
    """The upload is not taken; the message says why and what to do."""


@dataclass(frozen=True)
class SentFile:
    """A file as it comes: its bytes, or pieces of it, so that a large one is never whole in memory."""

    name: str
    content: bytes | Iterable[bytes]

    @property
    def is_csv(self) -> bool:
        return self.name.lower().endswith(".csv")

    def pieces(self) -> Iterator[bytes]:
        """The content up to its limit; UploadRefused beyond it, and where there is none."""
        most, size = (MOST_CSV_BYTES if self.is_csv else MOST_BYTES), 0
        for piece in [self.content] if isinstance(self.content, bytes) else self.content:
            size += len(piece)
            if size > most:
                raise UploadRefused(_too_large(self))
            yield piece
        if not size:
            raise UploadRefused(f"“{self.name}”是空文件，请重新选择")


def _too_large(file: SentFile) -> str:
    if file.is_csv:
        return f"“{file.name}”超过 500 MB，请按乡镇分成几个文件上传"
    return f"“{file.name}”超过 60 MB，请按乡镇分成几个文件上传，或另存为 CSV UTF-8"


def upload_roster(
    *, edition: Edition, township: Region | None, name: str, content: bytes, by: User, again: bool = False
) -> tuple[RosterBatch, Job]:
    """An upload of one file."""
    return upload_rosters(edition=edition, township=township, files=[SentFile(name, content)], by=by, again=again)


@transaction.atomic
def upload_rosters(
    *, edition: Edition, township: Region | None, files: Sequence[SentFile], by: User, again: bool = False
) -> tuple[RosterBatch, Job]:
    """Keep the files as one batch and ring for its check. Without a township, each row names its own.

    Raises UploadRefused, and keeps nothing: too many, too large, empty, one of them twice, or the same as one that
    was imported (unless `again`).
    """
    if not 0 < len(files) <= MOST_FILES:
        raise UploadRefused(f"一次请选择 1 至 {MOST_FILES} 份名册文件")
    _refuse_gone_up(edition, {township.pk} if township else set())
    path = path_for(township, by)
    kept: list[StoredFile] = []
    try:
        for file in files:
            kept.append(_keep(file, by, path))
        _refuse_twice(kept)
        if not again:
            for digest in sorted(stored.sha256 for stored in kept):  # a second click comes before the first is done
                wait_for_turn(f"roster file {edition.pk} {digest}")
            _refuse_same_files(edition, kept, by)
        failpoint("file-stored")
        return _begin(edition, township, path, kept, by)
    except BaseException:
        for stored in kept:
            erase_bytes(stored.uuid)
        raise


def path_for(township: Region | None, by: User) -> str:
    """Of the township, or of what lies within it for the person: a village's clerk."""
    own = scope_of(by).region_path
    return township.path if township is not None and not own.startswith(township.path) else own


def _keep(file: SentFile, by: User, path: str) -> StoredFile:
    return store_file(
        file.pieces(),
        name=file.name,
        content_type=CSV if file.is_csv else XLSX,
        purpose=StoredFile.Purpose.ROSTER,
        by=by,
        region_path=path,
    )


def _begin(
    edition: Edition, township: Region | None, path: str, kept: Sequence[StoredFile], by: User
) -> tuple[RosterBatch, Job]:
    title = kept[0].name if len(kept) == 1 else f"{kept[0].name[:180]} 等 {len(kept)} 份"
    batch = RosterBatch.objects.create(
        edition=edition, township=township, region_path=path, file_name=title, made_by=by
    )
    RosterFile.objects.bulk_create(
        RosterFile(batch=batch, region_path=path, number=number, file=file, name=file.name, sha256=file.sha256)
        for number, file in enumerate(kept, start=1)
    )
    for file in kept:
        record("roster.upload", by=by, target=batch, file=file.name, size=file.size, sha256=file.sha256)
    return batch, _ring_for_check(batch, by)


def _ring_for_check(batch: RosterBatch, by: User) -> Job:
    """Ring for its rows to be staged: out of its files, or out of last year's roster."""
    carried = batch.kind == RosterBatch.Kind.CARRIED
    return enqueue(
        "roster_carry" if carried else "roster_check",
        title=f"{'结转' if carried else '校验'}名册 {batch.file_name}",
        by=by,
        target_id=batch.pk,
        url=f"/roster/import/{batch.pk}/",
    )


def _refuse_twice(kept: Sequence[StoredFile]) -> None:
    first: dict[str, str] = {}
    for file in kept:
        if file.sha256 in first:
            raise UploadRefused(f"“{file.name}”与“{first[file.sha256]}”的内容完全相同，请只选其中一份")
        first[file.sha256] = file.name


def _refuse_gone_up(edition: Edition, township_ids: set[int]) -> None:
    try:
        refuse_gone_up(edition, township_ids)
    except RosterGoneUp as gone:
        raise UploadRefused(str(gone)) from gone


def _refuse_same_files(edition: Edition, kept: Sequence[StoredFile], by: User) -> None:
    """All of them are named at once."""
    states = (*OPEN_STATES, RosterBatch.State.CONFIRMED)
    had = (
        visible(RosterFile, by)
        .filter(batch__edition=edition, batch__state__in=states, sha256__in=[file.sha256 for file in kept])
        .exclude(batch__reversed_by__state=RosterBatch.State.CONFIRMED)
        .select_related("batch")
        .order_by("id")
    )
    same = {file.sha256: file for file in had}
    told = [_same(file.name, same[file.sha256]) for file in kept if file.sha256 in same]
    if told:
        raise UploadRefused(f"{'；'.join(told)}，没有再次处理；如果确实要再导入一次，请勾选“仍要上传”")


def _same(name: str, had: RosterFile) -> str:
    when = timezone.localtime(had.batch.created_at).strftime("%Y-%m-%d %H:%M")
    return f"“{name}”与 {when} 上传的“{had.name}”完全相同（{had.batch.get_state_display()}）"


def check_again(batch: RosterBatch, by: User) -> Job:
    """Back to where its rows come from: what stood in staging is gone, as after a crash of the database."""
    RosterBatch.objects.filter(pk=batch.pk).update(state=RosterBatch.State.CHECKING)
    record("roster.check_again", by=by, target=batch)
    return _ring_for_check(batch, by)


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
    """Ring for the confirmation; a second click finds the batch already on its way.

    Where the staging is gone, the job is another check.
    """
    fresh = visible(RosterBatch, by).select_for_update().get(pk=batch.pk)
    if fresh.state != RosterBatch.State.CHECKED:
        raise UploadRefused(f"这次上传现在是“{fresh.get_state_display()}”，不用再确认")
    if not staging_is_whole(fresh):
        return check_again(fresh, by)
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
    waiting = "、".join(
        text for count, text in ((mend, f"{mend} 行要改"), (conflicts, f"{conflicts} 行要由区县裁定")) if count
    )
    way_out = "请改好再传，或选择“仅导入正确行”" if mend else "请选择“仅导入正确行”，其余送区县裁定"
    raise UploadRefused(f"还有 {waiting}，不能全部导入；{way_out}")


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
