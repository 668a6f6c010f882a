"""Celery's tasks: take an id, ring, run. Safe to run twice."""

from celery import shared_task

from office import jobs, sweeping


@shared_task(name="office.tasks.run_job")
def run_job(job_id: int) -> bool:
    """Do the job unless somebody else has it."""
    return jobs.run(job_id)


@shared_task(name="office.tasks.ring_waiting_jobs")
def ring_waiting_jobs() -> int:
    """Ring for jobs that nobody works on; how many."""
    waiting = jobs.waiting_job_ids()
    for job_id in waiting:
        jobs.ring(job_id)
    return len(waiting)


@shared_task(name="office.tasks.sweep_files")
def sweep_files() -> None:
    """Take away exports whose day is over, and leftovers."""
    sweeping.sweep()
