"""What a document's examples come out to now, beside what they say."""

from dataclasses import dataclass

from schemes.rules.quoting import quote_of
from schemes.rules.refusal import FactsRefused
from schemes.terms.model import EditionTerms, Example


@dataclass(frozen=True, slots=True)
class Outcome:
    """One example. `payable` or `refused` (the fact at fault, and its `message`) is what comes out now."""

    number: int
    name: str
    coverage: str
    wanted: str
    payable: str
    refused: str
    message: str
    fits: bool


def outcomes_of(terms: EditionTerms) -> tuple[Outcome, ...]:
    """Every example computed, in order; the first has number 1."""
    return tuple(_outcome(terms, number, example) for number, example in enumerate(terms.examples, start=1))


def _outcome(terms: EditionTerms, number: int, example: Example) -> Outcome:
    wanted = f"拒绝（{example.refused}）" if example.refused else f"{example.payable}"
    label = terms.coverages[example.coverage].label
    try:
        payable = quote_of(terms, example.coverage, example.document).payable
    except FactsRefused as refused:
        at_fault = [problem.where for problem in refused.problems]
        fits = example.refused in at_fault
        fault = example.refused if fits else at_fault[0]
        return Outcome(number, example.name, label, wanted, "", fault, str(refused), fits)
    fits = not example.refused and payable == example.payable
    return Outcome(number, example.name, label, wanted, str(payable), "", "", fits)
