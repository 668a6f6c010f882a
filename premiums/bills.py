"""Premium bills: what each region owes its insurer, and the difference when roster or census change later."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Max, Sum

from calc.money import from_fen
from orgs.audit import record
from orgs.models import User
from orgs.scope import system_scope, visible
from premiums.allocation import AllocationRow, allocation_of
from premiums.ledger import Account, post
from premiums.models import LedgerTransaction, PremiumBill
from schemes.models import Edition


@dataclass(frozen=True)
class Billed:
    bills: int
    fen: int


class BillsRefused(Exception):
    """There is no sheet to bill from; the message says why."""


@transaction.atomic
def issue_bills(*, edition: Edition, by: User) -> Billed:
    """Bill every region for what is not billed yet; pressing twice bills nothing twice. Raises BillsRefused."""
    Edition.objects.select_for_update().get(pk=edition.pk)  # one at a time; SQLite serializes by itself
    sheet = allocation_of(edition, by)
    if sheet.problems:
        raise BillsRefused("；".join(sheet.problems))
    made = []
    billed = billed_so_far(edition, by)
    for row in sheet.rows:
        persons, fen, sequence = billed.get(row.township_id, (0, 0, 0))
        if row.fen != fen:
            made.append(
                _bill(edition, row, persons=row.persons_now - persons, fen=row.fen - fen, sequence=sequence, by=by)
            )
    made += _taken_back(edition, {row.township_id for row in sheet.rows}, billed, by)
    total = sum(bill.fen for bill in made)
    if made:
        record("premium.bill", by=by, target=edition, region_path=edition.place.path, bills=len(made), fen=total)
    return Billed(len(made), total)


def _taken_back(
    edition: Edition, rows: set[int], billed: dict[int, tuple[int, int, int]], by: User
) -> list[PremiumBill]:
    """Nothing stays billed to a region that is no row any more: one sum for the place that is split by now."""
    gone = {region: sums for region, sums in billed.items() if region not in rows and sums[1]}
    bills = visible(PremiumBill, by).filter(edition=edition, township__in=gone).select_related("township")
    last = {bill.township_id: bill for bill in bills.order_by("sequence")}
    return [
        _bill(edition, last[region], persons=-persons, fen=-fen, sequence=sequence, by=by)
        for region, (persons, fen, sequence) in gone.items()
    ]


def billed_total(edition: Edition) -> Decimal:
    """All that was billed, in yuan, whoever asks: limits that are a multiple of the premium go by it."""
    with system_scope("累计限额按已出账的保费总额"):
        bills = PremiumBill.objects.filter(edition=edition)
        return from_fen(bills.aggregate(fen=Sum("fen"))["fen"] or 0)


def billed_so_far(edition: Edition, user: User) -> dict[int, tuple[int, int, int]]:
    """Township id → persons, fen and the last sequence already billed."""
    bills = visible(PremiumBill, user).filter(edition=edition).values("township_id").order_by("township_id")
    sums = bills.annotate(all_persons=Sum("persons"), all_fen=Sum("fen"), last=Max("sequence"))
    return {row["township_id"]: (row["all_persons"], row["all_fen"], row["last"]) for row in sums}


def _bill(
    edition: Edition, row: AllocationRow | PremiumBill, *, persons: int, fen: int, sequence: int, by: User
) -> PremiumBill:
    bill = PremiumBill.objects.create(
        edition=edition,
        township_id=row.township_id,
        region_path=row.region_path,
        insurer_id=row.insurer_id,
        sequence=sequence + 1,
        persons=persons,
        fen=fen,
        issued_by=by,
    )
    post(
        kind=LedgerTransaction.Kind.PREMIUM_BILL,
        source=f"bill:{bill.pk}",
        edition=edition,
        of=bill,
        fen_by_account={Account.PREMIUM_RECEIVABLE: fen, Account.PREMIUM_INCOME: -fen},
        by=by,
    )
    return bill
