"""A township's papers out of the database: the roster of 2,000 people in two copies, slips and leaflets of 8,000.

The people are made inside one transaction that is taken back; the baseline prints as many bare rows with the same font.
"""

import time
from collections.abc import Callable
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from calc.id_number import check_digit
from config.bench.measured import BenchRefused, Measured, Options, own_peak_mb
from enrollment.models import Enrollment, Paper, PrintOrder
from enrollment.services.confirming import sum_up_villages
from enrollment.services.printing import sheets_of
from office.printing import render_pdf
from orgs.models import Region, User
from orgs.scope import acting, scope_of, system_scope
from orgs.services.system_accounts import importer_of
from schemes.models import Edition

SIZES = ((Paper.ROSTER, 2_000), (Paper.SLIPS, 8_000), (Paper.LEAFLETS, 8_000))
IN_A_HOUSEHOLD = 3
Result = TypeVar("Result")


def run(_options: Options) -> list[Measured]:
    """Seconds from the order to the last PDF of each paper."""
    with system_scope("bench"):
        edition = Edition.objects.filter(state=Edition.State.PUBLISHED, code="wanzhou-2021").first()
    if edition is None:
        raise BenchRefused("还没有年度方案，请先 manage.py prepare")
    township = edition.assignments.filter(insurer__isnull=False).order_by("position").first().township
    return [_measured(edition, township, kind, persons) for kind, persons in SIZES]


def _measured(edition: Edition, township: Region, kind: str, persons: int) -> Measured:
    by = importer_of(edition.place)
    with transaction.atomic(), acting(scope_of(by)):
        _people(edition, township, persons)
        order = PrintOrder(
            edition=edition, township=township, region_path=township.path, kind=kind, copies=2, ordered_by=by
        )
        order.insurer_id = edition.assignments.get(township=township).insurer_id
        printed, seconds = _timed(lambda: _print(order, by))
        transaction.set_rollback(True)
    _, baseline = _timed(lambda: render_pdf("table", _bare(persons)))
    note = f"{persons:,} 人，{printed} 个文件；对照为用同一字体印同样多行的两列表"
    return Measured(f"print.{kind}", seconds, baseline, own_peak_mb(), note)


def _timed(work: Callable[[], Result]) -> tuple[Result, float]:
    started = time.perf_counter()
    return work(), time.perf_counter() - started


def _print(order: PrintOrder, by: User) -> int:
    sheets = list(sheets_of(order, by))
    for sheet in sheets:
        render_pdf(sheet.document, sheet.data)
    return len(sheets)


def _people(edition: Edition, township: Region, persons: int) -> None:
    """Made-up people over all villages of the township, instead of whoever is on its roster."""
    homes = list(Region.objects.filter(parent=township).order_by("path"))
    Enrollment.objects.filter(edition=edition, township=township).update(removed_at=timezone.now())
    insurer = edition.assignments.get(township=township).insurer_id
    made = []
    for n in range(persons):
        village, head = homes[n // IN_A_HOUSEHOLD % len(homes)], f"50010119700101{n % 900 + 100:03d}"
        made.append(
            Enrollment(
                edition=edition, township=township, village=village, region_path=village.path, insurer_id=insurer,
                name=f"谭某{'甲乙丙丁'[n % 4]}", id_number=head + check_digit(head), id_index=f"{n:032x}",
                household=f"H{n // IN_A_HOUSEHOLD:06d}", relation="02" if n % IN_A_HOUSEHOLD == 0 else "97",
                group=f"{n % 9 + 1}组", sex="m", content="x",
            )
        )  # fmt: skip
    Enrollment.objects.bulk_create(made, batch_size=500)
    sum_up_villages(edition.pk, {village.pk for village in homes})


def _bare(rows: int) -> dict[str, object]:
    columns = [{"title": "序号"}, {"title": "姓名"}]
    return {"title": "对照", "under": "", "columns": columns, "rows": [[n, "谭某甲"] for n in range(rows)]}
