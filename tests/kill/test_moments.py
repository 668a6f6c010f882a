"""Workers killed with their children at any moment of a county's import: twenty, chosen by seed."""

import random
import time
from pathlib import Path

import pytest

from office.models import Job
from tests.kill.crew import Crew
from tests.kill.flow import PATIENCE
from tests.kill.running import ROWS, demand_the_same, import_with

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]
MOMENTS = 20
SPAN = 14.0  # seconds from upload to confirmation when nobody dies


class After:
    """True once, so many seconds after the first job was seen."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.started = seconds, 0.0

    def __call__(self, _job: Job) -> bool:
        self.started = self.started or time.monotonic()
        return time.monotonic() - self.started >= self.seconds


@pytest.mark.parametrize("seed", range(MOMENTS + 1), ids=lambda seed: f"seed {seed}" if seed else "nobody dies")
def test_a_death_at_any_moment_changes_nothing(tmp_path: Path, seed: int) -> None:
    moment = After(random.Random(seed).uniform(0.0, SPAN)) if seed else None
    waited = import_with(tmp_path, rows=ROWS, lease=15, moment=moment, blow=Crew.kill)
    demand_the_same(ROWS)
    assert waited < PATIENCE
