"""Numbers of policy slips: given once to a household of a village, never again to another."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from enrollment.models import PolicySlip
from enrollment.papers.families import Family
from enrollment.papers.premium import family_premium_fen
from enrollment.papers.sheets import Village
from enrollment.papers.slips import slip_code
from orgs.models import Region, User
from orgs.scope import visible
from schemes.models import Edition
from schemes.terms.model import EditionTerms

COUNTY_DIGITS, TOWNSHIP_DIGITS = 6, 9
ROWS_A_WRITE = 500


@transaction.atomic
def number_slips(
    *, edition: Edition, township: Region, villages: Sequence[Village], insurer_id: int | None, by: User
) -> dict[tuple[int, str], PolicySlip]:
    """Every household's slip by village id and key, with its number, and its code as it is printed now."""
    Region.objects.select_for_update(no_key=True).get(pk=township.pk)  # one giver of numbers a township
    slips = visible(PolicySlip, by).filter(edition=edition, township=township)
    numbered = {(one.village_id, one.household): one for one in slips}
    last = slips.aggregate(last=Max("running"))["last"] or 0
    new, changed = [], []
    for village in villages:
        for family in village.families:
            slip = numbered.get((village.region.pk, family.key))
            if slip is None:
                last += 1
                slip = _new_slip(edition, township, village.region, family, last, insurer_id, by)
                numbered[village.region.pk, family.key] = slip
                new.append(slip)
            if _bring_up_to_date(slip, edition.terms, family):
                changed.append(slip)
    fresh = {id(slip) for slip in new}
    PolicySlip.objects.bulk_create(new, batch_size=ROWS_A_WRITE)
    PolicySlip.objects.bulk_update(
        [slip for slip in changed if id(slip) not in fresh], ["code", "persons", "premium_fen"], batch_size=ROWS_A_WRITE
    )
    places = [village.region.pk for village in villages]
    slips.filter(village__in=places).update(printed_at=timezone.now(), printed_by=by)
    return numbered


def _new_slip(
    edition: Edition, township: Region, village: Region, family: Family, running: int, insurer_id: int | None, by: User
) -> PolicySlip:
    return PolicySlip(
        edition=edition,
        township=township,
        village=village,
        region_path=village.path,
        insurer_id=insurer_id,
        household=family.key,
        running=running,
        number=f"{edition.terms.number_prefix}-{township_part(edition, township)}-{running:05d}",
        printed_by=by,
    )


def township_part(edition: Edition, township: Region) -> str:
    """Three digits of the township's code within its county; a zone's township without a code has our own number."""
    code, county = township.code or "", edition.place.code or ""
    if not code:
        return f"R{township.pk}"
    within = code[:COUNTY_DIGITS] == county[:COUNTY_DIGITS]
    return code[COUNTY_DIGITS:TOWNSHIP_DIGITS] if within else code[:TOWNSHIP_DIGITS]


def _bring_up_to_date(slip: PolicySlip, terms: EditionTerms, family: Family) -> bool:
    """Whether anything that the slip says has changed."""
    before = (slip.code, slip.persons, slip.premium_fen)
    slip.code = slip_code(slip.number, terms, family)
    slip.persons, slip.premium_fen = len(family.members), family_premium_fen(terms, family)
    return before != (slip.code, slip.persons, slip.premium_fen)
