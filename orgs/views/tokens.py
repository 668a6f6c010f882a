"""接口令牌: made, shown once, revoked."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from orgs.models import ApiToken
from orgs.paging import page_of
from orgs.permissions import grants
from orgs.scope import visible
from orgs.services.people import RoleDoesNotFit
from orgs.services.tokens import make_token, revoke_token
from orgs.token_form import TokenForm


def _tokens(request: HttpRequest):
    return visible(ApiToken, request.user).select_related("account__organization__region", "made_by")


@require_GET
@grants("token.manage")
def tokens(request: HttpRequest) -> HttpResponse:
    """Every token of the administrator's region, the newest first."""
    return render(request, "orgs/tokens.html", {"page": page_of(request, _tokens(request))})


@require_http_methods(["GET", "POST"])
@grants("token.manage")
def new_token(request: HttpRequest) -> HttpResponse:
    """Make a token; its secret stands on the answer to this request only."""
    form = TokenForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = make_token(**form.cleaned_data, by=request.user)
            return render(request, "orgs/token_made.html", {"token": made.token, "secret": made.secret})
        except RoleDoesNotFit as misfit:
            form.add_error("role", str(misfit))
    status = 422 if request.method == "POST" else 200
    return render(request, "orgs/token.html", {"form": form}, status=status)


@require_POST
@grants("token.manage")
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End a token at once."""
    found = get_object_or_404(_tokens(request), pk=pk)
    revoke_token(token=found, by=request.user)
    messages.success(request, f"已撤销 {found.name}")
    return redirect("tokens")
