"""Editions as people read notices."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from orgs.permissions import grants
from orgs.scope import visible
from schemes.current import SESSION_KEY
from schemes.models import Edition
from schemes.terms.present import figure_lines
from schemes.terms.schema import schema_text


@require_GET
@grants("edition.view")
def editions(request: HttpRequest) -> HttpResponse:
    """The editions of the person's place."""
    rows = visible(Edition, request.user).select_related("scheme", "place", "published_by").defer("document")
    return render(request, "schemes/editions.html", {"editions": rows})


@require_GET
@grants("edition.view")
def edition(request: HttpRequest, code: str) -> HttpResponse:
    """An edition coverage by coverage: figures, the notice's words, the readings taken."""
    found = get_object_or_404(visible(Edition, request.user).select_related("scheme", "place"), code=code)
    terms = found.terms
    coverages = [
        {
            "terms": coverage,
            "figures": figure_lines(terms, coverage),
            "readings": [r for r in terms.interpretations() if r.where.startswith(f"coverages.{coverage.code}")],
            "papers": [terms.papers[paper.code].label for paper in coverage.papers],
        }
        for coverage in terms.coverages.values()
    ]
    assignments = found.assignments.select_related("township", "insurer")
    return render(
        request,
        "schemes/edition.html",
        {"edition": found, "terms": terms, "coverages": coverages, "insurers": _by_insurer(assignments)},
    )


@require_GET
@grants("edition.view")
def schema(_request: HttpRequest) -> HttpResponse:
    """The JSON Schema of a document, for editors away from the repository."""
    return HttpResponse(schema_text(), content_type="application/schema+json; charset=utf-8")


def _by_insurer(assignments) -> list[dict]:
    parts: dict = {}
    for assignment in assignments:
        parts.setdefault(assignment.insurer, []).append(assignment.township.name)
    return [{"insurer": insurer, "townships": names} for insurer, names in parts.items()]


@require_POST
@grants("edition.view")
def choose(request: HttpRequest) -> HttpResponse:
    """Work with another edition from now on."""
    found = get_object_or_404(
        visible(Edition, request.user), code=request.POST.get("code", ""), state=Edition.State.PUBLISHED
    )
    request.session[SESSION_KEY] = found.code
    return redirect("workbench")
