"""Entering what no roster tells: the census of an edition, and the balance brought forward from last year."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from calc.money import to_fen
from enrollment.roster.cells import as_text
from enrollment.roster.precheck import look_over
from enrollment.roster.reading import read_rows as read_sheet
from enrollment.roster.refusal import ReadingInterrupted, RosterRefused
from orgs.audit import record
from orgs.models import Region, User
from orgs.permissions import may
from premiums.census import CensusProblem, CensusRefused, CensusRow
from premiums.figures import sees_all
from premiums.models import BroughtForward, CensusFigure
from schemes.models import Edition
from schemes.rules.premium import goes_by_census

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 20_000


@dataclass(frozen=True)
class Entered:
    regions: int
    persons: int


def may_enter(edition: Edition, user: User) -> bool:
    """Authority and finance of the whole place; those of a part of it read what was entered."""
    return may(user, "premium.census") and sees_all(edition, user)


def rows_of_file(name: str, content: bytes) -> list[tuple[int, list[str]]]:
    """The numbered rows of a workbook's first visible sheet, or of a CSV; raises CensusRefused."""
    if len(content) > MOST_BYTES:
        raise _refused(f"“{name}”超过 5 MB，不像是一份人数表；请用下载的模板填写")
    looked = look_over(content, name=name)
    if looked.refusal:
        raise _refused(looked.refusal.message)
    try:
        return list(_first_sheet(content, looked))
    except RosterRefused as refused:
        raise _refused(refused.refusal.message) from refused
    except ReadingInterrupted:
        raise _refused(f"“{name}”没有读完，请再传一次") from None


def _first_sheet(content: bytes, looked: object) -> Iterator[tuple[int, list[str]]]:
    first = ""
    read = 0
    for chunk in read_sheet(content, looked):  # type: ignore[arg-type]
        first = first or chunk.sheet
        if chunk.sheet != first:
            return
        read += len(chunk.numbers)
        if read > MOST_ROWS:
            raise _refused(f"超过 {MOST_ROWS:,} 行，不像是一份人数表；请每个地区写一行")
        for number, cells in zip(chunk.numbers, chunk.rows, strict=True):
            yield number, [as_text(cell) for cell in cells]


def _refused(message: str) -> CensusRefused:
    return CensusRefused([CensusProblem(0, message)])


@transaction.atomic
def enter_census(*, edition: Edition, rows: Sequence[CensusRow], source: str, by: User) -> Entered:
    """Replace the figures of an edition; the former stay on record. Raises CensusRefused."""
    Edition.objects.select_for_update().get(pk=edition.pk)  # one at a time; SQLite serializes by itself
    _demand_enterable(edition, source, by)
    paths = _paths(edition)
    _demand_everybody(paths, rows)
    now = timezone.now()
    last = CensusFigure.objects.filter(edition=edition).aggregate(last=Max("sequence"))["last"] or 0
    CensusFigure.objects.filter(edition=edition, replaced_at__isnull=True).update(replaced_at=now)
    CensusFigure.objects.bulk_create(
        CensusFigure(
            edition=edition,
            region_id=row.region_id,
            region_path=paths[row.region_id].path,
            category=row.category,
            persons=row.persons,
            households=row.households,
            units=row.units,
            source=source,
            sequence=last + 1,
            entered_at=now,
            entered_by=by,
        )
        for row in rows
    )
    persons = sum(row.persons for row in rows)
    record("premium.census", by=by, target=edition, region_path=edition.place.path, sequence=last + 1, source=source,
           regions=len(paths), persons=persons, households=sum(row.households for row in rows))  # fmt: skip
    return Entered(len(paths), persons)


def _demand_enterable(edition: Edition, source: str, by: User) -> None:
    if not may_enter(edition, by):
        raise _refused(f"{edition.title}的人数由{edition.place.name}的主管部门或财政部门录入")
    if not goes_by_census(edition.terms):
        raise _refused(f"{edition.title}按参保名册计费，不用录入人数")
    if not source.strip():
        raise _refused("请写明人数的来源，如“公安户籍统计 2020 年末”")


def _paths(edition: Edition) -> dict[int, Region]:
    serving = edition.assignments.filter(insurer__isnull=False).select_related("township")
    return {assignment.township_id: assignment.township for assignment in serving}


def _demand_everybody(regions: dict[int, Region], rows: Sequence[CensusRow]) -> None:
    """No region is left out in silence: one without people says 0."""
    told = {row.region_id for row in rows}
    missing = [region.name for pk, region in regions.items() if pk not in told]
    if missing:
        raise _refused(f"缺少 {len(missing)} 个地区：{'、'.join(missing)}；没有人的也请写一行 0")


@transaction.atomic
def enter_brought_forward(*, edition: Edition, amount: Decimal, source: str, by: User) -> BroughtForward:
    """Put last year's balance on record; the latest counts. Raises CensusRefused."""
    Edition.objects.select_for_update().get(pk=edition.pk)
    if not may_enter(edition, by):
        raise _refused(f"{edition.title}的上年结余由{edition.place.name}的主管部门或财政部门录入")
    if edition.terms.premium.carry_over is None:
        raise _refused(f"{edition.title}没有写上年结余抵减本年保费，不用录入")
    if amount < 0:
        raise _refused("上年结余不能小于 0；上年亏损不抵减保费，请填 0")
    last = BroughtForward.objects.filter(edition=edition).aggregate(last=Max("sequence"))["last"] or 0
    balance = BroughtForward.objects.create(
        edition=edition, region_path=edition.place.path, fen=to_fen(amount), source=source.strip(),
        sequence=last + 1, entered_by=by,
    )  # fmt: skip
    record("premium.brought_forward", by=by, target=edition, region_path=edition.place.path,
           fen=balance.fen, source=balance.source)  # fmt: skip
    return balance
