"""What two rosters, or a roster and a file, say differently of one person; the county decides."""

from django.db import models
from django.utils import timezone

from enrollment.models.batches import RosterBatch
from orgs.crypto import INDEX_HEX_LENGTH
from orgs.fields import EncryptedTextField
from orgs.models import Organization, Region, ScopedModel
from schemes.models import Edition


class RosterConflict(ScopedModel):
    """A row of a confirmed batch that waits for the county, as it stood in the file; sealed like the roster.

    It belongs to the township of the row. The other enrolment is a bare number: nothing leads the township there.
    """

    class Kind(models.TextChoices):
        ELSEWHERE = "elsewhere", "已在别处登记"
        OTHER_NAME = "other_name", "姓名与名册不同"

    class State(models.TextChoices):
        OPEN = "open", "待裁定"
        DECIDED = "decided", "已裁定"
        DROPPED = "dropped", "随批次撤销"

    class Decision(models.TextChoices):
        TRANSFER = "transfer", "转入本乡镇"
        KEEP = "keep", "维持原登记"
        RENAME = "rename", "更正姓名"
        KEEP_NAME = "keep_name", "维持原姓名"

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+")
    township = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    village = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    insurer = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )  # of the row's township
    batch = models.ForeignKey(RosterBatch, on_delete=models.PROTECT, related_name="conflicts")
    file_number = models.PositiveSmallIntegerField(default=1)
    sheet = models.CharField(max_length=60, blank=True)
    number = models.PositiveIntegerField("行")
    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    other_enrollment_id = models.BigIntegerField()
    name = models.CharField(max_length=60)
    initials = models.CharField(max_length=60, blank=True)
    id_number = EncryptedTextField(mask="id", sealed_as="roster.id_number")
    id_index = models.CharField(max_length=INDEX_HEX_LENGTH)
    id_kind = models.CharField(max_length=30, blank=True)
    sex = models.CharField(max_length=1, blank=True)
    household = models.CharField(max_length=30, blank=True)
    relation = models.CharField(max_length=20, blank=True)
    group = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=120, blank=True)
    phone = EncryptedTextField(mask="phone", sealed_as="roster.phone")
    bank = models.CharField(max_length=60, blank=True)
    account = EncryptedTextField(mask="account", sealed_as="roster.account")
    content = models.CharField(max_length=INDEX_HEX_LENGTH)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.OPEN)
    decision = models.CharField("裁定", max_length=10, choices=Decision.choices, blank=True)
    reason = models.CharField("理由", max_length=200, blank=True)
    decided_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_batch = models.OneToOneField(RosterBatch, on_delete=models.PROTECT, null=True, related_name="decided")
    created_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "township", "id_index"],
                condition=models.Q(state="open"),
                name="person_waits_for_one_decision_a_township",
            ),
        ]
        indexes = [models.Index(fields=["edition", "state", "id"], name="roster_conflict_by_state")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"
