"""Try a claim: any coverage of an edition, any facts, the payout explained. The address can be shared."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from calc.capital import capital_amount
from calc.money import MoneyError, to_fen
from orgs.numbers import whole_number
from orgs.permissions import grants, may
from orgs.scope import visible
from schemes.in_force import offered_coverages, record_for, terms_to_quote
from schemes.models import Edition, TermsRecord
from schemes.rules.payout import Quote
from schemes.rules.quoting import quote_of
from schemes.rules.refusal import FactsRefused
from schemes.states import recorded_states
from schemes.terms.cache import BrokenTerms
from schemes.terms.model import EditionTerms, Example
from schemes.terms.present import figure_lines
from schemes.try_form import TryForm, initial_of_states, query_of_example

ASKED = "quote"  # the address asks for an answer, not for an empty form


@require_GET
@grants("edition.try")
def try_claim(request: HttpRequest, code: str) -> HttpResponse:
    """The form of a coverage and, where it was asked, what its rules say to the facts."""
    edition = _edition(request, code)
    try:
        today = edition.terms_on(timezone.localdate())
    except BrokenTerms as broken:
        return render(request, "schemes/try.html", {"edition": edition, "broken": str(broken)})
    if ASKED in request.GET and any(not value for value in request.GET.values()):
        return redirect(f"{request.path}?{_without_blanks(request.GET).urlencode()}")
    context = {"edition": edition, "coverages": offered_coverages(edition), "examples": today.examples}
    example = _example(today, request.GET.get("example", ""))
    query = query_of_example(example) if example else request.GET
    return render(request, "schemes/try.html", context | _tried(edition, query, example))


def _edition(request: HttpRequest, code: str) -> Edition:
    """The edition; 404 for a draft, which is the business of those who may draft."""
    edition = get_object_or_404(visible(Edition, request.user).select_related("place"), code=code)
    if not may_try(request.user, edition):
        raise Http404
    return edition


def may_try(user: Any, edition: Edition) -> bool:
    """Whether the person may try claims on this edition."""
    return may(user, "edition.try") and (edition.published_at is not None or may(user, "edition.draft"))


def _without_blanks(query: QueryDict) -> QueryDict:
    """What was left empty makes no address longer."""
    short = QueryDict(mutable=True)
    for name, value in query.items():
        if value:
            short[name] = value
    return short


def _example(terms: EditionTerms, number: str) -> Example | None:
    at = whole_number(number)
    return terms.examples[at - 1] if at and at <= len(terms.examples) else None


def _tried(edition: Edition, query: QueryDict, example: Example | None) -> dict[str, Any]:
    """Nothing where no coverage is chosen yet."""
    code = query.get("coverage", "")
    if code not in offered_coverages(edition):
        return {}
    record = _record(edition, query, example)
    terms = record.terms
    coverage = terms.coverages[code]
    initial = initial_of_states(recorded_states(edition, terms))
    form = TryForm(query if ASKED in query else None, terms=terms, coverage=coverage, initial=initial)
    quoted = _quote(edition, form, example) if form.is_bound and form.is_valid() else None
    return {
        "record": record,
        "coverage": coverage,
        "form": form,
        "example": example,
        "as_expected": example is not None and (quoted.payable if quoted else None) == example.payable,
        "trial_figures": any(line.trial for line in figure_lines(terms, coverage)),
        "quoted": quoted and _shown(terms, quoted),
    }


def _record(edition: Edition, query: QueryDict, example: Example | None) -> TermsRecord:
    """Whose terms are asked: those of the deciding date that was typed; an example's own."""
    if example:
        return edition.record_on(timezone.localdate())
    typed = {name.removeprefix("fact_"): value for name, value in query.items() if name.startswith("fact_")}
    return record_for(edition, query["coverage"], typed)


def _quote(edition: Edition, form: TryForm, example: Example | None) -> Quote | None:
    """None where the rules refuse the facts; the form then says why."""
    coverage, document = form.coverage.code, form.document()
    try:
        terms = form.terms if example else terms_to_quote(edition, coverage, document["facts"])
        return quote_of(terms, coverage, document)
    except FactsRefused as refused:
        form.add_refusals(refused.problems)
        return None


def _shown(terms: EditionTerms, quoted: Quote) -> dict[str, Any]:
    clauses = dict.fromkeys(step.clause for step in quoted.steps if step.clause)
    return {
        "steps": quoted.steps,
        "payable": quoted.payable,
        "capital": _capital(quoted),
        "formula": quoted.formula,
        "reason": quoted.reason,
        "covered": quoted.covered,
        "interpretations": quoted.interpretations,
        "clauses": {clause: terms.clauses.get(clause, "") for clause in clauses},
    }


def _capital(quoted: Quote) -> str:
    """Empty for an amount that nobody writes in capitals."""
    try:
        return capital_amount(to_fen(quoted.payable))
    except MoneyError:
        return ""
