"""How a coverage pays: a small closed set of kinds, and steps that any of them may take. A new scheme combines them.

`needs` are the facts without which nothing can be computed; `amounts` the figures and tables that enter;
`limits` are codes of limits beside those of the whole coverage.
A further kind is one dataclass here, one reader in `reading_benefits.py`, one calculator in
`schemes/rules/benefits.py`; a further step likewise in `steps.py`, `reading_steps.py`, `schemes/rules/steps.py`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from schemes.terms.figures import Amount, Figure
from schemes.terms.steps import Step


@dataclass(frozen=True, slots=True)
class LumpSum:
    """A fixed sum, or one by cause, category, age, measured value."""

    label: str
    amount: Amount
    paid_by: str
    steps: tuple[Step, ...]
    limits: tuple[str, ...]

    @property
    def needs(self) -> tuple[str, ...]:
        return ()

    @property
    def amounts(self) -> Iterator[Amount]:
        yield self.amount


@dataclass(frozen=True, slots=True)
class Scale:
    """Sum insured × the ratio of the grade found. `several`: what several items of one accident come to."""

    label: str
    items: str
    same_event: str
    sum_insured: Amount
    grades: Mapping[int, Figure]
    several: str
    paid_by: str
    steps: tuple[Step, ...]
    limits: tuple[str, ...]

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.items,)

    @property
    def amounts(self) -> Iterator[Amount]:
        yield self.sum_insured


@dataclass(frozen=True, slots=True)
class Expense:
    """Reimbursement: the steps are taken in the order of the notice's formula."""

    label: str
    of: str
    clause: str
    paid_by: str
    steps: tuple[Step, ...]
    limits: tuple[str, ...]

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.of,)

    @property
    def amounts(self) -> Iterator[Amount]:
        yield from ()


@dataclass(frozen=True, slots=True)
class Loss(Expense):
    """The assessed loss, up to the coverage's limits."""


@dataclass(frozen=True, slots=True)
class DayCap:
    """At most so many days per stay, per accident or per person and period."""

    per: str
    days: Figure


@dataclass(frozen=True, slots=True)
class Daily:
    """Amount × days; the first `waiting` days aren't counted."""

    label: str
    days: str
    amount: Amount
    waiting: Figure | None
    caps: tuple[DayCap, ...]
    paid_by: str
    steps: tuple[Step, ...]
    limits: tuple[str, ...]

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.days,)

    @property
    def amounts(self) -> Iterator[Amount]:
        yield self.amount


@dataclass(frozen=True, slots=True)
class Quantity:
    """How many: the fact's value, only what is above `above`, at most `at_most`."""

    fact: str
    above: Figure | None
    at_most: Figure | None


@dataclass(frozen=True, slots=True)
class PerUnit:
    """Amount × quantities: per room, square metre, head, person and month."""

    label: str
    amount: Amount
    times: tuple[Quantity, ...]
    paid_by: str
    steps: tuple[Step, ...]
    limits: tuple[str, ...]

    @property
    def needs(self) -> tuple[str, ...]:
        return tuple(quantity.fact for quantity in self.times)

    @property
    def amounts(self) -> Iterator[Amount]:
        yield self.amount


@dataclass(frozen=True, slots=True)
class PoolShare:
    """The pool × this claim's weight ÷ all weights, rounded down to the fen, so that all shares never pass the pool."""

    label: str
    pool: Amount
    weight: str
    whole: str
    clause: str
    paid_by: str
    steps: tuple[Step, ...]
    limits: tuple[str, ...]

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.weight, self.whole)

    @property
    def amounts(self) -> Iterator[Amount]:
        yield self.pool


SingleBenefit = LumpSum | Scale | Expense | Loss | Daily | PerUnit | PoolShare


@dataclass(frozen=True, slots=True)
class ByChoice:
    """Another benefit for each value of a fact; a value without one isn't covered, because of `otherwise`."""

    fact: str
    cases: Mapping[str, SingleBenefit]
    otherwise: str
    clause: str


Benefit = SingleBenefit | ByChoice


def singles_of(benefit: Benefit) -> tuple[SingleBenefit, ...]:
    """The single kinds in it, in the order of the document."""
    return tuple(benefit.cases.values()) if isinstance(benefit, ByChoice) else (benefit,)
