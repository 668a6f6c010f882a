"""The roster as it stands against lists that came in later: who is enrolled and yet on a list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from enrollment.lists import excluding_lists
from enrollment.models import Enrollment, ListedPerson, PersonList
from orgs.models import User
from orgs.scope import visible
from schemes.models import Edition


@dataclass(frozen=True, slots=True)
class Standing:
    """What one list says of a person; `other_name`: it names them otherwise."""

    label: str
    title: str
    as_of: date
    event_date: date | None
    other_name: bool


def enrolled_on_lists(edition: Edition, user: User) -> QuerySet[Enrollment]:
    """People on the roster who stand on a list that excludes them, by place."""
    listed = visible(ListedPerson, user).filter(list_id__in=_list_ids(edition))
    people = visible(Enrollment, user).filter(edition=edition, removed_at__isnull=True)
    return people.filter(id_index__in=listed.values("id_index")).order_by("township_id", "village_id", "id")


def count_by_township(people: QuerySet[Enrollment]) -> list[tuple[str, int]]:
    """(township, people), in the order of the region tree."""
    counted = people.order_by("township__path").values_list("township__name").annotate(n=Count("id"))
    return list(counted)


def standings(people: Iterable[Enrollment], edition: Edition, user: User) -> dict[str, list[Standing]]:
    """By id_index, what the lists say of these people."""
    names = {person.id_index: person.name for person in people}
    lists = {one.pk: one for one in excluding_lists(edition)}
    rows = visible(ListedPerson, user).filter(list_id__in=lists, id_index__in=names).order_by("list_id")
    found: dict[str, list[Standing]] = {}
    for index, list_id, name, day in rows.values_list("id_index", "list_id", "name", "event_date"):
        one = lists[list_id]
        other = name not in ("", names[index])
        standing = Standing(PersonList.Kind(one.kind).label, one.title, one.as_of, day, other)
        found.setdefault(index, []).append(standing)
    return found


def _list_ids(edition: Edition) -> list[int]:
    return [one.pk for one in excluding_lists(edition)]
