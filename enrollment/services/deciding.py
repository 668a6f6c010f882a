"""The batch of a decision on one person: written at once, listed like any other, and undone like any other."""

from collections.abc import Collection

from django.utils import timezone

from enrollment.models import RosterBatch, RosterChange
from enrollment.services.changing import sum_up_villages, touched_villages
from enrollment.services.member_sums import people_of, sum_up_members
from orgs.models import Region, User
from schemes.models import Edition


def begin_batch(
    kind: RosterBatch.Kind, *, edition: Edition, region_path: str, title: str, by: User, township: Region | None = None
) -> RosterBatch:
    """On record before it changes anybody; whoever sees `region_path` may look through it."""
    now = timezone.now()
    return RosterBatch.objects.create(
        kind=kind, edition=edition, township=township, region_path=region_path, file_name=title[:200],
        state=RosterBatch.State.CONFIRMED, made_by=by, checked_at=now, confirmed_at=now, confirmed_by=by,
    )  # fmt: skip


def close_batch(batch: RosterBatch, *, villages: Collection[int] = ()) -> None:
    """Count what it did, and the villages that it touched (and `villages`) anew."""
    changes = RosterChange.objects.filter(batch=batch)
    batch.counts = {kind: changes.filter(kind=kind).count() for kind in ("removed", "changed")}
    batch.counts |= {"new": changes.filter(kind="added").count(), "rows": 1, "valid": 1, "rejected": 0}
    batch.save(update_fields=["counts"])
    sum_up_villages(batch.edition_id, touched_villages(batch) | set(villages))
    sum_up_members(batch.edition, people_of(batch))
