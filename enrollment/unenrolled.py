"""应保未保: who stands on the members list and is not enrolled, without those whom another list excludes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import caches
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from enrollment.lists import ListInForce, excluding_lists, members_list
from enrollment.models import Enrollment, ListedPerson, NotEnrolled, VillageTotal
from orgs.models import Region, User
from orgs.scope import system_scope, visible
from schemes.models import Edition

KEPT_SECONDS = 30
ROWS_AT_ONCE = 1_000
REASON = "应保未保：与全区县的名册和名单核对"
UNKNOWN = 0  # township or village of people whose row names none that is known

SAME_PERSON = Q(id_index=OuterRef("id_index"))

Place = tuple[int, int]  # township and village
ListIds = list[int]


@dataclass(frozen=True, slots=True)
class Gap:
    """Of one village: people on the members list who may be enrolled, and those of them who are not."""

    members: int
    missing: int


class Unenrolled:
    """The people of a user's scope, and of a place within it, as a paginator takes them.

    Whoever is enrolled in another township is not missing, so who is missing is asked with the system's eyes. The rows
    themselves are read with the user's own, so that both walls stand before them.
    """

    ordered = True

    def __init__(self, edition: Edition, user: User, place: Region | None) -> None:
        self.edition, self.place, self.user = edition, place, user
        self.members = members_list(edition)
        people = visible(ListedPerson, user)
        if place is not None:
            column = "village_id" if place.level == Region.Level.VILLAGE else "township_id"
            people = people.filter(**{column: place.pk})
        missing = _missing(people, edition, self.members, _excluding(edition)) if self.members else people.none()
        self.people = missing.order_by("region_path", "id")

    def count(self) -> int:
        """Out of the counts by village, which are kept: a count of its own reads the whole list each time."""
        return sum(gap.missing for place, gap in gaps_of(self.edition).items() if self._holds(*place))

    def _holds(self, township: int, village: int) -> bool:
        own = self.user.organization.region
        if own.level == Region.Level.TOWNSHIP and township != own.pk:
            return False
        return self.place is None or self.place.pk in (township, village)

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, part: slice) -> list[ListedPerson]:
        with system_scope(REASON):
            found = list(self.people.values_list("pk", flat=True)[part])
        parts = (found[first : first + ROWS_AT_ONCE] for first in range(0, len(found), ROWS_AT_ONCE))
        return [one for part in parts for one in self._own(part)]

    def get(self, pk: int) -> ListedPerson | None:
        """One of them; None for anybody else, enrolled, foreign or unknown."""
        with system_scope(REASON):
            missing = self.people.filter(pk=pk).exists()
        return next(iter(self._own([pk])), None) if missing else None

    def _own(self, ids: list[int]) -> list[ListedPerson]:
        return list(visible(ListedPerson, self.user).filter(pk__in=ids).order_by("region_path", "id"))


def gaps_of(edition: Edition) -> Mapping[Place, Gap]:
    """By township and village, of the whole place; empty without a members list. Cut it to what the reader sees.

    A county of a million takes seconds, so the figures are kept until a roster or list changes, half a minute at most.
    """
    members = members_list(edition)
    if members is None:
        return {}
    excluding = _excluding(edition)
    key = f"gaps:{edition.pk}:{members.pk}:{'-'.join(map(str, excluding))}:{_roster_stamp(edition)}"
    found = caches["counts"].get(key)
    if found is None:
        found = _count_gaps(edition, members, excluding)
        caches["counts"].set(key, found, KEPT_SECONDS)
    return found


def reasons_of(edition: Edition, user: User, people: list[ListedPerson]) -> dict[str, NotEnrolled]:
    """By id_index, why these people are not enrolled."""
    marked = visible(NotEnrolled, user).filter(edition=edition, id_index__in=[one.id_index for one in people])
    return {one.id_index: one for one in marked.select_related("marked_by")}


def _missing(people: QuerySet[Any], edition: Edition, members: ListInForce, excluding: ListIds) -> QuerySet[Any]:
    enrolled = Enrollment._base_manager.filter(SAME_PERSON, edition=edition, removed_at__isnull=True)
    return _enrollable(people, members, excluding).filter(~Exists(enrolled))


def _enrollable(people: QuerySet[Any], members: ListInForce, excluding: ListIds) -> QuerySet[Any]:
    people = people.filter(list_id=members.pk)
    if not excluding:
        return people
    return people.filter(~Exists(ListedPerson._base_manager.filter(SAME_PERSON, list_id__in=excluding)))


def _excluding(edition: Edition) -> ListIds:
    return [one.pk for one in excluding_lists(edition)]


def _roster_stamp(edition: Edition) -> str:
    """Another after each change of the roster: the sums of its villages are made anew with it."""
    with system_scope(REASON):
        totals = VillageTotal._base_manager.filter(edition=edition)
        stamp = totals.aggregate(last=Max("id"), n=Count("id"))
    return f"{stamp['last']}-{stamp['n']}"


def _count_gaps(edition: Edition, members: ListInForce, excluding: ListIds) -> dict[Place, Gap]:
    everybody = ListedPerson._base_manager.all()
    with system_scope(REASON):
        may_be = _by_place(_enrollable(everybody, members, excluding))
        missing = _by_place(_missing(everybody, edition, members, excluding))
    return {place: Gap(n, missing.get(place, 0)) for place, n in may_be.items()}


def _by_place(people: QuerySet[Any]) -> dict[Place, int]:
    rows = people.order_by().values_list("township_id", "village_id").annotate(n=Count("id"))
    return {(town or UNKNOWN, village or UNKNOWN): n for town, village, n in rows}
