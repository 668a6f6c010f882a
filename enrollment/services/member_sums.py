"""Sums of the members list by place, kept as the roster changes: who may be enrolled, and who of them is not."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from enrollment.models import Enrollment, ListedPerson, MemberTotal, PersonList, RosterBatch, RosterChange
from enrollment.unenrolled import REASON, Lists, count_gaps, lists_for
from orgs.scope import system_scope
from schemes.models import Edition

MOST_PLACES = 200  # more of them: all are counted anew
CAME_OR_WENT = (RosterChange.Kind.ADDED, RosterChange.Kind.REMOVED)

People = QuerySet[Enrollment] | Collection[str]  # blind indexes


def people_of(*batches: RosterBatch) -> QuerySet[Enrollment]:
    """Blind indexes of those whom the batches enrolled or took out."""
    changed = RosterChange.objects.filter(batch__in=batches, kind__in=CAME_OR_WENT)
    return Enrollment.objects.filter(pk__in=changed.values("enrollment_id")).order_by().values("id_index")


def sum_up_members(edition: Edition, people: People) -> None:
    """Count the places anew where these people are listed, in the transaction that enrolled them or took them out.

    Under the edition's turn (`take_turns`): a count beside an uncommitted change would be kept without it. Somebody may
    be enrolled in one township and listed in another, so the places are those of the list.
    """
    lists = lists_for(edition)
    if lists is None:
        return
    with system_scope(REASON):
        kept = MemberTotal.objects.filter(edition=edition, counted_by=lists.key)
        places = _places(lists, people) if kept.exists() else None
        if places is None or places:
            _count(edition, lists, places)


def sum_up_beside(person_list: PersonList) -> None:
    """After a list came or went, in its transaction: all that it holds for, in turn with whatever changes rosters."""
    here = Q(pk=person_list.edition_id) if person_list.edition_id else Q(place__path=person_list.region_path)
    editions = Edition.objects.filter(here, state=Edition.State.PUBLISHED)
    for edition in editions.select_for_update(no_key=True, of=("self",)).select_related("place").order_by("pk"):
        if lists := lists_for(edition):
            with system_scope(REASON):
                _count(edition, lists, None)


def _places(lists: Lists, people: People) -> set[str] | None:
    """None for all."""
    listed = ListedPerson.objects.filter(list_id=lists.members, id_index__in=people)
    paths = set(listed.order_by().values_list("region_path", flat=True).distinct())
    return paths if len(paths) <= MOST_PLACES else None


def _count(edition: Edition, lists: Lists, paths: set[str] | None) -> None:
    standing = MemberTotal.objects.filter(edition=edition)
    (standing if paths is None else standing.filter(region_path__in=paths)).delete()
    MemberTotal.objects.bulk_create(
        MemberTotal(
            edition=edition, township_id=township, village_id=village, region_path=gap.path,
            counted_by=lists.key, members=gap.members, missing=gap.missing,
        )
        for (township, village), gap in count_gaps(edition, lists, paths).items()
    )  # fmt: skip
