"""What was paid, and how much of each limit is used. The constraints here are the last reviewers."""

from django.db import models
from django.utils import timezone

from claims.models.claims import Claim
from orgs.crypto import INDEX_HEX_LENGTH
from orgs.fields import EncryptedTextField
from orgs.models import ScopedModel, User
from schemes.models import Edition


class Payment(ScopedModel):
    """A payment of a claim. One claim is paid once; a benefit that is due once in an edition is paid once a person."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="payments")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="payments")
    coverage = models.CharField(max_length=60)
    id_index = models.CharField(max_length=INDEX_HEX_LENGTH)
    once = models.BooleanField(default=False)
    fen = models.BigIntegerField("金额（分）")
    paid_on = models.DateField("支付日期")
    reference = models.CharField("银行流水号", max_length=60)
    payee_name = models.CharField("收款人", max_length=60)
    payee_account = EncryptedTextField("收款账号", mask="account")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    voided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=models.Q(voided_at__isnull=True), name="claim_is_paid_once"
            ),
            models.UniqueConstraint(
                fields=["edition", "id_index", "coverage"],
                condition=models.Q(voided_at__isnull=True, once=True),
                name="benefit_due_once_is_paid_once_a_person",
            ),
            models.CheckConstraint(condition=models.Q(fen__gt=0), name="payment_is_more_than_nothing"),
        ]

    def __str__(self) -> str:
        return f"{self.claim} {self.fen}"


class LimitUse(ScopedModel):
    """How much of a limit is used by approved claims of one holder (a person or a house)."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="limit_uses")
    limit = models.CharField(max_length=60)
    holder = models.CharField(max_length=80)
    limit_fen = models.BigIntegerField()
    used_fen = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["edition_id", "limit", "holder"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "limit", "holder"], name="limit_is_counted_once_a_holder"),
            models.CheckConstraint(
                condition=models.Q(used_fen__gte=0) & models.Q(used_fen__lte=models.F("limit_fen")),
                name="limit_is_never_passed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.limit} {self.used_fen}/{self.limit_fen}"
