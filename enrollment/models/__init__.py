from enrollment.models.batches import RosterBatch, RosterChange, RosterFile, RosterRow
from enrollment.models.conflicts import RosterConflict
from enrollment.models.corrections import IdCorrection
from enrollment.models.downloads import InsurerLayout, RosterDownload
from enrollment.models.endorsements import Endorsement, EndorsementCounter
from enrollment.models.lists import ListedPerson, MemberTotal, NotEnrolled, PersonList
from enrollment.models.papers import Handout, Paper, PolicySlip, PrintOrder, PublicNotice, RosterPrint
from enrollment.models.people import Enrollment, VillageTotal
from enrollment.models.steps import Objection, RosterStepTaken, TownshipRoster, VillageReview
from enrollment.models.targets import RegionFigure, VillageKeeper, VillageRecognition

__all__ = [
    "Endorsement",
    "EndorsementCounter",
    "Enrollment",
    "Handout",
    "IdCorrection",
    "InsurerLayout",
    "ListedPerson",
    "MemberTotal",
    "NotEnrolled",
    "Objection",
    "Paper",
    "PersonList",
    "PolicySlip",
    "PrintOrder",
    "PublicNotice",
    "RegionFigure",
    "RosterBatch",
    "RosterChange",
    "RosterConflict",
    "RosterDownload",
    "RosterFile",
    "RosterPrint",
    "RosterRow",
    "RosterStepTaken",
    "TownshipRoster",
    "VillageKeeper",
    "VillageRecognition",
    "VillageReview",
    "VillageTotal",
]
