"""What is paid for the cover, by whom, and who bears the losses."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from schemes.terms.figures import Amount, Bounds, Figure, Interpretation, figures_in

EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class PremiumPart:
    """`basis`: person, household or unit (rate × number), whole (one sum for the edition)."""

    label: str
    basis: str
    rate: Amount


@dataclass(frozen=True, slots=True)
class CarryOver:
    """What of last year's balance is set against this year's premium."""

    ratio: Figure


@dataclass(frozen=True, slots=True)
class Premium:
    """`figures`: roster, or census (figures that the authority enters). `categories` code -> label, where rates differ.

    `pro_rata` days or months: cover that begins or ends within the period; empty: always the whole rate.
    """

    parts: tuple[PremiumPart, ...]
    figures: str
    figures_of: str
    categories: Mapping[str, str]
    pro_rata: str
    carry_over: CarryOver | None
    tax_rate: Figure | None
    clause: str

    @property
    def rate(self) -> Figure:
        """The first rate, for headings."""
        return next(figure for part in self.parts for _, figure in figures_in(part.rate))


@dataclass(frozen=True, slots=True)
class Share:
    """How the premium of some regions (or of one category of person) is divided among the payers, in their order."""

    label: str
    regions: tuple[str, ...]
    category: str
    parts: Mapping[str, Figure]
    clause: str
    interpretation: Interpretation | None = None

    def serves(self, region: str, category: str) -> bool:
        return (EVERYWHERE in self.regions or region in self.regions) and self.category in ("", category)


@dataclass(frozen=True, slots=True)
class Member:
    code: str
    name: str
    short_name: str
    hotline: str
    share: Figure


@dataclass(frozen=True, slots=True)
class Handling:
    """How a case of this amount is handled: lead_insurer_alone, inform_coinsurers or joint_meeting."""

    bounds: Bounds
    text: str
    way: str
    clause: str
    interpretation: Interpretation | None = None


@dataclass(frozen=True, slots=True)
class WorkingFund:
    """`ratio` of the premium excluding tax, borne by the members by share."""

    ratio: Figure
    uses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pool:
    """A coinsurance pool; the lead is the first of the members."""

    members: tuple[Member, ...]
    handling: tuple[Handling, ...]
    vote_above: Figure | None
    working_fund: WorkingFund | None
    clause: str

    @property
    def lead(self) -> Member:
        return self.members[0]


@dataclass(frozen=True, slots=True)
class RiskLayer:
    """Losses between two multiples of the premium, borne by the parties in these shares."""

    bounds: Bounds
    text: str
    shares: Mapping[str, Figure]
    clause: str


@dataclass(frozen=True, slots=True)
class RiskSharing:
    """`parties` code -> label, in the order in which a tie of the split goes."""

    parties: Mapping[str, str]
    layers: tuple[RiskLayer, ...]
    clause: str


@dataclass(frozen=True, slots=True)
class Target:
    township: str
    population: Decimal
    target: Decimal


def target_of(population: Decimal, ratio: Decimal) -> Decimal:
    """Half a person rounds up."""
    return Decimal(int(population * ratio + Decimal("0.5")))


@dataclass(frozen=True, slots=True)
class Participation:
    """Population × ratio, half a person up, place by place; the whole is the sum of the places."""

    ratio: Figure
    population_label: str
    places: tuple[Target, ...]
    clause: str

    def target_of(self, population: int) -> int:
        """What a place that the notice does not name has to reach."""
        return int(target_of(Decimal(population), self.ratio.value))
