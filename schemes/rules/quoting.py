"""A quote from one JSON document to another, as the command `quote` and its batch form give it."""

from collections.abc import Mapping

from calc.trace import steps_to_json
from schemes.rules.payout import Quote, quote
from schemes.rules.refusal import FactProblem, FactsRefused
from schemes.terms.model import EditionTerms

_LISTS = ("paid_before", "edition_paid_before")
_KEYS = ("edition", "coverage", "facts", *_LISTS, "edition_state")


def quote_document(terms: EditionTerms, coverage: str, document: Mapping[str, object]) -> dict[str, object]:
    """`{"payable", "steps", "interpretations", "covered", "reason", "formula"}`; raises FactsRefused.

    `document` has `facts` and, where there are any, `paid_before`, `edition_paid_before`, `edition_state`.
    """
    result = quote_of(terms, coverage, document)
    return {
        "payable": str(result.payable),
        "steps": steps_to_json(result.steps),
        "interpretations": list(result.interpretations),
        "covered": result.covered,
        "reason": result.reason,
        "formula": result.formula,
    }


def quote_of(terms: EditionTerms, coverage: str, document: Mapping[str, object]) -> Quote:
    """The quote for a document; its shape is checked before its facts."""
    facts = document.get("facts")
    state = document.get("edition_state")
    problems = [
        FactProblem(key, f"「{key}」不认识，应是 {'、'.join(_KEYS)} 之一") for key in document if key not in _KEYS
    ]
    if not isinstance(facts, Mapping):
        problems.append(FactProblem("facts", "缺少 facts，应是「事实: 值」的键值对"))
    if state is not None and not isinstance(state, Mapping):
        problems.append(FactProblem("edition_state", "edition_state 应是键值对"))
    lists = {name: _entries(document, name, problems) for name in _LISTS}
    if problems or not isinstance(facts, Mapping):
        raise FactsRefused(problems)
    return quote(
        terms,
        coverage,
        facts,
        paid_before=lists["paid_before"],
        edition_paid_before=lists["edition_paid_before"],
        edition_state=state if isinstance(state, Mapping) else None,
    )


def _entries(document: Mapping[str, object], name: str, problems: list[FactProblem]) -> list[Mapping[str, object]]:
    entries = document.get(name) or []
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        problems.append(FactProblem(name, f"{name} 应是列表，每条写明 coverage 和 amount"))
        return []
    return entries


def refusal_document(refused: FactsRefused) -> dict[str, object]:
    """`{"errors": [{"where", "message"}]}`."""
    errors = [{"where": problem.where, "message": problem.message} for problem in refused.problems]
    return {"errors": errors}
