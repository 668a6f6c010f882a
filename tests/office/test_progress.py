"""How often a page asks after a job: a village's file is done in a second, a county's is not asked after in haste."""

from datetime import timedelta

import pytest
from django.utils import timezone

from office.models import Job


@pytest.mark.parametrize(("age", "every"), [(0, "400ms"), (4, "400ms"), (6, "2s"), (600, "2s")])
def test_a_young_job_is_asked_after_often(age: int, every: str) -> None:
    assert Job(created_at=timezone.now() - timedelta(seconds=age)).asked_every == every
