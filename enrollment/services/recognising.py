"""全村统保 is recognised: the authority puts on record that everybody of a village is enrolled."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from enrollment.lists import members_list
from enrollment.models import VillageRecognition
from enrollment.progress_figures import read_progress
from orgs.audit import record
from orgs.models import Region, User
from orgs.scope import visible
from schemes.models import Edition


class NotRecognised(Exception):
    """The village isn't recognised; the message says why."""


@transaction.atomic
def recognise_village(*, edition: Edition, village_id: int, on: date, by: User) -> VillageRecognition:
    """Put the recognition on record with the figures of this moment; they are not looked at again.

    Raises NotRecognised: somebody is not enrolled, nothing to check against, or recognised before.
    """
    Edition.objects.select_for_update(no_key=True).get(pk=edition.pk)
    town = read_progress(edition, by).town(village_id)
    village = next((one for one in town.villages if one.id == village_id), None) if town else None
    if village is None:
        raise NotRecognised("没有这个村")
    if visible(VillageRecognition, by).filter(edition=edition, village=village_id).exists():
        raise NotRecognised(f"{village.name}已经认定过")
    if on > timezone.localdate():
        raise NotRecognised("认定日期不能晚于今天")
    if village.not_covered is None:
        raise NotRecognised(f"{village.name}没有应参保人员名单，也没有录入人口，无从核对；请先录入")
    if not village.covers_all:
        raise NotRecognised(f"{village.name}还有 {village.not_covered:,} 人没有参保，不能认定")
    region = Region.objects.get(pk=village_id)
    made = VillageRecognition(
        edition=edition, village=region, region_path=region.path, recognised_on=on, enrolled=village.enrolled,
        insurer_id=edition.assignments.get(township=region.parent_id).insurer_id, recognised_by=by,
        basis=_basis(edition, by_list=village.unenrolled is not None, population=village.population),
    )  # fmt: skip
    made.save(force_insert=True)
    record("village.recognise", by=by, target=made, on=on.isoformat(), enrolled=made.enrolled, basis=made.basis)
    return made


def _basis(edition: Edition, *, by_list: bool, population: int | None) -> str:
    members = members_list(edition)
    if by_list and members:
        return f"{members.title}，截至 {members.as_of:%Y-%m-%d}"[:120]
    return f"录入人口 {population:,} 人"
