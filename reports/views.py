"""工作台, the search of the top bar, and a page of help for each role."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from claims.models import Claim
from claims.views.lists import claim_search
from claims.workflow import STATES, TRANSITIONS
from orgs.models import Role
from orgs.permissions import GRANTS, grants, may
from orgs.scope import visible
from reports.workbench import workbench_of
from schemes.current import current_edition


@require_GET
@grants("portal.use")
def workbench(request: HttpRequest) -> HttpResponse:
    """What waits for the person, what is due, and where the year stands."""
    edition = current_edition(request)
    return render(request, "reports/workbench.html", workbench_of(edition, request.user, timezone.localdate()))


@require_POST
@grants("portal.use")
def find(request: HttpRequest) -> HttpResponse:
    """The top bar: a claim number opens the claim; anything else is looked for among claims or people."""
    text = request.POST.get("q", "").strip()
    claim = (
        visible(Claim, request.user).filter(number=text.upper()).first() if may(request.user, "claim.view") else None
    )
    if claim:
        return redirect("claim_page", number=claim.number)
    if may(request.user, "claim.view"):
        return claim_search(request)
    return redirect("workbench")


@require_GET
@grants("portal.use")
def help_page(request: HttpRequest) -> HttpResponse:
    """What the person's role does here, step by step, and the life of a claim from the table itself."""
    role = Role(request.user.role)
    steps = [step for step in TRANSITIONS if may(request.user, step.act)]
    acts = sorted(act for act, roles in GRANTS.items() if role in roles)
    names = {state.code: state.name for state in STATES}
    context = {"role": role, "steps": steps, "acts": acts, "states": names, "transitions": TRANSITIONS}
    return render(request, f"help/{role.value}.html", context)
