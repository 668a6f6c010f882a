"""A number of the notice, and the reading taken where the notice leaves one open."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

BALANCE = "balance"  # what a step of the formula has reached: a table of a step may go by it


@dataclass(frozen=True, slots=True)
class Interpretation:
    """The reading taken where the notice is silent (口径说明). `trial`: a made-up figure (试用参数)."""

    title: str
    text: str
    where: str
    clause: str
    trial: bool = False

    @property
    def printed(self) -> str:
        return f"{self.title}：{self.text}"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the notice. `text` is the number as printed: `1,000.00`, `10%`, `22`."""

    value: Decimal
    text: str
    clause: str
    interpretation: Interpretation | None = None
    trial: bool = False


@dataclass(frozen=True, slots=True)
class TrialFigure:
    """A made-up figure by its place in the document, `coverages.stampede.pays.lump_sum.amount` for one."""

    where: str
    text: str
    clause: str
    line: int


Edge = Decimal | date


@dataclass(frozen=True, slots=True)
class Bounds:
    """A stretch of values; None leaves that side open. `at_least` and `at_most` include the value named."""

    at_least: Edge | None = None
    above: Edge | None = None
    at_most: Edge | None = None
    below: Edge | None = None

    def holds(self, value: Edge) -> bool:
        """Whether the value lies inside; it has the type of the edges."""
        return (
            (self.at_least is None or value >= self.at_least)  # type: ignore[operator]
            and (self.above is None or value > self.above)  # type: ignore[operator]
            and (self.at_most is None or value <= self.at_most)  # type: ignore[operator]
            and (self.below is None or value < self.below)  # type: ignore[operator]
        )


@dataclass(frozen=True, slots=True)
class Band:
    """One row of a table by a measured value. `text` is the stretch as printed: `满 18 周岁、不满 60 周岁`."""

    bounds: Bounds
    text: str
    amount: "Amount"


@dataclass(frozen=True, slots=True)
class Table:
    """A number by the answer to a fact: `values` by its options, or `bands` by its size.

    A value without an entry isn't covered, because of `otherwise`.
    """

    by: str
    label: str
    options: Mapping[str, str]
    values: Mapping[str, "Amount"]
    bands: tuple[Band, ...]
    otherwise: str
    clause: str


Amount = Figure | Table


def figures_in(amount: Amount) -> Iterator[tuple[tuple[str, ...], Figure]]:
    """Every figure with the words that lead to it, in the order of the document."""
    if isinstance(amount, Figure):
        yield (), amount
        return
    for code, inner in amount.values.items():
        for words, figure in figures_in(inner):
            yield (amount.options.get(code, code), *words), figure
    for band in amount.bands:
        for words, figure in figures_in(band.amount):
            yield (f"{amount.label}{band.text}", *words), figure


def tables_in(amount: Amount) -> Iterator[Table]:
    """The table itself and every table inside it."""
    if isinstance(amount, Table):
        yield amount
        for inner in (*amount.values.values(), *(band.amount for band in amount.bands)):
            yield from tables_in(inner)


def facts_of(amount: Amount | None) -> Iterator[str]:
    """Codes of all facts that a table goes by."""
    if isinstance(amount, Table):
        if amount.by != BALANCE:
            yield amount.by
        for inner in (*amount.values.values(), *(band.amount for band in amount.bands)):
            yield from facts_of(inner)
