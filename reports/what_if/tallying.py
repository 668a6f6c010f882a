"""The sums of a what-if while it runs: by coverage and township, in whole fen."""

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

from reports.what_if.past import PastClaim
from reports.what_if.result import COUNTS
from reports.what_if.trying import Outcome, Reason

Count = Callable[[PastClaim, Outcome], None]


class Tally:
    """Sums and reasons; neither names a claim or a person."""

    def __init__(self) -> None:
        self.cells: defaultdict[tuple[str, int], Counter[str]] = defaultdict(Counter)
        self.reasons: Counter[Reason] = Counter()

    def count(self, claim: PastClaim, outcome: Outcome) -> None:
        """A claim that was approved."""
        cell, old = self._cell(claim), claim.fen or 0
        cell["claims"] += 1
        cell["old_fen"] += old
        found = _compared(old, outcome.fen)
        cell[found] += 1
        if outcome.fen is None:
            cell["uncomputed_fen"] += old
        else:
            cell["new_fen"] += outcome.fen
        if found in {"none", "uncomputed"}:
            self.reasons.update(outcome.reasons)

    def count_denied(self, claim: PastClaim, outcome: Outcome) -> None:
        """A claim that was denied because nothing was due."""
        cell = self._cell(claim)
        cell["denied"] += 1
        if outcome.fen:
            cell["reopened"] += 1
            cell["reopened_fen"] += outcome.fen

    def _cell(self, claim: PastClaim) -> Counter[str]:
        return self.cells[claim.coverage, claim.township_id]

    def document(self) -> list[dict[str, Any]]:
        """The cells as they are stored, in a stable order."""
        return [
            {"coverage": coverage, "township": township} | {name: cell[name] for name in COUNTS}
            for (coverage, township), cell in sorted(self.cells.items())
        ]


def _compared(old: int, new: int | None) -> str:
    if new is None:
        return "uncomputed"
    if new == old:
        return "same"
    if not new:
        return "none"
    return "more" if new > old else "less"
