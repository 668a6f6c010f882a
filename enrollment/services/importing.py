"""A whole import in the foreground, for commands: the upload page's own steps, one after the other.

The job rows are real, and begun in the transaction that makes them, so that no worker takes them.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from django.db import transaction

from enrollment.models import RosterBatch, RosterFile, RosterRow
from enrollment.services.checking import own_peak_mb
from enrollment.services.uploading import SentFile, UploadRefused, request_confirmation, upload_rosters
from office import jobs
from office.files import erase_file, read_file
from office.models import Job, StoredFile
from orgs.audit import record
from orgs.models import Region, User
from orgs.scope import acting, scope_of
from schemes.models import Edition

T = TypeVar("T")
PIECE = 2**20


@dataclass(frozen=True)
class ImportOrder:
    """What is to be done with the files. Without `commit` a dry run: checked, then dropped."""

    edition: Edition
    township: Region | None
    by: User
    commit: bool
    only_valid: bool


@dataclass
class Imported:
    """The files as they came out: counts, seconds by stage, the error workbooks of those with wrong rows."""

    paths: Sequence[Path]
    counts: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    error_books: dict[Path, bytes] = field(default_factory=dict)

    @property
    def peak_mb(self) -> int:
        """Peak memory of this process and of its largest child together."""
        return own_peak_mb() + int(self.counts.get("child_mb", 0))

    @property
    def title(self) -> str:
        name = self.paths[0].name
        return f"“{name}”" if len(self.paths) == 1 else f"“{name}”等 {len(self.paths)} 份"


class ImportRefused(Exception):
    """The files were not taken; `imported` as it came out so far."""

    def __init__(self, message: str, imported: Imported) -> None:
        self.imported = imported
        super().__init__(message)


def import_rosters(paths: Sequence[Path], order: ImportOrder) -> Imported:
    """All files as one batch, so that who stands in two of them is found; ImportRefused where it isn't taken."""
    return _ForegroundImport(Imported(paths), order).run()


class _ForegroundImport:
    """A batch on its way. What is not imported in the end is dropped; only the audit remembers it."""

    def __init__(self, imported: Imported, order: ImportOrder) -> None:
        self.imported, self.order = imported, order
        self.batch: RosterBatch | None = None

    def run(self) -> Imported:
        done = False
        try:
            self._check()
            done = self.order.commit and self._confirm()
        finally:
            if not done and self.batch is not None:
                self._drop(self.batch)
        return self.imported

    def _check(self) -> None:
        self.batch, job, progress = self._timed("upload", self._upload)
        self.imported.counts = self._do(job, progress)
        self.imported.seconds |= self.imported.counts["stage_seconds"]
        self._fetch_error_books(self.batch)

    def _upload(self) -> tuple[RosterBatch, Job, jobs.Progress]:
        order = self.order
        with self._acting():
            batch, job = upload_rosters(
                edition=order.edition,
                township=order.township,
                files=[SentFile(path.name, _pieces(path)) for path in self.imported.paths],
                by=order.by,
                again=True,
            )
            return batch, job, jobs.begin(job)

    def _confirm(self) -> bool:
        started = time.perf_counter()
        with self._acting():
            assert self.batch is not None
            job = request_confirmation(
                batch=self.batch, only_valid=self.order.only_valid, whole_villages=[], by=self.order.by
            )
            progress = jobs.begin(job)
        self.imported.counts = self._do(job, progress)
        self.imported.seconds["confirm"] = round(time.perf_counter() - started, 3)
        return True

    def _do(self, job: Job, progress: jobs.Progress) -> dict[str, Any]:
        job = jobs.carry_out(job, progress)
        if job.state != Job.State.DONE:
            raise ImportRefused(f"{self.imported.title}：{job.message}", self.imported)
        return job.result

    @contextmanager
    def _acting(self) -> Iterator[None]:
        """One transaction under the person's scope; what the service refuses is this import's refusal."""
        try:
            with transaction.atomic(), acting(scope_of(self.order.by)):
                yield
        except UploadRefused as refused:
            raise ImportRefused(f"{self.imported.title}：{refused}", self.imported) from refused

    def _timed(self, name: str, work: Callable[[], T]) -> T:
        started = time.perf_counter()
        result = work()
        self.imported.seconds[name] = round(time.perf_counter() - started, 3)
        return result

    def _fetch_error_books(self, batch: RosterBatch) -> None:
        with self._acting():
            for file in batch.files.exclude(error_file=None).select_related("error_file"):
                self.imported.error_books[self.imported.paths[file.number - 1]] = read_file(file.error_file)

    def _drop(self, batch: RosterBatch) -> None:
        """The batch with its rows, jobs and files, whatever state it has been left in."""
        with self._acting():
            files = RosterFile.objects.filter(batch=batch).values_list("file_id", "error_file_id")
            kept = list(StoredFile.objects.filter(pk__in=[pk for pair in files for pk in pair if pk]))
            record("roster.discard", by=self.order.by, target=batch)
            RosterRow.objects.filter(batch=batch).delete()
            Job.objects.filter(target_id=batch.pk, kind__startswith="roster_").delete()
            RosterBatch.objects.filter(pk=batch.pk).delete()
            for file in kept:
                erase_file(file)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(PIECE):
            yield piece
