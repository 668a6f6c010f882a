"""The premium allocation sheet (保费分配表): township × insurer, persons, premium, and the proof that it reconciles."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, Sum

from calc.money import to_fen
from enrollment.models import Enrollment, VillageTotal
from orgs.models import User
from orgs.scope import visible
from schemes.models import Edition
from schemes.rules.premium import Heads, premium_of


@dataclass(frozen=True)
class AllocationRow:
    number: int
    township_id: int
    township: str
    region_path: str
    insurer_id: int
    insurer: str
    persons: int
    households: int
    fen: int


@dataclass(frozen=True)
class InsurerPart:
    insurer: str
    townships: int
    persons: int
    fen: int
    rows: tuple[AllocationRow, ...]


@dataclass(frozen=True)
class Check:
    """One thing that must agree. `holds` False is shown in words, never hidden."""

    name: str
    detail: str
    holds: bool


@dataclass(frozen=True)
class Allocation:
    rows: tuple[AllocationRow, ...]
    parts: tuple[InsurerPart, ...]
    persons: int
    households: int
    fen: int


def allocation_of(edition: Edition, user: User) -> Allocation:
    """The sheet of an edition as `user` sees it, from the roster as it stands now; sums in fen.

    Rows follow the notice: by insurer, townships in its order.
    """
    return allocation_for(edition, _persons_by_township(edition, user))


def allocation_for(edition: Edition, totals: dict[int, tuple[int, int]]) -> Allocation:
    """The sheet for given persons and households by township id; a township that isn't named has none."""
    rows = tuple(_rows(edition, totals))
    parts = tuple(_part(insurer, tuple(group)) for insurer, group in groupby(rows, key=lambda row: row.insurer))
    return Allocation(
        rows=rows,
        parts=parts,
        persons=sum(row.persons for row in rows),
        households=sum(row.households for row in rows),
        fen=sum(row.fen for row in rows),
    )


def _persons_by_township(edition: Edition, user: User) -> dict[int, tuple[int, int]]:
    totals = visible(VillageTotal, user).filter(edition=edition).values("township_id").order_by("township_id")
    return {
        row["township_id"]: (row["all_persons"], row["all_households"])
        for row in totals.annotate(all_persons=Sum("persons"), all_households=Sum("households"))
    }


def _rows(edition: Edition, totals: dict[int, tuple[int, int]]) -> Iterable[AllocationRow]:
    serving = edition.assignments.filter(insurer__isnull=False).select_related("township", "insurer")
    for number, assignment in enumerate(serving, start=1):
        persons, households = totals.get(assignment.township_id, (0, 0))
        yield AllocationRow(
            number=number,
            township_id=assignment.township_id,
            township=assignment.township.name,
            region_path=assignment.township.path,
            insurer_id=assignment.insurer_id,
            insurer=assignment.insurer.name,
            persons=persons,
            households=households,
            fen=to_fen(premium_of(edition.terms, Heads(persons, households))),
        )


def _part(insurer: str, rows: tuple[AllocationRow, ...]) -> InsurerPart:
    return InsurerPart(
        insurer=insurer,
        townships=len(rows),
        persons=sum(row.persons for row in rows),
        fen=sum(row.fen for row in rows),
        rows=rows,
    )


def reconcile(edition: Edition, sheet: Allocation, user: User, billed: dict[int, tuple[int, int, int]]) -> list[Check]:
    """What the sheet was checked against: the roster person by person, the rate, the insurers' list, the bills."""
    whole = to_fen(premium_of(edition.terms, Heads(sheet.persons, sheet.households)))
    enrolled = dict(
        visible(Enrollment, user)
        .filter(edition=edition, removed_at__isnull=True)
        .values_list("township_id")
        .annotate(persons=Count("id"))
        .order_by("township_id")
    )
    differing = [row.township for row in sheet.rows if enrolled.get(row.township_id, 0) != row.persons]
    unbilled = [row.township for row in sheet.rows if billed.get(row.township_id, (0, 0, 0))[1] != row.fen]
    stated = edition.terms.insured.persons
    return [
        Check("与参保名册逐人相符", _named(differing) or f"名册 {sum(enrolled.values()):,} 人", not differing),
        Check(
            "各行相加等于合计",
            f"{len(sheet.parts)} 家承保机构小计之和",
            sum(p.fen for p in sheet.parts) == sheet.fen,
        ),
        Check("人数乘保费标准等于保费", f"{sheet.persons:,} 人", whole == sheet.fen),
        Check(
            "每个乡镇只有一家承保机构",
            f"{len(sheet.rows)} 个",
            len({r.township_id for r in sheet.rows}) == len(sheet.rows),
        ),
        Check(
            "与通知所列人数相符",
            _against_notice(sheet.persons, stated),
            stated is None or int(stated.value) == sheet.persons,
        ),
        Check("与保费账单相符", _named(unbilled) and f"未出账或有变动：{_named(unbilled)}", not unbilled),
    ]


def _named(townships: list[str]) -> str:
    return "、".join(townships[:5]) + (f"等 {len(townships)} 个" if len(townships) > 5 else "")


def _against_notice(persons: int, stated) -> str:
    if stated is None:
        return "通知未列人数"
    difference = persons - int(stated.value)
    return f"通知 {int(stated.value):,} 人" + (f"，差 {difference:+,} 人".replace("-", "−") if difference else "")
