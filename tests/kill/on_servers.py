"""PostgreSQL and Redis stopped hard in the middle of an import. Run by test_servers.py, on servers of its own."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from office.models import Job
from tests.kill.flow import PATIENCE
from tests.kill.running import demand_the_same, import_with
from tests.kill.servers import kill_redis, start_postgres, start_redis, stop_postgres
from tests.kill.test_points import ROWS

pytestmark = pytest.mark.django_db(transaction=True)
STAGES = ("", "检查文件", "逐行校验", "与现名册核对", "汇总各村", "生成错误工作簿")
MOMENTS: dict[str, Callable[[Job], bool]] = {
    "as soon as the job is there": lambda job: True,
    "while rows are staged": lambda job: job.kind == "roster_check" and (job.done > 0 or _after(job, "逐行校验")),
    "while it is compared": lambda job: _after(job, "逐行校验"),
    "while the error workbook is made": lambda job: _after(job, "汇总各村"),
    "as soon as it is confirmed": lambda job: job.kind == "roster_confirm",
    "while it is written": lambda job: job.kind == "roster_confirm" and (job.stage == "写入名册" or not job.is_open),
}


def _after(job: Job, stage: str) -> bool:
    return job.kind != "roster_check" or (job.stage in STAGES and STAGES.index(job.stage) > STAGES.index(stage))


def cut_postgres() -> None:
    stop_postgres()
    time.sleep(2)
    start_postgres()
    connection.close()


def cut_redis() -> None:
    kill_redis()
    time.sleep(2)
    start_redis()


def test_nobody_dies(tmp_path: Path) -> None:
    import_with(tmp_path, rows=ROWS, lease=15)
    demand_the_same(ROWS)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_database_that_stops_hard_loses_and_doubles_nothing(tmp_path: Path, moment: str) -> None:
    _cut(tmp_path, moment, cut_postgres)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_queue_that_forgets_everything_loses_and_doubles_nothing(tmp_path: Path, moment: str) -> None:
    _cut(tmp_path, moment, cut_redis)


def _cut(folder: Path, moment: str, cut: Callable[[], None]) -> None:
    dealt = []

    def blow(_crew: object) -> None:
        cut()
        dealt.append(moment)

    waited = import_with(folder, rows=ROWS, lease=15, moment=MOMENTS[moment], blow=blow)
    assert dealt
    demand_the_same(ROWS)
    assert waited < PATIENCE
