"""Corrections of ID numbers: the link that keeps one person one over the years."""

from django.db import models
from django.utils import timezone

from orgs.crypto import INDEX_HEX_LENGTH
from orgs.fields import EncryptedTextField
from orgs.models import Organization, ScopedModel
from schemes.models import Edition


class IdCorrection(ScopedModel):
    """An ID number on a roster was put right: who it was before and is now, as blind indexes, and on what proof."""

    class Reason(models.TextChoices):
        TYPING = "typing", "录入错误"
        CERTIFICATE = "certificate", "户口簿、身份证号码更正"
        UPGRADED = "upgraded", "证件换发，号码改变"
        OTHER = "other", "其他"

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="id_corrections")
    insurer = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, db_constraint=False, related_name="+"
    )
    enrollment = models.ForeignKey("enrollment.Enrollment", on_delete=models.PROTECT, related_name="id_corrections")
    name = models.CharField("姓名", max_length=60)  # a wrong number may be somebody else's: links hold for this name
    old_number = EncryptedTextField("原身份证号", mask="id")
    old_index = models.CharField(max_length=INDEX_HEX_LENGTH, db_index=True)
    new_index = models.CharField(max_length=INDEX_HEX_LENGTH, db_index=True)
    reason = models.CharField("更正原因", max_length=12, choices=Reason.choices)
    proof = models.CharField("依据", max_length=120)
    made_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(old_index=models.F("new_index")), name="correction_changes_the_number"
            ),
        ]

    def __str__(self) -> str:
        return self.name
