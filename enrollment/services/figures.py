"""Numbers of people that the authority enters for townships, and a township's clerk for its villages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from enrollment.models import RegionFigure
from orgs.audit import record
from orgs.models import Region, Role, User
from orgs.permissions import may
from orgs.scope import scope_of, visible
from schemes.models import Edition


class FiguresRefused(Exception):
    """The figures can't be used; the message says why and what to do."""


@dataclass(frozen=True)
class FigureEntry:
    """One cell of the grid; None takes the figure out."""

    region_id: int
    measure: str
    persons: int | None


def regions_to_enter(edition: Edition, user: User) -> list[Region]:
    """Townships that take part for the authority, the villages of their own for a clerk; in order."""
    if not may(user, "figure.enter"):
        return []
    taking_part = edition.assignments.filter(insurer__isnull=False).values("township_id")
    townships = Region.objects.filter(pk__in=taking_part, path__startswith=scope_of(user).region_path)
    if user.role == Role.CLERK:
        return list(Region.objects.filter(parent__in=townships, active=True).order_by("path"))
    return list(townships.order_by("path"))


@transaction.atomic
def enter_figures(*, edition: Edition, entries: Sequence[FigureEntry], source: str, as_of: date, by: User) -> int:
    """Write what differs from what stands; the former stays on record. How many changed. Raises FiguresRefused."""
    Edition.objects.select_for_update(no_key=True).get(pk=edition.pk)  # one at a time
    regions = {region.pk: region for region in regions_to_enter(edition, by)}
    if not source.strip():
        raise FiguresRefused("请写明人数的来源，如“统计局 2015 年末户籍人口”")
    if any(entry.region_id not in regions for entry in entries):
        raise FiguresRefused("有的地方不归您录入：乡镇的人数由主管部门录入，村的人数由本乡镇录入")
    current = visible(RegionFigure, by).filter(edition=edition, replaced_at__isnull=True, region__in=regions)
    standing = {(one.region_id, one.measure): one for one in current}
    changed = [one for one in entries if one.persons != _persons(standing.get((one.region_id, one.measure)))]
    now = timezone.now()
    gone = [standing[one.region_id, one.measure].pk for one in changed if (one.region_id, one.measure) in standing]
    current.filter(pk__in=gone).update(replaced_at=now)
    insurers = dict(edition.assignments.values_list("township_id", "insurer_id"))
    RegionFigure.objects.bulk_create(
        RegionFigure(
            edition=edition,
            region=regions[one.region_id],
            region_path=regions[one.region_id].path,
            insurer_id=insurers.get(one.region_id) or insurers.get(regions[one.region_id].parent_id or 0),
            measure=one.measure,
            persons=one.persons,
            source=source.strip(),
            as_of=as_of,
            entered_at=now,
            entered_by=by,
        )
        for one in changed
        if one.persons is not None
    )
    if changed:
        told = [[one.region_id, one.measure, one.persons] for one in changed]
        record("figure.enter", by=by, target=edition, region_path=scope_of(by).region_path, source=source.strip(),
               as_of=as_of.isoformat(), figures=told)  # fmt: skip
    return len(changed)


def _persons(figure: RegionFigure | None) -> int | None:
    return figure.persons if figure else None
