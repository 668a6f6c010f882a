from enrollment.models.batches import RosterBatch, RosterChange, RosterRow
from enrollment.models.endorsements import Endorsement, EndorsementCounter
from enrollment.models.people import Enrollment, VillageTotal

__all__ = [
    "Endorsement",
    "EndorsementCounter",
    "Enrollment",
    "RosterBatch",
    "RosterChange",
    "RosterRow",
    "VillageTotal",
]
