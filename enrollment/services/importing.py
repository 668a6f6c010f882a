"""A whole import in the foreground, for commands: the upload page's own steps, one after the other.

The job rows are real, and begun in the transaction that makes them, so that no worker takes them.
"""

import resource
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction

from enrollment.models import RosterBatch, RosterRow
from enrollment.services.uploading import UploadRefused, request_confirmation, upload_roster
from office import jobs
from office.files import erase_bytes, erase_file, read_file
from office.models import Job, StoredFile
from orgs.audit import record
from orgs.models import Region, User
from orgs.scope import acting, scope_of
from schemes.models import Edition

T = TypeVar("T")


@dataclass(frozen=True)
class ImportOrder:
    """What is to be done with every file. Without `commit` a dry run: checked, then dropped."""

    edition: Edition
    township: Region | None
    by: User
    commit: bool
    only_valid: bool


@dataclass
class Imported:
    """One file as it came out: counts, seconds by stage, the error workbook where rows are wrong."""

    path: Path
    counts: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    error_book: bytes = b""


class ImportRefused(Exception):
    """A file was not taken; `file` as it came out so far, `done` those that were imported before it."""

    def __init__(self, message: str, file: Imported, done: Iterable[Imported] = ()) -> None:
        self.file, self.done = file, tuple(done)
        super().__init__(message)


def import_rosters(paths: Iterable[Path], order: ImportOrder) -> list[Imported]:
    """Every file in turn; ImportRefused at the first that isn't taken.

    A commit of all rows of several files writes all of them or nothing.
    """
    files = [_ForegroundImport(Imported(path), order) for path in paths]
    if len(files) == 1 or not order.commit or order.only_valid:
        return _in_turn(files)
    try:
        with transaction.atomic():
            return _in_turn(files)
    except BaseException as error:
        for uuid in (uuid for file in files for uuid in file.kept):
            erase_bytes(uuid)
        if isinstance(error, ImportRefused):
            error.done = ()
        raise


def _in_turn(files: "list[_ForegroundImport]") -> list[Imported]:
    done: list[Imported] = []
    for file in files:
        try:
            done.append(file.run())
        except ImportRefused as refused:
            refused.done = tuple(done)
            raise
    return done


def peak_mb() -> int:
    """Peak memory of this process and its largest child together, in MB."""
    own, children = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return (own + children) // 1024


class _ForegroundImport:
    """One file on its way. What is not imported in the end is dropped; only the audit remembers it."""

    def __init__(self, file: Imported, order: ImportOrder) -> None:
        self.file, self.order = file, order
        self.kept: list[UUID] = []
        self.batch: RosterBatch | None = None

    def run(self) -> Imported:
        imported = False
        try:
            self._check()
            imported = self.order.commit and self._confirm()
        finally:
            if not imported and self.batch is not None:
                self._drop(self.batch)
        return self.file

    def _check(self) -> None:
        self.batch, job, progress = self._timed("upload", self._upload)
        self.file.counts = self._do(job, progress)
        self.file.seconds |= self.file.counts["stage_seconds"]
        self._fetch_error_book(self.batch)

    def _upload(self) -> tuple[RosterBatch, Job, jobs.Progress]:
        order = self.order
        with self._acting():
            batch, job = upload_roster(
                edition=order.edition,
                township=order.township,
                name=self.file.path.name,
                content=self.file.path.read_bytes(),
                by=order.by,
                again=True,
            )
            self.kept.append(batch.file.uuid)
            return batch, job, jobs.begin(job)

    def _confirm(self) -> bool:
        started = time.perf_counter()
        with self._acting():
            assert self.batch is not None
            job = request_confirmation(
                batch=self.batch, only_valid=self.order.only_valid, whole_villages=[], by=self.order.by
            )
            progress = jobs.begin(job)
        self.file.counts = self._do(job, progress)
        self.file.seconds["confirm"] = round(time.perf_counter() - started, 3)
        return True

    def _do(self, job: Job, progress: jobs.Progress) -> dict[str, Any]:
        job = jobs.carry_out(job, progress)
        if job.state != Job.State.DONE:
            raise ImportRefused(f"“{self.file.path.name}”：{job.message}", self.file)
        return job.result

    @contextmanager
    def _acting(self) -> Iterator[None]:
        """One transaction under the person's scope; what the service refuses is this file's refusal."""
        try:
            with transaction.atomic(), acting(scope_of(self.order.by)):
                yield
        except UploadRefused as refused:
            raise ImportRefused(f"“{self.file.path.name}”：{refused}", self.file) from refused

    def _timed(self, name: str, work: Callable[[], T]) -> T:
        started = time.perf_counter()
        result = work()
        self.file.seconds[name] = round(time.perf_counter() - started, 3)
        return result

    def _fetch_error_book(self, batch: RosterBatch) -> None:
        with self._acting():
            batch.refresh_from_db(fields=["error_file"])
            if batch.error_file is not None:
                self.kept.append(batch.error_file.uuid)
                self.file.error_book = read_file(batch.error_file)

    def _drop(self, batch: RosterBatch) -> None:
        """The batch with its rows, jobs and files, whatever state it has been left in."""
        with self._acting():
            files = StoredFile.objects.filter(pk__in=_file_ids(batch))
            record("roster.discard", by=self.order.by, target=batch)
            RosterRow.objects.filter(batch=batch).delete()
            Job.objects.filter(target_id=batch.pk, kind__startswith="roster_").delete()
            kept = list(files)
            RosterBatch.objects.filter(pk=batch.pk).delete()
            for file in kept:
                erase_file(file)


def _file_ids(batch: RosterBatch) -> list[int]:
    ids = RosterBatch.objects.values_list("file_id", "error_file_id").get(pk=batch.pk)
    return [pk for pk in ids if pk]
