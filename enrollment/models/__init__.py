from enrollment.models.batches import RosterBatch, RosterChange, RosterRow
from enrollment.models.downloads import InsurerLayout, RosterDownload
from enrollment.models.people import Enrollment, VillageTotal
from enrollment.models.steps import Objection, RosterStepTaken, TownshipRoster, VillageReview

__all__ = [
    "Enrollment",
    "InsurerLayout",
    "Objection",
    "RosterBatch",
    "RosterChange",
    "RosterDownload",
    "RosterRow",
    "RosterStepTaken",
    "TownshipRoster",
    "VillageReview",
    "VillageTotal",
]
