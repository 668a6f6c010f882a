from enrollment.models.batches import RosterBatch, RosterChange, RosterRow
from enrollment.models.downloads import InsurerLayout, RosterDownload
from enrollment.models.lists import ListedPerson, NotEnrolled, PersonList
from enrollment.models.people import Enrollment, VillageTotal
from enrollment.models.steps import Objection, RosterStepTaken, TownshipRoster, VillageReview
from enrollment.models.targets import RegionFigure, VillageKeeper, VillageRecognition

__all__ = [
    "Enrollment",
    "InsurerLayout",
    "ListedPerson",
    "NotEnrolled",
    "Objection",
    "PersonList",
    "RegionFigure",
    "RosterBatch",
    "RosterChange",
    "RosterDownload",
    "RosterRow",
    "RosterStepTaken",
    "TownshipRoster",
    "VillageKeeper",
    "VillageRecognition",
    "VillageReview",
    "VillageTotal",
]
