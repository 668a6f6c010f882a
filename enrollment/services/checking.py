"""The check of an upload: look the file over, read it in the limited child, check every row, stage, compare."""

import resource
import time
from typing import Any

from django.utils import timezone

from enrollment.models import RosterBatch, RosterRow
from enrollment.places import region_index
from enrollment.roster.checking import CheckReport, check_rows
from enrollment.roster.facts import Looked
from enrollment.roster.precheck import look_over
from enrollment.roster.reading import ReadingReport, read_rows
from enrollment.roster.refusal import ReadingInterrupted, RosterRefused
from enrollment.services.comparing import compare
from enrollment.services.error_file import make_error_file
from enrollment.services.previewing import preview
from enrollment.services.staging import Stamp, stage
from office.failpoints import failpoint
from office.files import read_file
from office.jobs import JobRefused, Progress, TryAgain
from orgs.models import Region, User
from orgs.scope import acting, scope_of, visible


def check_batch(*, batch_id: int, by: User, progress: Progress) -> dict[str, Any]:
    """Stage the upload and sum it up; safe to run twice. JobRefused with a sentence when the file can't be used."""
    scope = scope_of(by)
    with acting(scope):
        batch = visible(RosterBatch, by).select_related("edition__place", "file", "township").get(pk=batch_id)
        content = read_file(batch.file)
    if batch.state != RosterBatch.State.CHECKING:  # done before; somebody may be confirming its rows
        progress.hold()
        return batch.counts
    try:
        return _Check(batch, by, progress).run(content)
    except RosterRefused as refused:
        _refuse(batch, by, str(refused), progress)
        raise JobRefused(str(refused)) from refused
    except ReadingInterrupted as interrupted:
        raise TryAgain(str(interrupted)) from interrupted


def _refuse(batch: RosterBatch, by: User, message: str, progress: Progress) -> None:
    with progress.holding(), acting(scope_of(by)):
        RosterRow.objects.filter(batch=batch).delete()
        RosterBatch.objects.filter(pk=batch.pk).update(
            state=RosterBatch.State.REFUSED, refusal=message, checked_at=timezone.now()
        )


class _Check:
    """One run over one file; keeps the seconds of each stage."""

    def __init__(self, batch: RosterBatch, by: User, progress: Progress) -> None:
        self.batch, self.by, self.progress = batch, by, progress
        self.scope = scope_of(by)
        self.seconds: dict[str, float] = {}
        self.report, self.reading = CheckReport(), ReadingReport()

    def run(self, content: bytes) -> dict[str, Any]:
        looked = self._timed("look_over", lambda: self._look_over(content))
        self._timed("read_and_stage", lambda: self._stage(content, looked))
        self.progress.stage("与现名册核对")
        self._timed("compare", self._compare)
        self.progress.stage("汇总各村")
        summary = self._timed("preview", lambda: preview(self.batch, self.scope))
        self.progress.stage("生成错误工作簿")
        self._timed("error_file", lambda: self._keep_error_file(content, looked, summary["counts"]))
        return self._finish(summary)

    def _timed(self, name: str, work: Any) -> Any:
        started = time.perf_counter()
        result = work()
        self.seconds[name] = round(time.perf_counter() - started, 3)
        return result

    def _look_over(self, content: bytes) -> Looked:
        self.progress.stage("检查文件")
        looked = look_over(content, name=self.batch.file_name)
        if looked.refusal is not None:
            raise RosterRefused(looked.refusal)
        return looked

    def _stage(self, content: bytes, looked: Looked) -> None:
        self.progress.stage("逐行校验", total=sum(sheet.rows for sheet in looked.sheets))
        with acting(self.scope):
            places = region_index(self.batch.edition, self.by)
            stamp = self._stamp()
        rows = check_rows(
            read_rows(content, looked, report=self.reading),
            facts=looked,
            regions=places,
            today=timezone.localdate(),
            fixed_township=places.townships.get(self.batch.township_id or 0),
            report=self.report,
        )
        stage(rows, stamp=stamp, scope=self.scope, progress=self.progress)

    def _compare(self) -> None:
        with self.progress.holding():
            found = compare(self.batch, self.scope)
        self.report.by_kind.update(found)

    def _keep_error_file(self, content: bytes, looked: Looked, counts: dict[str, Any]) -> None:
        make_error_file(self.batch, self.by, content, looked, self.report.headers, counts, self.progress)

    def _stamp(self) -> Stamp:
        place = self.batch.edition.place
        return Stamp(
            batch_id=self.batch.pk,
            default_path=self.batch.region_path,
            paths=dict(Region.objects.filter(path__startswith=place.path).values_list("pk", "path")),
            insurers=dict(self.batch.edition.assignments.values_list("township_id", "insurer_id")),
        )

    def _finish(self, summary: dict[str, Any]) -> dict[str, Any]:
        counts = summary["counts"] | {
            "errors_by_kind": dict(self.report.by_kind),
            "stage_seconds": self.seconds,
            "peak_mb": peak_mb(self.reading),
        }
        with acting(self.scope):
            self.progress.hold()
            RosterBatch.objects.filter(pk=self.batch.pk).update(
                state=RosterBatch.State.CHECKED,
                counts=counts,
                villages=summary["villages"],
                notes=self._notes(),
                checked_at=timezone.now(),
            )
            failpoint("preview-stored-not-committed")
        return counts

    def _notes(self) -> list[str]:
        """What was passed over, told rather than hidden."""
        notes = [f"工作表“{name}”没有表头，没有读取" for name in self.report.skipped_sheets]
        notes += [f"工作表“{name}”是隐藏的，其中的行也读了，请核对" for name in self.report.hidden_sheets]
        for header in self.report.headers.values():
            if header.unknown:
                notes.append(f"没有使用的列：{'、'.join(header.unknown)}")
        return notes


def peak_mb(reading: ReadingReport) -> int:
    """Peak memory of this process and the reading child together, in MB."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return (own + reading.peak_kb) // 1024
