from enrollment.models.batches import RosterBatch, RosterChange, RosterRow
from enrollment.models.endorsements import Endorsement, EndorsementCounter
from enrollment.models.lists import ListedPerson, NotEnrolled, PersonList
from enrollment.models.people import Enrollment, VillageTotal
from enrollment.models.targets import RegionFigure, VillageKeeper, VillageRecognition

__all__ = [
    "Endorsement",
    "EndorsementCounter",
    "Enrollment",
    "ListedPerson",
    "NotEnrolled",
    "PersonList",
    "RegionFigure",
    "RosterBatch",
    "RosterChange",
    "RosterRow",
    "VillageKeeper",
    "VillageRecognition",
    "VillageTotal",
]
