from enrollment.models.batches import RosterBatch, RosterChange, RosterRow
from enrollment.models.corrections import IdCorrection
from enrollment.models.people import Enrollment, VillageTotal

__all__ = ["Enrollment", "IdCorrection", "RosterBatch", "RosterChange", "RosterRow", "VillageTotal"]
