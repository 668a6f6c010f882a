"""What the rosters tell of one person, as the viewer may see it: years, household, what happened to the row."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from calc.dates import age_on
from calc.id_number import IdNumber, check_id_number
from enrollment.corrections import of_person
from enrollment.models import Enrollment, IdCorrection, RosterBatch, RosterChange
from enrollment.roster.relations import HEADS, relation_name
from orgs.models import User
from orgs.scope import visible
from schemes.models import Edition

MADE_UP_HOUSEHOLD = "h"  # staging numbers households by their head's hash where the sheet has no numbers


@dataclass(frozen=True)
class Happened:
    """Something that was done to a person's row: when, what, in which edition, by which batch or person."""

    at: datetime
    what: str
    edition: str
    by: str
    batch_id: int | None = None
    detail: str = ""


def age_of(person: Enrollment, today: date) -> int | None:
    """Whole years by the ID number; None where it doesn't tell."""
    number = check_id_number(person.id_number.reveal(), today=today)
    born = number.birth_date if isinstance(number, IdNumber) else None
    return age_on(born, today) if born else None


def household_number(person: Enrollment) -> str:
    """As people write it; empty where it was only made up from the head's number."""
    return "" if person.household.startswith(MADE_UP_HOUSEHOLD) else person.household


def relation_of(person: Enrollment) -> str:
    return relation_name(person.relation)


def household_of(person: Enrollment, user: User) -> list[Enrollment]:
    """Everybody of the household in the edition, heads first, those who were taken out last."""
    if not person.household:
        return []
    same = visible(Enrollment, user).filter(
        edition=person.edition_id, region_path=person.region_path, household=person.household
    )
    members = same.defer("content", "phone", "account").order_by("id")
    return sorted(members, key=lambda one: (one.removed_at is not None, one.relation not in HEADS, one.pk))


def enrollments_of(person: Enrollment, editions: list[Edition], user: User) -> list[Enrollment]:
    """The person's places on rosters of these editions, the latest first; those taken out among them.

    Two questions, since each has its index: those on a roster and those taken out.
    """
    rows = visible(Enrollment, user).filter(of_person(person.id_index, person.name), edition__in=editions)
    related = ("edition", "township", "village", "insurer")
    present = rows.filter(removed_at__isnull=True).select_related(*related)
    gone = rows.filter(removed_at__isnull=False).select_related(*related)
    return sorted([*present, *gone], key=lambda one: (one.edition.first_day, one.pk), reverse=True)


def history_of(rows: list[Enrollment], user: User) -> list[Happened]:
    """What batches and corrections did to these rows, the latest first."""
    titles = {row.pk: row.edition.title for row in rows}
    changes = [
        Happened(
            at=change.batch.confirmed_at or change.batch.created_at,
            what=change.get_kind_display(),
            edition=titles[change.enrollment_id],
            by=_by(change.batch.confirmed_by or change.batch.made_by),
            batch_id=change.batch_id,
            detail=f"{change.batch.get_kind_display()}：{change.batch}",
        )
        for change in _changes(rows, user)
    ]
    corrected = [
        Happened(
            at=one.made_at,
            what="更正身份证号",
            edition=titles[one.enrollment_id],
            by=_by(one.made_by),
            detail=f"原号 {one.old_number}，{one.get_reason_display()}，依据：{one.proof}",
        )
        for one in visible(IdCorrection, user).filter(enrollment__in=rows).select_related("made_by__organization")
    ]
    return sorted(changes + corrected, key=lambda one: one.at, reverse=True)


def _changes(rows: list[Enrollment], user: User) -> QuerySet[RosterChange]:
    """Of batches that the viewer sees: the township's, not those of the whole county."""
    changes = visible(RosterChange, user).filter(enrollment__in=rows, batch__in=visible(RosterBatch, user))
    who = ("batch__confirmed_by__organization", "batch__made_by__organization")
    return changes.select_related("batch", *who).only(
        "kind", "enrollment_id", "batch__kind", "batch__file_name", "batch__confirmed_at", "batch__created_at",
        "batch__confirmed_by__name", "batch__confirmed_by__organization__short_name",
        "batch__confirmed_by__organization__name", "batch__made_by__name",
        "batch__made_by__organization__short_name", "batch__made_by__organization__name",
    )  # fmt: skip


def _by(user: User) -> str:
    return f"{user.organization} {user.name}"


def in_group(people: QuerySet[Enrollment], *, group: str, household: str) -> QuerySet[Enrollment]:
    """Those of a group or a household, where asked for."""
    wanted = Q(group=group) if group else Q()
    return people.filter(wanted & Q(household=household) if household else wanted)
