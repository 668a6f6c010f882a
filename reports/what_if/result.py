"""A stored what-if as lines with their sums: by coverage, by township, and each coverage in each township."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

COUNTS = (
    "claims", "old_fen", "new_fen", "more", "less", "same", "none", "uncomputed", "uncomputed_fen",
    "denied", "reopened", "reopened_fen",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sums:
    """`old_fen` is all that was paid; claims that can't be computed are left out of the comparison."""

    claims: int = 0
    old_fen: int = 0
    new_fen: int = 0
    more: int = 0
    less: int = 0
    same: int = 0
    none: int = 0
    uncomputed: int = 0
    uncomputed_fen: int = 0
    denied: int = 0
    reopened: int = 0
    reopened_fen: int = 0

    @property
    def compared_fen(self) -> int:
        """What the claims that can be compared were paid."""
        return self.old_fen - self.uncomputed_fen

    @property
    def difference_fen(self) -> int:
        return self.new_fen - self.compared_fen

    def __add__(self, other: "Sums") -> "Sums":
        mine, theirs = asdict(self), asdict(other)
        return Sums(**{name: mine[name] + theirs[name] for name in COUNTS})


@dataclass(frozen=True, slots=True)
class Line:
    """A coverage or a township. `side`: both, old or new, where a coverage stands in one edition only."""

    code: Any
    label: str
    sums: Sums
    side: str = "both"


@dataclass(frozen=True, slots=True)
class TownshipRow:
    """A township with its part of each coverage, in the order of the coverages' lines."""

    line: Line
    cells: tuple[Sums, ...]


@dataclass(frozen=True, slots=True)
class PremiumEffect:
    """Premium of the persons on the past edition's roster at both rates."""

    persons: int
    old_fen: int
    new_fen: int

    @property
    def difference_fen(self) -> int:
        return self.new_fen - self.old_fen


@dataclass(frozen=True, slots=True)
class ReasonLine:
    coverage: str
    text: str
    n: int


@dataclass(frozen=True, slots=True)
class Result:
    total: Sums
    coverages: tuple[Line, ...]
    townships: tuple[TownshipRow, ...]
    uncomputed: tuple[ReasonLine, ...]
    unpaid: tuple[ReasonLine, ...]
    premium: PremiumEffect | None
    unchecked: tuple[str, ...]
    period: str


def result_of(document: dict[str, Any]) -> Result:
    """The stored document as lines; every sum is added up from the same cells."""
    cells = {
        (cell["coverage"], cell["township"]): Sums(**{name: cell[name] for name in COUNTS})
        for cell in document["cells"]
    }
    coverages = tuple(
        Line(one["code"], one["label"], _sum(sums for key, sums in cells.items() if key[0] == one["code"]), one["side"])
        for one in document["coverages"]
    )
    by_kind = _reasons(document["reasons"])
    premium = document["premium"]
    return Result(
        total=_sum(cells.values()),
        coverages=coverages,
        townships=tuple(_township(one, coverages, cells) for one in document["townships"]),
        uncomputed=by_kind["uncomputed"],
        unpaid=by_kind["unpaid"],
        premium=PremiumEffect(**premium) if premium else None,
        unchecked=tuple(document["unchecked"]),
        period=document["period"],
    )


def _sum(many: Iterable[Sums]) -> Sums:
    return sum(many, Sums())


def _township(one: dict[str, Any], coverages: tuple[Line, ...], cells: dict[tuple[str, int], Sums]) -> TownshipRow:
    row = tuple(cells.get((coverage.code, one["id"]), Sums()) for coverage in coverages)
    return TownshipRow(Line(one["id"], one["name"], _sum(row)), row)


def _reasons(reasons: list[dict[str, Any]]) -> dict[str, tuple[ReasonLine, ...]]:
    lines: dict[str, list[ReasonLine]] = defaultdict(list)
    for one in reasons:
        lines[one["group"]].append(ReasonLine(one["coverage"], one["text"], one["n"]))
    return {group: tuple(lines[group]) for group in ("uncomputed", "unpaid")}
