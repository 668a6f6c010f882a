"""What households were given: ticked off by village, once for each household and paper."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from enrollment.models import Handout
from enrollment.papers.families import families_of
from enrollment.papers.places import people_of
from orgs.audit import record
from orgs.models import Region, User
from orgs.permissions import may
from orgs.scope import visible
from schemes.models import Edition


class HandoutRefused(Exception):
    """Nothing was recorded; the message says why."""


@transaction.atomic
def record_handouts(
    *,
    edition: Edition,
    village: Region,
    kind: str,
    heads: Iterable[int] | None,
    given_on: date,
    given_by: str,
    by: User,
) -> int:
    """Put on record that households were given a paper; `heads`: their heads' enrolments, None for all of the village.

    How many are new. Raises HandoutRefused.
    """
    _refuse(by)
    _refuse_entry(given_on, given_by)
    Region.objects.select_for_update(no_key=True).get(pk=village.pk)  # two people who tick the same village
    there = _keys(edition, village, by)
    wanted = set(there.values()) if heads is None else {there[pk] for pk in heads if pk in there}
    given = visible(Handout, by).filter(edition=edition, village=village, kind=kind)
    new = sorted(wanted - set(given.values_list("household", flat=True)))
    if not new:
        raise HandoutRefused("没有要登记的户：没有勾选，或都已登记过")
    shared = _shared(edition, village) | {"kind": kind, "given_on": given_on, "given_by": given_by.strip()[:40]}
    handouts = [Handout(household=key, recorded_by=by, **shared) for key in new]
    Handout.objects.bulk_create(handouts, batch_size=500)
    record("handout.record", by=by, target=village, region_path=village.path, kind=kind, households=len(new))
    return len(new)


def _refuse_entry(given_on: date, given_by: str) -> None:
    if not given_by.strip():
        raise HandoutRefused("请填写发放人")
    if given_on > timezone.localdate():
        raise HandoutRefused(f"发放日期 {given_on} 还没到，请填实际发放的那一天")


def _shared(edition: Edition, village: Region) -> dict[str, Any]:
    """What all rows of a village have alike."""
    insurers = edition.assignments.filter(township=village.parent_id).values_list("insurer_id", flat=True)
    return {
        "edition": edition,
        "township_id": village.parent_id,
        "village": village,
        "region_path": village.path,
        "insurer_id": insurers.first(),
    }


@transaction.atomic
def take_back_handout(*, edition: Edition, village: Region, kind: str, head: int, by: User) -> None:
    """A tick that was a mistake is taken back; `head` is the enrolment of the household's head."""
    _refuse(by)
    key = _keys(edition, village, by).get(head)
    gone, _ = visible(Handout, by).filter(edition=edition, village=village, kind=kind, household=key or "").delete()
    if not gone:
        raise HandoutRefused("这一户没有登记过，可能别人刚改过；请看最新情况")
    record("handout.take_back", by=by, target=village, region_path=village.path, kind=kind)


def _refuse(by: User) -> None:
    if not may(by, "handout.record"):
        raise HandoutRefused("您的角色不登记发放情况")


def _keys(edition: Edition, village: Region, by: User) -> dict[int, str]:
    """The enrolment of each household's head → the household's key."""
    assert village.parent is not None
    people = people_of(edition, village.parent, village, by)
    return {family.head.pk: family.key for _, families in families_of(people) for family in families}
