"""The terms of an edition, as parsed: frozen, every figure with its clause.

Order in every tuple and mapping is that of the document, which is that of the notice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from calc.dates import DateRange
from schemes.terms.benefits import Benefit, ByChoice, singles_of
from schemes.terms.conditions import Condition, Term, When
from schemes.terms.figures import Amount, Figure, Interpretation, Table, TrialFigure, facts_of
from schemes.terms.premiums import Participation, Pool, Premium, RiskSharing, Share
from schemes.terms.roster_steps import RosterSteps


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
    trial: bool = False


EXCLUDING_LISTS: Mapping[str, str] = {
    "public_staff": "机关事业单位人员",
    "left_system": "已调出全国系统人员",
}


@dataclass(frozen=True, slots=True)
class Exclusion:
    """People on such a list are not insured: `kind` is a word of EXCLUDING_LISTS."""

    kind: str
    clause: str

    @property
    def label(self) -> str:
        return EXCLUDING_LISTS[self.kind]


@dataclass(frozen=True, slots=True)
class Insured:
    """`persons` is the notice's total, with which the roster is reconciled; None where it names none."""

    roster: bool
    who: str
    persons: Figure | None
    excludes: tuple[Exclusion, ...]
    clause: str


@dataclass(frozen=True, slots=True)
class Insurer:
    """`townships` are names as the notice writes them; `everywhere`: all of the place."""

    name: str
    short_name: str
    hotline: str
    townships: tuple[str, ...]
    clause: str
    everywhere: bool = False
    interpretation: Interpretation | None = None


@dataclass(frozen=True, slots=True)
class NotTakingPart:
    townships: tuple[str, ...]
    clause: str
    interpretation: Interpretation


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a claim states. `options` (code -> label) for choice and payers; `grades` for disability.

    An `age` (complete years of `of` on the day `on`) and `days` (from the day `of` to the day `on`) follow from others.
    """

    code: str
    label: str
    type: str
    options: Mapping[str, str] = field(default_factory=dict)
    hint: str = ""
    group: str = ""
    unit: str = ""
    not_before: str = ""
    of: str = ""
    on: str = ""
    grades: int = 10

    @property
    def sources(self) -> tuple[str, ...]:
        """The facts from which this one follows; none for a fact that is stated."""
        return (self.of, self.on) if self.of else ()


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry of a coverage's list: a fact asked for, a paper wanted, a payee allowed. No `when`: always."""

    code: str
    required: bool
    when: When | None

    def applies(self, facts: Mapping[str, object]) -> bool:
        return self.when is None or self.when.holds(facts)


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that is paid, shared by all coverages that name it.

    `per` person, house, household, accident, claim, event, county or edition. The height is `amount`, × the fact
    `times` (rooms), ÷ the fact `divided_by` (members of a family), × the state `multiple_of` (total premium).
    """

    code: str
    label: str
    per: str
    clause: str
    amount: Amount
    times: str = ""
    divided_by: str = ""
    multiple_of: str = ""
    interpretation: Interpretation | None = None

    @property
    def by(self) -> str:
        """The fact that the height goes by; empty where there is one height."""
        return self.amount.by if isinstance(self.amount, Table) else ""

    @property
    def facts(self) -> tuple[str, ...]:
        """Facts of the claim, and states of the edition, that decide the height."""
        others = filter(None, (self.times, self.divided_by, self.multiple_of))
        return (*facts_of(self.amount), *others)


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
    """How cases come in; `steps`: who does what. `reasons`: why a one-stop case is reported by hand."""

    code: str
    label: str
    clause: str
    reasons: Mapping[str, str]
    steps: tuple[str, ...] = ()
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
class FollowOn:
    """A further benefit in the stead of the usual one: `day` within the term after earlier payments of the coverages
    `after` had reached a sum. It has limits of its own.
    """

    label: str
    clause: str
    after: tuple[str, ...]
    reached: Figure
    same_accident: bool
    day: str
    term: Term
    amount: Amount
    limits: tuple[str, ...]
    interpretation: Interpretation | None = None


@dataclass(frozen=True, slots=True)
class Settles:
    """What was paid under these coverages for the same accident is taken off at the end (多退少补, 就高不重复)."""

    coverages: tuple[str, ...]
    clause: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Frequency:
    """A benefit is paid at most so many `times`, `per` person, household or accident."""

    times: Figure
    per: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the year's work with its days."""

    label: str
    days: DateRange
    clause: str


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
    certified_by: tuple[str, ...] = ()
    follow_on: FollowOn | None = None
    settles: Settles | None = None
    frequency: Frequency | None = None

    @property
    def all_limits(self) -> tuple[str, ...]:
        """Codes of its limits: of the whole coverage, of its benefits, of a follow-on benefit."""
        of_benefits = (code for single in singles_of(self.benefit) for code in single.limits)
        return (*self.limits, *of_benefits, *(self.follow_on.limits if self.follow_on else ()))

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
    state: Mapping[str, Fact]
    departments: Mapping[str, str]
    payers: Mapping[str, str]
    shares: tuple[Share, ...]
    pool: Pool | None
    risk_sharing: RiskSharing | None
    participation: Participation | None
    stages: tuple[Stage, ...]
    trials: tuple[TrialFigure, ...]
    roster_steps: RosterSteps | None = None

    @property
    def all_facts(self) -> dict[str, Fact]:
        """Facts of a claim and states of the edition by code."""
        return {**self.facts, **self.state}

    def blocking_trials(self) -> tuple[TrialFigure, ...]:
        """Made-up figures that decide money: with one of them the edition can't be published but in a trial.

        The days of a deadline and of a roster's publicity decide none: they are marked, and don't block.
        """
        return tuple(trial for trial in self.trials if not trial.where.startswith(("deadlines.", "roster_steps.")))

    def interpretations(self) -> tuple[Interpretation, ...]:
        """Every reading taken, in the order of the document, with where it stands."""
        return self.all_interpretations

    def insurer_of(self, township: str) -> Insurer | None:
        """The insurer that serves a township, by the notice's name; None where none does."""
        return next((insurer for insurer in self.insurers if insurer.everywhere or township in insurer.townships), None)

    def sharing(self, limit: str) -> dict[str, frozenset[str]]:
        """Coverages that draw on this limit, also by a follow-on benefit, with the cases that do (empty: all)."""
        shared = {}
        for code, coverage in self.coverages.items():
            of_follow_on = coverage.follow_on.limits if coverage.follow_on else ()
            if limit in coverage.limits or limit in of_follow_on:
                shared[code] = frozenset[str]()
            elif cases := _cases_with(coverage.benefit, limit):
                shared[code] = cases
        return shared


def _cases_with(benefit: Benefit, limit: str) -> frozenset[str]:
    if isinstance(benefit, ByChoice):
        return frozenset(case for case, single in benefit.cases.items() if limit in single.limits)
    return frozenset({""}) if limit in benefit.limits else frozenset()
