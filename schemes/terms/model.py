"""The terms of an edition, as parsed: frozen, every figure with its clause.

Order in every tuple and mapping is that of the document, which is that of the notice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from calc.dates import DateRange
from schemes.terms.benefits import Benefit
from schemes.terms.figures import Figure, Interpretation


@dataclass(frozen=True, slots=True)
class Notice:
    title: str
    number: str
    issued_on: date
    issuer: str


@dataclass(frozen=True, slots=True)
class Period:
    range: DateRange
    clause: str


@dataclass(frozen=True, slots=True)
class Insured:
    """`persons` is the notice's total, with which the roster is reconciled; None where it names none."""

    roster: bool
    who: str
    persons: Figure | None
    clause: str


@dataclass(frozen=True, slots=True)
class Premium:
    """`basis` person: rate × persons."""

    basis: str
    rate: Figure


@dataclass(frozen=True, slots=True)
class Insurer:
    """`townships` are names as the notice writes them."""

    name: str
    short_name: str
    hotline: str
    townships: tuple[str, ...]
    clause: str


@dataclass(frozen=True, slots=True)
class NotTakingPart:
    townships: tuple[str, ...]
    clause: str
    interpretation: Interpretation


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a claim states. `options` (code -> label) for choice and payers."""

    code: str
    label: str
    type: str
    options: Mapping[str, str]
    hint: str
    group: str
    unit: str
    not_before: str


@dataclass(frozen=True, slots=True)
class When:
    """Holds where `fact` has one of `values`."""

    fact: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry of a coverage's list: a fact asked for, a paper wanted, a payee allowed. No `when`: always."""

    code: str
    required: bool
    when: When | None

    def applies(self, facts: Mapping[str, object]) -> bool:
        return self.when is None or facts.get(self.when.fact) in self.when.values


@dataclass(frozen=True, slots=True)
class ValueCondition:
    """The event is covered only where the fact has one of `values` (codes, or True / False)."""

    fact: str
    values: frozenset[str | bool]
    otherwise: str
    clause: str
    interpretation: Interpretation | None = None

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

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.born, self.on)


Condition = ValueCondition | AgeCondition


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that is paid per person, house, household, claim or edition, shared by all who name it.

    Either one `amount`, or `amounts` by the code of the fact `by`.
    """

    code: str
    label: str
    per: str
    clause: str
    by: str
    amount: Figure | None
    amounts: Mapping[str, Figure]
    interpretation: Interpretation | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """`after` and `until` are steps of a claim: reported, accepted, paid. `days` counts as `unit` says."""

    code: str
    label: str
    after: str
    until: str
    unit: str
    days: Figure


@dataclass(frozen=True, slots=True)
class Route:
    """How cases come in. `reasons`: why one is reported by hand although the route is one-stop."""

    code: str
    label: str
    clause: str
    reasons: Mapping[str, str]
    interpretation: Interpretation | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Payee:
    """Who may be paid: insured, heir, guardian, head_of_household. `proof`: the paper that shows it."""

    code: str
    label: str
    proof: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """`words` is the notice's text on it, `marks` the parts of these that decide."""

    code: str
    label: str
    clause: str
    words: str
    marks: tuple[str, ...]
    decided_by: str
    route: str
    asks: tuple[Listed, ...]
    conditions: tuple[Condition, ...]
    benefit: Benefit
    limits: tuple[str, ...]
    deadlines: tuple[Deadline, ...]
    papers: tuple[Listed, ...]
    payees: tuple[Listed, ...]
    interpretations: tuple[Interpretation, ...]

    def deadline_until(self, step: str) -> Deadline | None:
        """The deadline that ends with this step of the claim (accepted, paid), where the edition sets one."""
        return next((deadline for deadline in self.deadlines if deadline.until == step), None)


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: `payable` in yuan, or `refused` naming the fact at fault."""

    name: str
    coverage: str
    document: Mapping[str, object]
    payable: Decimal | None
    refused: str


@dataclass(frozen=True, eq=False)
class EditionTerms:
    """One scheme in one place for one period. Hashed by identity, so that readings of it can be cached."""

    code: str
    title: str
    short_title: str
    scheme_code: str
    scheme_name: str
    number_prefix: str
    place: str
    notice: Notice
    clauses: Mapping[str, str]
    period: Period
    insured: Insured
    premium: Premium
    insurers: tuple[Insurer, ...]
    not_taking_part: NotTakingPart | None
    facts: Mapping[str, Fact]
    limits: Mapping[str, Limit]
    deadlines: Mapping[str, Deadline]
    routes: Mapping[str, Route]
    papers: Mapping[str, Paper]
    payees: Mapping[str, Payee]
    coverages: Mapping[str, Coverage]
    examples: tuple[Example, ...]
    all_interpretations: tuple[Interpretation, ...]

    def interpretations(self) -> tuple[Interpretation, ...]:
        """Every reading taken, in the order of the document, with where it stands."""
        return self.all_interpretations

    def insurer_of(self, township: str) -> Insurer | None:
        """The insurer that serves a township, by the notice's name; None where none does."""
        return next((insurer for insurer in self.insurers if township in insurer.townships), None)

    def sharing(self, limit: str) -> frozenset[str]:
        """Codes of the coverages that draw on this limit."""
        return frozenset(code for code, coverage in self.coverages.items() if limit in coverage.limits)
