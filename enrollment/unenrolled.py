"""应保未保: who stands on the members list and is not enrolled, without those whom another list excludes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.cache import caches
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from enrollment.lists import excluding_lists, members_list
from enrollment.models import Enrollment, ListedPerson, MemberTotal, NotEnrolled
from orgs.models import Region, User
from orgs.scope import system_scope, visible
from schemes.models import Edition

KEPT_SECONDS = 30
ROWS_AT_ONCE = 1_000
REASON = "应保未保：与全区县的名册和名单核对"
UNKNOWN = 0  # township or village of people whose row names none that is known

SAME_PERSON = Q(id_index=OuterRef("id_index"))

Place = tuple[int, int]  # township and village


@dataclass(frozen=True, slots=True)
class Gap:
    """Of one village: people on the members list who may be enrolled, and those of them who are not.

    `path`: what their rows of the list are stamped with.
    """

    members: int
    missing: int
    path: str


@dataclass(frozen=True, slots=True)
class Lists:
    """Ids of the members list and of those that exclude somebody."""

    members: int
    excluding: tuple[int, ...]

    @property
    def key(self) -> str:
        return "-".join(map(str, (self.members, *self.excluding)))


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
        lists = lists_for(edition)
        missing = _missing(people, edition, lists) if lists else people.none()
        self.people = missing.order_by("region_path", "id")

    def count(self) -> int:
        """Out of the counts by village, which are kept: a count of its own reads the whole list each time."""
        return sum(gap.missing for gap in self._gaps)

    @cached_property
    def _gaps(self) -> list[Gap]:
        """Of the places that are asked for, in the order in which the people stand."""
        return [gap for place, gap in gaps_of(self.edition).items() if self._holds(*place)]

    def _holds(self, township: int, village: int) -> bool:
        own = self.user.organization.region
        if own.level == Region.Level.TOWNSHIP and township != own.pk:
            return False
        return self.place is None or self.place.pk in (township, village)

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, part: slice) -> list[ListedPerson]:
        first, end, _ = part.indices(self.count())
        paths, before = self._paths(first, end)
        within = self.people.filter(region_path__in=paths)
        with system_scope(REASON):
            found = list(within.values_list("pk", flat=True)[first - before : end - before])
        parts = (found[first : first + ROWS_AT_ONCE] for first in range(0, len(found), ROWS_AT_ONCE))
        return [one for part in parts for one in self._own(part)]

    def _paths(self, first: int, end: int) -> tuple[list[str], int]:
        """Where the people of a part live, and how many stand before those places: the way to the people of a page
        leads past everybody who is enrolled, so it is kept to the villages of the page."""
        paths: list[str] = []
        before, passed = 0, 0
        for gap in self._gaps:
            if passed + gap.missing <= first:
                before = passed + gap.missing
            elif passed < end:
                paths.append(gap.path)
            passed += gap.missing
        return paths, before

    def get(self, pk: int) -> ListedPerson | None:
        """One of them; None for anybody else, enrolled, foreign or unknown."""
        with system_scope(REASON):
            missing = self.people.filter(pk=pk).exists()
        return next(iter(self._own([pk])), None) if missing else None

    def _own(self, ids: list[int]) -> list[ListedPerson]:
        return list(visible(ListedPerson, self.user).filter(pk__in=ids).order_by("region_path", "id"))


def gaps_of(edition: Edition) -> Mapping[Place, Gap]:
    """By township and village, of the whole place; empty without a members list. Cut it to what the reader sees.

    Read from the sums that are kept with the roster (services/member_sums.py). Where the lists are others than those
    that these were made by, and nothing has changed since, a count of its own that is kept half a minute.
    """
    lists = lists_for(edition)
    if lists is None:
        return {}
    with system_scope(REASON):
        kept = MemberTotal.objects.filter(edition=edition, counted_by=lists.key).order_by("region_path")
        found = {(row.township_id, row.village_id): _gap_of(row) for row in kept}
    return found or _counted_gaps(edition, lists)


def lists_for(edition: Edition) -> Lists | None:
    """The lists in force that decide who is missing; None without a members list."""
    members = members_list(edition)
    return Lists(members.pk, tuple(one.pk for one in excluding_lists(edition))) if members else None


def count_gaps(edition: Edition, lists: Lists, paths: Collection[str] | None = None) -> dict[Place, Gap]:
    """From the list and the roster themselves, under the system's eyes; of people listed in some places, or of all."""
    people = ListedPerson.objects.all() if paths is None else ListedPerson.objects.filter(region_path__in=paths)
    missing = _by_place(_missing(people, edition, lists))
    may_be = _by_place(_enrollable(people, lists))
    return {place[:2]: Gap(n, missing.get(place, 0), place[2]) for place, n in sorted(may_be.items(), key=_path)}


def _counted_gaps(edition: Edition, lists: Lists) -> dict[Place, Gap]:
    key = f"gaps:{edition.pk}:{lists.key}"
    found: dict[Place, Gap] | None = caches["counts"].get(key)
    if found is None:
        with system_scope(REASON):
            found = count_gaps(edition, lists)
        caches["counts"].set(key, found, KEPT_SECONDS)
    return found


def _gap_of(row: MemberTotal) -> Gap:
    return Gap(row.members, row.missing, row.region_path)


def _path(counted: tuple[tuple[int, int, str], int]) -> str:
    return counted[0][2]


def reasons_of(edition: Edition, user: User, people: list[ListedPerson]) -> dict[str, NotEnrolled]:
    """By id_index, why these people are not enrolled."""
    marked = visible(NotEnrolled, user).filter(edition=edition, id_index__in=[one.id_index for one in people])
    return {one.id_index: one for one in marked.select_related("marked_by")}


def _missing(people: QuerySet[Any], edition: Edition, lists: Lists) -> QuerySet[Any]:
    enrolled = Enrollment._base_manager.filter(SAME_PERSON, edition=edition, removed_at__isnull=True)
    return _enrollable(people, lists).filter(~Exists(enrolled))


def _enrollable(people: QuerySet[Any], lists: Lists) -> QuerySet[Any]:
    people = people.filter(list_id=lists.members)
    if not lists.excluding:
        return people
    return people.filter(~Exists(ListedPerson._base_manager.filter(SAME_PERSON, list_id__in=lists.excluding)))


def _by_place(people: QuerySet[Any]) -> dict[tuple[int, int, str], int]:
    rows = people.order_by().values_list("township_id", "village_id", "region_path").annotate(n=Count("id"))
    return {(town or UNKNOWN, village or UNKNOWN, path): n for town, village, path, n in rows}
