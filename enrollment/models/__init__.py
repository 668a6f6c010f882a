from enrollment.models.batches import RosterBatch, RosterChange, RosterRow
from enrollment.models.conflicts import RosterConflict
from enrollment.models.people import Enrollment, VillageTotal

__all__ = ["Enrollment", "RosterBatch", "RosterChange", "RosterConflict", "RosterRow", "VillageTotal"]
