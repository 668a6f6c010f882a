"""When a person is covered: from the edition's first day to its last, unless an endorsement says otherwise."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from enrollment.models import Enrollment

# Removed by a roster of a whole village, before it was in force: such a person never was covered.
NEVER_COVERED = Q(removed_at__isnull=False, covered_to__isnull=True)
CAME, WENT = Q(covered_from__isnull=False), Q(covered_to__isnull=False)
ENDORSED = CAME | WENT  # as the index enrollment_endorsed has it, word by word: SQLite compares no further
CLAIM_DEAD_ENDS = ("denied", "withdrawn")


@dataclass(frozen=True, slots=True)
class Cover:
    """Both days included; `first` after `last`: not a single day."""

    first: date
    last: date

    def contains(self, day: date) -> bool:
        return self.first <= day <= self.last


def taken_off(people: QuerySet[Enrollment]) -> QuerySet[Enrollment]:
    """Those whom an endorsement took off the roster; an earlier event may still be reported."""
    return people.filter(ENDORSED, WENT)


def ever_covered(people: QuerySet[Enrollment]) -> QuerySet[Enrollment]:
    """Those on a roster, and those whom an endorsement took off it."""
    return people.exclude(NEVER_COVERED)


def cover_of(person: Enrollment) -> Cover:
    """The days on which the person is covered."""
    edition = person.edition
    return Cover(person.covered_from or edition.first_day, person.covered_to or edition.last_day)


def why_not_covered(person: Enrollment, day: date) -> str:
    """A sentence where an endorsement leaves the day without cover; empty otherwise.

    Days outside of the edition's period are for the terms to judge, which may pay for them.
    """
    cover = cover_of(person)
    if person.removed_at and person.covered_to is None:
        return "此人没有参保：整村名册导入时已减去，请先由乡镇补录"
    if person.covered_from and day < cover.first:
        return f"{day} 还没有参保：此人 {cover.first} 起保，请核对出险日期"
    if person.covered_to and day > cover.last:
        last = f"，保障到 {cover.last} 止" if cover.first <= cover.last else "，没有一天在保"
        return f"{day} 已不在保：此人已减员{last}，请核对出险日期"
    return ""


def claims_since(person: Enrollment, day: date) -> list[Any]:
    """Claims of the person for events on or after a day, but for those that came to nothing."""
    claims = person.claims.filter(event_date__gte=day).exclude(state__in=CLAIM_DEAD_ENDS)
    return list(claims.order_by("event_date", "id"))
