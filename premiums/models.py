"""Premium bills and the ledger under every movement of money. Amounts are whole fen."""

from django.db import models
from django.utils import timezone

from orgs.models import Organization, Region, ScopedModel
from schemes.models import Edition


class PremiumBill(ScopedModel):
    """What one township (a county, in a city's edition) owes one insurer.

    A roster or census that changes after billing gets another bill with the difference, which may be negative; a bill
    is never altered.
    """

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


class CensusFigure(ScopedModel):
    """How many a region has, as the authority or the finance office entered it for an edition without a roster.

    Figures are entered for all regions at once; the next entry replaces them, the former stay with their `sequence`.
    `category` is one of the edition's categories of person, empty where it has none.
    """

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="census")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    category = models.CharField("人员类别", max_length=40, blank=True)
    persons = models.PositiveIntegerField("人数")
    households = models.PositiveIntegerField("户数")
    units = models.PositiveIntegerField("份数", default=0)
    source = models.CharField("来源", max_length=100)
    sequence = models.PositiveSmallIntegerField()
    entered_at = models.DateTimeField(default=timezone.now)
    entered_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["edition_id", "region_path", "category"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "region", "category"],
                condition=models.Q(replaced_at__isnull=True),
                name="region_has_one_census_figure_an_edition",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region} {self.persons}"


class BroughtForward(ScopedModel):
    """Last year's balance, as far as an edition sets it against its premium. The latest entry counts."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="brought_forward")
    fen = models.BigIntegerField("上年结余（分）")
    source = models.CharField("来源", max_length=100)
    sequence = models.PositiveSmallIntegerField()
    entered_at = models.DateTimeField(default=timezone.now)
    entered_by = models.ForeignKey("orgs.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["edition_id", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "sequence"], name="brought_forward_has_its_own_sequence"),
            models.CheckConstraint(condition=models.Q(fen__gte=0), name="brought_forward_is_no_loss"),
        ]

    def __str__(self) -> str:
        return f"{self.edition} {self.fen}"


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
