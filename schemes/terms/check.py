"""Checking an edition's document: its terms, and the worked examples inside it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from schemes.rules.quoting import quote_of
from schemes.rules.refusal import FactsRefused
from schemes.terms.loader import load_document
from schemes.terms.model import EditionTerms, Example
from schemes.terms.problems import Problem


@dataclass(frozen=True, slots=True)
class FailedExample:
    name: str
    message: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    terms: EditionTerms | None
    problems: tuple[Problem, ...]
    run: int
    failed: tuple[FailedExample, ...]

    @property
    def passed(self) -> bool:
        return not self.problems and not self.failed

    def document(self) -> dict[str, object]:
        """As `check_edition --json` prints it."""
        terms = self.terms
        errors = [{"where": problem.key, "message": problem.sentence} for problem in self.problems]
        errors += [{"where": f"examples.{one.name}", "message": one.message} for one in self.failed]
        return {
            "edition": terms.code if terms else "",
            "coverages": list(terms.coverages) if terms else [],
            "examples": {"run": self.run, "failed": len(self.failed)},
            "interpretations": [reading.printed for reading in terms.interpretations()] if terms else [],
            "errors": errors,
        }


def check_document(text: str, name: str, townships: Mapping[str, Collection[str]] | None = None) -> CheckResult:
    """Problems of the document, or its terms with the outcome of every example."""
    loaded = load_document(text, name, townships)
    if loaded.terms is None:
        return CheckResult(None, loaded.problems, 0, ())
    return CheckResult(loaded.terms, (), len(loaded.terms.examples), failed_examples(loaded.terms))


def failed_examples(terms: EditionTerms) -> tuple[FailedExample, ...]:
    """The examples that come out otherwise than they say."""
    return tuple(
        FailedExample(example.name, message) for example in terms.examples if (message := _failure(terms, example))
    )


def _failure(terms: EditionTerms, example: Example) -> str:
    """Empty where the example comes out as it says."""
    wanted = f"拒绝（{example.refused}）" if example.refused else f"赔付 {example.payable}"
    try:
        found = quote_of(terms, example.coverage, example.document)
    except FactsRefused as refused:
        if any(problem.where == example.refused for problem in refused.problems):
            return ""
        return f"算例「{example.name}」应{wanted}，算出的是拒绝：{refused}"
    if example.payable is not None and found.payable == example.payable:
        return ""
    return f"算例「{example.name}」应{wanted}，算出的是赔付 {found.payable}。请核对条款或算例"
