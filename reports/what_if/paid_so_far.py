"""What the proposed terms have paid so far, found under the keys by which claims/history.py finds stored claims."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from claims.history import SHARED_BY_HOUSE
from reports.what_if.past import PastClaim
from schemes.terms.benefits import LumpSum
from schemes.terms.model import EditionTerms

House = tuple[int, str, str]


class _Payment(NamedTuple):
    id_index: str
    coverage: str
    amount: Decimal
    event_date: date
    house: str


class PaidSoFar:
    """Payments of one what-if by person, by house and over the edition. Nothing of it is stored."""

    def __init__(self, terms: EditionTerms) -> None:
        self._terms = terms
        self._shared = {code for code in terms.coverages if self._limits_per(code) & set(SHARED_BY_HOUSE)}
        self._edition_wide = {code for code in terms.coverages if "edition" in self._limits_per(code)}
        self._of_person: defaultdict[str, list[_Payment]] = defaultdict(list)
        self._of_house: defaultdict[House, list[_Payment]] = defaultdict(list)
        self._of_coverage: defaultdict[str, Decimal] = defaultdict(Decimal)

    def _limits_per(self, coverage: str) -> set[str]:
        return {self._terms.limits[code].per for code in self._terms.coverages[coverage].limits}

    def before(self, claim: PastClaim) -> list[dict[str, object]]:
        """Payments that count against this claim's limits, in the shape that the rules take."""
        payments = list(self._of_person.get(claim.id_index, ()))
        if claim.household and claim.coverage in self._shared:
            of_house = self._of_house.get(_house(claim), ())
            payments += [payment for payment in of_house if payment.id_index != claim.id_index]
        return [_entry(payment, claim) for payment in payments]

    def edition_before(self, claim: PastClaim) -> list[dict[str, object]]:
        """One entry a coverage with its sum, for limits that the whole edition shares."""
        if claim.coverage not in self._edition_wide:
            return []
        return [{"coverage": code, "amount": amount} for code, amount in self._of_coverage.items()]

    def was_due_once(self, claim: PastClaim) -> bool:
        """A coverage that pays nothing but a fixed sum is due once a person and edition, and it has been paid."""
        if not isinstance(self._terms.coverages[claim.coverage].benefit, LumpSum):
            return False
        return any(payment.coverage == claim.coverage for payment in self._of_person.get(claim.id_index, ()))

    def add(self, claim: PastClaim, amount: Decimal) -> None:
        if not amount:
            return
        house = str(_told(claim.facts, "house"))
        payment = _Payment(claim.id_index, claim.coverage, amount, claim.event_date, house)
        self._of_person[claim.id_index].append(payment)
        self._of_coverage[claim.coverage] += amount
        if claim.household and claim.coverage in self._shared:
            self._of_house[_house(claim)].append(payment)


def _house(claim: PastClaim) -> House:
    return (claim.township_id, claim.household, claim.coverage)


def _told(facts: Mapping[str, object], code: str) -> object:
    return facts.get(code) or ""


def _entry(payment: _Payment, claim: PastClaim) -> dict[str, object]:
    return {
        "coverage": payment.coverage,
        "amount": payment.amount,
        "same_accident": payment.event_date == claim.event_date,
        "house": payment.house,
    }
