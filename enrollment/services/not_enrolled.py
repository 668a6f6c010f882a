"""A clerk says why somebody is not enrolled: the scheme may be voluntary."""

from django.db import transaction
from django.utils import timezone

from enrollment.models import ListedPerson, NotEnrolled
from orgs.audit import record
from orgs.models import User
from orgs.scope import visible
from schemes.models import Edition


class ReasonRefused(Exception):
    """The reason is not taken; the message says why."""


@transaction.atomic
def mark_not_enrolled(*, edition: Edition, person: ListedPerson, reason: str, note: str, by: User) -> None:
    """Put the reason on record, in place of an earlier one; an empty reason takes it away. Raises ReasonRefused.

    The note goes into no audit event: it is about a person.
    """
    if reason == NotEnrolled.Reason.OTHER and not note.strip():
        raise ReasonRefused("选“其他”的，请写明原因")
    marked = visible(NotEnrolled, by).filter(edition=edition, id_index=person.id_index)
    marked.delete()
    if reason:
        NotEnrolled.objects.create(
            edition=edition, id_index=person.id_index, region_path=person.region_path, reason=reason,
            township_id=person.township_id, village_id=person.village_id, note=note.strip(), marked_by=by,
            marked_at=timezone.now(),
        )  # fmt: skip
    record("unenrolled.mark", by=by, target=person, label=person.name, region_path=person.region_path, reason=reason)
