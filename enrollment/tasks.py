"""Handlers of roster jobs: take the job, one service call, safe to run twice."""

from typing import Any

from enrollment.services.checking import check_batch
from enrollment.services.confirming import confirm_batch
from office.jobs import Progress
from office.models import Job


def check_roster(job: Job, progress: Progress) -> dict[str, Any]:
    """Look the file over, read, check and stage it: the preview."""
    return check_batch(batch_id=job.target_id or 0, by=job.requested_by, progress=progress)


def confirm_roster(job: Job, progress: Progress) -> dict[str, Any]:
    """Write the confirmed rows into the roster."""
    return confirm_batch(batch_id=job.target_id or 0, by=job.requested_by, progress=progress)
