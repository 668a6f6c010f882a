"""People who were taken off a roster, as a search finds them: since when, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from enrollment.models import Endorsement, Enrollment, RosterBatch, RosterChange
from enrollment.search import PersonQuery, matching
from orgs.models import User
from orgs.permissions import may
from orgs.scope import visible

MOST_LOOKED_THROUGH = 20_000  # no index has the names of who is gone; an undone import of a county leaves a million
BY_BATCH = {
    RosterBatch.Kind.REVERSAL: "导入的那一批已撤销",
    RosterBatch.Kind.DECISION: "区县裁定",
    RosterBatch.Kind.OBJECTION: "异议成立，删除",
}
WHOLE_VILLAGE = "整村名册里没有"
BY_COUNTY = "区县办理"  # a batch of the county's, which the township doesn't see


@dataclass(frozen=True, slots=True)
class Removal:
    """`last_day`: of the cover, where an endorsement ended it."""

    day: date
    reason: str
    last_day: date | None = None


def removed_matching(
    people: QuerySet[Enrollment], query: PersonQuery, *, seen: QuerySet[Enrollment]
) -> QuerySet[Enrollment] | None:
    """Those of `people` who were taken off and are on no roster now of all that are `seen`, each once, the latest
    first; None where a name would have to be looked for among too many."""
    gone = people.filter(removed_at__isnull=False)
    if query.kind != "id" and gone.order_by()[MOST_LOOKED_THROUGH : MOST_LOOKED_THROUGH + 1].exists():
        return None
    same = seen.filter(edition=OuterRef("edition"), id_index=OuterRef("id_index"))
    later = same.filter(removed_at__isnull=False, pk__gt=OuterRef("pk"))
    again = same.filter(removed_at__isnull=True)
    return matching(gone, query).filter(~Exists(again), ~Exists(later)).order_by("-removed_at", "-pk")


def removals_of(people: Iterable[Enrollment], user: User) -> dict[int, Removal]:
    """By person of a page: two questions, whatever their number."""
    people = list(people)
    endorsed, batches = _endorsed(people, user), _batches(people, user)
    return {one.pk: _removal(one, endorsed.get(one.pk, ""), batches.get(one.pk)) for one in people if one.removed_at}


def _removal(person: Enrollment, endorsed: str, kind: str | None) -> Removal:
    assert person.removed_at is not None
    day = timezone.localdate(person.removed_at)
    if person.covered_to is not None:
        return Removal(day, endorsed or "批改减员", person.covered_to)
    return Removal(day, BY_COUNTY if kind is None else BY_BATCH.get(RosterBatch.Kind(kind), WHOLE_VILLAGE))


def _endorsed(people: list[Enrollment], user: User) -> dict[int, str]:
    """Why, in the words of the endorsement; for those who see endorsements."""
    if not may(user, "endorsement.view"):
        return {}
    agreed = visible(Endorsement, user).filter(kind=Endorsement.Kind.REMOVE, state=Endorsement.State.AGREED)
    found = agreed.filter(enrollment__in=people).only("enrollment_id", "number", "reason", "reason_text")
    return {one.enrollment_id: f"批改减员，{one.get_reason_display()}（{one.number}）" for one in found}


def _batches(people: list[Enrollment], user: User) -> dict[int, str]:
    """The kind of the batch that took each out, of those that the viewer sees."""
    changes = visible(RosterChange, user).filter(enrollment__in=people, kind=RosterChange.Kind.REMOVED)
    seen = changes.filter(batch__in=visible(RosterBatch, user)).order_by("id")
    return dict(seen.values_list("enrollment_id", "batch__kind"))
