"""What one payout is computed with."""

from dataclasses import dataclass, field
from decimal import Decimal

from schemes.rules.amounts import Found, NoEntry, find
from schemes.rules.facts import Known
from schemes.rules.ledger import Ledger
from schemes.rules.past import Past
from schemes.terms.benefits import ByChoice
from schemes.terms.figures import Amount
from schemes.terms.model import Coverage, EditionTerms

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Uses:
    """What a later claim has to know of this one, beside its amount."""

    days: int | None = None
    deducted: Decimal | None = None
    base: Decimal | None = None


@dataclass(slots=True)
class Work:
    """The facts, what was paid before, and the ledger in which the explanation grows."""

    terms: EditionTerms
    coverage: Coverage
    known: Known
    past: Past
    ledger: Ledger = field(default_factory=Ledger)
    days: int | None = None
    deducted: Decimal | None = None
    base: Decimal | None = None

    def find(self, amount: Amount, *, of_step: bool = False) -> Found | None:
        """The figure that holds; None where the table has none: the ledger then has the reason."""
        found = find(amount, self.known, self.ledger.balance if of_step else None)
        if isinstance(found, NoEntry):
            self.ledger.test(found.reason, found.clause, passed=False)
            return None
        return found

    @property
    def case(self) -> str:
        """The answer to the fact that the coverage's benefit goes by; empty where it has one benefit."""
        benefit = self.coverage.benefit
        return str(self.known[benefit.fact]) if isinstance(benefit, ByChoice) else ""

    def amount(self, code: str) -> Decimal:
        """A stated amount or number."""
        value = self.known[code]
        if isinstance(value, Decimal):
            return value
        if isinstance(value, int):
            return Decimal(value)
        raise TypeError(f"{code} is no number")

    @property
    def uses(self) -> Uses:
        return Uses(self.days, self.deducted, self.base)
