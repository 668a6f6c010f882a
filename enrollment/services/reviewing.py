"""Village by village: a village hands its part of the roster in, the township signs it off."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from enrollment.digests import SHOWN, village_digests
from enrollment.models import Enrollment, VillageReview, VillageTotal
from enrollment.services.progress import state_of
from enrollment.services.stepping import StepRefused, locked_roster
from enrollment.workflow import DRAFTING, STATE
from orgs.audit import record
from orgs.models import Region, User
from orgs.permissions import may
from orgs.scope import visible
from schemes.models import Edition


@transaction.atomic
def hand_in_village(*, edition: Edition, village: Region, seen_digest: str, by: User) -> VillageReview:
    """The village's own clerk: this is all of us. The township has yet to sign it off."""
    _check(edition, village.parent_id, by)
    review = _review(edition, village, {village.pk: seen_digest}, by)
    review.handed_in_at, review.handed_in_by = timezone.now(), by
    review.save()
    record("roster.hand_in", by=by, target=review, persons=review.persons)
    return review


@transaction.atomic
def sign_off_villages(
    *, edition: Edition, township: Region, seen_digests: Mapping[int, str], by: User
) -> list[VillageReview]:
    """The township's clerk signs off these villages as they were on the screen; all of them, or none."""
    if by.organization.region.level == Region.Level.VILLAGE:
        raise StepRefused("签收由乡镇经办办理，村里请点“交乡镇审核”")
    locked_roster(edition, township, by)
    _check(edition, township.pk, by)
    villages = Region.objects.filter(pk__in=seen_digests, parent=township).order_by("path")
    if not villages:
        raise StepRefused("请先勾选要签收的村")
    signed = []
    for village in villages:
        review = _review(edition, village, seen_digests, by)
        review.signed_at, review.signed_by = timezone.now(), by
        review.save()
        signed.append(review)
    persons = sum(review.persons for review in signed)
    record("roster.sign_off", by=by, target=township, villages=[one.village_id for one in signed], persons=persons)
    return signed


def _check(edition: Edition, township_id: int | None, by: User) -> None:
    if not may(by, "roster.review"):
        raise StepRefused("您的角色不能签收名册")
    if edition.terms.roster_steps is None:
        raise StepRefused("本年度方案的名册不分步骤，不用签收")
    state = state_of(edition, township_id or 0)
    if state != DRAFTING:
        raise StepRefused(f"名册已上报（{STATE[state].name}），不能再签收")


def _review(edition: Edition, village: Region, seen_digests: Mapping[int, str], by: User) -> VillageReview:
    """The village's review with its people as they are now; refused where they are not those that were seen."""
    people = visible(Enrollment, by).filter(edition=edition, village=village)
    digest = village_digests(people).get(village.pk, "")
    if not digest or digest[:SHOWN] != seen_digests.get(village.pk):
        raise StepRefused(f"{village.name}的名册刚有变动，没有签收；请看过新的人数再签")
    total = visible(VillageTotal, by).get(edition=edition, village=village)
    review = visible(VillageReview, by).filter(edition=edition, village=village).first()
    if review is None:
        insurer = edition.assignments.get(township_id=village.parent_id).insurer_id
        review = VillageReview(
            edition=edition,
            township_id=village.parent_id,
            village=village,
            region_path=village.path,
            insurer_id=insurer,
        )
    if review.digest != digest:  # what was handed in or signed before was another roster
        review.handed_in_at = review.handed_in_by = review.signed_at = review.signed_by = None
    review.digest, review.persons, review.households = digest, total.persons, total.households
    return review
