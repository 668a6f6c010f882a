"""Workers killed at every named point, once and again: what stands in the database is as without a death.

The short run kills four times in one import; the long one comes to every point, twice, at the size of a county.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from enrollment.models import RosterBatch
from tests.ground import everything
from tests.kill.crew import ROOT, environment, visits
from tests.kill.flow import PATIENCE
from tests.kill.running import ROWS, demand_the_same, import_with, roster_of

pytestmark = pytest.mark.django_db(transaction=True)
CHECK = ("job-taken", "child-started", "chunk-parsed", "rows-written-not-committed", "chunk-committed", "last-chunk-staged",
         "comparing", "file-half-written", "error-book-half-written", "preview-stored-not-committed", "sweeper")  # fmt: skip
CONFIRM = ("confirm-started", "confirm-written-not-committed", "confirm-committed-not-finished")
FOUR = "rows-written-not-committed:1,preview-stored-not-committed:1,confirm-written-not-committed:1,confirm-committed-not-finished:1"  # fmt: skip
EVERY = [f"{point}:1,{point}:2,{CONFIRM[n % 3]}:1,{CONFIRM[n % 3]}:2" for n, point in enumerate(CHECK)]


@pytest.mark.parametrize("failpoints", ["", FOUR], ids=["nobody dies", "four deaths"])
def test_four_deaths_change_nothing(tmp_path: Path, failpoints: str) -> None:
    import_with(tmp_path, rows=1_500, failpoints=failpoints, lease=2)
    demand_the_same(1_500)
    assert_reached(failpoints, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("failpoints", ["", *EVERY])
def test_a_death_at_any_point_changes_nothing(tmp_path: Path, failpoints: str) -> None:
    """The worker's death at each point, at the first visit and at the next, which is the next worker's."""
    waited = import_with(tmp_path, rows=ROWS, failpoints=failpoints, lease=5)
    demand_the_same(ROWS)
    assert_reached(failpoints, tmp_path)
    assert waited < PATIENCE


def assert_reached(failpoints: str, folder: Path) -> None:
    for one in filter(None, failpoints.split(",")):
        name, _, visit = one.partition(":")
        assert visits(folder, name) >= int(visit), f"{name} was not reached {visit} times"


def upload_and_die(path: Path, folder: Path, point: str) -> int | None:
    """The upload in a process of its own that is killed at the point; the batch, where one was left."""
    code = f"import django; django.setup(); from pathlib import Path; from tests.kill.flow import send; send(Path({str(path)!r}))"
    killed = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment(failpoints=f"{point}:1", folder=folder, lease=2)
        | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        check=False,
    )
    assert killed.returncode == -9
    with everything():
        return RosterBatch.objects.values_list("pk", flat=True).first()


@pytest.mark.long
@pytest.mark.parametrize("point", ["file-half-written", "file-stored", "job-committed-not-rung"])
def test_an_upload_that_died_is_there_whole_or_not_at_all(tmp_path: Path, point: str) -> None:
    left = upload_and_die(roster_of(1_500), tmp_path, point)
    assert (left is not None) == (point == "job-committed-not-rung")
    import_with(tmp_path, rows=1_500, failpoints="", lease=2, batch_id=left)
    demand_the_same(1_500)
