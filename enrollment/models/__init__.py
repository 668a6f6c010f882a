from enrollment.models.batches import RosterBatch, RosterChange, RosterRow
from enrollment.models.papers import Handout, Paper, PolicySlip, PrintOrder, PublicNotice, RosterPrint
from enrollment.models.people import Enrollment, VillageTotal

__all__ = [
    "Enrollment",
    "Handout",
    "Paper",
    "PolicySlip",
    "PrintOrder",
    "PublicNotice",
    "RosterBatch",
    "RosterChange",
    "RosterPrint",
    "RosterRow",
    "VillageTotal",
]
