"""Facts that can't be computed with: refused with all their problems at once, never turned into a number."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FactProblem:
    """`where` is the fact's path, `paid_by.basic_medical` for one; `message` a sentence for its author."""

    where: str
    message: str


class FactsRefused(ValueError):
    """Carries `problems`, in the order of the form."""

    def __init__(self, problems: Sequence[FactProblem]) -> None:
        super().__init__("；".join(problem.message for problem in problems))
        self.problems = tuple(problems)
