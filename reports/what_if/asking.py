"""Asking for a what-if: which terms may be tried on which claims, and the job."""

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from claims.history import COUNTED
from claims.models import Claim
from office.jobs import enqueue
from orgs.audit import record
from orgs.models import User
from orgs.permissions import may
from orgs.scope import scope_of, visible
from reports.models import WhatIf, code_of
from schemes.models import Amendment, Edition
from schemes.terms.cache import BrokenTerms

JOB = "what_if"


class WhatIfRefused(Exception):
    """It can't be tried; the message says why and what to do. `field`: past or proposed."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


def editions_with_claims(by: User) -> QuerySet[Edition]:
    """Editions in which the person sees approved claims; newest first."""
    counted = visible(Claim, by).filter(edition=OuterRef("pk"), state__in=COUNTED)
    return visible(Edition, by).filter(Exists(counted)).select_related("place").defer("document")


def editions_to_try(by: User) -> QuerySet[Edition]:
    """Any edition that the person sees: a draft, or terms in force tried on another year's claims."""
    return visible(Edition, by).select_related("place").defer("document")


def amendments_to_try(by: User) -> QuerySet[Amendment]:
    """Those of these editions; drafts for who drafts."""
    rows = Amendment.objects.filter(edition__in=visible(Edition, by)).select_related("edition__place")
    rows = rows if may(by, "edition.draft") else rows.filter(state=Amendment.State.PUBLISHED)
    return rows.defer("document", "edition__document")


@transaction.atomic
def ask_what_if(*, past: Edition, proposed: Edition | Amendment, by: User) -> WhatIf:
    """Put a what-if on record and ring for it; one that already waits for the same terms is given back.

    Raises WhatIfRefused.
    """
    try:
        proposed.terms  # noqa: B018 - parsed once here, so that a draft that doesn't read is told at once
    except BrokenTerms as broken:
        raise WhatIfRefused("proposed", f"“{proposed}”还没有通过核对，请先改好再来测算") from broken
    if not editions_with_claims(by).filter(pk=past.pk).exists():
        raise WhatIfRefused("past", f"“{past.title}”还没有获批的案件，请另选一个年度")
    waiting = visible(WhatIf, by).filter(
        past=past,
        proposed_code=code_of(proposed),
        proposed_sha256=proposed.sha256,
        made_by=by,
        state=WhatIf.State.WAITING,
    )
    return waiting.first() or _put_on_record(past, proposed, by)


def _put_on_record(past: Edition, proposed: Edition | Amendment, by: User) -> WhatIf:
    amendment = proposed if isinstance(proposed, Amendment) else None
    what_if = WhatIf.objects.create(
        past=past,
        proposed=amendment.edition if amendment else proposed,
        amendment=amendment,
        proposed_code=code_of(proposed),
        proposed_title=str(proposed)[:80],
        proposed_sha256=proposed.sha256,
        region_path=scope_of(by).region_path,
        made_by=by,
    )
    code = what_if.proposed_code
    record("edition.what_if", by=by, target=what_if, past=past.code, proposed=code, sha256=proposed.sha256)
    enqueue(JOB, title=f"政策测算 {what_if}", by=by, target_id=what_if.pk, url=f"/what-if/{what_if.pk}/")
    return what_if
