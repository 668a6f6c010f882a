"""The lists in force for an edition. What they are called is no secret; whose names stand on them is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from enrollment.models import PersonList
from orgs.scope import system_scope
from schemes.models import Edition

ALWAYS = (PersonList.Kind.DEAD, PersonList.Kind.MOVED_OUT)  # whatever a notice says


@dataclass(frozen=True, slots=True)
class ListInForce:
    """One list: `clause` is the notice's, empty for the dead and those who moved out."""

    pk: int
    kind: str
    title: str
    as_of: date
    clause: str = ""


def kinds_for(edition: Edition) -> tuple[str, ...]:
    """The kinds of list that mean something in an edition: those that its notice excludes, the dead, the members."""
    return (PersonList.Kind.MEMBERS, *ALWAYS, *_clauses(edition))


def excluding_lists(edition: Edition) -> tuple[ListInForce, ...]:
    """Lists whose people can't be enrolled: first those that the notice excludes, then the dead and moved out."""
    clauses = _clauses(edition)
    order = [*clauses, *ALWAYS]
    lists = _in_force(edition).filter(kind__in=order)
    with system_scope("与名单核对：哪些名单在用"):
        found = [ListInForce(one.pk, one.kind, one.title, one.as_of, clauses.get(one.kind, "")) for one in lists]
    return tuple(sorted(found, key=lambda one: (order.index(one.kind), one.pk)))


def members_list(edition: Edition) -> ListInForce | None:
    """Who should be enrolled: the edition's own list, else that of the whole place."""
    with system_scope("应保未保：哪份应参保人员名单在用"):
        lists = list(_in_force(edition).filter(kind=PersonList.Kind.MEMBERS))
    own = next((one for one in lists if one.edition_id), None) or next(iter(lists), None)
    return ListInForce(own.pk, own.kind, own.title, own.as_of) if own else None


def _clauses(edition: Edition) -> Mapping[str, str]:
    return {one.kind: one.clause for one in edition.terms.insured.excludes}


def _in_force(edition: Edition) -> QuerySet[PersonList]:
    """Asked by the system: lists are the county's, and a township's roster is matched with all of them."""
    here = Q(edition=edition) | Q(edition=None, region_path=edition.place.path)
    return PersonList._base_manager.filter(here, state=PersonList.State.IN_FORCE).order_by("pk")
