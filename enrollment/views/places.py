"""The township or village that a page of papers is about, as far as the reader sees it."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.urls import reverse

from enrollment.papers.places import totals_of
from orgs.models import Region, User
from orgs.numbers import whole_number
from schemes.models import Edition


@dataclass(frozen=True, slots=True)
class Place:
    """`village` None: the township as a whole."""

    township: Region
    village: Region | None

    @property
    def region(self) -> Region:
        return self.village or self.township

    @property
    def url(self) -> str:
        return f"{reverse('prints')}?place={self.region.pk}"


def place_of(edition: Edition, pk: int | None, user: User) -> Place:
    """A township, or a village, with people on a roster that the reader sees; 404 for any other.

    To a village's own reader the township is their village: a paper must not bear the township's name over its people.
    """
    levels = (Region.Level.TOWNSHIP, Region.Level.VILLAGE)
    region = Region.objects.select_related("parent").filter(pk=pk, level__in=levels).first() if pk else None
    if region is None:
        raise Http404
    own = user.organization.region
    if own.level == Region.Level.VILLAGE and own.parent_id == region.pk:
        region = own
    village = region if region.level == Region.Level.VILLAGE else None
    township = region.parent if village else region
    if township is None or not totals_of(edition, township, village, user).exists():
        raise Http404
    return Place(township, village)


def chosen_place(request: HttpRequest, edition: Edition) -> Place | None:
    """The place of `?place=`; None where none is named."""
    pk = whole_number(request.GET.get("place", ""))
    return place_of(edition, pk, request.user) if pk else None
