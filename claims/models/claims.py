"""A claim with its own snapshot of the person: no foreign key leads from it into another scope."""

from django.db import models
from django.utils import timezone

from claims.workflow import STATES
from orgs.crypto import INDEX_HEX_LENGTH
from orgs.fields import EncryptedJSONField, EncryptedTextField
from orgs.models import Region, ScopedModel, User
from schemes.models import Edition
from schemes.terms.benefits import LumpSum
from schemes.terms.model import EditionTerms


class ClaimCounter(models.Model):
    """The last number given in an edition; its row is locked while a number is taken."""

    edition = models.OneToOneField(Edition, on_delete=models.PROTECT, related_name="claim_counter")
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.last)


class Claim(ScopedModel):
    """A case from report to close. State changes go through claims/workflow.py only."""

    class Payee(models.TextChoices):
        INSURED = "insured", "参保对象本人"
        HEIR = "heir", "继承人"
        GUARDIAN = "guardian", "监护人"
        HEAD_OF_HOUSEHOLD = "head_of_household", "户主"

    class Reporter(models.TextChoices):
        INSURED = "insured", "参保对象本人"
        FAMILY = "family", "家属"
        VILLAGE = "village", "村干部代报"
        CLERK = "clerk", "乡镇代报"
        HOTLINE = "hotline", "报案电话"

    number = models.CharField("案件号", max_length=20, unique=True)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="claims")
    coverage = models.CharField("保障责任", max_length=60)
    coverage_name = models.CharField(max_length=60)
    enrollment = models.ForeignKey(
        "enrollment.Enrollment", on_delete=models.PROTECT, null=True, blank=True, related_name="claims"
    )
    township = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    village = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")

    person_name = models.CharField("参保对象", max_length=60)
    person_initials = models.CharField(max_length=60, blank=True)
    id_number = EncryptedTextField("身份证号", mask="id")
    id_index = models.CharField(max_length=INDEX_HEX_LENGTH)
    household = models.CharField(max_length=30, blank=True)

    state = models.CharField("状态", max_length=12, choices=[(s.code, s.name) for s in STATES], default="reported")
    event_date = models.DateField("出险日期")
    facts = EncryptedJSONField("案件事实")

    payee = models.CharField("领款人", max_length=20, choices=Payee.choices)
    payee_name = models.CharField("领款人姓名", max_length=60)
    payee_relation = models.CharField("与参保对象关系", max_length=20, blank=True)
    payee_id_number = EncryptedTextField("领款人身份证号", mask="id")
    payee_bank = models.CharField("开户银行", max_length=60, blank=True)
    payee_account = EncryptedTextField("银行账号", mask="account")

    reporter = models.CharField("报案人", max_length=10, choices=Reporter.choices)
    reporter_name = models.CharField("报案人姓名", max_length=60)
    reporter_phone = EncryptedTextField("报案人电话", mask="phone")
    not_one_stop_reason = models.CharField("未走一站式结算的原因", max_length=60, blank=True)

    report_key = models.UUIDField(null=True, unique=True, editable=False)  # of the form: sent twice, reported once
    reported_at = models.DateTimeField("报案时间", default=timezone.now)
    reported_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField("应赔付日", null=True)
    due_provisional = models.BooleanField(default=False)
    adjusted_fen = models.BigIntegerField("应赔金额（分）", null=True)
    adjustment = EncryptedJSONField("理算过程")
    adjusted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-reported_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(adjusted_fen__isnull=True) | models.Q(adjusted_fen__gte=0),
                name="claim_amount_is_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True) | ~models.Q(approved_by=models.F("adjusted_by")),
                name="claim_is_approved_by_another_person",
            ),
        ]
        indexes = [
            models.Index(fields=["edition", "region_path", "-reported_at"], name="claim_by_region"),
            models.Index(fields=["edition", "insurer", "state"], name="claim_by_insurer"),
            models.Index(fields=["edition", "id_index"], name="claim_by_person"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_due_once(self) -> bool:
        """A coverage that pays nothing but a fixed sum, without a limit that says how often, is due once a person."""
        coverage = self.terms.coverages[self.coverage]
        return isinstance(coverage.benefit, LumpSum) and not coverage.limits

    @property
    def terms(self) -> EditionTerms:
        """The terms that it was adjusted with, for ever; before that, those in force on its deciding date."""
        if not self.adjustment:
            return self.edition.terms_on(self.event_date)
        return self.edition.terms_with_hash(self.adjustment.get("terms", self.edition.sha256))


class ClaimStep(ScopedModel):
    """One step of a claim: who did what when, with what opinion."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="steps")
    action = models.CharField(max_length=20)
    name = models.CharField(max_length=20)
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField(default=timezone.now)
    opinion = models.CharField(max_length=500, blank=True)
    fen = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.name} {self.by_name}"
