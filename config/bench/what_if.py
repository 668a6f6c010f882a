"""A what-if over made claims, against plain reading of the same rows with their facts opened.

On SQLite in a fresh database of its own; in the configured one only when told so, and only where it has no claims.
"""

import json
import os
import tempfile
import time
from pathlib import Path

from django.db import connection

from claims.history import COUNTED
from claims.models import Claim
from config.bench.commands import manage, own_environment
from config.bench.made_claims import PROPOSED, past_edition
from config.bench.measured import BenchRefused, Measured, Options, own_peak_mb
from office import jobs
from office.models import Job
from orgs.models import User
from orgs.scope import acting, scope_of, visible
from orgs.services.system_accounts import importer_of
from reports.models import WhatIf
from reports.what_if.asking import ask_what_if
from schemes.models import Edition


def run(options: Options) -> list[Measured]:
    """One figure: the job from its beginning to the stored result."""
    if options.yes:
        return [_measure(options.rows)]
    if connection.vendor == "postgresql":
        raise BenchRefused("会把合成案件写进现在配置的 PostgreSQL 数据库；确认是试验用的库，请加 --yes")
    with tempfile.TemporaryDirectory() as folder:
        return [_measured_in(Path(folder), options.rows)]


def _measured_in(folder: Path, rows: int) -> Measured:
    """The same benchmark in a process and a database of its own."""
    environment = own_environment(folder)
    manage(environment, "prepare", "--skip-checks")
    told = json.loads(manage(environment, "bench", "whatif", "--rows", str(rows), "--yes", "--json"))[0]
    told.pop("ratio")
    return Measured(**told)


def _measure(rows: int) -> Measured:
    past = past_edition()
    by = importer_of(past.place)
    with acting(scope_of(by)):
        if visible(Claim, by).exists():
            raise BenchRefused("这个数据库里已有案件；请换一个刚 prepare 过的空库")
    fill = f"from config.bench.made_claims import fill; fill({rows})"
    manage(dict(os.environ), "shell", "-c", fill)  # in a process of its own: its memory isn't what is measured
    plain = _plain_reading(past, by)
    before = own_peak_mb()
    started, busy = time.perf_counter(), time.process_time()
    what_if = _what_if(past, by)
    seconds, busy = time.perf_counter() - started, time.process_time() - busy
    cells = what_if.result["cells"]
    done = sum(cell["claims"] + cell["denied"] for cell in cells)
    note = (
        f"{done:,} 件，每秒 {done / seconds:,.0f} 件，处理器 {busy:.1f} 秒，内存增 {own_peak_mb() - before} MB；"
        "对照为照样读出这些行并解开案件事实"
    )
    return Measured("whatif", seconds, plain, own_peak_mb(), note)


def _what_if(past: Edition, by: User) -> WhatIf:
    with acting(scope_of(by)):
        proposed = Edition.objects.get(code=PROPOSED)
        asked = ask_what_if(past=past, proposed=proposed, by=by)
    job = Job.objects.get(target_id=asked.pk, kind="what_if")
    jobs.run(job.pk)
    with acting(scope_of(by)):
        asked.refresh_from_db()
    if asked.state != WhatIf.State.DONE:
        raise BenchRefused(f"测算没有做完：{asked.refusal or Job.objects.get(pk=job.pk).message}")
    return asked


def _plain_reading(past: Edition, by: User) -> float:
    started = time.perf_counter()
    with acting(scope_of(by)):
        rows = visible(Claim, by).filter(edition=past, state__in=COUNTED).order_by("pk")
        read = sum(1 for _ in rows.values_list("pk", "id_index", "coverage", "adjusted_fen", "facts").iterator())
    if not read:
        raise BenchRefused("没有读到案件")
    return time.perf_counter() - started
