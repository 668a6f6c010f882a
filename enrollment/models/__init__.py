from enrollment.models.batches import RosterBatch, RosterChange, RosterRow
from enrollment.models.conflicts import RosterConflict
from enrollment.models.lists import ListedPerson, NotEnrolled, PersonList
from enrollment.models.people import Enrollment, VillageTotal
from enrollment.models.targets import RegionFigure, VillageKeeper, VillageRecognition

__all__ = [
    "Enrollment",
    "ListedPerson",
    "NotEnrolled",
    "PersonList",
    "RegionFigure",
    "RosterBatch",
    "RosterChange",
    "RosterConflict",
    "RosterRow",
    "VillageKeeper",
    "VillageRecognition",
    "VillageTotal",
]
