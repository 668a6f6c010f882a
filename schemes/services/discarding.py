"""放弃草稿: an edition's or an amendment's draft is thrown away. What is published stays for ever."""

from django.db import transaction
from django.db.models import ProtectedError

from orgs.audit import record
from orgs.models import User
from orgs.scope import system_scope
from orgs.versions import EditConflict
from schemes.models import Amendment, DraftText, Edition, TermsRecord
from schemes.services.documents import EditionRefused, refuse_stranger

# A what-if of somebody else's may name the draft; it is let go of whoever may see it.
WHATEVER_NAMES_IT = "放弃草稿：不论谁的测算引用过它"


@transaction.atomic
def discard_edition(*, edition: Edition, by: User, read_version: int) -> None:
    """Delete a draft; its text under 起草 stays. EditionRefused where it is published or something rests on it."""
    edition = Edition.objects.select_for_update(of=("self",)).select_related("place").get(pk=edition.pk)
    refuse_stranger(by, "edition.draft", edition.place)
    _refuse_step(edition, read_version)
    record("edition.discard", by=by, target=edition, region_path=edition.place.path, sha256=edition.sha256)
    DraftText.objects.filter(source=edition).update(source=None)
    try:
        with transaction.atomic(), system_scope(WHATEVER_NAMES_IT):
            edition.delete()
    except ProtectedError as used:
        raise EditionRefused([f"{edition.title}已经有名册或案件，不能放弃；请联系系统管理员核对"]) from used


@transaction.atomic
def discard_amendment(*, amendment: Amendment, by: User, read_version: int) -> None:
    """Delete the draft of an amendment with its text; EditionRefused where it is published."""
    edition = Edition.objects.select_for_update(of=("self",)).select_related("place").get(pk=amendment.edition_id)
    amendment = Amendment.objects.select_for_update().get(pk=amendment.pk)
    refuse_stranger(by, "edition.draft", edition.place)
    _refuse_step(amendment, read_version)
    place = edition.place.path
    record("amendment.discard", by=by, target=amendment, region_path=place, sha256=amendment.sha256)
    with system_scope(WHATEVER_NAMES_IT):
        amendment.delete()


def _refuse_step(found: TermsRecord, read_version: int) -> None:
    if found.is_published:
        raise EditionRefused([f"{found}已经发布，不能放弃；政策有变动，请起草修订"])
    if found.version != read_version:
        raise EditConflict(found)
