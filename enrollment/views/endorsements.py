"""Endorsements (批改): the list, one of them, and what is done with it."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from enrollment.endorsement_heads import price
from enrollment.endorsement_paper import endorsement_pdf
from enrollment.endorsement_wording import changed_lines, facts_of
from enrollment.kept_query import keep_query, kept_query
from enrollment.models import Endorsement
from enrollment.search import PersonQuery, matching
from enrollment.services.agreeing import agree_to_endorsement, refuse_endorsement
from enrollment.services.endorsing import EndorsementRefused, withdraw_endorsement
from orgs.audit import record
from orgs.models import Region
from orgs.numbers import whole_number
from orgs.paging import page_of
from orgs.permissions import grants, may, writes_nothing
from orgs.responses import attachment
from orgs.scope import scope_of, visible
from orgs.versions import EditConflict
from schemes.current import current_edition
from schemes.models import Edition

COOKIE = "endorsement_search"
State = Endorsement.State
PHRASES = ("依据的材料不齐，请补交", "生效日期与材料不符", "此人此前已出险，不能减员", "不属于参保对象")


@require_GET
@grants("endorsement.view")
def endorsements(request: HttpRequest) -> HttpResponse:
    """The edition's endorsements by state, township or search, with the sum of what took effect."""
    edition = current_edition(request)
    if edition is None:
        return render(request, "enrollment/no_edition.html")
    rows = visible(Endorsement, request.user).filter(edition=edition)
    query = kept_query(request, COOKIE)
    if query:
        rows = _matching(rows, query)
    if place := whole_number(request.GET.get("place", "")):
        rows = rows.filter(township_id=place)
    sums = _sums(rows)
    tab = request.GET.get("state", "")
    shown = rows.filter(state=tab) if tab in State.values else rows
    context = {
        "edition": edition,
        "tabs": [("", "全部", sum(one["n"] for one in sums.values())),
                 *((code, label, sums.get(code, {"n": 0})["n"]) for code, label in State.choices)],
        "tab": tab if tab in State.values else "",
        "query": query,
        "page": page_of(request, shown.select_related("township", "village").defer("former", "content", "steps")),
        "agreed_fen": sums.get(State.AGREED, {"fen": 0})["fen"],
        "townships": _townships(request, edition),
        "may_ask": may(request.user, "endorsement.ask"),
        "sees_person": may(request.user, "roster.view"),
    }  # fmt: skip
    return render(request, "enrollment/endorsements.html", context)


def _sums(rows: QuerySet[Endorsement]) -> dict[str, dict[str, int]]:
    summed = rows.order_by("state").values("state").annotate(n=Count("id"), fen=Sum("premium_fen", default=0))
    return {row["state"]: {"n": row["n"], "fen": row["fen"]} for row in summed}


def _townships(request: HttpRequest, edition: Edition) -> list[Region]:
    """Townships to choose from; nothing to choose where there is one."""
    serving = edition.assignments.filter(insurer__isnull=False).select_related("township")
    scope = scope_of(request.user)
    if scope.organizations:
        serving = serving.filter(insurer__in=scope.organizations)
    townships = [one.township for one in serving if one.township.path.startswith(scope.region_path)]
    return townships if len(townships) > 1 else []


def _matching(rows: QuerySet[Endorsement], query: PersonQuery) -> QuerySet[Endorsement]:
    if query.kind == "name" and "-" in query.value:
        return rows.filter(number=query.value.upper())
    return matching(rows, query, prefix="person_")


@writes_nothing
@require_POST
@grants("endorsement.view")
def endorsement_search(request: HttpRequest) -> HttpResponse:
    """Keep what is looked for, and show whom it means."""
    return keep_query(request, redirect("endorsements"), COOKIE, request.POST.get("q", ""))


@require_GET
@grants("endorsement.view")
def endorsement(request: HttpRequest, number: str) -> HttpResponse:
    """One of them: what it changes, from when, why, what it costs and how that was computed."""
    return render(request, "enrollment/endorsement.html", _context(request, _endorsement(request, number)))


def _endorsement(request: HttpRequest, number: str) -> Endorsement:
    related = ("edition__place", "township", "village", "insurer", "enrollment__village", "asked_by", "decided_by",
               "asked_by__organization", "decided_by__organization")  # fmt: skip
    return get_object_or_404(visible(Endorsement, request.user).select_related(*related), number=number)


def _context(request: HttpRequest, one: Endorsement, **more: Any) -> dict[str, Any]:
    if one.state == State.ASKED:
        price(one)  # on the roster as it is now; nothing is kept
    terms = one.edition.terms
    clauses = dict.fromkeys(step["clause"] for step in one.steps if step["clause"])
    waits, sees_person = one.state == State.ASKED, may(request.user, "roster.view")
    return {
        "one": one,
        "edition": one.edition,
        "facts": facts_of(one, with_number=sees_person),
        "changes": changed_lines(one) if sees_person else [],
        "may_print": one.state == State.AGREED and may(request.user, "endorsement.print"),
        "clauses": {clause: terms.clauses[clause] for clause in clauses},
        "may_decide": waits and may(request.user, "endorsement.decide"),
        "may_withdraw": waits and may(request.user, "endorsement.ask"),
        "phrases": PHRASES,
        **more,
    }


@require_POST
@grants("endorsement.decide")
def endorsement_decide(request: HttpRequest, number: str) -> HttpResponse:
    """The insurer agrees, and it takes effect at once; or does not, with a reason."""
    one = _endorsement(request, number)
    sent = {"endorsement": one, "by": request.user, "read_version": whole_number(request.POST.get("version", "")) or 0}
    opinion = request.POST.get("opinion", "")[:200]
    try:
        if request.POST.get("agree") == "yes":
            seen = request.POST.get("fen", "")
            agree_to_endorsement(**sent, seen_fen=_fen(seen), opinion=opinion)
            messages.success(request, f"{number} 已生效，名册已改")
        else:
            refuse_endorsement(**sent, opinion=opinion)
            messages.success(request, f"{number} 未同意，名册没有改动")
    except (EndorsementRefused, EditConflict) as refused:
        return _refused(request, number, refused, opinion)
    return redirect("endorsement", number=number)


def _fen(text: str) -> int:
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    return sign * (whole_number(digits) or 0)


@require_POST
@grants("endorsement.ask")
def endorsement_withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """The township takes it back before the insurer has decided."""
    one = _endorsement(request, number)
    try:
        version = whole_number(request.POST.get("version", "")) or 0
        withdraw_endorsement(endorsement=one, by=request.user, read_version=version)
    except (EndorsementRefused, EditConflict) as refused:
        return _refused(request, number, refused, "")
    messages.success(request, f"{number} 已撤回，名册没有改动")
    return redirect("endorsement", number=number)


def _refused(request: HttpRequest, number: str, refused: Exception, opinion: str) -> HttpResponse:
    context = _context(request, _endorsement(request, number), refusal=str(refused), opinion=opinion)
    return render(request, "enrollment/endorsement.html", context, status=422)


@require_GET
@grants("endorsement.print")
def endorsement_slip(request: HttpRequest, number: str) -> HttpResponse:
    """The 批单 as PDF, once it is in effect; the print is on record."""
    one = _endorsement(request, number)
    if one.state != State.AGREED:
        raise Http404
    content, code = endorsement_pdf(one, request.user)
    record("endorsement.print", by=request.user, target=one, code=code)
    return attachment(content, name=f"批单{number}.pdf", content_type="application/pdf", inline=True)
