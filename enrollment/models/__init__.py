from enrollment.models.batches import RosterBatch, RosterChange, RosterFile, RosterRow
from enrollment.models.people import Enrollment, VillageTotal

__all__ = ["Enrollment", "RosterBatch", "RosterChange", "RosterFile", "RosterRow", "VillageTotal"]
