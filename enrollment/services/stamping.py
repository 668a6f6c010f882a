"""What rows that come into staging are stamped with, and how their content is told apart."""

from typing import Any

from enrollment.content import content_index
from enrollment.models import RosterBatch
from enrollment.places import village_of
from enrollment.services.staging import Stamp
from orgs.models import Region


def stamp_of(batch: RosterBatch) -> Stamp:
    """Paths of the county's places, and the insurer of each township.

    A village's clerk doesn't see rows of the township: what has no village is theirs too.
    """
    own = village_of(batch.region_path)
    place = own or batch.edition.place
    return Stamp(
        batch_id=batch.pk,
        default_path=batch.region_path,
        paths=dict(Region.objects.filter(path__startswith=place.path).values_list("pk", "path")),
        insurers=dict(batch.edition.assignments.values_list("township_id", "insurer_id")),
    )


def content_of(*plain: Any) -> str:
    """The keyed hash that staging gives a row: two with the same one differ in nothing that a roster keeps."""
    return content_index(plain)
