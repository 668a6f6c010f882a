"""How a coverage pays: a small closed set of kinds. A new scheme combines them and adds no code.

`needs` are the facts without which nothing can be computed; `uses` all that enter.
A further kind is one dataclass here, one reader in `reading_benefits.py`,
and one calculator in `schemes/rules/benefits.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from schemes.terms.figures import Figure


@dataclass(frozen=True, slots=True)
class LumpSum:
    """A fixed sum."""

    label: str
    amount: Figure

    @property
    def needs(self) -> tuple[str, ...]:
        return ()

    @property
    def uses(self) -> tuple[str, ...]:
        return self.needs


@dataclass(frozen=True, slots=True)
class Scale:
    """Sum insured × the ratio of the grade found. `several`: what several items of one accident come to."""

    label: str
    items: str
    same_event: str
    sum_insured: Figure
    grades: Mapping[int, Figure]
    several: str

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.items,)

    @property
    def uses(self) -> tuple[str, ...]:
        return (self.items, self.same_event)


@dataclass(frozen=True, slots=True)
class LessPayer:
    """What a payer has already paid is taken off."""

    payer: str
    clause: str


@dataclass(frozen=True, slots=True)
class Threshold:
    """The balance must reach it; it isn't taken off (起付线)."""

    amount: Figure


@dataclass(frozen=True, slots=True)
class NoThreshold:
    """The notice says that there is none (不设起付线)."""

    clause: str


@dataclass(frozen=True, slots=True)
class Deductible:
    """Taken off the balance (免赔额)."""

    amount: Figure


@dataclass(frozen=True, slots=True)
class OwnShare:
    """A ratio of the whole expense, not of the balance, that stays with the person."""

    ratio: Figure


@dataclass(frozen=True, slots=True)
class Ratio:
    """The balance × ratio is paid."""

    ratio: Figure


ExpenseStep = LessPayer | Threshold | NoThreshold | Deductible | OwnShare | Ratio


@dataclass(frozen=True, slots=True)
class Expense:
    """Reimbursement: the steps are taken in the order of the notice's formula."""

    label: str
    of: str
    paid_by: str
    clause: str
    steps: tuple[ExpenseStep, ...]

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.of,)

    @property
    def uses(self) -> tuple[str, ...]:
        return (self.of, self.paid_by)


@dataclass(frozen=True, slots=True)
class Loss:
    """The assessed loss, up to the coverage's limits."""

    label: str
    of: str
    clause: str

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.of,)

    @property
    def uses(self) -> tuple[str, ...]:
        return self.needs


SingleBenefit = LumpSum | Scale | Expense | Loss


@dataclass(frozen=True, slots=True)
class ByChoice:
    """Another benefit for each value of a fact; a value without one isn't covered, because of `otherwise`."""

    fact: str
    cases: Mapping[str, SingleBenefit]
    otherwise: str
    clause: str


Benefit = SingleBenefit | ByChoice
