"""When an event is covered at all."""

from collections.abc import Mapping
from dataclasses import dataclass

from schemes.terms.figures import Bounds, Figure, Interpretation


@dataclass(frozen=True, slots=True)
class When:
    """Holds where `fact` has one of `values` (codes, or True / False)."""

    fact: str
    values: frozenset[str | bool]

    def holds(self, facts: Mapping[str, object]) -> bool:
        return facts.get(self.fact) in self.values


@dataclass(frozen=True, slots=True)
class Applies:
    """A condition is looked at only `when`, and not where `unless` holds (renewal exempts from waiting)."""

    when: When | None = None
    unless: When | None = None

    def __call__(self, facts: Mapping[str, object]) -> bool:
        return (self.when is None or self.when.holds(facts)) and not (self.unless and self.unless.holds(facts))

    @property
    def needs(self) -> tuple[str, ...]:
        return tuple(test.fact for test in (self.when, self.unless) if test)


@dataclass(frozen=True, slots=True)
class ValueCondition:
    """The event is covered only where the fact has one of `values` (codes, or True / False)."""

    fact: str
    values: frozenset[str | bool]
    otherwise: str
    clause: str
    interpretation: Interpretation | None = None
    applies: Applies = Applies()

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.fact,)


@dataclass(frozen=True, slots=True)
class RangeCondition:
    """The fact's value lies within the bounds: a magnitude, a loss, a number of days. `text`: the bounds as printed."""

    fact: str
    bounds: Bounds
    text: str
    otherwise: str
    clause: str
    interpretation: Interpretation | None = None
    applies: Applies = Applies()

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.fact,)


@dataclass(frozen=True, slots=True)
class AgeCondition:
    """Age in complete years; None leaves that side open; `at_least` and `at_most` include the age named."""

    born: str
    on: str
    at_least: Figure | None
    above: Figure | None
    at_most: Figure | None
    below: Figure | None
    otherwise: str
    clause: str
    interpretation: Interpretation | None = None
    applies: Applies = Applies()

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.born, self.on)


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time: `unit` is days, months or years."""

    length: Figure
    unit: str


@dataclass(frozen=True, slots=True)
class WindowCondition:
    """`day` lies not before `after` and within the term (`inside`), or only after it has run out (waiting period).

    The first day isn't counted, the last one belongs to the term (民法典 201, 202).
    """

    day: str
    after: str
    term: Term
    inside: bool
    otherwise: str
    clause: str
    interpretation: Interpretation | None = None
    applies: Applies = Applies()

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.day, self.after)


@dataclass(frozen=True, slots=True)
class AnyCondition:
    """One of them is enough."""

    any_of: "tuple[Condition, ...]"
    otherwise: str
    clause: str
    interpretation: Interpretation | None = None
    applies: Applies = Applies()

    @property
    def needs(self) -> tuple[str, ...]:
        return tuple(need for condition in self.any_of for need in condition.needs)


Condition = ValueCondition | RangeCondition | AgeCondition | WindowCondition | AnyCondition
