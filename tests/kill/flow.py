"""A whole import as people do it, with workers that die on the way."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.db import DatabaseError, InterfaceError, connection

from enrollment.models import RosterBatch
from enrollment.roster.making import make_roster
from enrollment.services.uploading import request_confirmation, upload_roster
from office.models import Job
from orgs.scope import acting, scope_of
from tests.cast import OWN, read_cast, read_edition, township, villages
from tests.ground import everything
from tests.kill.crew import Crew

PAUSE = 0.05
MOST_SECONDS = 400
PATIENCE = 60  # seconds after the last death in which the work must be done


@dataclass
class Watch:
    """Called between two looks at the job; kills something once its moment has come."""

    crew: Crew
    moment: Callable[[Job], bool] | None = None
    blow: Callable[[], None] | None = None
    struck_at: list[float] = field(default_factory=list)
    deaths: int = 0

    def look(self, job: Job | None) -> None:
        if job is not None and self.moment is not None and self.blow is not None and self.moment(job):
            self.moment = None
            self.blow()
            self.struck_at.append(time.monotonic())
        self.crew.tend()
        if len(self.crew.deaths) > self.deaths:
            self.deaths = len(self.crew.deaths)
            self.struck_at.append(time.monotonic())


def roster(folder: Path, rows: int) -> Path:
    """A made-up roster of one township with a few wrong rows; made once a folder."""
    path = folder / f"名册{rows}.xlsx"
    if not path.exists():
        make_roster(
            path, rows=rows, seed=5, defects=0.01, townships=[(OWN, "500101110000", [v.name for v in villages(OWN)])]
        )
    return path


def send(path: Path) -> int:
    """The upload; the batch's key."""
    clerk = read_cast().clerk
    with acting(scope_of(clerk)):
        batch, _ = upload_roster(
            edition=read_edition(), township=township(OWN), name=path.name, content=path.read_bytes(), by=clerk
        )
    return batch.pk


def confirm(batch_id: int) -> None:
    clerk = read_cast().clerk
    with acting(scope_of(clerk)):
        batch = RosterBatch.objects.get(pk=batch_id)
        request_confirmation(batch=batch, only_valid=True, whole_villages=[], by=clerk)


def until(state: str, batch_id: int, watch: Watch) -> float:
    """Wait for the batch to come there; seconds since the last blow, 0 without one."""
    ends = time.monotonic() + MOST_SECONDS
    while time.monotonic() < ends:
        found, job = _seen(batch_id)
        if found == state and job is not None and not job.is_open:
            return time.monotonic() - watch.struck_at[-1] if watch.struck_at else 0.0
        ended_wrong = found in {"refused", "discarded"} or (job is not None and job.state in {"failed", "refused"})
        assert not ended_wrong, f"{found} {job and (job.state, job.message, job.attempts)}\n{watch.crew.told()}"
        watch.look(job)
        time.sleep(PAUSE)
    raise AssertionError((found, job and (job.state, job.stage, job.attempts, job.lease_until)))


def _seen(batch_id: int) -> tuple[str, Job | None]:
    """Batch and its latest job; what the database does not tell just now is asked again."""
    try:
        with everything():
            batch = RosterBatch.objects.only("state").get(pk=batch_id)
            return batch.state, Job.objects.filter(target_id=batch_id, kind__startswith="roster_").first()
    except (DatabaseError, InterfaceError):
        connection.close()
        return "", None


def import_all(path: Path, watch: Watch, *, batch_id: int | None = None) -> float:
    """Upload (unless that was done), check, confirm; the longest wait after a death."""
    batch_id = batch_id or send(path)
    waited = until("checked", batch_id, watch)
    watch.struck_at.clear()
    confirm(batch_id)
    return max(waited, until("confirmed", batch_id, watch))
