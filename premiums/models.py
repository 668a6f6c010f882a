"""Premium bills and the ledger under every movement of money. Amounts are whole fen."""

from django.db import models
from django.utils import timezone

from orgs.models import Organization, Region, ScopedModel
from schemes.models import Edition


class PremiumBill(ScopedModel):
    """What one township's roster owes one insurer. A roster that changes after billing gets another bill with the
    difference, which may be negative; a bill is never altered."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="bills")
    township = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    sequence = models.PositiveSmallIntegerField()
    persons = models.IntegerField("人数")
    fen = models.BigIntegerField("保费（分）")
    issued_at = models.DateTimeField(default=timezone.now)
    issued_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["edition_id", "region_path", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "township", "sequence"], name="bill_of_a_township_has_its_own_sequence"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.township} 保费账单 {self.sequence}"


class LedgerTransaction(ScopedModel):
    """One movement with its entries, which add up to nothing. `source` names what caused it, once."""

    class Kind(models.TextChoices):
        PREMIUM_BILL = "premium_bill", "保费出账"
        CLAIM_PAYMENT = "claim_payment", "赔款支付"

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="ledger_transactions")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    source = models.CharField(max_length=60)
    posted_at = models.DateTimeField(default=timezone.now)
    posted_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["source"], name="ledger_source_is_posted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.source}"


class LedgerEntry(ScopedModel):
    """One side of a movement: plus is debit, minus is credit."""

    class Account(models.TextChoices):
        PREMIUM_RECEIVABLE = "premium_receivable", "应收保费"
        PREMIUM_INCOME = "premium_income", "保费收入"
        CLAIMS_PAID = "claims_paid", "赔款支出"
        CLAIMS_BANK = "claims_bank", "赔款账户"

    transaction = models.ForeignKey(LedgerTransaction, on_delete=models.PROTECT, related_name="entries")
    account = models.CharField(max_length=20, choices=Account.choices)
    party = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, related_name="+")
    fen = models.BigIntegerField()

    class Meta:
        ordering = ["transaction_id", "id"]
        constraints = [models.CheckConstraint(condition=~models.Q(fen=0), name="ledger_entry_moves_something")]

    def __str__(self) -> str:
        return f"{self.get_account_display()} {self.fen}"
