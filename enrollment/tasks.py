"""Handlers of roster jobs: take the job, one service call, safe to run twice."""

from typing import Any

from enrollment.services.carrying import carry_batch
from enrollment.services.checking import check_batch
from enrollment.services.confirming import confirm_batch
from enrollment.services.list_reading import read_list
from enrollment.services.list_uploading import free_list
from enrollment.services.printing import print_ordered
from enrollment.services.undoing import undo_batch
from enrollment.services.uploading import free_batch
from office.jobs import JobRefused, Progress
from office.models import Job
from orgs.permissions import may


def check_roster(job: Job, progress: Progress) -> dict[str, Any]:
    """Look the file over, read, check and stage it: the preview."""
    _still_may(job)
    return check_batch(batch_id=job.target_id or 0, by=job.requested_by, progress=progress)


def confirm_roster(job: Job, progress: Progress) -> dict[str, Any]:
    """Write the confirmed rows into the roster."""
    _still_may(job)
    return confirm_batch(batch_id=job.target_id or 0, by=job.requested_by, progress=progress)


def print_roster(job: Job, progress: Progress) -> dict[str, Any]:
    """Print what was ordered; the files lie with the order."""
    return print_ordered(order_id=job.target_id or 0, by=job.requested_by, progress=progress)


def carry_over(job: Job, progress: Progress) -> dict[str, Any]:
    """Bring last year's people into staging and compare them: the preview."""
    _still_may(job)
    return carry_batch(batch_id=job.target_id or 0, by=job.requested_by, progress=progress)


def undo_roster(job: Job, progress: Progress) -> dict[str, Any]:
    """Take back what a confirmed batch did."""
    _still_may(job, "roster.undo")
    return undo_batch(batch_id=job.target_id or 0, by=job.requested_by, progress=progress)


def _still_may(job: Job, act: str = "roster.import") -> None:
    """What somebody was allowed when they asked may have been taken from them while the job waited."""
    if not may(job.requested_by, act):
        free_batch(batch_id=job.target_id or 0)
        raise JobRefused("上传的人已停用或不再负责名册，没有处理；请由现在的经办人重新上传")


def _given_up(job: Job) -> None:
    free_batch(batch_id=job.target_id or 0)


for _handler in (check_roster, confirm_roster, carry_over, undo_roster):
    _handler.given_up = _given_up  # type: ignore[attr-defined]


def import_list(job: Job, progress: Progress) -> dict[str, Any]:
    """Read a list of people and bring it in force."""
    if not may(job.requested_by, "list.manage"):
        message = "上传的人已停用或不再管理名单，没有处理；请由现在的经办人重新上传"
        free_list(list_id=job.target_id or 0, refusal=message)
        raise JobRefused(message)
    return read_list(list_id=job.target_id or 0, by=job.requested_by, progress=progress)


def _list_given_up(job: Job) -> None:
    free_list(list_id=job.target_id or 0, refusal="读入中出错，名单没有启用；请重新上传，仍不行请联系系统管理员")


import_list.given_up = _list_given_up  # type: ignore[attr-defined]
