"""Steps of a formula, which any benefit kind may take after its own sum, in the order of the notice."""

from collections.abc import Iterator
from dataclasses import dataclass

from schemes.terms.figures import Amount, Bounds, Figure


@dataclass(frozen=True, slots=True)
class LessPayer:
    """What a payer has already paid is taken off."""

    payer: str
    clause: str


@dataclass(frozen=True, slots=True)
class LessFact:
    """An amount that the claim states is taken off: salvage, what a liable party has paid."""

    fact: str
    clause: str


@dataclass(frozen=True, slots=True)
class Threshold:
    """The balance must reach it; it isn't taken off (起付线)."""

    amount: Amount


@dataclass(frozen=True, slots=True)
class NoThreshold:
    """The notice says that there is none (不设起付线)."""

    clause: str


@dataclass(frozen=True, slots=True)
class Franchise:
    """The balance must pass it; then all is paid (相对免赔额)."""

    amount: Amount


@dataclass(frozen=True, slots=True)
class Deductible:
    """Taken off the balance (免赔额).

    `once_per` accident, period or household: not again what earlier bills used, also those of coverages `shared_with`.
    """

    amount: Amount
    once_per: str
    shared_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnShare:
    """A ratio of the whole sum, not of the balance, that stays with the person."""

    ratio: Amount


@dataclass(frozen=True, slots=True)
class Times:
    """The balance × ratio is paid; above 100% it is an uplift."""

    ratio: Amount


@dataclass(frozen=True, slots=True)
class TimesFact:
    """The balance × a number that the claim states: units bought."""

    fact: str
    clause: str


@dataclass(frozen=True, slots=True)
class DividedBy:
    """The balance ÷ a number that the claim states: a family's sum shared by its members."""

    fact: str
    clause: str


@dataclass(frozen=True, slots=True)
class Tier:
    bounds: Bounds
    text: str
    ratio: Figure


@dataclass(frozen=True, slots=True)
class Ladder:
    """Each slice of the balance × its own ratio (分段累进). `accumulates` accident, period or household: with
    earlier bills."""

    tiers: tuple[Tier, ...]
    accumulates: str
    clause: str


@dataclass(frozen=True, slots=True)
class Average:
    """Under-insurance: the balance × sum insured ÷ value, where the value is higher (比例赔付)."""

    insured: str
    worth: str
    clause: str


@dataclass(frozen=True, slots=True)
class AtMost:
    """A ceiling inside the formula."""

    amount: Amount


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A floor inside the formula: what is paid at least, where anything is."""

    amount: Amount


Step = (
    LessPayer
    | LessFact
    | Threshold
    | NoThreshold
    | Franchise
    | Deductible
    | OwnShare
    | Times
    | TimesFact
    | DividedBy
    | Ladder
    | Average
    | AtMost
    | AtLeast
)


def amount_of(step: Step) -> Amount | None:
    """The figure or table that the step reads; None where it has none."""
    if isinstance(step, Threshold | Franchise | Deductible | AtMost | AtLeast):
        return step.amount
    return step.ratio if isinstance(step, OwnShare | Times) else None


def facts_needed(step: Step) -> Iterator[str]:
    """Facts without which the step can't be taken, beside those of its tables."""
    if isinstance(step, LessFact | TimesFact | DividedBy):
        yield step.fact
    elif isinstance(step, Average):
        yield from (step.insured, step.worth)
