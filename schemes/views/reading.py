"""Editions as people read notices."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from orgs.paging import page_of
from orgs.permissions import grants
from orgs.scope import visible
from schemes.current import SESSION_KEY
from schemes.edition_page import page_context
from schemes.forms import AmendmentForm
from schemes.models import Edition
from schemes.presenting import history_context, with_history
from schemes.terms.schema import schema_text
from schemes.views.trying import may_try


@require_GET
@grants("edition.view")
def editions(request: HttpRequest) -> HttpResponse:
    """The editions of the person's place; drafts for those who draft."""
    related = ("scheme", "place", "drafted_by", "checked_by", "published_by")
    rows = with_history(visible(Edition, request.user)).select_related(*related).defer("document")
    rows = rows.order_by("-first_day", "code")
    return render(request, "schemes/editions.html", {"page": page_of(request, rows)})


@require_GET
@grants("edition.view")
def edition(request: HttpRequest, code: str) -> HttpResponse:
    """An edition coverage by coverage: figures, the notice's words, the readings taken."""
    related = ("scheme", "place", "drafted_by", "checked_by", "published_by")
    found = get_object_or_404(with_history(visible(Edition, request.user)).select_related(*related), code=code)
    return edition_page(request, found)


def edition_page(request: HttpRequest, found: Edition, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of an edition; `more` where a step that was asked for on it was refused."""
    context = page_context(found, request.user, state_form=more.pop("state_form", None))
    context |= {"form": AmendmentForm()} | history_context(found, request.user)
    context["may_try"] = may_try(request.user, found)
    return render(request, "schemes/edition.html", context | more, status=status)


@require_GET
@grants("edition.view")
def schema(_request: HttpRequest) -> HttpResponse:
    """The JSON Schema of a document, for editors away from the repository."""
    return HttpResponse(schema_text(), content_type="application/schema+json; charset=utf-8")


@require_POST
@grants("edition.view")
def choose(request: HttpRequest) -> HttpResponse:
    """Work with another edition from now on."""
    found = get_object_or_404(
        visible(Edition, request.user), code=request.POST.get("code", ""), state=Edition.State.PUBLISHED
    )
    request.session[SESSION_KEY] = found.code
    return redirect("workbench")
