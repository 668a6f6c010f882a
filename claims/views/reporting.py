"""Reporting a claim: find the person, choose the coverage, tell the facts."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from calc.trace import steps_to_json
from claims.forms import ReportForm, facts_sent, initial_of
from claims.models import Claim
from claims.services.moving import StepRefused
from claims.services.reporting import (
    LikelyDouble,
    ReportRefused,
    report_claim,
    resubmit_claim,
    with_known_facts,
)
from enrollment.cover import ever_covered, taken_off
from enrollment.models import Enrollment
from enrollment.search import matching, parse_query
from enrollment.services.progress import why_not_in_force
from orgs.numbers import whole_number
from orgs.permissions import grants
from orgs.scope import visible
from orgs.versions import EditConflict
from schemes.current import current_edition
from schemes.in_force import offered_coverages, terms_for
from schemes.rules.payout import FactsRefused, quote
from schemes.terms.model import Coverage

MOST_FOUND = 20


@require_http_methods(["GET", "POST"])
@grants("claim.report")
def find_person(request: HttpRequest) -> HttpResponse:
    """Step one: the person, by name, initials or ID number (by POST: it goes into no URL)."""
    edition = current_edition(request)
    if edition is None:
        return render(request, "enrollment/no_edition.html")
    text = request.POST.get("q", "")
    query = parse_query(text)
    found: list[Enrollment] = []
    if query:
        people = visible(Enrollment, request.user).filter(edition=edition)
        people = matching(people, query).select_related("village", "township").order_by("id")
        found = list(people.filter(removed_at__isnull=True)[: MOST_FOUND + 1])
        found += taken_off(people)[: MOST_FOUND + 1 - len(found)]
    context = {
        "edition": edition,
        "query": query,
        "found": found[:MOST_FOUND],
        "more": len(found) > MOST_FOUND,
    }
    return render(request, "claims/find_person.html", context)


@require_http_methods(["GET", "POST"])
@grants("claim.report")
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Step two: coverage, facts, payee, reporter; what was typed stays where something is wrong."""
    people = ever_covered(visible(Enrollment, request.user))
    person = get_object_or_404(people.select_related("edition__place", "village", "township", "insurer"), pk=pk)
    edition = person.edition
    if request.method == "GET" and (why := why_not_in_force(person)):
        context = {"person": person, "edition": edition, "not_in_force": why}
        return render(request, "claims/report.html", context)
    code = request.POST.get("coverage") or request.GET.get("coverage", "")
    if code not in offered_coverages(edition):
        context = {"person": person, "edition": edition, "coverages": offered_coverages(edition)}
        return render(request, "claims/report.html", context)
    terms = terms_for(edition, code, facts_sent(request.POST))
    coverage = terms.coverages[code]
    form = ReportForm(
        request.POST or None,
        terms=terms,
        coverage=coverage,
        account_known=bool(person.account),
        initial={"reporter": Claim.Reporter.VILLAGE},
    )
    doubles: list[Claim] = []
    if request.method == "POST" and form.is_valid():
        try:
            claim = report_claim(
                enrollment=person,
                report=form.report(known_account=person.account.reveal(), known_bank=person.bank),
                by=request.user,
                another_event=form.cleaned_data["another_event"],
            )
            messages.success(request, f"已报案，案件号 {claim.number}；请接着上传材料")
            return redirect("claim_find_person" if "next" in request.POST else claim_url(claim))
        except ReportRefused as refused:
            form.add_problems((found.field, found.message) for found in refused.problems)
        except LikelyDouble as likely:
            doubles = likely.claims
    status = 422 if request.method == "POST" else 200
    context = _context(person, coverage, form) | {"doubles": doubles}
    return render(request, "claims/report.html", context, status=status)


def claim_url(claim: Claim) -> str:
    return f"/claims/{claim.number}/"


def _context(person: Enrollment, coverage: Coverage, form: ReportForm) -> dict[str, Any]:
    terms = form.terms
    return {
        "person": person,
        "edition": person.edition,
        "coverages": offered_coverages(person.edition),
        "terms": terms,
        "coverage": coverage,
        "form": form,
        "route": terms.routes[coverage.route],
        "papers": [terms.papers[paper.code].label for paper in coverage.papers],
        "quoted": _trial(person, coverage, form),
    }


def _trial(person: Enrollment, coverage: Coverage, form: ReportForm) -> dict[str, Any] | None:
    """What the facts typed so far would pay; None while they can't be computed."""
    if not form.is_bound:
        return None
    form.is_valid()
    try:
        facts = with_known_facts(person, coverage, form.facts())
        answer = quote(form.terms, coverage.code, facts)
    except (FactsRefused, KeyError):
        return None
    return {"steps": steps_to_json(answer.steps), "payable": answer.payable, "reason": answer.reason}


@require_POST
@grants("claim.report")
def trial(request: HttpRequest, pk: int) -> HttpResponse:
    """The ledger beside the form, computed anew as amounts are typed; nothing is kept."""
    person = get_object_or_404(visible(Enrollment, request.user).select_related("edition"), pk=pk)
    code = request.POST.get("coverage", "")
    if code not in offered_coverages(person.edition):
        raise Http404
    terms = terms_for(person.edition, code, facts_sent(request.POST))
    coverage = terms.coverages[code]
    form = ReportForm(request.POST, terms=terms, coverage=coverage, account_known=bool(person.account))
    return render(request, "claims/trial.html", {"quoted": _trial(person, coverage, form)})


@require_http_methods(["GET", "POST"])
@grants("claim.report")
def correct(request: HttpRequest, number: str) -> HttpResponse:
    """A returned claim, corrected and reported again."""
    claims = visible(Claim, request.user).select_related("edition", "enrollment__village", "enrollment__township")
    claim = get_object_or_404(claims, number=number)
    if claim.state != "returned":
        messages.warning(request, "只有退回的案件才能补正")
        return redirect(claim_url(claim))
    person = claim.enrollment
    terms = terms_for(claim.edition, claim.coverage, facts_sent(request.POST) or claim.facts)
    coverage = terms.coverages[claim.coverage]
    form = ReportForm(
        request.POST or None, terms=terms, coverage=coverage, account_known=True, initial=initial_of(claim)
    )
    if request.method == "POST" and form.is_valid():
        try:
            own = claim.payee_account if claim.payee == Claim.Payee.INSURED else person.account
            known = own.reveal()  # never an earlier payee's
            resubmit_claim(
                claim=claim,
                report=form.report(known_account=known, known_bank=claim.payee_bank),
                by=request.user,
                read_version=whole_number(request.POST.get("version", "")) or 0,
            )
            messages.success(request, f"{claim.number} 已补正并再次报出")
            return redirect(claim_url(claim))
        except ReportRefused as refused:
            form.add_problems((found.field, found.message) for found in refused.problems)
        except (StepRefused, EditConflict) as refused:
            form.add_error(None, str(refused))
    status = 422 if request.method == "POST" else 200
    last_return = claim.steps.filter(action="return").last()
    context = _context(person, coverage, form) | {"claim": claim, "last_return": last_return}
    return render(request, "claims/report.html", context, status=status)


@require_GET
@grants("claim.report")
def papers_notice(request: HttpRequest, code: str) -> HttpResponse:
    """What papers a coverage wants, told on the spot; printable."""
    edition = current_edition(request)
    if edition is None or code not in offered_coverages(edition):
        raise Http404
    terms = terms_for(edition, code, {})
    coverage = terms.coverages[code]
    papers = [(terms.papers[paper.code].label, paper) for paper in coverage.papers]
    return render(request, "claims/papers_notice.html", {"edition": edition, "coverage": coverage, "papers": papers})
