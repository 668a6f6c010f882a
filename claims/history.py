"""What was paid before, to the same person or house and under the whole edition: what limits are measured against."""

from typing import Any

from django.db.models import Case, F, Q, QuerySet, Sum, Value, When

from calc.money import from_fen
from claims.models import Claim
from orgs.crypto import blind_index
from orgs.models.regions import PATH_STEP
from orgs.scope import system_scope
from premiums.bills import billed_total
from schemes.models import Edition
from schemes.rules.limits import EVERYBODYS
from schemes.states import recorded_states
from schemes.terms.benefits import ByChoice
from schemes.terms.model import EditionTerms
from schemes.terms.using import coverages_by_household

COUNTED = ("approved", "paid", "closed")
SHARED_BY_HOUSE = ("house", "household")
PREMIUM_TOTAL = "premium_total"


def paid_before(claim: Claim) -> list[dict[str, Any]]:
    """Approved claims that count against this claim's limits, in the shape that the rules take.

    A limit goes with the person, also to another insurer's township: whose eyes see the claims must not decide.
    """
    same_holder = Q(id_index=claim.id_index)
    if claim.household and (at_home := shared_at_home(claim)):
        same_holder |= Q(household=claim.household, township_id=claim.township_id, coverage__in=at_home)
    with system_scope("限额：同一人或同一户此前的赔付"):
        counted = _told(claim).filter(same_holder).prefetch_related("payments")
        told = [earlier for earlier in counted.order_by("id") if earlier.adjusted_fen or _used_up(earlier)]
        return [_paid(earlier, claim) for earlier in told]


def _used_up(claim: Claim) -> bool:
    """A covered event that paid nothing, yet used a deductible or brought a ladder further."""
    uses = claim.adjustment.get("uses", {})
    return bool(claim.adjustment.get("covered")) and ("deducted" in uses or "base" in uses)


def shared_at_home(claim: Claim) -> set[str]:
    """Coverages whose payments to other members of the household count for this claim."""
    terms = claim.terms
    coverage = terms.coverages[claim.coverage]
    shared = [code for code in coverage.all_limits if terms.limits[code].per in SHARED_BY_HOUSE]
    found = {sharing for code in shared for sharing in terms.sharing(code)}
    if found and coverage.settles:
        found.update(coverage.settles.coverages)
    return found | coverages_by_household(coverage)


def _told(claim: Claim) -> QuerySet[Claim]:
    """Approved claims, and those that paid nothing because a deductible or ladder that accumulates took all of it."""
    paid = Q(state__in=COUNTED, adjusted_fen__gt=0)
    used_up = Q(state="denied", adjusted_fen=0)
    return Claim.objects.filter(paid | used_up, edition=claim.edition_id).exclude(pk=claim.pk)


def _counted(claim: Claim) -> QuerySet[Claim]:
    return Claim.objects.filter(edition=claim.edition_id, state__in=COUNTED).exclude(pk=claim.pk)


def limits_per(claim: Claim) -> set[str]:
    """Whom the limits of the claim's coverage count for: person, house, edition and so on."""
    terms = claim.terms
    return {terms.limits[code].per for code in terms.coverages[claim.coverage].all_limits}


def _paid(earlier: Claim, claim: Claim) -> dict[str, Any]:
    earlier.edition = claim.edition  # the same, whose amendments have been read
    paid = {
        "coverage": earlier.coverage,
        "case": _case_of(earlier),
        "amount": from_fen(earlier.adjusted_fen or 0),
        "same_person": earlier.id_index == claim.id_index,
        "same_accident": earlier.event_date == claim.event_date,
        "house": earlier.facts.get("house", ""),
    }
    payment = next((one for one in earlier.payments.all() if one.voided_at is None), None)
    return paid | ({"paid_on": payment.paid_on} if payment else {}) | earlier.adjustment.get("uses", {})


def _case_of(claim: Claim) -> str:
    benefit = claim.terms.coverages[claim.coverage].benefit
    return str(claim.facts.get(benefit.fact, "")) if isinstance(benefit, ByChoice) else ""


def edition_paid_before(claim: Claim) -> list[dict[str, Any]]:
    """Sums of everybody's approved claims by coverage, where a limit of the coverage counts them.

    Until events are on record of their own, one day of an edition is one event.
    """
    if not limits_per(claim) & set(EVERYBODYS):
        return []
    county = Q(region_path__startswith=county_path(claim))
    event = Q(event_date=claim.event_date)
    with system_scope("限额：本年度方案此前的全部赔付"):
        sums = (
            _counted(claim)
            .annotate(near=Case(When(county, then=Value(True)), default=Value(False)))
            .annotate(same=Case(When(event, then=Value(True)), default=Value(False)))
            .values("coverage", "near", "same")
            .annotate(fen=Sum(F("adjusted_fen")))
            .order_by("coverage", "near", "same")
        )
        return [
            {
                "coverage": row["coverage"],
                "amount": from_fen(row["fen"] or 0),
                "same_county": row["near"],
                "same_event": row["same"],
            }
            for row in sums
        ]


def county_path(claim: Claim) -> str:
    """The path of the claim's county: the place of a county's edition, one level below that of a city's."""
    place = claim.edition.place
    return claim.region_path[: len(place.path) + (0 if place.level == "county" else PATH_STEP)]


def edition_state(edition: Edition, terms: EditionTerms) -> dict[str, Any]:
    """The states that limits go by, as they stand now: recorded decisions, and the total premium as billed."""
    state = recorded_states(edition, terms)
    if PREMIUM_TOTAL in terms.state:
        state[PREMIUM_TOTAL] = billed_total(edition)
    return state


def holder_of(claim: Claim, per: str) -> str:
    """The key under which a limit is counted: the person, or their house where they have a household.

    A household may have several houses; each that is told apart has its own limit, under a hash of its name.
    """
    if per in SHARED_BY_HOUSE and claim.household:
        house = claim.facts.get("house", "") if per == "house" else ""
        one_of_several = f":{blind_index(house)[:12]}" if house else ""
        return f"{per}:{claim.township_id}:{claim.household}{one_of_several}"
    return {
        "edition": f"edition:{claim.edition_id}",
        "event": f"event:{claim.edition_id}:{claim.event_date}",
        "county": f"county:{county_path(claim)}",
        "accident": f"accident:{claim.id_index}:{claim.event_date}",
    }.get(per, f"person:{claim.id_index}")
