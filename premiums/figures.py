"""How many people, households and units each region has: from the roster, or from the figures that were entered."""

from collections.abc import Mapping

from django.db.models import QuerySet, Sum

from enrollment.models import VillageTotal
from orgs.models import User
from orgs.scope import scope_of, system_scope, visible
from premiums.models import BroughtForward, CensusFigure
from schemes.models import Edition
from schemes.rules.premium import Heads, goes_by_census
from schemes.terms.model import EditionTerms


def heads_of(edition: Edition, user: User) -> dict[int, Heads]:
    """Region id → its numbers, of the regions that `user` sees.

    One sum for the whole edition is split over everybody: then the numbers of all regions are read for anyone.
    """
    if not _is_split(edition.terms) or sees_all(edition, user):
        return _read(edition, user)
    with system_scope("总价要按各地人数分摊"):
        return _read(edition, None)


def sees_all(edition: Edition, user: User) -> bool:
    path = scope_of(user).region_path
    return bool(path) and edition.place.path.startswith(path)


def _is_split(terms: EditionTerms) -> bool:
    return any(part.basis == "whole" for part in terms.premium.parts)


def _read(edition: Edition, user: User | None) -> dict[int, Heads]:
    if goes_by_census(edition.terms):
        figures = visible(CensusFigure, user) if user else CensusFigure.objects.all()
        return heads_from(figures.filter(edition=edition, replaced_at__isnull=True))
    totals = visible(VillageTotal, user) if user else VillageTotal.objects.all()
    return _from_roster(totals.filter(edition=edition))


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
