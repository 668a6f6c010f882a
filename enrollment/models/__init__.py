from enrollment.models.batches import RosterBatch, RosterChange, RosterFile, RosterRow
from enrollment.models.conflicts import RosterConflict
from enrollment.models.corrections import IdCorrection
from enrollment.models.lists import ListedPerson, NotEnrolled, PersonList
from enrollment.models.papers import Handout, Paper, PolicySlip, PrintOrder, PublicNotice, RosterPrint
from enrollment.models.people import Enrollment, VillageTotal
from enrollment.models.targets import RegionFigure, VillageKeeper, VillageRecognition

__all__ = [
    "Enrollment",
    "Handout",
    "IdCorrection",
    "ListedPerson",
    "NotEnrolled",
    "Paper",
    "PersonList",
    "PolicySlip",
    "PrintOrder",
    "PublicNotice",
    "RegionFigure",
    "RosterBatch",
    "RosterChange",
    "RosterConflict",
    "RosterFile",
    "RosterPrint",
    "RosterRow",
    "VillageKeeper",
    "VillageRecognition",
    "VillageTotal",
]
