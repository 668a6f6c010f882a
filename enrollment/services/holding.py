"""People whom something above enrolment holds on the roster: a claim, above all.

Enrolment may not import claims; who holds is named in settings.ENROLLMENT_HELD_BY, functions that return a query with
a column `enrollment_id`.
"""

from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.module_loading import import_string

from enrollment.models import Enrollment


def is_held(field: str = "pk") -> Q:
    """The condition that somebody holds the enrolment that `field` names; set-based.

    As EXISTS: PostgreSQL goes through a list row by row where `NOT IN` meets more ids than fit its memory.
    """
    holders = (import_string(name)() for name in settings.ENROLLMENT_HELD_BY)
    return reduce(or_, (Q(Exists(holder.filter(enrollment_id=OuterRef(field)))) for holder in holders))


def held_among(enrollments: QuerySet[Enrollment]) -> set[Any]:
    """Ids of those of `enrollments` that are held; of a few."""
    return set(enrollments.filter(is_held()).values_list("pk", flat=True))
