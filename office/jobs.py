"""Jobs: the table is the record, a queue only rings the bell.

A worker takes a job by raising its fence and holding a lease; every report of progress renews the lease and proves
that the fence is still ours. A worker that comes back from the dead finds another fence and stops. Handlers are named
in settings.JOB_HANDLERS; each is safe to run twice.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import DateTimeField, F, Q, Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.module_loading import import_string

from office.failpoints import failpoint
from office.heartbeat import beating
from office.models import Job
from orgs.models import User

logger = logging.getLogger("portal.jobs")
LEASE = timedelta(seconds=settings.JOB_LEASE)
MOST_SILENCE = 600.0  # seconds without a word of the handler, after which a living worker counts as stuck
MOST_ATTEMPTS = 3
MOST_TITLE = 120  # file names may be longer
State = Job.State


class JobRefused(Exception):
    """The input can't be used; the message tells the person what to do. Not tried again."""


class TryAgain(Exception):
    """Something outside ended the work (a child that was killed): the next worker begins anew, a few times at most."""


class FenceLost(Exception):
    """Another worker has taken this job; whatever this one did must not be kept."""


@dataclass
class Progress:
    """A worker's hold on a job."""

    job_id: int
    fence: int
    heard_at: float = field(default_factory=time.monotonic, compare=False)

    def stage(self, name: str, *, total: int = 0) -> None:
        """Name what is being done now, and out of how many."""
        self._report(stage=name, done=0, total=total)

    def advance(self, done: int) -> None:
        self._report(done=done)

    def hold(self) -> None:
        """Prove the fence inside the transaction that writes the result, and lock the job row until it commits."""
        self._report()

    @contextmanager
    def holding(self) -> Iterator[None]:
        """One transaction under the fence. Its lease counts from its end: however long it took, its worker lives."""
        with transaction.atomic():
            self.hold()
            yield
            self.hold()

    def beat(self) -> bool:
        """Renew the lease between two reports; False once the job is no longer ours, or nobody reports."""
        return time.monotonic() - self.heard_at < MOST_SILENCE and self._renew()

    def _report(self, **values: Any) -> None:
        self.heard_at = time.monotonic()
        if not self._renew(**values):
            raise FenceLost(f"job {self.job_id}")

    def _renew(self, **values: Any) -> bool:
        """Never shortens the lease: a beat that waited for the row writes a time that is long over."""
        mine = Job.objects.filter(pk=self.job_id, fence=self.fence, state=State.RUNNING)
        later = Greatest(F("lease_until"), Value(timezone.now() + LEASE, output_field=DateTimeField()))
        return bool(mine.update(lease_until=later, **values))


def enqueue(kind: str, *, title: str, by: User, target_id: int, url: str = "") -> Job:
    """Put a job on record and ring the bell once the transaction is committed."""
    if kind not in settings.JOB_HANDLERS:
        raise KeyError(kind)
    job = Job.objects.create(kind=kind, title=title[:MOST_TITLE], requested_by=by, target_id=target_id, url=url)
    transaction.on_commit(lambda: ring(job.pk))
    return job


def ring(job_id: int) -> None:
    """Tell Celery, where there is one. A bell that can't be rung is no loss: the table is looked through anyway."""
    failpoint("job-committed-not-rung")
    if not settings.REDIS_URL:
        return
    from office.tasks import run_job

    try:
        run_job.apply_async(args=[job_id], retry=False)
    except Exception as error:  # the broker's client raises many kinds
        logger.warning("queue not reached, job %s waits for the next look: %s", job_id, type(error).__name__)


def waiting_job_ids() -> list[int]:
    """Jobs that nobody works on: not begun, or begun by a worker whose lease ran out."""
    failpoint("sweeper")
    return list(Job.objects.filter(_free()).order_by("id").values_list("pk", flat=True)[:100])


def _free() -> Q:
    return Q(state=State.WAITING) | Q(state=State.RUNNING, lease_until__lt=timezone.now())


def run(job_id: int) -> bool:
    """Take the job and do it; False when somebody else has it or it is finished."""
    progress = _take(job_id)
    if progress is None:
        return False
    failpoint("job-taken")
    job = Job.objects.select_related("requested_by__organization__region").get(pk=job_id)
    if job.attempts > MOST_ATTEMPTS:
        _give_up(job, progress, f"试了 {MOST_ATTEMPTS} 次都没有完成，已停止，请联系系统管理员")
        return True
    _do(job, progress)
    return True


def begin(job: Job) -> Progress:
    """Take a job in the very transaction that puts it on record, so that no worker sees it waiting."""
    progress = _take(job.pk)
    if progress is None:
        raise FenceLost(f"job {job.pk}")
    return progress


def carry_out(job: Job, progress: Progress) -> Job:
    """Do a job that was begun here; the row as it ended: done, refused or failed."""
    _do(job, progress)
    job.refresh_from_db()
    return job


def _take(job_id: int) -> Progress | None:
    now = timezone.now()
    taken = Job.objects.filter(_free(), pk=job_id).update(
        state=State.RUNNING,
        fence=F("fence") + 1,
        attempts=F("attempts") + 1,
        lease_until=now + LEASE,
        started_at=now,
    )
    if not taken:
        return None
    return Progress(job_id, Job.objects.values_list("fence", flat=True).get(pk=job_id))


def _do(job: Job, progress: Progress) -> None:
    handler: Callable[[Job, Progress], dict[str, Any]] = import_string(settings.JOB_HANDLERS[job.kind])
    try:
        with beating(progress.beat, every=LEASE.total_seconds() / 3):
            result = handler(job, progress)
        _finish(progress, State.DONE, result=result or {})
    except JobRefused as refusal:
        _finish(progress, State.REFUSED, message=str(refusal))
    except FenceLost:
        logger.warning("job %s went on elsewhere", job.pk)
    except (
        TryAgain,
        OperationalError,
        InterfaceError,
    ) as error:  # taken again once its lease is over
        logger.warning("job %s left for the next worker: %s", job.pk, type(error).__name__)
        _drop_connection()
    except Exception:
        logger.exception("job %s failed", job.pk)
        _give_up(job, progress, "处理中出错，没有写入任何数据；请重试，仍不行请把任务编号告诉系统管理员")


def _drop_connection() -> None:
    """A connection that failed is no use to anybody; within a transaction (of a test) it is not ours to drop."""
    if not connection.in_atomic_block:
        connection.close()


def _give_up(job: Job, progress: Progress, message: str) -> None:
    """End as failed, and let the handler's `given_up`, where it has one, free what waited for the job."""
    if not _finish(progress, State.FAILED, message=message):
        return  # another worker has the job
    given_up = getattr(import_string(settings.JOB_HANDLERS[job.kind]), "given_up", None)
    if given_up is not None:
        given_up(job)


def _finish(progress: Progress, state: str, *, message: str = "", result: dict[str, Any] | None = None) -> bool:
    """Whether the job was still ours to end."""
    ended = Job.objects.filter(pk=progress.job_id, fence=progress.fence, state=State.RUNNING).update(
        state=state,
        message=message,
        result=result or {},
        stage="",
        lease_until=None,
        finished_at=timezone.now(),
    )
    return bool(ended)
