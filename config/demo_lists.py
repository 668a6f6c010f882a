"""What the trial's voluntary scheme is measured by: a members list, populations of villages, who looks after them."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date

from django.db import transaction

from calc.id_number import check_digit
from enrollment.models import Enrollment
from enrollment.services.figures import FigureEntry, enter_figures
from enrollment.services.keepers import enter_keeper
from enrollment.services.list_uploading import ListOrder, upload_list
from orgs.models import Region, User
from orgs.scope import acting, scope_of, visible
from schemes.models import Edition

NOT_ENROLLED = 40
MADE_UP = "演示用的编造数，不是统计数"
NAMES = "甲乙丙丁戊己庚辛壬癸"
KEPT = ((0, "village", "", "专某勤"), (0, "group", "1组", "协某助"), (1, "village", "", "专某敏"))


def load_members(edition: Edition, *, authority: User, clerk: User, work: Callable[[], None]) -> None:
    """Everybody enrolled and forty more, figures of villages and townships, three keepers; all visibly made up."""
    order = ListOrder("members", "新农合参合人员（演示）", date(2015, 12, 31), "演示")
    with acting(scope_of(authority)), transaction.atomic():
        content = _members(edition, authority).encode("utf-8-sig")
        upload_list(edition=edition, order=order, name="参合人员.csv", content=content, by=authority)
    work()
    _enter_figures(edition, authority, clerk)
    with acting(scope_of(clerk)), transaction.atomic():
        villages = _villages(clerk.organization.region)
        for at, kind, group, name in KEPT:
            enter_keeper(
                edition=edition, village=villages[at], kind=kind, group=group, name=name, phone="10000000006", by=clerk
            )


def _members(edition: Edition, by: User) -> str:
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(("姓名", "身份证号", "乡镇", "村"))
    people = visible(Enrollment, by).filter(edition=edition, removed_at__isnull=True)
    for person in people.select_related("township", "village").order_by("id"):
        sheet.writerow((person.name, person.id_number.reveal(), person.township.name, person.village.name))
    sheet.writerows(_not_enrolled(edition))
    return out.getvalue()


def _not_enrolled(edition: Edition) -> Iterator[tuple[str, str, str, str]]:
    """In the second half of each township's villages, so that some villages are wholly enrolled."""
    towns = [one.township for one in edition.assignments.select_related("township").order_by("position")]
    homes = [(town, _villages(town)) for town in towns]
    for n in range(NOT_ENROLLED):
        town, villages = homes[n % len(homes)]
        head = f"61092719491001{900 + n:03d}"
        village = villages[len(villages) // 2 + n % max(1, len(villages) // 2)] if villages else None
        yield f"应某{NAMES[n % len(NAMES)]}", head + check_digit(head), town.name, village.name if village else ""


def _enter_figures(edition: Edition, authority: User, clerk: User) -> None:
    as_of = date(2015, 12, 31)
    with acting(scope_of(authority)):
        towns = edition.assignments.order_by("position").values_list("township_id", flat=True)
        reported = [FigureEntry(pk, "reported", 8 + at) for at, pk in enumerate(towns)]
        enter_figures(edition=edition, entries=reported, source=MADE_UP, as_of=as_of, by=authority)
    with acting(scope_of(clerk)):
        villages = _villages(clerk.organization.region)[:-1]  # one is still to be entered
        populations = [FigureEntry(one.pk, "population", 8 + at) for at, one in enumerate(villages)]
        enter_figures(edition=edition, entries=populations, source=MADE_UP, as_of=as_of, by=clerk)


def _villages(town: Region) -> list[Region]:
    return list(Region.objects.filter(parent=town, active=True).order_by("path"))
