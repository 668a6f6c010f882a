"""The check of an upload: look each file over, read it in the limited child, check every row, stage, compare."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from django.utils import timezone

from enrollment.models import RosterBatch, RosterFile, RosterRow
from enrollment.places import region_index
from enrollment.roster.checking import CheckReport, check_rows
from enrollment.roster.facts import Looked
from enrollment.roster.people import SeenPeople
from enrollment.roster.precheck import look_over
from enrollment.roster.problems import CheckedRow
from enrollment.roster.reading import ReadingReport, read_rows
from enrollment.roster.refusal import ReadingInterrupted, RosterRefused
from enrollment.roster.regions import RegionIndex
from enrollment.roster.wrong_rows import WrongRows
from enrollment.services.comparing import compare
from enrollment.services.error_file import make_error_file
from enrollment.services.previewing import preview
from enrollment.services.staging import Stamp, stage
from enrollment.services.stamping import stamp_of
from office.ahead import Wanted
from office.failpoints import failpoint
from office.files import open_file
from office.jobs import JobRefused, Progress, TryAgain
from orgs.models import User
from orgs.scope import acting, scope_of, visible

T = TypeVar("T")
MOST_RUNS = 5


def check_batch(*, batch_id: int, by: User, progress: Progress) -> dict[str, Any]:
    """Stage the upload and sum it up; safe to run twice. JobRefused with a sentence when a file can't be used."""
    with acting(scope_of(by)):
        batch = visible(RosterBatch, by).select_related("edition__place", "township").get(pk=batch_id)
    if batch.state != RosterBatch.State.CHECKING:  # done before; somebody may be confirming its rows
        progress.hold()
        return batch.counts
    try:
        return _check_of(batch, by, progress).run()
    except RosterRefused as refused:
        _refuse(batch, by, str(refused), progress)
        raise JobRefused(str(refused)) from refused
    except ReadingInterrupted as interrupted:
        raise TryAgain(str(interrupted)) from interrupted


def stage_files(batch: RosterBatch, by: User, progress: Progress) -> dict[str, Any]:
    """The files of a batch read and staged once more, and nothing else of it; what it would do now.

    RosterRefused or ReadingInterrupted as at the first time.
    """
    return _check_of(batch, by, progress).staged()


def _check_of(batch: RosterBatch, by: User, progress: Progress) -> "_Check":
    with acting(scope_of(by)):
        files = list(batch.files.select_related("file").order_by("number"))
    return _Check(batch, [CheckedFile(file) for file in files], by, progress)


def _refuse(batch: RosterBatch, by: User, message: str, progress: Progress) -> None:
    with progress.holding(), acting(scope_of(by)):
        RosterRow.objects.filter(batch=batch).delete()
        RosterBatch.objects.filter(pk=batch.pk).update(
            state=RosterBatch.State.REFUSED, refusal=message, checked_at=timezone.now()
        )


@dataclass
class CheckedFile:
    """One file of the upload, and what became known of it."""

    file: RosterFile
    looked: Looked = field(default_factory=Looked)
    report: CheckReport = field(default_factory=CheckReport)
    reading: ReadingReport = field(default_factory=ReadingReport)
    wrong: WrongRows = field(default_factory=WrongRows)
    refusal: str = ""


class _Check:
    """One run over the files of a batch; keeps the seconds of each stage."""

    def __init__(self, batch: RosterBatch, files: Sequence[CheckedFile], by: User, progress: Progress) -> None:
        self.batch, self.files, self.by, self.progress = batch, files, by, progress
        self.scope = scope_of(by)
        self.seconds: Counter[str] = Counter()
        self.seen = SeenPeople()
        self.by_kind: Counter[str] = Counter()

    def run(self) -> dict[str, Any]:
        summary = self.staged()
        self.progress.stage("生成错误工作簿")
        self._timed("error_file", lambda: self._keep_error_files(summary["counts"]))
        return self._finish(summary)

    def staged(self) -> dict[str, Any]:
        """The rows in staging, compared; what they would do, as `previewing.preview` says it."""
        for file in self.files:
            self._timed("look_over", lambda file=file: self._unless_refused(file, self._look_over))
        self._timed("read_and_stage", self._read_all)
        self._demand_accepted()
        self.progress.stage("与现名册核对")
        self._timed("compare", self._compare)
        self.progress.stage("汇总各村")
        return self._timed("preview", lambda: preview(self.batch, self.scope))

    def _timed(self, name: str, work: Callable[[], T]) -> T:
        started = time.perf_counter()
        result = work()
        self.seconds[name] += round(time.perf_counter() - started, 3)  # type: ignore[assignment]
        return result

    def _unless_refused(self, file: CheckedFile, work: Callable[[CheckedFile], None]) -> None:
        """What one file is refused for is kept, so that all that must be mended is told at once."""
        if not file.refusal:
            try:
                work(file)
            except RosterRefused as refused:
                file.refusal = str(refused)

    def _demand_accepted(self) -> None:
        refused = [file for file in self.files if file.refusal]
        if len(self.files) == 1 and refused:
            raise RosterRefused.saying(refused[0].refusal)
        if refused:
            raise RosterRefused.saying("\n".join(f"“{file.file.name}”：{file.refusal}" for file in refused))

    def _look_over(self, file: CheckedFile) -> None:
        self.progress.stage(f"检查文件{self._which(file)}")
        with open_file(file.file.file) as stream:
            file.looked = look_over(stream, name=file.file.name)
        if file.looked.refusal is not None:
            raise RosterRefused(file.looked.refusal)

    def _read_all(self) -> None:
        with acting(self.scope):
            places = region_index(self.batch.edition, self.by)
            stamp = stamp_of(self.batch)
        for file in self.files:
            self._unless_refused(file, lambda file: self._read(file, places, stamp))

    def _read(self, file: CheckedFile, places: RegionIndex, stamp: Stamp) -> None:
        """Into staging; where another file has been refused, only to know what is wrong with this one."""
        total = sum(sheet.rows for sheet in file.looked.sheets)
        self.progress.stage(f"逐行校验{self._which(file)}", total=total)
        wanted = Wanted()
        with open_file(file.file.file) as stream, closing(self._rows(file, stream, places, wanted)) as rows:
            stage(
                self._nothing_of(rows) if any(other.refusal for other in self.files) else rows,
                stamp=stamp.of_file(file.file.number),
                scope=self.scope,
                progress=self.progress,
                wanted=wanted,
            )

    def _nothing_of(self, rows: Iterator[CheckedRow]) -> Iterator[CheckedRow]:
        """All are read, to know what is wrong with them, and none is staged."""
        return (row for row in rows if False)

    def _rows(self, file: CheckedFile, stream: Any, places: RegionIndex, wanted: Wanted) -> Iterator[CheckedRow]:
        return check_rows(
            read_rows(stream, file.looked, report=file.reading, waiting=wanted.check),
            facts=file.looked,
            regions=places,
            today=timezone.localdate(),
            fixed_township=places.townships.get(self.batch.township_id or 0),
            seen=self.seen,
            file=file.file.name if len(self.files) > 1 else "",
            file_name=file.file.name,
            report=file.report,
            wrong=file.wrong,
        )

    def _which(self, file: CheckedFile) -> str:
        return f"（第 {file.file.number} 份，共 {len(self.files)} 份）" if len(self.files) > 1 else ""

    def _compare(self) -> None:
        for file in self.files:
            self.by_kind.update(file.report.by_kind)
        with self.progress.holding():
            self.by_kind.update(compare(self.batch, self.scope))

    def _keep_error_files(self, counts: dict[str, Any]) -> None:
        for file in self.files if counts["rejected"] else ():
            make_error_file(
                file.file,
                self.by,
                looked=file.looked,
                headers=file.report.headers,
                kept=file.wrong,
                progress=self.progress,
            )

    def _finish(self, summary: dict[str, Any]) -> dict[str, Any]:
        counts = summary["counts"] | {
            "errors_by_kind": dict(self.by_kind),
            "stage_seconds": {name: round(spent, 3) for name, spent in self.seconds.items()},
            "peak_mb": own_peak_mb() + self._child_mb(),
            "child_mb": self._child_mb(),
            "sheets": sum(len(file.report.headers) for file in self.files),
        }
        with self.progress.holding(), acting(self.scope):
            for file in self.files:
                RosterFile.objects.filter(pk=file.file.pk).update(rows=file.report.rows)
            RosterBatch.objects.filter(pk=self.batch.pk).update(
                state=RosterBatch.State.CHECKED,
                counts=counts,
                villages=summary["villages"],
                notes=[note for file in self.files for note in self._notes(file)],
                checked_at=timezone.now(),
            )
            failpoint("preview-stored-not-committed")
        return counts

    def _notes(self, file: CheckedFile) -> list[str]:
        """What was passed over, told rather than hidden."""
        report = file.report
        notes = [f"工作表“{name}”没有表头，没有读取" for name in report.skipped_sheets]
        notes += [f"工作表“{name}”是隐藏的，没有读取；里面有参保人的，请取消隐藏再传" for name in report.hidden_sheets]
        for name, header in report.headers.items():
            if header.village:
                notes.append(f"工作表“{name}”没有“村”这一列，按标题、表名或文件名里的“{header.village}”读取")
            if header.unknown:
                notes.append(f"没有使用的列：{'、'.join(header.unknown)}")
        for run in report.same_accounts[:MOST_RUNS]:
            many = f"第 {run.first_row} 行起连续 {run.people} 行是同一个银行账号"
            notes.append(f"“{run.sheet}”{many}，请对照存折核对是不是误填")
        if report.closing_rows:
            notes.append(f"{_rows_named(report.closing_rows)}是合计或落款，不作为参保人读取")
        if report.cut_rows:
            notes.append(f"{_rows_named(report.cut_rows)}写了几个电话号码，名册只留第一个，下面逐行列出")
        return [f"“{file.file.name}”：{note}" for note in notes] if len(self.files) > 1 else notes

    def _child_mb(self) -> int:
        """Peak memory of the largest reading child."""
        return max(file.reading.peak_kb for file in self.files) // 1024


def _rows_named(rows: Sequence[tuple[str, int]]) -> str:
    named = "、".join(f"“{sheet}”第 {number} 行" for sheet, number in rows[:5])
    return f"{named}等 {len(rows):,} 行" if len(rows) > 5 else named


def own_peak_mb() -> int:
    """Of this program alone: ru_maxrss begins with what the process that forked it had in memory."""
    with Path("/proc/self/status").open(encoding="ascii", errors="replace") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) // 1024
