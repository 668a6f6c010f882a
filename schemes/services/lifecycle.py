"""An edition from draft to published. Published terms never change."""

from django.db import transaction

from orgs.audit import record
from orgs.models import User
from schemes.models import Edition
from schemes.services.documents import (
    demand_passing,
    demand_real_figures,
    mark_checked,
    mark_published,
    refuse_step,
    refuse_stranger,
)


@transaction.atomic
def check_edition_draft(*, edition: Edition, by: User | None, read_version: int | None = None) -> Edition:
    """Check the document against the county's townships and its own examples; only one that passes is checked.

    Raises EditionRefused with every problem, EditConflict where somebody has changed it since `read_version`.
    """
    edition = _locked(edition)
    refuse_stranger(by, "edition.draft", edition.place)
    if edition.state == Edition.State.CHECKED:
        return edition  # pressed twice
    refuse_step(edition, "check", by, read_version)
    demand_passing(edition.document, f"{edition.code}.yaml", edition.place)
    mark_checked(edition, by)
    edition.save(update_fields=["state", "checked_at", "checked_by", "version"])
    record("edition.check", by=by, target=edition, region_path=edition.place.path, sha256=edition.sha256)
    return edition


@transaction.atomic
def publish_edition(*, edition: Edition, by: User | None, read_version: int | None = None) -> Edition:
    """Freeze the terms as a second person; from now on claims are computed with them. Pressed twice is once.

    `by` None is the operator at the command line, who needs no check before: it is done here in any case.
    Raises EditionRefused, TrialFiguresLeft (outside trial mode), EditConflict.
    """
    edition = _locked(edition)
    refuse_stranger(by, "edition.publish", edition.place)
    if edition.is_published:
        return edition
    refuse_step(edition, "publish", by, read_version)
    demand_real_figures(demand_passing(edition.document, f"{edition.code}.yaml", edition.place))
    mark_published(edition, by)
    edition.save(update_fields=["state", "published_at", "published_by", "version"])
    record("edition.publish", by=by, target=edition, region_path=edition.place.path, sha256=edition.sha256)
    return edition


def _locked(edition: Edition) -> Edition:
    return Edition.objects.select_for_update(of=("self",)).select_related("place", "scheme").get(pk=edition.pk)
