"""What the proposed terms have paid so far, found under the keys by which claims/history.py finds stored claims."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from claims.history import SHARED_BY_HOUSE
from orgs.models.regions import PATH_STEP
from reports.what_if.past import PastClaim
from schemes.rules.limits import EVERYBODYS
from schemes.rules.work import Uses
from schemes.terms.benefits import ByChoice, LumpSum
from schemes.terms.model import EditionTerms

COUNTY_PATH = 3 * PATH_STEP  # province, city, county
NO_USES = Uses()
Entry = dict[str, object]


class _Payment(NamedTuple):
    id_index: str
    coverage: str
    case: str
    amount: Decimal
    event_date: date
    paid_on: date | None
    house: str
    uses: Uses


class PaidSoFar:
    """Payments of one what-if by person, by household and over the edition. Nothing of it is stored."""

    def __init__(self, terms: EditionTerms) -> None:
        self._terms = terms
        self._by_household = {code for code in terms.coverages if self._limits_per(code) & set(SHARED_BY_HOUSE)}
        self._by_everybody = {code for code in terms.coverages if self._limits_per(code) & set(EVERYBODYS)}
        self._of_person: defaultdict[str, list[_Payment]] = defaultdict(list)
        self._of_household: defaultdict[tuple[int, str], list[_Payment]] = defaultdict(list)
        self._everybody = _Everybody()

    def _limits_per(self, coverage: str) -> set[str]:
        return {self._terms.limits[code].per for code in self._terms.coverages[coverage].all_limits}

    def before(self, claim: PastClaim) -> list[Entry]:
        """Payments that count against this claim's limits, in the shape that the rules take."""
        payments = list(self._of_person.get(claim.id_index, ()))
        if claim.household and claim.coverage in self._by_household:
            of_household = self._of_household.get((claim.township_id, claim.household), ())
            payments += [payment for payment in of_household if payment.id_index != claim.id_index]
        return [_entry(payment, claim) for payment in payments]

    def everybody_before(self, claim: PastClaim) -> list[Entry]:
        """Payments to everybody, summed up as far as limits per event, county and edition tell them apart."""
        return list(self._everybody.entries(claim)) if claim.coverage in self._by_everybody else []

    def was_due_once(self, claim: PastClaim) -> bool:
        """A coverage that pays a fixed sum, without a limit that says how often, is due once; and it has been paid."""
        coverage = self._terms.coverages[claim.coverage]
        if coverage.limits or not isinstance(coverage.benefit, LumpSum):
            return False
        return any(payment.coverage == claim.coverage for payment in self._of_person.get(claim.id_index, ()))

    def add(self, claim: PastClaim, amount: Decimal, uses: Uses = NO_USES) -> None:
        """A payment; one of nothing leaves no trace, as a denied claim leaves none."""
        if not amount:
            return
        payment = _Payment(
            id_index=claim.id_index,
            coverage=claim.coverage,
            case=self._case_of(claim),
            amount=amount,
            event_date=claim.event_date,
            paid_on=claim.paid_on,
            house=str(claim.facts.get("house") or ""),
            uses=uses,
        )
        self._of_person[claim.id_index].append(payment)
        if claim.household and claim.coverage in self._by_household:
            self._of_household[claim.township_id, claim.household].append(payment)
        if self._by_everybody:
            self._everybody.add(claim, amount)

    def _case_of(self, claim: PastClaim) -> str:
        benefit = self._terms.coverages[claim.coverage].benefit
        return str(claim.facts.get(benefit.fact, "")) if isinstance(benefit, ByChoice) else ""


def _entry(payment: _Payment, claim: PastClaim) -> Entry:
    return {
        "coverage": payment.coverage,
        "case": payment.case,
        "amount": payment.amount,
        "paid_on": payment.paid_on,
        "days": payment.uses.days,
        "deducted": payment.uses.deducted,
        "base": payment.uses.base,
        "house": payment.house,
        "same_person": payment.id_index == claim.id_index,
        "same_accident": payment.event_date == claim.event_date,
    }


class _Everybody:
    """Sums by coverage, day of event and county, so that a claim costs four entries and not one for each payment.

    Claims of one day count as one event, as they count as one accident in claims/history.py.
    """

    def __init__(self) -> None:
        self._sums: dict[str, defaultdict[tuple[str, object], Decimal]] = {}

    def add(self, claim: PastClaim, amount: Decimal) -> None:
        sums = self._sums.setdefault(claim.coverage, defaultdict(Decimal))
        for key in _keys(claim):
            sums[key] += amount

    def entries(self, claim: PastClaim) -> Iterator[Entry]:
        for coverage, sums in self._sums.items():
            whole, event, county, both = (sums.get(key, Decimal(0)) for key in _keys(claim))
            for same_event, same_county, amount in (
                (True, True, both),
                (True, False, event - both),
                (False, True, county - both),
                (False, False, whole - event - county + both),
            ):
                if amount:
                    told: Entry = {"same_event": same_event, "same_county": same_county}
                    yield {"coverage": coverage, "amount": amount} | told


def _keys(claim: PastClaim) -> tuple[tuple[str, object], ...]:
    county = claim.region_path[:COUNTY_PATH]
    return ("edition", ""), ("event", claim.event_date), ("county", county), ("both", (county, claim.event_date))
