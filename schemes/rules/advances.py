"""Advances that the final payout settles (多退少补)."""

from decimal import Decimal

from schemes.rules.past import Paid
from schemes.rules.work import ZERO, Work

_SHARED_AT_HOME = ("house", "household")


def advances(work: Work) -> tuple[Paid, ...]:
    """Earlier payments for the same accident that come off at the end, and count towards no limit twice.

    The person's own; where the coverage's limits hold for a house or household, also those paid to its other members.
    """
    settles = work.coverage.settles
    if settles is None:
        return ()
    at_home = any(work.terms.limits[code].per in _SHARED_AT_HOME for code in work.coverage.all_limits)
    return tuple(
        paid
        for paid in work.past.own
        if paid.coverage in settles.coverages and paid.same_accident and (paid.same_person or at_home)
    )


def take_off_advances(work: Work, paid: tuple[Paid, ...]) -> None:
    settles = work.coverage.settles
    advanced = sum((one.amount for one in paid), Decimal(ZERO))
    if settles and advanced:
        work.ledger.less(settles.label or "已预付赔款", advanced, settles.clause)
