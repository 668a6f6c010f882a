"""How many people, households and units each region has: from the roster and its endorsements, or as entered."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet, Sum

from enrollment.models import Endorsement, VillageTotal
from orgs.models import User
from orgs.scope import scope_of, system_scope, visible
from premiums.models import BroughtForward, CensusFigure
from schemes.models import Edition
from schemes.rules.premium import Heads, goes_by_census
from schemes.terms.model import EditionTerms


@dataclass(frozen=True, slots=True)
class Endorsed:
    """What agreed endorsements did to a region: how many there are, heads on balance, premium in fen."""

    count: int = 0
    persons: int = 0
    households: int = 0
    fen: int = 0


@dataclass(frozen=True)
class Figures:
    """Region id → its numbers at the start of cover, and → what was endorsed since."""

    heads: Mapping[int, Heads]
    endorsed: Mapping[int, Endorsed]


def figures_of(edition: Edition, user: User) -> Figures:
    """The numbers of the regions that `user` sees.

    One sum for the whole edition is split over everybody: then the numbers of all regions are read for anyone.
    """
    if not _is_split(edition.terms) or sees_all(edition, user):
        return _read(edition, user)
    with system_scope("总价要按各地人数分摊"):
        return _read(edition, None)


def heads_of(edition: Edition, user: User) -> Mapping[int, Heads]:
    """Region id → its numbers at the start of cover."""
    return figures_of(edition, user).heads


def sees_all(edition: Edition, user: User) -> bool:
    path = scope_of(user).region_path
    return bool(path) and edition.place.path.startswith(path)


def _is_split(terms: EditionTerms) -> bool:
    return any(part.basis == "whole" for part in terms.premium.parts)


def _read(edition: Edition, user: User | None) -> Figures:
    if goes_by_census(edition.terms):
        figures = visible(CensusFigure, user) if user else CensusFigure.objects.all()
        return Figures(heads_from(figures.filter(edition=edition, replaced_at__isnull=True)), {})
    endorsements = visible(Endorsement, user) if user else Endorsement.objects.all()
    agreed = endorsements.filter(edition=edition, state=Endorsement.State.AGREED)
    endorsed = _sums_of(agreed.exclude(persons=0, households=0))  # a corrected name is none of the sheet's business
    totals = visible(VillageTotal, user) if user else VillageTotal.objects.all()
    return Figures(_at_the_start(_from_roster(totals.filter(edition=edition)), endorsed), endorsed)


def _sums_of(endorsements: QuerySet[Endorsement]) -> dict[int, Endorsed]:
    sums = endorsements.order_by("township_id").values_list("township_id").annotate(
        Count("id"), Sum("persons"), Sum("households"), Sum("premium_fen")
    )  # fmt: skip
    return {region: Endorsed(*summed) for region, *summed in sums}


def _at_the_start(now: Mapping[int, Heads], endorsed: Mapping[int, Endorsed]) -> dict[int, Heads]:
    """Who was on the roster when it came into force: those of now without the endorsements since."""
    found = dict(now)
    for region, since in endorsed.items():
        heads = now.get(region, Heads())
        found[region] = Heads(heads.persons - since.persons, heads.households - since.households)
    return found


def _from_roster(totals: QuerySet[VillageTotal]) -> dict[int, Heads]:
    sums = totals.values("township_id").order_by("township_id")
    return {
        row["township_id"]: Heads(row["all_persons"], row["all_households"])
        for row in sums.annotate(all_persons=Sum("persons"), all_households=Sum("households"))
    }


def heads_from(figures: QuerySet[CensusFigure]) -> dict[int, Heads]:
    """Entered figures as numbers by region; rows of one region that differ by category are added up."""
    found: dict[int, Heads] = {}
    for row in figures.order_by("region_path", "category"):
        found[row.region_id] = added(found.get(row.region_id), row.category, row.persons, row.households, row.units)
    return found


def added(heads: Heads | None, category: str, persons: int, households: int, units: int) -> Heads:
    """The numbers with one more row of the same region."""
    before = heads or Heads()
    by_category: Mapping[str, int] = before.by_category
    if category:
        by_category = {**by_category, category: by_category.get(category, 0) + persons}
    return Heads(before.persons + persons, before.households + households, before.units + units, by_category)


def brought_forward_of(edition: Edition, user: User) -> BroughtForward | None:
    """Last year's balance as it was entered last; None where none was, or `user` sees only a part of the place."""
    if not edition.terms.premium.carry_over:
        return None
    return visible(BroughtForward, user).filter(edition=edition).order_by("-sequence").first()
