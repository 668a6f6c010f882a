"""The people of a township or village as its papers list them, as far as the reader sees them."""

from collections.abc import Sequence

from django.db.models import QuerySet

from enrollment.models import Enrollment, VillageTotal
from enrollment.papers.families import families_of
from enrollment.papers.sheets import Village
from orgs.models import Region, User
from orgs.scope import visible
from schemes.models import Edition


def people_of(edition: Edition, township: Region, village: Region | None, user: User) -> QuerySet[Enrollment]:
    """Who is on the roster of the township, or of one of its villages."""
    people = visible(Enrollment, user).filter(edition=edition, township=township, removed_at__isnull=True)
    return people if village is None else people.filter(village=village)


def villages_of(people: QuerySet[Enrollment]) -> Sequence[Village]:
    """Villages in the order of the region tree, each with its households."""
    found = dict(families_of(people))
    regions = Region.objects.select_related("parent").in_bulk(list(found))
    return [Village(regions[pk], families) for pk, families in found.items()]


def totals_of(edition: Edition, township: Region, village: Region | None, user: User) -> QuerySet[VillageTotal]:
    """The village sums of a place, as far as the reader sees them."""
    totals = visible(VillageTotal, user).filter(edition=edition, township=township)
    return totals if village is None else totals.filter(village=village)
