"""Endorsements (批改): additions, removals and corrections of a roster that is in force."""

from django.db import models
from django.utils import timezone

from orgs.crypto import INDEX_HEX_LENGTH
from orgs.fields import EncryptedJSONField, EncryptedTextField
from orgs.models import Region, ScopedModel, User
from schemes.models import Edition


class EndorsementCounter(models.Model):
    """The last number given in an edition; its row is locked while a number is taken."""

    edition = models.OneToOneField(Edition, on_delete=models.PROTECT, related_name="endorsement_counter")
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.last)


class Endorsement(ScopedModel):
    """One person's coming to, going from or being corrected on a roster in force. It takes effect when it is agreed.

    `effective_on` is the first day of cover for who is added, the first day without for who is removed. `content` is
    what the roster is to say, `former` what it said when that was asked: names of fields with their values, sealed.
    `moves` are the heads whose premium it changes (schemes/rules/endorsements.py), `steps` how that was computed.
    """

    class Kind(models.TextChoices):
        ADD = "add", "增员"
        REMOVE = "remove", "减员"
        CORRECT = "correct", "更正"

    class State(models.TextChoices):
        ASKED = "asked", "待承保机构确认"
        AGREED = "agreed", "已生效"
        REFUSED = "refused", "未同意"
        WITHDRAWN = "withdrawn", "已撤回"

    class Reason(models.TextChoices):
        OMITTED = "omitted", "漏保补录"
        DIED = "died", "死亡"
        MOVED = "moved", "迁出"
        DUPLICATE = "duplicate", "重复参保"
        INELIGIBLE = "ineligible", "不符合条件"
        MISWRITTEN = "miswritten", "信息更正"
        OTHER = "other", "其他"

    number = models.CharField("批单号", max_length=20, unique=True)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="endorsements")
    township = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    village = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("类别", max_length=8, choices=Kind.choices)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.ASKED)
    enrollment = models.ForeignKey(
        "enrollment.Enrollment", on_delete=models.PROTECT, null=True, db_constraint=False, related_name="endorsements"
    )  # of an addition once it is agreed
    person_name = models.CharField("姓名", max_length=60)
    person_initials = models.CharField(max_length=60, blank=True)
    id_number = EncryptedTextField("身份证号", mask="id")
    id_index = models.CharField(max_length=INDEX_HEX_LENGTH)
    household = models.CharField(max_length=30, blank=True)  # that the person comes to or goes from
    effective_on = models.DateField("生效日期")
    retroactive = models.BooleanField("追溯", default=False)  # cover that began before it was asked for
    reason = models.CharField("原因", max_length=10, choices=Reason.choices)
    reason_text = models.CharField("说明", max_length=200, blank=True)
    proof = models.CharField("依据", max_length=200)
    former = EncryptedJSONField("原内容")
    content = EncryptedJSONField("新内容")
    persons = models.SmallIntegerField(default=0)
    households = models.SmallIntegerField(default=0)
    moves = models.JSONField(default=list)
    premium_fen = models.BigIntegerField("批改保费（分）", default=0)
    steps = models.JSONField(default=list)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    opinion = models.CharField("意见", max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "id_index"],
                condition=models.Q(state="asked"),
                name="person_has_one_open_endorsement",
            ),
            models.CheckConstraint(
                condition=models.Q(state="withdrawn")
                | models.Q(decided_by__isnull=True)
                | ~models.Q(decided_by=models.F("asked_by")),
                name="endorsement_is_decided_by_another_person",
            ),
            models.CheckConstraint(
                condition=models.Q(state="asked", decided_by__isnull=True, decided_at__isnull=True)
                | (~models.Q(state="asked") & models.Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="endorsement_is_open_or_decided",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="agreed") | models.Q(enrollment__isnull=False),
                name="agreed_endorsement_names_its_person_on_the_roster",
            ),
        ]
        indexes = [
            models.Index(fields=["edition", "region_path", "-id"], name="endorsement_by_region"),
            models.Index(fields=["edition", "insurer", "state"], name="endorsement_by_insurer"),
            models.Index(fields=["edition", "township", "state"], name="endorsement_by_township"),
        ]

    def __str__(self) -> str:
        return self.number
