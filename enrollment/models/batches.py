"""What changes rosters: batches, their rows in staging, and what each batch did to the roster."""

from django.db import models
from django.utils import timezone

from orgs.crypto import INDEX_HEX_LENGTH
from orgs.fields import EncryptedTextField
from orgs.models import Organization, Region, ScopedModel
from schemes.models import Edition


class RosterBatch(ScopedModel):
    """One change of rosters as a whole, from what came in to the confirmed roster.

    An upload has files; a batch carried over from last year, typed in, or undoing another has none.
    """

    class Kind(models.TextChoices):
        UPLOAD = "upload", "上传文件"
        ENTRY = "entry", "手工录入"
        CARRIED = "carried", "上年结转"
        DECISION = "decision", "区县裁定"
        OBJECTION = "objection", "异议删除"
        REVERSAL = "reversal", "撤销"

    class State(models.TextChoices):
        CHECKING = "checking", "正在校验"
        CHECKED = "checked", "待确认"
        REFUSED = "refused", "文件未通过"
        CONFIRMING = "confirming", "正在导入"
        CONFIRMED = "confirmed", "已导入"
        DISCARDED = "discarded", "已放弃"

    kind = models.CharField("来源", max_length=10, choices=Kind.choices, default=Kind.UPLOAD)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="batches")
    source_edition = models.ForeignKey(
        Edition, on_delete=models.PROTECT, null=True, related_name="+"
    )  # of a carried one
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    township = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="乡镇")
    file_name = models.CharField(max_length=200)  # what people know it by: 甲.xlsx 等 3 份
    state = models.CharField(max_length=12, choices=State.choices, default=State.CHECKING)
    only_valid = models.BooleanField(default=True)
    counts = models.JSONField(default=dict)
    villages = models.JSONField(default=list)
    whole_villages = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    refusal = models.TextField(blank=True)
    made_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name


class RosterFile(ScopedModel):
    """One file of an upload, with the workbook that goes back where rows of it are wrong."""

    batch = models.ForeignKey(RosterBatch, on_delete=models.CASCADE, related_name="files")
    number = models.PositiveSmallIntegerField()
    file = models.ForeignKey("office.StoredFile", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, db_index=True)
    error_file = models.ForeignKey("office.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    rows = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["batch", "number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="roster_file_of_batch")]

    def __str__(self) -> str:
        return self.name


class RosterRow(ScopedModel):
    """A row of an upload in staging: what the preview shows and the confirmation writes. Sealed like the roster."""

    class Outcome(models.TextChoices):
        NEW = "new", "新增"
        CHANGED = "changed", "变更"
        UNCHANGED = "unchanged", "不变"
        DUPLICATE = "duplicate", "重复"
        CONFLICT = "conflict", "待裁定"
        INVALID = "invalid", "无效"

    batch = models.ForeignKey(
        RosterBatch, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="rows"
    )
    insurer = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    file_number = models.PositiveSmallIntegerField(default=1, db_default=1)  # which of the upload's files
    sheet = models.CharField(max_length=60, blank=True)
    number = models.PositiveIntegerField("行")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    township_id = models.BigIntegerField(null=True)
    village_id = models.BigIntegerField(null=True)
    village_name = models.CharField(max_length=60, blank=True)
    name = models.CharField(max_length=60, blank=True)
    initials = models.CharField(max_length=60, blank=True)
    id_number = EncryptedTextField(mask="id", sealed_as="roster.id_number")
    id_index = models.CharField(max_length=INDEX_HEX_LENGTH, blank=True)
    id_kind = models.CharField(max_length=30, blank=True)
    sex = models.CharField(max_length=1, blank=True)
    household = models.CharField(max_length=30, blank=True)
    relation = models.CharField(max_length=20, blank=True)
    group = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=120, blank=True)
    phone = EncryptedTextField(mask="phone", sealed_as="roster.phone")
    bank = models.CharField(max_length=60, blank=True)
    account = EncryptedTextField(mask="account", sealed_as="roster.account")
    content = models.CharField(max_length=INDEX_HEX_LENGTH, blank=True)
    problems = models.JSONField(default=list)
    found_version = models.PositiveIntegerField(null=True)  # of the enrolment that the comparison found

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["batch", "outcome", "id"], name="roster_row_by_outcome"),
        ]

    def __str__(self) -> str:
        return f"第{self.number}行"


class RosterChange(ScopedModel):
    """What a confirmed batch did to one person's place on a roster: enough to take it back.

    `before` is the roster's content as it was (sealed as on the roster), for people who were corrected or moved.
    """

    class Kind(models.TextChoices):
        ADDED = "added", "新增"
        CHANGED = "changed", "变更"
        REMOVED = "removed", "减员"

    batch = models.ForeignKey(
        RosterBatch, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="changes"
    )
    insurer = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    enrollment = models.ForeignKey(
        "enrollment.Enrollment", on_delete=models.PROTECT, db_constraint=False, related_name="changes"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    version_after = models.PositiveIntegerField()  # of the enrolment; a later one: somebody went on from there
    village_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=60, blank=True)
    initials = models.CharField(max_length=60, blank=True)
    id_kind = models.CharField(max_length=30, blank=True)
    sex = models.CharField(max_length=1, blank=True)
    household = models.CharField(max_length=30, blank=True)
    relation = models.CharField(max_length=20, blank=True)
    group = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=120, blank=True)
    phone = EncryptedTextField(mask="phone", sealed_as="roster.phone")
    bank = models.CharField(max_length=60, blank=True)
    account = EncryptedTextField(mask="account", sealed_as="roster.account")
    content = models.CharField(max_length=INDEX_HEX_LENGTH, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["batch", "kind", "id"], name="roster_change_by_kind")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.enrollment_id}"
