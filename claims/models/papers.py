from django.db import models
from django.utils import timezone

from claims.models.claims import Claim
from orgs.models import ScopedModel, User


class Paper(ScopedModel):
    """A paper attached to a claim; the file is stored encrypted."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField("材料", max_length=40)
    file = models.ForeignKey("office.StoredFile", on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.kind
