"""A real worker killed in the middle of a what-if; the next one begins anew."""

import signal
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from claims.models import Claim, ClaimStep
from office.models import Job
from orgs.scope import system_scope
from tests.cast import Cast, claim_in, read_cast, report_of
from tests.queue.test_workers import LOOP, working
from tests.reports.drafts import draft
from tests.reports.test_what_if import asked_for, reread

CLAIMS = 6_000


def _many(cast: Cast) -> None:
    """Copies of one approved claim, each with its approval."""
    claim = claim_in("approved", cast, what=report_of("accident_medical"))
    with system_scope("tests"):
        copies = [_copy(claim, n) for n in range(CLAIMS - 1)]
        Claim.objects.bulk_create(copies, batch_size=500)
        steps = [
            ClaimStep(
                claim=copy, region_path=copy.region_path, insurer_id=copy.insurer_id, action="approve", name="同意赔付",
                to_state="approved", by=cast.approver, by_name="孙某核",
            )
            for copy in copies
        ]  # fmt: skip
        ClaimStep.objects.bulk_create(steps, batch_size=500)


def _copy(claim: Claim, n: int) -> Claim:
    values = {
        field.attname: getattr(claim, field.attname) for field in Claim._meta.concrete_fields if field.name != "id"
    }
    return Claim(**values | {"number": f"X{n}", "report_key": None, "id_index": f"{n:032d}", "household": f"H{n}"})


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_loses_and_doubles_nothing() -> None:
    cast = read_cast()
    _many(cast)
    asked = asked_for(draft(), cast.authority)
    jobs = Job.objects.filter(target_id=asked.pk)
    with working(LOOP) as doomed:
        _until(lambda: jobs.filter(state="running", done__gt=0).exists())
        doomed.send_signal(signal.SIGKILL)
        doomed.wait()
    assert (reread(asked).state, reread(asked).result) == ("waiting", {})
    jobs.update(lease_until=timezone.now() - timedelta(seconds=1))
    with working(LOOP):
        _until(lambda: reread(asked).state == "done")
    (cell,) = reread(asked).result["cells"]
    assert (cell["claims"], cell["same"], cell["new_fen"]) == (CLAIMS, CLAIMS, CLAIMS * 200_000)
    assert jobs.get().attempts == 2


def _until(holds) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError(list(Job.objects.values("state", "stage", "done", "message")))
