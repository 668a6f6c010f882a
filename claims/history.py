"""What was paid before to the same person or house: the facts that limits are measured against."""

from typing import Any

from django.db.models import Q

from calc.money import from_fen
from claims.models import Claim
from orgs.crypto import blind_index
from orgs.scope import system_scope

COUNTED = ("approved", "paid", "closed")
SHARED_BY_HOUSE = ("house", "household")


def paid_before(claim: Claim) -> list[dict[str, Any]]:
    """Approved claims that count against this claim's limits, in the shape that the rules take.

    A limit goes with the person, also to another insurer's township: whose eyes see the claims must not decide.
    """
    same_holder = Q(id_index=claim.id_index)
    if claim.household and _limits_per(claim) & set(SHARED_BY_HOUSE):
        same_holder |= Q(household=claim.household, township_id=claim.township_id, coverage=claim.coverage)
    with system_scope("限额：同一人或同一户此前的赔付"):
        counted = Claim.objects.filter(same_holder, edition=claim.edition_id, state__in=COUNTED, adjusted_fen__gt=0)
        return [_paid(earlier, claim) for earlier in counted.exclude(pk=claim.pk).order_by("id")]


def _limits_per(claim: Claim) -> set[str]:
    terms = claim.terms
    return {terms.limits[code].per for code in terms.coverages[claim.coverage].limits}


def _paid(earlier: Claim, claim: Claim) -> dict[str, Any]:
    return {
        "coverage": earlier.coverage,
        "amount": from_fen(earlier.adjusted_fen or 0),
        "same_accident": earlier.event_date == claim.event_date,
        "house": earlier.facts.get("house", ""),
    }


def holder_of(claim: Claim, per: str) -> str:
    """The key under which a limit is counted: the person, or their house where they have a household.

    A household may have several houses; each that is told apart has its own limit, under a hash of its name.
    """
    if per in SHARED_BY_HOUSE and claim.household:
        house = claim.facts.get("house", "") if per == "house" else ""
        one_of_several = f":{blind_index(house)[:12]}" if house else ""
        return f"{per}:{claim.township_id}:{claim.household}{one_of_several}"
    return f"edition:{claim.edition_id}" if per == "edition" else f"person:{claim.id_index}"
